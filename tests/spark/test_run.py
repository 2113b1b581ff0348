"""Mornings on Spark, from dump to mart, by the code that production runs: the same rows and restatements as on DuckDB.

With few models, for all of them take minutes; that all give the same rows is test_parity.py's.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader.landing.load import load
from loader.settings import PROJECT
from loader.transform import run as run_module
from loader.transform.run import assert_fresh, run
from tests.conftest import FIRST_DAY
from tests.support.places import FILE, Place, duckdb_place, unaudited
from tests.support.project_copy import ProjectCopy, copy_project
from tests.support.spark import SparkPlace, compare

NEXT_DAY = FIRST_DAY + dt.timedelta(days=1)
SIGNED = dt.datetime(2025, 6, 5, 15)
MODELS = ("seeds/numbers", "staging/load_ledger", "staging/movings", "silver/business_calendar", "silver/as_of")
MARTS = {
    "signings": """MODEL (name gold.signings, kind INCREMENTAL_BY_TIME_RANGE (time_column signed_on), grain id, tags (reconciled),
  signals (dump_landed()));
SELECT id::BIGINT AS id, movein_decided_date::DATE AS signed_on, rent::DECIMAL(12, 0) AS rent
FROM staging.movings WHERE movein_decided_date BETWEEN @start_ds AND @end_ds""",
    "rents": """MODEL (name gold.rents, kind FULL, signals (dump_landed()));
SELECT SUM(rent)::DECIMAL(18, 0) AS rent FROM gold.signings""",
}


def mornings(place: Place, project: ProjectCopy, bucket: Path) -> list[dict[str, int]]:
    """Two mornings, the first with a plan; the days that each restated. A third run has nothing to do."""
    with place.chosen(), unaudited():
        settings, restated = place.settings(bucket), []
        for day in (FIRST_DAY, NEXT_DAY):
            load(settings, day)
            if day == FIRST_DAY:
                project.plan()
            done = run(settings, day)
            assert_fresh(done)
            restated.append(done.restated)
        with mock.patch.object(run_module, "_compute", side_effect=AssertionError("there is something to compute")):
            run(settings, NEXT_DAY)
    return restated


def test_a_morning_restates_a_late_correction(
    new_place: Callable[[str], SparkPlace], bucket: Path, tmp_path: Path
) -> None:
    for day, rent in ((FIRST_DAY, 50000), (NEXT_DAY, 60000)):
        movings = [moving(1), moving(2, room_id=2, movein_decided_date=SIGNED, rent=rent)]
        put_dump(bucket, day, company(tenants=[tenant(1), tenant(2, status=14)], movings=movings))
    naming = "physical_table_naming_convention: hash_md5\n"
    changed = {
        'start: "2018-01-01"': 'start: "2025-06-01"',
        "  enabled: true\n": "  enabled: false\n",
        naming: f"{naming}physical_schema_mapping:\n  '.*': physical_runs\n",
    }
    project = copy_project(tmp_path / "project", models=False, config=changed)
    shutil.copytree(PROJECT / "seeds", project.path / "seeds")
    for name in MODELS:
        project.model(name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / "models" / f"{name}.sql", project.model(name))
    (project.path / "models" / "gold").mkdir()
    for name, text in MARTS.items():
        project.model(f"gold.{name}").write_text(text)
    embedded, spark = duckdb_place(tmp_path / FILE), new_place("runs")
    expected = mornings(embedded, project, bucket)
    assert expected == [{}, {"gold.signings": 1}]
    assert mornings(spark.place, project, bucket) == expected
    assert compare(spark.spark, tmp_path / FILE) == (6, {})
    assert spark.query("SELECT rent FROM gold.rents") == [(60000,)]
