"""Warehouses for tests: planned once, copied for each test that changes one."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loader.settings import PROJECT, Settings
from tests.landing import company, land_dump, land_snapshot, moving, tenant

FIRST_DAY = dt.date(2025, 6, 10)

# DuckDB names a database after its file and SQLMesh's state holds that name, so every copy is called the same.
FILE = "warehouse.duckdb"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees, or leaves, WAREHOUSE_* variables or the developer's AWS settings."""
    for name in [name for name in os.environ if name.startswith(("WAREHOUSE_", "AWS_"))]:
        monkeypatch.delenv(name)
    # What Settings.resolve sets is undone with the test.
    monkeypatch.setenv("WAREHOUSE_GATEWAY", "duckdb")


def plan(file: Path) -> None:
    """Plans the project's models to prod on a warehouse."""
    from sqlmesh import Context
    from sqlmesh.core.console import NoopConsole, set_console

    os.environ["WAREHOUSE_DUCKDB"] = str(file)
    set_console(NoopConsole())
    context = Context(paths=[str(PROJECT)])
    try:
        context.plan("prod", auto_apply=True, no_prompts=True, skip_tests=True)
    finally:
        context.close()


def settings_for(file: Path, bucket: Path | None = None) -> Settings:
    """Settings on a warehouse file and a bucket folder."""
    os.environ["WAREHOUSE_DUCKDB"] = str(file)
    return Settings.resolve(str(bucket) if bucket else None)


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with one dump and two snapshots, planned. Read it or copy it, never change it."""
    file = tmp_path_factory.mktemp("planned") / FILE
    land_dump(
        file, FIRST_DAY, company(tenants=[tenant(1), tenant(2, status=14)], movings=[moving(1), moving(2, room_id=2)])
    )
    land_snapshot(file, FIRST_DAY - dt.timedelta(days=1), {1: 9})
    land_snapshot(file, FIRST_DAY, {1: 9, 2: 5})
    before = os.environ.get("WAREHOUSE_DUCKDB")
    try:
        plan(file)
    finally:
        os.environ.pop("WAREHOUSE_DUCKDB")
        if before:
            os.environ["WAREHOUSE_DUCKDB"] = before
    return file


@pytest.fixture
def warehouse(planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the planned warehouse, to change at will."""
    file = tmp_path / FILE
    shutil.copy(planned, file)
    monkeypatch.setenv("WAREHOUSE_DUCKDB", str(file))
    return file


@pytest.fixture
def empty_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of a warehouse that does not exist yet."""
    file = tmp_path / FILE
    monkeypatch.setenv("WAREHOUSE_DUCKDB", str(file))
    return file


@pytest.fixture
def query(tmp_path: Path) -> Iterator[Callable[..., list[tuple]]]:
    """`query(file, sql)`: the rows of a query on a warehouse file."""
    import duckdb

    def rows(file: Path, sql: str) -> list[tuple]:
        with duckdb.connect(str(file)) as connection:
            return connection.execute(sql).fetchall()

    yield rows
