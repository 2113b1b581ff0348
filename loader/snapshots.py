"""The daily status snapshots in the bucket: writing a day's file, and finding out which files are to land. See docs/decisions/0004."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from dataclasses import dataclass, field

from loader import ledger
from loader.bucket import Bucket
from loader.errors import DumpRejectedError
from loader.progress import warn
from loader.snapshot_file import HEADER
from loader.warehouse import Warehouse

PREFIX = "snapshots/tenant_status/"
_KEY = re.compile(re.escape(PREFIX) + r"([0-9]{4})([0-9]{2})([0-9]{2})\.csv")
Rejected = tuple[dt.date | None, DumpRejectedError]  # the file's day, None where its name holds none


@dataclass(frozen=True)
class File:
    """A snapshot file to land: its day, its object key, and what the listing calls this version of it."""

    day: dt.date
    key: str
    version: str


@dataclass
class Found:
    """What the bucket holds.

    Attributes:
        to_land: new files and such with other content than the landed one, oldest first.
        rejected: files that can be no snapshot of any day so far.
        gone: landed days whose file the listing lacks; their rows stay.
        waiting: files of days after the live dump's.
    """

    to_land: list[File] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    gone: list[dt.date] = field(default_factory=list)
    waiting: int = 0

    def figures(self) -> dict[str, object]:
        """What is worth a word."""
        figures = {"gone_from_bucket": len(self.gone), "waiting_for_their_dump": self.waiting}
        return {name: number for name, number in figures.items() if number}


def key_of(day: dt.date) -> str:
    """The object key of a day's snapshot."""
    return f"{PREFIX}{day:%Y%m%d}.csv"


def export(warehouse: Warehouse, bucket: Bucket, day: dt.date, schema: str = "landing") -> int:
    """Writes the snapshot of a dump to the bucket: standard CSV, CRLF, NULL as nothing, ordered by tenant.

    Args:
        day: the dump's business day; it is in every row, not a clock.
        schema: where the dump's tables are.

    Returns:
        Rows written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    tenants = f"{warehouse.quote(schema)}.tenants"
    rows = warehouse.query(f"SELECT id, status, contract_type, full_name FROM {tenants} ORDER BY id")
    writer.writerows((*row, day) for row in rows)
    if bucket.keys(key_of(day)):
        warn(f"{key_of(day)} is written anew from the dump of {day}")
    bucket.write(key_of(day), text.getvalue().encode())
    ledger.admit_again(warehouse, ledger.SNAPSHOT, day)
    return len(rows)


def look(warehouse: Warehouse, bucket: Bucket, live: dt.date, today: dt.date) -> Found:
    """Compares the bucket with the ledger. What is landed is read again only where the listing shows another version of it.

    Args:
        live: the live dump's day; files of later days wait for theirs.
        today: today's business date; a file of a later day is rejected.
    """
    landed, withdrawn = ledger.entries(warehouse, ledger.SNAPSHOT), ledger.withdrawn(warehouse, ledger.SNAPSHOT)
    suspects = {day for day, _ in withdrawn}
    found, listed = Found(), set()
    for stored in bucket.stored(PREFIX):
        day = _day(stored.key)
        if day is None or day > today:
            why = "the name is not YYYYMMDD.csv with a real date" if day is None else f"{day} lies in the future"
            found.rejected.append((day, DumpRejectedError(f"snapshot {stored.key}: {why}; rename or remove it")))
            continue
        listed.add(day)
        entry = landed[day].entry if day in landed else None
        if day > live:
            found.waiting += 1
        elif entry is None:
            if day not in suspects or (day, digest(bucket, stored.key)) not in withdrawn:
                found.to_land.append(File(day, stored.key, stored.version))
        elif entry.object_version != stored.version:
            if digest(bucket, stored.key) != entry.sha256:
                found.to_land.append(File(day, stored.key, stored.version))
            else:
                ledger.set_version(warehouse, ledger.SNAPSHOT, day, stored.version)
    found.gone = sorted(set(landed) - listed)
    return found


def _day(key: str) -> dt.date | None:
    match = _KEY.fullmatch(key)
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def digest(bucket: Bucket, key: str) -> str:
    """The sha256 of an object's bytes, lower-case hex."""
    hashed = hashlib.sha256()
    with bucket.open(key) as body:
        while block := body.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()
