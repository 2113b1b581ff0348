"""The daily status snapshots: CSV files in the bucket, rows in landing.tenant_daily_snapshots."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from loader import ledger
from loader.bucket import Bucket
from loader.errors import DumpRejectedError
from loader.snapshot_file import HEADER
from loader.warehouse import Warehouse

PREFIX = "snapshots/tenant_status/"
_KEY = re.compile(re.escape(PREFIX) + r"(\d{4})(\d{2})(\d{2})\.csv")


def key_of(day: dt.date) -> str:
    """The object key of a day's snapshot."""
    return f"{PREFIX}{day:%Y%m%d}.csv"


def export(warehouse: Warehouse, bucket: Bucket, day: dt.date) -> int:
    """Writes the snapshot of the live dump to the bucket: standard CSV, CRLF, NULL as nothing, ordered by tenant.

    Args:
        day: the live dump's business day; it is in every row, not a clock.

    Returns:
        Rows written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    rows = warehouse.query("SELECT id, status, contract_type, full_name FROM landing.tenants ORDER BY id")
    writer.writerows((*row, day) for row in rows)
    bucket.write(key_of(day), text.getvalue().encode())
    ledger.admit_again(warehouse, ledger.SNAPSHOT, day)
    return len(rows)


def missing(warehouse: Warehouse, bucket: Bucket, live: dt.date) -> list[tuple[dt.date, str]]:
    """The days up to the live dump's whose files lie in the bucket and are not in the ledger, oldest first, with their keys.

    Raises:
        DumpRejectedError: a key under the prefix is not YYYYMMDD.csv.
    """
    landed = ledger.days(warehouse, ledger.SNAPSHOT)
    found = []
    for key in bucket.keys(PREFIX):
        match = _KEY.fullmatch(key)
        try:
            day = dt.date(*map(int, match.groups())) if match else None
        except ValueError:
            day = None
        if day is None:
            raise DumpRejectedError(
                f"snapshot {key}: the name is not YYYYMMDD.csv with a real date; rename or remove it"
            )
        if day not in landed and day <= live:
            found.append((day, key))
    withdrawn = ledger.withdrawn(warehouse, ledger.SNAPSHOT)
    suspects = {day for day, _ in withdrawn}
    return [(day, key) for day, key in found if day not in suspects or (day, _digest(bucket, key)) not in withdrawn]


def _digest(bucket: Bucket, key: str) -> str:
    with bucket.open(key) as body:
        return hashlib.sha256(body.read()).hexdigest()


def land(
    warehouse: Warehouse,
    bucket: Bucket,
    files: list[tuple[dt.date, str]],
    scratch: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Lands files, each in a transaction of its own with its ledger row: a kill loses none and repeats none.

    Two files are read at a time, on a core each; they are committed in their order, so no later day is in before an earlier one.

    Args:
        files: days and keys, oldest first.
        scratch: folder for downloads.
        progress: told of 1 more file each time.

    Returns:
        Rows landed.

    Raises:
        DumpRejectedError: a file is not what it must be; it left nothing, the files before it are landed.
    """
    total = 0
    load_id = ledger.next_load_id(warehouse)
    with warehouse.bulk(), ThreadPoolExecutor(2, thread_name_prefix="snapshots") as workers:
        before: Future[int] | None = None
        landing: list[Future[int]] = []
        for day, key in files:
            before = workers.submit(_land_file, warehouse, bucket, day, key, scratch, load_id, before)
            landing.append(before)
        try:
            for file in landing:
                total += file.result()
                progress(1)
        finally:
            workers.shutdown(cancel_futures=True)
    return total


def _land_file(
    warehouse: Warehouse,
    bucket: Bucket,
    day: dt.date,
    key: str,
    scratch: Path,
    load_id: int,
    before: Future[int] | None,
) -> int:
    started = time.monotonic()
    with bucket.local_copy(key, scratch) as path, warehouse.second() as own, own.transaction():
        rows = own.insert_snapshot(path, day, key)
        body = path.read_bytes()
        if before is not None:
            before.result()  # raises if that file was rejected: then this one must not land either
        seconds = round(time.monotonic() - started, 3)
        entry = ledger.Entry(ledger.SNAPSHOT, day, key, rows, len(body), hashlib.sha256(body).hexdigest(), seconds)
        ledger.record(own, load_id, entry)
    return rows
