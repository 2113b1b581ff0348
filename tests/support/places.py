"""Warehouses under test, on either engine: where a test lands, plans, runs and looks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pymysql

from loader.landing.access import read_warehouse
from loader.settings import PROJECT, Settings
from tests.support.servers import MySQLServer, PostgresServer

# DuckDB names a database after its file and SQLMesh's state holds that name, so every copy is called the same.
FILE = "warehouse.duckdb"
DATA_CONTRACT = Path(__file__).with_name("data_contract.yaml")
_SYSTEM = "('mysql', 'sys', 'information_schema', 'performance_schema')"


@dataclass(frozen=True)
class Place:
    """A warehouse.

    Attributes:
        variables: what the environment must say for the loader and SQLMesh to work on it.
    """

    variables: dict[str, str]

    @contextmanager
    def chosen(self) -> Iterator[None]:
        """Within, this warehouse is the one that the environment names."""
        before = {name: os.environ.get(name) for name in self.variables}
        os.environ.update(self.variables)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value

    def settings(self, bucket: Path | None = None) -> Settings:
        """Settings on it; the environment must name it."""
        return Settings.resolve(str(bucket) if bucket else None)

    @property
    def on_mysql(self) -> bool:
        """Whether it is on a server of the MySQL family."""
        return self.variables["WAREHOUSE_GATEWAY"] == "aurora"

    def query(self, sql: str) -> list[tuple]:
        """The rows of a query."""
        with self.chosen(), read_warehouse(self.settings()) as warehouse:
            return warehouse.query(sql)


@contextmanager
def unaudited() -> Iterator[None]:
    """Within, nothing that is computed is audited: audits cost half of it and change no row."""
    from loader.transform.evaluator import RunEvaluator

    with mock.patch.object(RunEvaluator, "audit", lambda *arguments, **named: []):
        yield


def plan(project: Path = PROJECT, *, audited: bool = False, **options: object) -> None:
    """Plans a project to prod, on the warehouse that the process environment names."""
    from sqlmesh import Context
    from sqlmesh.core.console import NoopConsole, set_console

    set_console(NoopConsole())
    context = Context(paths=[str(project)])
    try:
        with nullcontext() if audited else unaudited():
            context.plan("prod", auto_apply=True, no_prompts=True, skip_tests=True, **options)
    finally:
        context.close()


def contents(place: Place) -> dict[str, list[tuple]]:
    """The rows of every view in staging, silver and gold, sorted: `schema.name` -> rows."""
    with place.chosen(), read_warehouse(place.settings()) as warehouse:
        names = warehouse.query(
            """SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables
               WHERE table_schema IN ('staging', 'silver', 'gold') AND table_type = 'VIEW' ORDER BY 1"""
        )
        return {name: sorted(warehouse.query(f"SELECT * FROM {name}"), key=repr) for (name,) in names}


# What a command leaves behind that changes nothing: who held the lock, and why it refused.
_RECORDS = (
    "writer",
    "loaded_from",
    "failed_run",
    "computed_to",
    "rejections",
    "load_findings",
    "load_tables",
    "load_nulled",
    "load_changes",
)


def everything(place: Place) -> dict[str, list[tuple]]:
    """Everything in the database, by schema and name: what "nothing was changed" is measured by."""
    if not place.on_mysql and not Path(place.variables["WAREHOUSE_DUCKDB"]).exists():
        return {}
    with place.chosen(), read_warehouse(place.settings()) as warehouse:
        names = warehouse.query(
            f"""SELECT table_schema, table_name FROM information_schema.tables
                WHERE table_schema NOT IN {_SYSTEM} ORDER BY 1, 2"""
        )
        tables = (f"{warehouse.quote(schema)}.{warehouse.quote(name)}" for schema, name in names)
        return {
            table: sorted(map(repr, warehouse.query(f"SELECT * FROM {table}")))
            for table in tables
            if not any(name in table for name in _RECORDS)
        }


def duckdb_place(file: Path) -> Place:
    """A warehouse in a DuckDB file, which need not exist yet."""
    return Place({"WAREHOUSE_GATEWAY": "duckdb", "WAREHOUSE_DUCKDB": str(file)})


def copied(place: Place, folder: Path) -> Place:
    """A copy of a DuckDB warehouse, in another folder."""
    shutil.copy(place.variables["WAREHOUSE_DUCKDB"], folder / FILE)
    return duckdb_place(folder / FILE)


class Servers:
    """A MySQL-family server and a Postgres for the whole session; each test gets them as it wants them.

    A server is emptied, so name none in the environment that holds anything; a warehouse that was kept is put back by a throwaway's files.
    """

    def __init__(self, mysql: MySQLServer, state: PostgresServer) -> None:
        self.mysql = mysql
        self.state = state
        self._templates: set[str] = set()
        self._number = 0

    def empty(self) -> Place:
        """A warehouse where nothing was ever loaded."""
        self._drop_everything()
        return self._place(None)

    def save(self, place: Place, folder: Path) -> None:
        """Keeps a throwaway's warehouse, with its state, in a folder."""
        self.mysql.save(folder / "mysql")
        self.state.dump(_database(place), folder / "state")

    def restored(self, folder: Path) -> Place:
        """The warehouse that was kept in a folder, by this process or another, as often as needed."""
        self.mysql.restore(folder / "mysql")
        template = f"kept_{folder.name}"
        if template not in self._templates:
            self._templates.add(template)
            self.state.load(template, folder / "state")
        return self._place(template)

    def _place(self, template: str | None) -> Place:
        self._number += 1
        state = self.state.create(f"state_{os.getpid()}_{self._number}", template=template)
        return Place(
            {"WAREHOUSE_GATEWAY": "aurora", "WAREHOUSE_MYSQL_URL": self.mysql.url, "WAREHOUSE_STATE_URL": state}
        )

    def _drop_everything(self) -> None:
        with self.mysql.connect() as connection, connection.cursor() as cursor:
            if self.mysql.own:  # whoever is connected still is a test's that is over, and may hold a lock
                cursor.execute("SHOW PROCESSLIST")
                users = [number for number, user, *_ in cursor.fetchall() if user == self.mysql.user]
                for number in set(users) - {connection.thread_id()}:
                    with suppress(pymysql.err.OperationalError):  # it has just gone
                        cursor.execute(f"KILL {number}")
            cursor.execute(f"SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN {_SYSTEM}")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP DATABASE `{name}`")


def _database(place: Place) -> str:
    return place.variables["WAREHOUSE_STATE_URL"].rpartition("/")[2].partition("?")[0]
