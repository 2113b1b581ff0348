"""The daily status snapshots: CSV files in the bucket, rows in landing.tenant_daily_snapshots."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb

from loader import ledger
from loader.bucket import Bucket
from loader.errors import DumpRejectedError

PREFIX = "snapshots/tenant_status/"
HEADER = ("tenant_id", "status", "contract_type", "full_name", "snapshot_date")
_TYPES = dict(zip(HEADER, ("BIGINT", "BIGINT", "BIGINT", "VARCHAR", "DATE"), strict=True))
_KEY = re.compile(re.escape(PREFIX) + r"(\d{4})(\d{2})(\d{2})\.csv")


def key_of(day: dt.date) -> str:
    """The object key of a day's snapshot."""
    return f"{PREFIX}{day:%Y%m%d}.csv"


def export(connection: duckdb.DuckDBPyConnection, bucket: Bucket, day: dt.date) -> int:
    """Writes the snapshot of the live dump to the bucket: standard CSV, CRLF, NULL as nothing, ordered by tenant.

    Args:
        day: the live dump's business day; it is in every row, not a clock.

    Returns:
        Rows written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    rows = connection.execute(
        "SELECT id, status, contract_type, full_name, CAST(? AS DATE) FROM landing.tenants ORDER BY id", [day]
    ).fetchall()
    writer.writerows(rows)
    bucket.write(key_of(day), text.getvalue().encode())
    return len(rows)


def missing(connection: duckdb.DuckDBPyConnection, bucket: Bucket) -> list[tuple[dt.date, str]]:
    """The days whose files lie in the bucket and are not in the ledger, oldest first, with their keys.

    Raises:
        DumpRejectedError: a key under the prefix is not YYYYMMDD.csv.
    """
    landed = ledger.days(connection, ledger.SNAPSHOT)
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
        if day not in landed:
            found.append((day, key))
    return found


def land(
    connection: duckdb.DuckDBPyConnection,
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
    load_id = ledger.next_load_id(connection)
    with _bulk(connection), ThreadPoolExecutor(2, thread_name_prefix="snapshots") as workers:
        before: Future[int] | None = None
        landing: list[Future[int]] = []
        for day, key in files:
            before = workers.submit(_land_file, connection, bucket, day, key, scratch, load_id, before)
            landing.append(before)
        try:
            for file in landing:
                total += file.result()
                progress(1)
        finally:
            workers.shutdown(cancel_futures=True)
    return total


@contextmanager
def _bulk(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A thread a file instead of several in one, and no checkpoint every few files: the log is folded in at the end."""
    threads, threshold = connection.execute(
        "SELECT current_setting('threads'), current_setting('checkpoint_threshold')"
    ).fetchone()
    connection.execute("SET threads = 1")
    connection.execute("SET checkpoint_threshold = '1GB'")
    try:
        yield
    finally:
        connection.execute(f"SET threads = {threads}")
        connection.execute(f"SET checkpoint_threshold = '{threshold}'")


def _land_file(
    connection: duckdb.DuckDBPyConnection,
    bucket: Bucket,
    day: dt.date,
    key: str,
    scratch: Path,
    load_id: int,
    before: Future[int] | None,
) -> int:
    started = time.monotonic()
    with bucket.local_copy(key, scratch) as path, connection.cursor() as cursor:
        body = path.read_bytes()
        cursor.execute("BEGIN")
        try:
            rows = _insert(cursor, path, _columns(body, key), day, key)
            digest = hashlib.sha256(body).hexdigest()
            if before is not None:
                before.result()  # raises if that file was rejected: then this one must not land either
            seconds = round(time.monotonic() - started, 3)
            ledger.record(cursor, load_id, ledger.Entry(ledger.SNAPSHOT, day, key, rows, len(body), digest, seconds))
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
    return rows


def _columns(body: bytes, key: str) -> list[str]:
    columns = body.partition(b"\n")[0].removesuffix(b"\r").decode("utf-8", "replace").split(",")
    if sorted(columns) != sorted(HEADER):
        raise DumpRejectedError(
            f"snapshot {key}: the first line must name {', '.join(HEADER)}; the file was not loaded"
        )
    return columns


def _insert(cursor: duckdb.DuckDBPyConnection, path: Path, columns: list[str], day: dt.date, key: str) -> int:
    spec = ", ".join(f"'{name}': '{_TYPES[name]}'" for name in columns)
    try:
        (rows,) = cursor.execute(
            f"""INSERT INTO landing.tenant_daily_snapshots SELECT {", ".join(HEADER)} FROM read_csv(
                ?, columns={{{spec}}}, header=true, auto_detect=false, delim=',', quote='"', escape='"',
                dateformat='%Y-%m-%d', strict_mode=true)""",
            [str(path)],
        ).fetchone()
    except duckdb.ConstraintException:
        problem = "a row lacks tenant_id, status, contract_type or snapshot_date"
        raise DumpRejectedError(f"snapshot {key}: {problem}; the file was not loaded") from None
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        # DuckDB's message quotes the line, and a line holds a name.
        where = re.search(r"(?i)line:? (\d+)", str(error))
        place = f", line {where[1]}" if where else ""
        raise DumpRejectedError(
            f"snapshot {key}{place}: not a row of {', '.join(columns)}; the file was not loaded"
        ) from None
    of_day, tenants = cursor.execute(
        "SELECT COUNT(*), COUNT(DISTINCT tenant_id) FROM landing.tenant_daily_snapshots WHERE snapshot_date = ?", [day]
    ).fetchone()
    problem = (
        "it has no rows"
        if rows == 0
        else f"{rows - of_day} of its rows are of another day than {day}"
        if of_day != rows
        else f"{rows - tenants} rows repeat a tenant"
        if tenants < rows
        else None
    )
    if problem:
        raise DumpRejectedError(f"snapshot {key}: {problem}; the file was not loaded")
    return rows
