"""The claim itself: after months of whatever can happen, the warehouse equals one built from nothing. And that drift is found."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from loader.settings import PROJECT
from tests.endurance.conftest import Length
from tests.support.places import FILE, Place, Servers, duckdb_place
from tests.support.simulation import rebuilds
from tests.support.simulation.compare import LEFT_OUT, contents, differences
from tests.support.simulation.script import CHUNKS, SHORT, script
from tests.support.simulation.simulation import FIRST, Plan, Simulation

FEW = 2 + sum(map(len, SHORT))


def test_months_of_mornings_leave_what_a_rebuild_gives(length: Length, tmp_path: Path, monkeypatch) -> None:
    """The sample is six mornings with a year's end; 65 have two months' ends and a leap day."""
    place = duckdb_place(tmp_path / FILE)
    monkeypatch.setenv("WAREHOUSE_DUCKDB", place.variables["WAREHOUSE_DUCKDB"])
    plan = length.of(Plan(length.seed, length.mornings), Plan(length.seed, FEW, 0, SHORT))
    simulation = Simulation(place, tmp_path, plan)
    simulation.play()
    assert len(simulation.compared) >= length.of(12, 1)
    assert FIRST.year < simulation.life.day.year


def test_every_kind_of_trouble_is_in_the_script() -> None:
    kinds = {kind for chunk in CHUNKS for kind in chunk}
    played = {morning.kind for morning in script(random.Random(Plan().seed), FIRST, Plan().mornings, Plan().chunks)}
    assert kinds <= played
    assert {kind for chunk in SHORT for kind in chunk} <= kinds


@pytest.mark.server
@pytest.mark.at_length  # make test: the kills of test_crash.py on MySQL, and test_parity.py
def test_mornings_on_database_servers_equal_a_rebuild(
    empty_aurora: Place, servers: Servers, length: Length, tmp_path: Path
) -> None:
    # Without step_failed, which lives in this process: on servers a run is killed in one of its own.
    chunks = (*SHORT, ("duplicate_key", "replaced"), ("promoted",))
    simulation = Simulation(empty_aurora, tmp_path, Plan(length.seed, FEW + 3, 2, chunks))
    simulation.play()
    assert len(simulation.compared) == 3
    # And built anew on the server itself, not only on DuckDB.
    life = simulation.life
    here = contents(empty_aurora)
    at = dt.datetime.combine(life.day, dt.time(8))
    source = rebuilds.source_of(empty_aurora, life.bucket, tmp_path, at)
    found = rebuilds.from_bucket(here, source, servers.empty(), life.project)
    assert found == [], "\n".join(map(str, found))


def test_only_what_the_bucket_cannot_know_is_left_out(planned_place: Place) -> None:
    shown = contents(planned_place)
    whole = {name for name, columns in LEFT_OUT.items() if not columns}
    assert whole == {"staging.load_rejections", "staging.load_waivers"} and whole < shown.keys()
    for name, columns in LEFT_OUT.items():
        assert set(columns) < set(shown[name].columns) or not columns
    assert {name for name in LEFT_OUT if name not in whole} == {"gold.data_quality_calendar"}
    # Everything else counts, views and tables alike.
    layers = ("staging", "silver", "gold")
    models = {
        f"{path.parent.name}.{path.stem}"
        for layer in layers
        for path in (PROJECT / "models" / layer).glob("*.sql")
        if "kind EMBEDDED" not in path.read_text()
    }
    assert shown.keys() == models
    for name in models - whole:
        changed = shown | {name: type(shown[name])(shown[name].columns, [("another",) * len(shown[name].columns)])}
        assert [one.name for one in differences(shown, changed, LEFT_OUT)] == [name]


def drift_of(file: Path, folder: Path) -> list[str]:
    """The views of a warehouse that are not what a rebuild gives."""
    copy = folder / "copy" / FILE
    copy.parent.mkdir()
    copy.write_bytes(file.read_bytes())
    return [one.name for one in rebuilds.from_landing(copy, folder / "new", PROJECT)]


def table_of(query, file: Path, name: str) -> str:
    """The table behind a view."""
    schema, _, view = name.partition(".")
    found = query(file, f"SELECT sql FROM duckdb_views() WHERE schema_name = '{schema}' AND view_name = '{view}'")
    return found[0][0].rpartition("FROM ")[2].rstrip(";\n ")


@pytest.mark.at_length  # make test: differences() above, and of a mart's rows tests/end_to_end/test_exact.py
def test_rows_changed_by_hand_are_found(warehouse: Path, tmp_path: Path, query) -> None:
    query(
        warehouse,
        f"UPDATE {table_of(query, warehouse, 'gold.new_contracts')} SET monthly_rent = 1 WHERE contract_id = 1",
    )
    query(
        warehouse,
        f"UPDATE {table_of(query, warehouse, 'silver.tenant_status_changes')} SET status = 3 WHERE tenant_id = 2",
    )
    assert drift_of(warehouse, tmp_path) == [
        "gold.new_contracts",
        "silver.tenant_applications",
        "silver.tenant_status_changes",
    ]
