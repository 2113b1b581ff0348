"""The warehouse and the bucket that every case begins with: loaded once, put back after each case that changed them."""

from __future__ import annotations

import datetime as dt
import io
import os
import random
import resource
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from unittest.mock import patch

import duckdb

from demo.objects import snapshot_file, snapshot_key
from loader import dates
from loader.landing.load import load
from loader.mysqldump.ddl.create_table import parse_create_table
from loader.quality.data_contract import read_data_contract
from loader.settings import Settings
from tests.support.fuzz.case import Case, dated, dump_files
from tests.support.fuzz.reference_files import FILES
from tests.support.fuzz.source import CANARY, DAY, TODAY, render, tables

MEMORY_BYTES = 1 << 30  # that a case may have, or _ROOM_BYTES more than there is where tests before it left much
_ROOM_BYTES = 600 << 20
# What a command leaves behind that changes nothing: what it refused, and why.
RECORDS = ("rejections", "load_findings", "load_tables", "load_nulled", "load_changes")
HEADER = snapshot_file("tenant_status", [])
SNAPSHOTS = (DAY - dt.timedelta(days=2), DAY - dt.timedelta(days=1))

Rows = list[tuple]
Contents = dict[str, tuple[tuple[str, ...], Rows]]  # schema.table or view -> its columns and rows


@dataclass(frozen=True)
class Ran:
    """What came of a load.

    Attributes:
        error: what it raised.
        output: what it wrote to its terminal or log.
        before, after: the bucket's objects.
        contents: the warehouse after it.
    """

    error: BaseException | None
    output: str
    before: dict[str, bytes]
    after: dict[str, bytes]
    contents: Contents


class Place:
    """A loaded warehouse in a folder."""

    def __init__(self, folder: Path) -> None:
        """Loads it.

        Args:
            folder: an existing, empty folder.
        """
        self._folder = folder
        self.bucket = folder / "bucket"
        self.base_bucket, self.base_file = folder / "base-bucket", folder / "base.duckdb"
        self.contract, self.today = Path(__file__).with_name("data_contract.yaml"), TODAY
        self._settings = Settings("duckdb", folder / "warehouse.duckdb", str(self.bucket), None, self.contract)
        found = tables()
        (people,) = (table for table in found if table.name == "tenants")
        people.rows[0][-1] = b"NULL"  # so that the next day's dump is not the same again
        body = dated(render(found, random.Random(0)), DAY)
        before = {snapshot_key(day, kind): _file(kind, day) for day in SNAPSHOTS for kind in FILES}
        _write(self.bucket, dump_files(DAY, body) | before)
        with _fixed():
            load(self._settings)
        shutil.copytree(self.bucket, self.base_bucket)
        shutil.copy(self._settings.duckdb_file, self.base_file)
        self._connection = self._opened()
        self.base = contents(self._connection)
        self._last_load = max(row[0] for row in self.base["landing.load_ledger"][1])

    def close(self) -> None:
        """Closes the database."""
        self._connection.close()

    def prepare(self, case: Case) -> None:
        """Puts the bucket of a case in place."""
        shutil.rmtree(self.bucket)
        shutil.copytree(self.base_bucket, self.bucket)
        _write(self.bucket, case.files)
        for key, target in case.links.items():
            (self.bucket / key).parent.mkdir(parents=True, exist_ok=True)
            (self.bucket / key).unlink(missing_ok=True)
            (self.bucket / key).symlink_to(target)

    def run(self, case: Case) -> Ran:
        """Loads a case; afterwards the warehouse is as before."""
        self.prepare(case)
        before = objects(self.bucket)
        output, error = io.StringIO(), None
        with _fixed(), _little_memory(), redirect_stdout(output), redirect_stderr(output), _no_thread_fails():
            try:
                load(self._settings, case.day)
            except Exception as raised:  # noqa: BLE001 - which one it may be is the judge's to say
                error = raised
        ran = Ran(error, output.getvalue(), before, objects(self.bucket), contents(self._connection))
        self._restore(ran.contents)
        return ran

    def _restore(self, found: Contents) -> None:
        if all(found.get(name) == rows for name, rows in self.base.items() if not _is_record(name)):
            for name in RECORDS:
                self._connection.execute(f"DELETE FROM landing.{name} WHERE load_id > {self._last_load}")
            return
        self._connection.close()
        file = self._settings.duckdb_file
        shutil.copy(self.base_file, file)
        Path(f"{file}.wal").unlink(missing_ok=True)
        self._connection = self._opened()

    def _opened(self) -> duckdb.DuckDBPyConnection:
        """A connection; as long as it is open, the loader's own opens and closes of the file cost nothing."""
        connection = duckdb.connect(str(self._settings.duckdb_file))
        # What is thrown away after each case need not be written well, and threads only cost where rows are few.
        connection.execute("SET threads = 1")
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        return connection


