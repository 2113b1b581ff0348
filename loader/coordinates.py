"""The reference file of coordinates: where a property lies that the source has no coordinates of. Read by every load, see docs/decisions/0013.

It replaces what was loaded of it, whole or not at all. No dump brings it and no rollback takes it away: it is of no day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loader import calendar, csv_file, ledger, load_report
from loader.bucket import Bucket
from loader.contract import Contract, SnapshotRules
from loader.contract.findings import BLOCKED, PASSED, Finding, on_rows, softened
from loader.csv_file import BadCsv, Column
from loader.datasets import COORDINATES
from loader.errors import DumpRejectedError
from loader.warehouse import Warehouse

KEY = "reference/property_geo_latlon/latest/property_geo_latlon_backup.csv"
_TABLE = "landing.property_geo_latlon_backup"
_TODO = "what was loaded of it before stands. Put a good file there, or take it away"


def _degrees(text: str, most: int) -> Decimal:
    if abs(degrees := Decimal(text)) > most:
        raise ValueError
    return degrees


def _axis(most: int) -> Column:
    form = r"-?[0-9]{1,3}(\.[0-9]{1,8})?"
    return Column(
        form, f"a number from -{most} to {most}, up to 8 digits behind the point", lambda text: _degrees(text, most)
    )


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
    """Lands the file.

    Attributes:
        warehouse: the warehouse.
        bucket: where the file lies.
        contract: bounds of its number of rows, under `snapshots`.
        accepted: names of rules that somebody accepts.
    """

    warehouse: Warehouse
    bucket: Bucket
    contract: Contract
    accepted: Collection[str] = ()

    def land(self, day: dt.date) -> int | None:
        """Lands the file where its content is not the one that is loaded. Where the bucket has none, what is loaded stands.

        Args:
            day: the live dump's business day, under which the ledger keeps it.

        Returns:
            Rows landed, None where there was nothing to land.

        Raises:
            DumpRejectedError: it is not what it must be; nothing was changed but the record of that.
            LoaderError: the bucket can't be read.
        """
        loaded = next(iter(ledger.entries(self.warehouse, COORDINATES).values()), None)
        stored = next((one for one in self.bucket.stored(KEY) if one.key == KEY), None)
        if stored is None or (loaded and loaded.entry.object_version == stored.version):
            calendar.nothing_rejected(self.warehouse, COORDINATES)
            return None
        started = time.monotonic()
        with self.bucket.open(KEY) as body:
            raw = body.read()
        sha256 = hashlib.sha256(raw).hexdigest()
        if loaded and loaded.entry.sha256 == sha256:
            calendar.nothing_rejected(self.warehouse, COORDINATES)
            ledger.set_version(self.warehouse, COORDINATES, loaded.entry.business_date, stored.version)
            return None
        load_id = ledger.next_load_id(self.warehouse)
        try:
            rows = self._rows(raw)
            findings = self._judged(len(rows), loaded)
        except DumpRejectedError as rejection:
            with self.warehouse.transaction():
                calendar.nothing_rejected(self.warehouse, COORDINATES)
                calendar.reject(self.warehouse, load_id, COORDINATES, day, KEY, str(rejection))
            raise
        seconds = round(time.monotonic() - started, 3)
        entry = ledger.Entry(COORDINATES, day, KEY, len(rows), len(raw), sha256, stored.version, 1, seconds)
        with self.warehouse.transaction():
            self.warehouse.execute(f"DELETE FROM {_TABLE}")
            self.warehouse.execute_many(f"INSERT INTO {_TABLE} VALUES (?, ?, ?, ?)", rows)
            calendar.nothing_rejected(self.warehouse, COORDINATES)
            load_report.record_findings(self.warehouse, load_id, findings)
            ledger.record_alone(self.warehouse, load_id, entry)
        return len(rows)

    def _rows(self, raw: bytes) -> list[tuple[Any, ...]]:
        try:
            found = csv_file.read(raw, _COLUMNS, "apartment_id")
            if not found:
                raise BadCsv(" has no rows")
        except BadCsv as problem:
            raise DumpRejectedError(f"coordinates {self.bucket.uri}/{KEY}{problem}; {_TODO}") from None
        return [(row["apartment_id"], row["latitude"], row["longitude"], row["source_updated_at"]) for row in found]

    def _judged(self, rows: int, loaded: ledger.Written | None) -> list[Finding]:
        rules = self.contract.snapshots.get(COORDINATES, SnapshotRules())
        before = loaded.entry.row_count if loaded else None
        found = [
            softened(one, self.contract.only_warn, self.accepted)
            for one in on_rows(COORDINATES, rows, before, rules.at_least, rules.change_percent)
        ]
        if blocked := [one for one in found if one.outcome == BLOCKED]:
            raise DumpRejectedError(
                f"coordinates {self.bucket.uri}/{KEY}: {'; '.join(map(str, blocked))}; {_TODO}. If that is as it should be, type the same "
                f"with {' '.join(f'--accept {one.rule}' for one in blocked)}"
            )
        return [one for one in found if one.outcome != PASSED]
