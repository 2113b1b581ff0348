"""A run's evaluator finds what SQLMesh's own finds, in fewer statements, and makes no view anew."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import pytest
from sqlmesh.core.snapshot import Snapshot, SnapshotEvaluator

from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader.landing.access import open_warehouse
from loader.landing.load import load
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.transform.evaluator import RunEvaluator
from loader.transform.run import run
from tests.conftest import FIRST_DAY
from tests.support.places import Place

EXECUTED = "sqlmesh.core.engine_adapter.base"


def found_by(
    evaluator: SnapshotEvaluator, snapshots: dict[str, Snapshot]
) -> dict[str, list[tuple[str, int, bool, str]]]:
    """What each model's audits find on the first day: audit, rows, whether it blocks, and its query."""
    by_name = {snapshot.name: snapshot for snapshot in snapshots.values()}
    return {
        name: [
            (one.audit.name, one.count, one.blocking, one.query.sql(evaluator.adapter.dialect, comments=False))
            for one in evaluator.audit(
                snapshot,
                snapshots=by_name,
                start=FIRST_DAY,
                end=FIRST_DAY,
                execution_time=FIRST_DAY + dt.timedelta(days=1),
            )
        ]
        for name, snapshot in snapshots.items()
    }


def test_combined_audit_statements_find_what_single_ones_find(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with open_warehouse(place.settings()) as warehouse:
        ((schema,),) = warehouse.query("SELECT schema_name FROM landing.generations WHERE state = 'live'")
        schema = "landing" if place.on_mysql else schema  # DuckDB shows the live dump's tables by views
        warehouse.execute(f"UPDATE {schema}.tenants SET status = 99, moving_id = 7 WHERE id = 2")
        warehouse.execute(f"UPDATE {schema}.movings SET tenant_id = NULL WHERE id = 2")
    with sqlmesh_context(place.settings()) as (context, _):
        snapshots = prod_snapshots(context)
        mine = context.snapshot_evaluator
        assert isinstance(mine, RunEvaluator)
        own = SnapshotEvaluator(mine.adapters, selected_gateway=mine.selected_gateway)
        contracts = snapshots["gold.new_contracts"].table_name()
        context.engine_adapter.execute(f"INSERT INTO {contracts} SELECT * FROM {contracts}")  # each stands twice
        with caplog.at_level(logging.INFO, logger=EXECUTED):
            wanted = found_by(own, snapshots)
            one_by_one = len(caplog.records)
            caplog.clear()
            assert found_by(mine, snapshots) == wanted
            assert 3 * len(caplog.records) < one_by_one
    assert any(count for found in wanted.values() for _, count, *_ in found)
    assert [count for name, count, *_ in wanted["gold.movein_analysis"] if name == "unique_values"] == [2]


def test_audits_that_cannot_be_asked_are_an_error(place: Place) -> None:
    with sqlmesh_context(place.settings()) as (context, _):
        found = prod_snapshots(context)["staging.tenants"]
        context.engine_adapter.drop_view(found.table_name(), cascade=True)
        with pytest.raises(Exception, match="exist"):
            found_by(context.snapshot_evaluator, {"staging.tenants": found})


def test_a_run_makes_no_view_anew(place: Place, bucket: Path, caplog: pytest.LogCaptureFixture) -> None:
    day = FIRST_DAY + dt.timedelta(days=1)
    put_dump(bucket, day, company(tenants=[tenant(1), tenant(2, status=14), tenant(3)], movings=[moving(1), moving(2)]))
    load(place.settings(bucket), day)
    with caplog.at_level(logging.INFO, logger=EXECUTED):
        result = run(place.settings(), day)
    said = [record.getMessage().upper() for record in caplog.records]
    assert said
    assert not [one for one in said if " VIEW " in one]
    assert not result.stale()
    assert place.query("SELECT COUNT(*) FROM staging.tenants") == [(3,)]
