"""The reference file of coordinates: where a property lies that the source has no coordinates of. Read by every load, see docs/decisions/0013.

It replaces what was loaded of it, whole or not at all. No dump brings it and no rollback takes it away: it is of no day.
"""

import datetime as dt
import hashlib
import time
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from loader import commands
from loader.errors import DumpRejectedError
from loader.landing import calendar, ledger, load_report
from loader.landing.load_context import LoadContext
from loader.quality.findings import Finding
from loader.sources import csv_file
from loader.sources.csv_file import Column
from loader.sources.daily_file_kinds import COORDINATES
from loader.sources.storage import BadFile, Stored

KEY = "reference/property_geo_latlon/latest/property_geo_latlon_backup.csv"
_TABLE = "landing.property_geo_latlon_backup"
_STANDS = "what was loaded of it before stands"


def _axis(most: int) -> Column:
    def parse(text: str) -> Decimal:
        if abs(degrees := Decimal(text)) > most:
            raise ValueError
        return degrees

    what = f"a number from -{most} to {most}, up to 8 digits behind the point"
    return Column(r"-?[0-9]{1,3}(\.[0-9]{1,8})?", what, parse)


_TEXT = Column(r"[\s\S]*", "a text")  # of people's use, not read here
_COLUMNS = {
    "apartment_id": csv_file.ID,
    **dict.fromkeys(("asset_id_hj", "apartment_name", "full_address", "prefecture", "municipality"), _TEXT),
    "latitude": _axis(90),
    "longitude": _axis(180),
    "source_updated_at": csv_file.WHEN,
}


@dataclass(frozen=True)
class Coordinates:
    context: LoadContext

    def land(self, day: dt.date) -> int | None:
        """Lands the file where its content is not the one that is loaded. Where the bucket has none, what is loaded stands."""
        started, warehouse = time.monotonic(), self.context.warehouse
        loaded, stored = self._loaded_and_stored()
        load_id = ledger.next_load_id(warehouse)
        new = rejection = None
        try:
            new = self._read(loaded, stored, day)
        except DumpRejectedError as refused:
            rejection = refused
        with warehouse.transaction():
            calendar.nothing_rejected(warehouse, COORDINATES)
            if rejection:
                calendar.reject(warehouse, load_id, COORDINATES, day, KEY, str(rejection))
            elif new:
                rows, findings, entry = new
                warehouse.execute(f"DELETE FROM {_TABLE}")
                warehouse.insert(_TABLE, rows)
                load_report.record_findings(warehouse, load_id, findings)
                entry = replace(entry, seconds=round(time.monotonic() - started, 3))
                ledger.record(warehouse, load_id, entry)
            elif loaded and stored and loaded.object_version != stored.version:
                ledger.set_version(warehouse, COORDINATES, loaded.business_date, stored.version)
        if rejection:
            raise rejection
        return len(new[0]) if new else None

    def would_land(self, day: dt.date) -> int | None:
        """As `land`, but changes nothing."""
        new = self._read(*self._loaded_and_stored(), day)
        return len(new[0]) if new else None

    def _loaded_and_stored(self) -> tuple[ledger.Entry | None, Stored | None]:
        loaded = next(iter(ledger.entries(self.context.warehouse, COORDINATES).values()), None)
        return loaded, next((one for one in self.context.bucket.stored(KEY) if one.key == KEY), None)

    def _read(
        self, loaded: ledger.Entry | None, stored: Stored | None, day: dt.date
    ) -> tuple[list[tuple[Any, ...]], list[Finding], ledger.Entry] | None:
        """The stored file's rows, what the contract says of their number, and its entry in the ledger; None if it is the loaded one."""
        if stored is None or (loaded and loaded.object_version == stored.version):
            return None
        to_do = f"{_STANDS}\n  Put a good file there, or take it away, then type\n    {commands.again(day)}"
        try:
            raw = self.context.bucket.read_small(KEY, csv_file.MAX_BYTES)
            sha256 = hashlib.sha256(raw).hexdigest()
            if loaded and loaded.sha256 == sha256:
                return None
            found = csv_file.read(raw, _COLUMNS, "apartment_id")
            if not found:
                raise BadFile(" has no rows")
        except BadFile as problem:
            raise DumpRejectedError(f"coordinates {KEY}{problem}; {to_do}") from None
        before = loaded.row_count if loaded else None
        findings = self.context.judge_rows(f"coordinates {KEY}", to_do, day, COORDINATES, len(found), before)
        rows = [(row["apartment_id"], row["latitude"], row["longitude"], row["source_updated_at"]) for row in found]
        entry = ledger.Entry(COORDINATES, day, KEY, len(rows), len(raw), sha256, stored.version, 1, 0)
        return rows, findings, entry
