"""Mornings on Spark, from dump to mart, of a company made of what engines disagree on: the rows, types and restatements are DuckDB's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from demo.objects import put_dump, put_snapshot
from loader.landing.access import open_warehouse
from loader.landing.load import load
from loader.quality.columns import required_columns
from loader.settings import state_database
from loader.transform import janitor
from loader.transform import run as run_module
from loader.transform.run import assert_fresh, run
from loader.warehouse.own_tables import MARKER
from loader.warehouse.spark.connection import open_to_write
from tests.end_to_end.test_parity import HEADER, LEAP_DAY, trap_company
from tests.spark.commands import typed
from tests.support.places import FILE, Place, duckdb_place, plan, unaudited
from tests.support.project_copy import copy_project
from tests.support.spark import SparkPlace, compare

MISSING_DAY, LAST_DAY = (LEAP_DAY + dt.timedelta(days=number) for number in (1, 2))
CUT = frozenset(f"longer:{one.table}.{one.name}" for one in required_columns() if one.keeps[0])
ANSWER = """INSERT INTO landing.llm_enrichment_cache (tenant_id, name_hash, llm_nationality, llm_confidence, enriched_at, model_version)
    VALUES (2, 'of a name', '韓国', 0.9, TIMESTAMP '2024-03-02 01:02:03', 'model')"""


def leave_unsettled(spark: SparkPlace) -> None:
    """As a command that is killed while it shows a dump: what a plan reads is no whole dump, until it is settled."""
    with spark.place.chosen(), open_to_write(str(spark.folder), state_database()) as warehouse:
        warehouse.execute("DELETE FROM landing.copied_to_iceberg")
    spark.spark.sql(f"DROP VIEW landing.{MARKER}")
    spark.spark.sql("DROP VIEW landing.movings")


def mornings(place: Place, project: Path, bucket: Path, before_plan: Callable[[], None] | None) -> tuple[object, str]:
    """Two mornings, the first with a plan, audited if something is to be done before it, the second with a waiver and an answer.

    Returns:
        What the second restated, and the status.
    """
    settings = place.settings(bucket)
    load(settings, LEAP_DAY, accepted=CUT)
    if before_plan:
        before_plan()
    with nullcontext() if before_plan else unaudited():
        plan(project, audited=bool(before_plan))
    with unaudited():
        load(settings, LAST_DAY, accepted=CUT)
        typed("waive", MISSING_DAY, "--reason", "the server was moved", "--by", "sato", "--until", "2024-03-20")
        with open_warehouse(settings) as warehouse:
            warehouse.execute(ANSWER)
        done = run(settings, LAST_DAY)
    assert_fresh(done)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "_compute", None)  # there is nothing to compute
        run(settings, LAST_DAY)
    return done.restated, typed("status")


def test_mornings_of_a_company_of_traps_are_the_same(
    new_place: Callable[[str], SparkPlace], bucket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shift, day in enumerate((LEAP_DAY, LAST_DAY)):
        put_dump(bucket, day, trap_company(shift))
    before = dt.date(2024, 2, 27)
    put_snapshot(bucket, before, HEADER + "".join(f'{n},{n % 18},1,"{n}",{before}\r\n' for n in range(1, 60)))
    project = copy_project(tmp_path / "project", config={'start: "2018-01-01"': 'start: "2024-01-01"'}).path
    spark, embedded = new_place("mornings"), duckdb_place(tmp_path / FILE)
    with embedded.chosen():
        expected = mornings(embedded, project, bucket, None)
    with spark.place.chosen():
        assert mornings(spark.place, project, bucket, lambda: leave_unsettled(spark)) == expected
    restated, status = expected
    assert restated and str(LAST_DAY) in status
    for table in ("load_waivers", "llm_enrichment_cache"):
        assert spark.query(f"SELECT COUNT(*) FROM staging.{table}") == [(1,)]
    assert compare(spark.spark, tmp_path / FILE) == {}

    monkeypatch.setattr(janitor, "KEPT_DAYS", -1)
    with spark.place.chosen():
        assert json.loads(typed("janitor"))["expired"] > 0
    assert compare(spark.spark, tmp_path / FILE) == {}
