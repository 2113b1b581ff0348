"""A change of code as the team makes it: planned to dev, compared, promoted, rolled back; a day restated; and a run in between."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from demo.rows import company, moving, tenant
from loader.landing.access import open_warehouse
from loader.transform import context as loader_project
from loader.transform.context import prod_snapshots
from loader.transform.run import run
from tests.conftest import FIRST_DAY
from tests.support.landing import land_dump, land_rooms, land_snapshot
from tests.support.places import Place, contents
from tests.support.project_copy import ProjectCopy, copy_project, physical_tables

MODEL = "gold.new_contracts"
RENT = "monthly_rent::DECIMAL(12, 0) AS monthly_rent"
CHANGED_RENT = (
    "CAST(CASE WHEN contract_id = 1 THEN monthly_rent + 1000 ELSE monthly_rent END AS DECIMAL(12, 0)) AS monthly_rent"
)
LAST = "updated_at::TIMESTAMP AS updated_at /* when the source last changed the contract, JST without time zone */"
SUMMARY = "gold.daily_activity_summary"


@pytest.fixture
def project(tmp_path: Path) -> ProjectCopy:
    return copy_project(tmp_path / "project")


def change(project: ProjectCopy) -> None:
    """Contract 1's rent is another, and there is a new column."""
    project.edit(MODEL, RENT, CHANGED_RENT)
    project.edit(MODEL, LAST, f"{LAST.replace(' /*', ', /*')}\n  'new'::VARCHAR(8) AS note /* says new */")


def rents(place: Place, schema: str) -> list[tuple]:
    return place.query(f"SELECT contract_id, monthly_rent FROM {schema}.new_contracts ORDER BY contract_id")


def table_behind(place: Place, view: str) -> str:
    """The physical table that a view of prod shows."""
    schema, _, name = view.partition(".")
    (definition,) = place.query(
        f"SELECT view_definition FROM information_schema.views WHERE table_schema = '{schema}' AND table_name = '{name}'"
    )[0]
    words = definition.replace("`", "").replace('"', "").replace(";", " ").replace(",", " ").split()
    return next(word for word in reversed(words) if "sqlmesh__" in word).removeprefix("warehouse.")


def test_dev_change_is_compared_promoted_and_reverted_without_backfill(place: Place, project: ProjectCopy) -> None:
    before = contents(place)
    # What was planned from the repository is this copy's own: nothing to do.
    assert project.plan() == {}

    change(project)
    assert project.plan("dev", start="2018-01-01").keys() == {MODEL}
    assert rents(place, "gold") == [(1, 50000), (2, 50000)]
    assert rents(place, "gold__dev") == [(1, 51000), (2, 50000)]
    assert contents(place) == before

    with project.context() as (context, _):
        (difference,) = context.table_diff("prod", "dev", select_models={MODEL}, show=False)
        assert [name for name, _ in difference.schema_diff().added] == ["note"]
        assert (difference.schema_diff().removed, difference.schema_diff().modified) == ([], {})
        rows = difference.row_diff()
        assert (rows.source_count, rows.target_count, rows.join_count) == (2, 2, 2)
        assert (rows.full_match_count, rows.partial_match_count) == (1, 1)
        share = rows.column_stats["pct_match"]
        assert dict(share[share < 100]) == {"monthly_rent": 50.0}

    built = physical_tables(place)
    assert project.plan() == {}
    assert physical_tables(place) == built
    assert rents(place, "gold") == [(1, 51000), (2, 50000)]
    assert contents(place).keys() == before.keys()

    project.edit(MODEL, CHANGED_RENT, RENT)
    project.edit(MODEL, ", /* when the source last changed the contract, JST without time zone */\n  'new'::VARCHAR(8) AS note /* says new */",
                 " /* when the source last changed the contract, JST without time zone */")  # fmt: skip
    assert project.plan() == {}
    assert physical_tables(place) == built
    assert contents(place) == before


@pytest.mark.twin
@pytest.mark.audited
def test_plan_restates_only_its_day_and_run_restates_rest(
    place: Place, project: ProjectCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both contracts were signed on the 20th of January 2025."""
    signed = (
        "SELECT activity_date, contracts_signed_count FROM gold.daily_activity_summary "
        "WHERE tenant_type = 'individual' AND activity_date BETWEEN '2025-01-19' AND '2025-01-21' ORDER BY 1"
    )
    right = place.query(signed)
    assert [count for _, count in right] == [0, 2, 0]
    table = table_behind(place, SUMMARY)
    with open_warehouse(place.settings()) as warehouse:
        warehouse.execute(
            f"UPDATE {table} SET contracts_signed_count = 99 WHERE activity_date BETWEEN '2025-01-19' AND '2025-01-21'"
        )
    # The audit that the sums add up looks at the day computed alone.
    assert project.plan(restate_models=[SUMMARY], start="2025-01-20", end="2025-01-20") == {SUMMARY: 1}
    assert [count for _, count in place.query(signed)] == [99, 2, 99]
    assert table_behind(place, SUMMARY) == table

    assert run(place.settings()).restated == {SUMMARY: 2}
    assert place.query(signed) == right


@pytest.mark.parametrize("place", ["duckdb"], indirect=True)  # which files are read, no engine decides
def test_run_uses_prod_models_and_ignores_an_edited_model(
    place: Place, project: ProjectCopy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader_project, "PROJECT", project.path)
    with project.context() as (context, _):
        versions = {name: snapshot.snapshot_id for name, snapshot in prod_snapshots(context).items()}
    change(project)
    next_day = FIRST_DAY + dt.timedelta(days=1)
    signed = [moving(1), moving(2, room_id=2), moving(3, room_id=3, movein_decided_date=dt.datetime(2025, 6, 11, 9))]
    land_dump(place.settings(), next_day, company(tenants=[tenant(1), tenant(2, status=14), tenant(3)], movings=signed))
    land_snapshot(place.settings(), next_day, {1: 9, 2: 5, 3: 9})
    land_rooms(place.settings(), next_day)
    run(place.settings())
    # Computed, so the run did its work; by the old query, so contract 1 has its old rent though all days are compared each morning.
    assert rents(place, "gold") == [(1, 50000), (2, 50000), (3, 50000)]
    with project.context() as (context, _):
        assert {name: snapshot.snapshot_id for name, snapshot in prod_snapshots(context).items()} == versions
        assert context.diff("prod")  # and the edit waits for its plan
        assert [environment.name for environment in context.state_sync.get_environments()] == ["prod"]
