"""`janitor` on both gateways: what expired goes, and nothing that an environment shows or that a way back needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmesh.core import context
from sqlmesh.core.state_sync.db import facade
from sqlmesh.utils.date import now_timestamp

from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader.landing import generations
from loader.landing.access import open_warehouse
from loader.landing.load import load
from loader.transform.janitor import StateSize, clean
from loader.transform.run import run
from tests.conftest import FIRST_DAY
from tests.support.places import Place, contents
from tests.support.project_copy import copy_project, physical_tables

MODEL = "gold.moveouts"
AS_IT_WAS, TRIED, CHANGED = (f"total_stay_days{edit}::BIGINT AS" for edit in ("", " * 1", " + 0"))


@contextmanager
def a_week_later() -> Iterator[None]:
    later = now_timestamp() + 8 * 24 * 60 * 60 * 1000
    with pytest.MonkeyPatch.context() as patch:
        for module in (context, facade):
            patch.setattr(module, "now_timestamp", lambda: later)
        yield


def shown(place: Place) -> dict[str, list[tuple]]:
    return {name: rows for name, rows in contents(place).items() if "__dev" not in name}


def tables(place: Place) -> set[str]:
    """Those of gold, by their hashed names."""
    return {name for name in physical_tables(place) if "__gold." in name}


def dev_schemas(place: Place) -> list[tuple]:
    return place.query(
        "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE '%\\_\\_dev'"
        if place.on_mysql
        else "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE '%!_!_dev' ESCAPE '!'"
    )


def test_janitor_drops_expired_versions_and_keeps_prod_and_rollback(place: Place, bucket: Path, tmp_path: Path) -> None:
    settings = place.settings(bucket)
    project = copy_project(tmp_path / "project")
    first = tables(place)
    project.edit(MODEL, AS_IT_WAS, TRIED)
    project.plan("dev")
    (tried,) = tables(place) - first
    project.edit(MODEL, TRIED, CHANGED)
    project.plan()
    (changed,) = tables(place) - first - {tried}
    put_dump(bucket, FIRST_DAY + dt.timedelta(days=1), company(tenants=[tenant(1)], movings=[moving(1)]))
    load(settings)
    run(settings)
    rows, versions = shown(place), tables(place)

    # Within the week: each version stays, and the change can be taken back without computing anything again.
    before, after = clean(settings)
    assert (before.environments, before.versions) == (after.environments, after.versions)
    assert after.environments == {"prod", "dev"}
    assert after.intervals < before.intervals
    assert (shown(place), tables(place)) == (rows, versions)
    assert clean(settings) == (after, after)
    project.edit(MODEL, CHANGED, AS_IT_WAS)
    assert project.plan().keys() <= {MODEL}  # the day that was run since
    project.edit(MODEL, AS_IT_WAS, CHANGED)
    assert project.plan() == {}
    assert shown(place) == rows

    # After it: dev's schemas and both versions go; the state knows each version of prod, and at most two stretches of days of each.
    assert dev_schemas(place)
    with a_week_later():
        _, left = clean(settings)
    assert left.environments == {"prod"}
    assert dev_schemas(place) == []
    (replaced,) = first - tables(place)
    assert tables(place) == first - {replaced} | {changed}
    with project.context() as (opened, _):
        prod = opened.state_sync.get_environment("prod")
        assert left == StateSize(frozenset({"prod"}), len(prod.snapshots), left.intervals)
        # A row of the version's own, and one of versions that shared its table and are gone.
    assert left.intervals <= 2 * len(prod.snapshots)
    assert shown(place) == rows

    # Mornings go on, and so does the way back to the dump before.
    assert run(settings).restated == {}
    assert shown(place) == rows
    with open_warehouse(settings) as warehouse:
        generations.roll_back(warehouse)
    run(settings)
    assert place.query("SELECT COUNT(*) FROM landing.tenants") == [(2,)]