def contents(connection: duckdb.DuckDBPyConnection) -> Contents:
    """Everything in the database: tables and views, and under "schemas" which schemas there are."""
    names = connection.execute(
        """SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal
           UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal"""
    ).fetchall()
    # There is nothing to optimise in reading all of a few rows.
    (optimisers,) = connection.execute("SELECT string_agg(name, ',') FROM duckdb_optimizers()").fetchone()
    connection.execute(f"SET disabled_optimizers = '{optimisers}'")
    found: Contents = {}
    for schema, name in sorted(names):
        cursor = connection.execute(f'SELECT * FROM "{schema}"."{name.replace(chr(34), chr(34) * 2)}"')
        found[f"{schema}.{name}"] = (tuple(column[0] for column in cursor.description), cursor.fetchall())
    connection.execute("SET disabled_optimizers = ''")
    schemas = connection.execute("SELECT schema_name FROM duckdb_schemas() WHERE NOT internal ORDER BY 1").fetchall()
    return found | {"schemas": (("name",), schemas)}


def objects(bucket: Path) -> dict[str, bytes]:
    """The regular files of a bucket."""
    paths = (Path(folder, name) for folder, _, names in os.walk(bucket) for name in names)
    return {path.relative_to(bucket).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def _is_record(name: str) -> bool:
    return name.removeprefix("landing.") in RECORDS


def _file(kind: str, day: dt.date) -> bytes:
    rows = {
        "tenant_status": [f'{number},9,1,"試験 {CANARY}, {number}"' for number in (1, 2, 3, 4)],
        "room_assignment": [
            f"{n},{n},1,1,1,{CANARY},9,1,0,1,2025-02-01,,,,,50000,2025-01-20 15:00:00" for n in (1, 2, 3)
        ],
        "property": [f"1,J0000001,{CANARY},東京都,新宿区,35.69,139.7,3,3"],
    }
    return "".join(f"{line}\r\n" for line in [",".join(FILES[kind]), *(f"{row},{day}" for row in rows[kind])]).encode()


def _write(bucket: Path, files: dict[str, bytes]) -> None:
    for key, body in files.items():
        path = bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


@contextmanager
def _fixed() -> Iterator[None]:
    """The same day at every run; and the data contract and a CREATE TABLE that was read before are not read again: that is slow."""
    with (
        patch.object(dates, "business_today", lambda: TODAY),
        patch("loader.landing.load_steps.read_data_contract", _contract),
        patch("loader.mysqldump.reader.parse_create_table", _create_table),
    ):
        yield


@contextmanager
def _little_memory() -> Iterator[None]:
    """Who asks for more than the limit gets a MemoryError. Of data, not of addresses: DuckDB and threads reserve those and use few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    taken = int(status.partition("VmData:")[2].split()[0]) << 10
    resource.setrlimit(resource.RLIMIT_DATA, (max(MEMORY_BYTES, taken + _ROOM_BYTES), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


_contract = cache(read_data_contract)
_create_table = lru_cache(1000)(parse_create_table)


@contextmanager
def _no_thread_fails() -> Iterator[None]:
    """What a thread or a finaliser raises where nobody looks is raised here."""
    failed: list[BaseException] = []
    with (
        patch.object(threading, "excepthook", lambda told: failed.append(told.exc_value)),
        patch.object(sys, "unraisablehook", lambda told: failed.append(told.exc_value)),
    ):
        yield
    if failed:
        raise failed[0]
