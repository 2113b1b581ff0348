"""Warehouses for tests: planned once, copied or put back for each test that changes one."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from demo.rows import company, moving, tenant
from loader import commands
from loader.settings import DATA_CONTRACT, PROJECT, Settings
from tests.support import places, quick
from tests.support.landing import land_dump, land_rooms, land_snapshot
from tests.support.places import FILE, Place, Servers
from tests.support.servers import mysql_family, state

if TYPE_CHECKING:
    from sqlmesh import Context

FIRST_DAY = dt.date(2025, 6, 10)
# As in the Makefile's demo: the figures in docs/differences.md are of this company.
COMPANY = ["--end", "2026-02-10", "--days", "3", "--scale", "0.05", "--seed", "136", "--snapshots", "60"]

quick.hurry()
# All warehouses of the tests share what SQLMesh keeps of models; see `cache_dir` in config.yaml.
os.environ["SQLMESH__CACHE_DIR"] = ".cache"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("endurance", "tests/endurance")
    group.addoption("--at-length", action="store_true", help="all of each test, not a sample")
    group.addoption("--seed", type=int, default=1, help="of everything that chance decides (default: 1)")
    group.addoption("--mornings", type=int, default=65, help="of the simulated company, at length (default: 65)")
    group.addoption("--minutes", type=float, help="skip tests that have not begun by then")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first, so that the workers end together; of those the many pieces of fuzzing last."""
    if not config.getoption("at_length"):
        long = [item for item in items if item.get_closest_marker("at_length")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
    items.sort(key=lambda item: (item.path.parent.name != "endurance", item.path.name == "test_fuzz.py"))


def pytest_collection_finish() -> None:
    quick.collect_garbage_rarely()


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees, or leaves, WAREHOUSE_* variables or the developer's AWS settings."""
    commands.forget()
    for name in [name for name in os.environ if name.startswith(("WAREHOUSE_", "AWS_"))]:
        monkeypatch.delenv(name)
    # What Settings.resolve sets is undone with the test.
    monkeypatch.setenv("WAREHOUSE_GATEWAY", "duckdb")
    monkeypatch.setenv("WAREHOUSE_DATA_CONTRACT", str(places.DATA_CONTRACT))


def settings_for(file: Path, bucket: Path | None = None) -> Settings:
    """Settings on a warehouse file and a bucket folder."""
    os.environ["WAREHOUSE_DUCKDB"] = str(file)
    return Settings.resolve(str(bucket) if bucket else None)


def land_and_plan(place: Place) -> None:
    """One dump, its daily files and a status snapshot of the day before, planned to prod."""
    with place.chosen():
        settings = place.settings()
        both = company(tenants=[tenant(1), tenant(2, status=14)], movings=[moving(1), moving(2, room_id=2)])
        land_dump(settings, FIRST_DAY, both)
        land_snapshot(settings, FIRST_DAY - dt.timedelta(days=1), {1: 9})
        land_snapshot(settings, FIRST_DAY, {1: 9, 2: 5})
        land_rooms(settings, FIRST_DAY)
        places.plan()


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """The project, as SQLMesh reads it, its unit tests too, on a warehouse that does not exist. Look at it, never plan it."""
    from sqlmesh import Context
    from sqlmesh.core.loader import SqlMeshLoader

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DUCKDB", str(tmp_path_factory.mktemp("project") / FILE))
        patch.setenv("WAREHOUSE_GATEWAY", "duckdb")
        patch.setattr(SqlMeshLoader, "load_model_tests", SqlMeshLoader.load_model_tests.__wrapped__)
        context = Context(paths=[str(PROJECT)])
        try:
            yield context
        finally:
            context.close()


@contextmanager
def made_once(factory: pytest.TempPathFactory, name: str) -> Iterator[tuple[Path, bool]]:
    """A folder that pytest's workers share, and whether it is to be filled: the first fills it, and the others wait."""
    own = factory.getbasetemp()
    base = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, done = base / name, base / f"{name}.done"
    folder.mkdir(exist_ok=True)
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder, not done.exists()
        done.touch()


@pytest.fixture(scope="session")
def planned_place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A DuckDB warehouse with one dump and two snapshots, planned. Read it or copy it, never change it."""
    with made_once(tmp_path_factory, "planned") as (folder, is_empty):
        place = places.duckdb_place(folder / FILE)
        if is_empty:
            land_and_plan(place)
    return place


@pytest.fixture(scope="session")
def planned(planned_place: Place) -> Path:
    """The file of `planned_place`."""
    return Path(planned_place.variables["WAREHOUSE_DUCKDB"])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """A warehouse after the demo's three mornings, its bucket beside it. Read it or copy it, never change it.

    Its first plan is audited at length alone; both mornings after it always are.
    """
    from click.testing import CliRunner

    from demo.__main__ import main
    from demo.mornings import ENRICHMENT
    from loader.cli import cli

    def loader(*words: str) -> None:
        done = CliRunner().invoke(cli, list(words))
        assert done.exit_code == 0, done.output

    with made_once(tmp_path_factory, "demo") as (folder, is_empty), pytest.MonkeyPatch.context() as patch:
        if not is_empty:
            return folder / FILE
        patch.setenv("WAREHOUSE_DUCKDB", str(folder / FILE))
        patch.setenv("WAREHOUSE_DATA_CONTRACT", str(DATA_CONTRACT))
        made = CliRunner().invoke(main, ["--out", str(folder / "bucket"), *COMPANY])
        assert made.exit_code == 0, made.output
        bucket = ["--bucket", str(folder / "bucket")]
        loader("load", *bucket, "--date", "2026-02-08")
        places.plan(audited=pytestconfig.getoption("at_length"))
        for name, value in ENRICHMENT.items():
            patch.setenv(name, value)
        loader("daily", *bucket, "--date", "2026-02-09")
        loader("daily", *bucket, "--date", "2026-02-10")
    return folder / FILE


@pytest.fixture(scope="session")
def _chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from tests.support.browser import chromium

    with chromium(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def browser(_chromium: Any) -> Any:
    """A real browser, see tests/support/browser.py, on an empty page; what the test before set and brought into its log is forgotten."""
    from tests.support.browser import complaints

    _chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    _chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    _chromium.get("about:blank")
    complaints(_chromium)
    return _chromium


@pytest.fixture
def warehouse(planned_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a copy of the planned warehouse, to change at will."""
    place = places.copied(planned_place, tmp_path)
    monkeypatch.setenv("WAREHOUSE_DUCKDB", place.variables["WAREHOUSE_DUCKDB"])
    return tmp_path / FILE


@pytest.fixture
def empty_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of a warehouse that does not exist yet."""
    file = tmp_path / FILE
    monkeypatch.setenv("WAREHOUSE_DUCKDB", str(file))
    return file


@pytest.fixture
def query(tmp_path: Path) -> Iterator[Callable[..., list[tuple]]]:
    """`query(file, sql)`: the rows of a query on a warehouse file; with `writes=True` of a statement that changes it."""
    import duckdb

    def rows(file: Path, sql: str, writes: bool = False) -> list[tuple]:
        with duckdb.connect(str(file), read_only=not writes) as connection:  # workers read the demo's at the same time
            return connection.execute(sql).fetchall()

    yield rows


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """A server of the MySQL family and a Postgres, for the whole session."""
    folder = tmp_path_factory.mktemp("servers")
    with mysql_family(folder / "mysql") as mysql, state(folder / "state") as postgres:
        yield Servers(mysql, postgres)


@pytest.fixture
def empty_aurora(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The aurora gateway on a server where nothing was ever loaded, chosen by the environment."""
    return _choose(servers.empty(), monkeypatch)


@pytest.fixture(scope="session")
def planned_server(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a planned warehouse on a server, to be put back by `servers.restored`. Planned once for all workers."""
    with made_once(tmp_path_factory, "planned-server") as (folder, is_empty):
        if is_empty:
            place = servers.empty()
            land_and_plan(place)
            servers.save(place, folder)
    return folder


@pytest.fixture
def aurora(servers: Servers, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The aurora gateway with one dump and two snapshots, planned, to change at will; chosen by the environment."""
    if servers.mysql.own:
        return _choose(servers.restored(request.getfixturevalue("planned_server")), monkeypatch)
    place = servers.empty()
    land_and_plan(place)
    return _choose(place, monkeypatch)


@pytest.fixture(params=["duckdb", pytest.param("aurora", marks=pytest.mark.server)])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Either gateway, planned as `aurora` is, to change at will; chosen by the environment."""
    if request.param == "aurora":
        return request.getfixturevalue("aurora")
    return _choose(places.copied(request.getfixturevalue("planned_place"), tmp_path), monkeypatch)


@pytest.fixture(params=["duckdb", pytest.param("aurora", marks=pytest.mark.server)])
def empty_place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Either gateway, nothing ever loaded; chosen by the environment."""
    if request.param == "aurora":
        return request.getfixturevalue("empty_aurora")
    return _choose(places.duckdb_place(tmp_path / FILE), monkeypatch)


@pytest.fixture
def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The embedded gateway, nothing ever loaded, chosen by the environment: for what no engine decides."""
    return _choose(places.duckdb_place(tmp_path / FILE), monkeypatch)


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    """An empty folder for a bucket."""
    folder = tmp_path / "bucket"
    folder.mkdir()
    return folder


def _choose(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    for name, value in place.variables.items():
        monkeypatch.setenv(name, value)
    return place
