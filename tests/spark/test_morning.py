"""A morning on Spark: the dump and its daily files land, the run computes, and the rows are those of DuckDB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader.cli import cli
from loader.settings import state_database
from loader.warehouse.own_tables import MARKER
from loader.warehouse.spark.connection import open_to_write
from tests.conftest import FIRST_DAY
from tests.support.places import FILE, duckdb_place, plan, unaudited
from tests.support.project_copy import copy_project
from tests.support.spark import SparkPlace, compare

NEXT_DAY = FIRST_DAY + dt.timedelta(days=1)


def typed(*words: object) -> str:
    done = CliRunner().invoke(cli, list(map(str, words)))
    assert done.exit_code == 0, done.output
    return done.stdout


def leave_unsettled(spark: SparkPlace) -> None:
    """As a command that is killed while it shows a dump: what a plan reads is no whole dump, until it is settled."""
    with open_to_write(str(spark.folder), state_database()) as warehouse:
        warehouse.execute("DELETE FROM landing.copied_to_iceberg")
    spark.spark.sql(f"DROP VIEW landing.{MARKER}")
    spark.spark.sql("DROP VIEW landing.movings")


def test_a_morning_on_spark_computes_what_duckdb_computes(
    new_place: Callable[[str], SparkPlace], bucket: Path, tmp_path: Path
) -> None:
    project = copy_project(tmp_path / "project", config={'start: "2018-01-01"': f'start: "{FIRST_DAY}"'})
    movings = [moving(1), moving(2, room_id=2)]
    put_dump(bucket, FIRST_DAY, company(tenants=[tenant(1), tenant(2, status=14)], movings=movings))
    put_dump(bucket, NEXT_DAY, company(tenants=[tenant(1), tenant(2), tenant(3)], movings=movings[:1]))
    spark = new_place("morning")
    spark.empty()
    said = []
    for place in (spark.place, duckdb_place(tmp_path / FILE)):
        with place.chosen(), unaudited():
            typed("load", "--bucket", bucket, "--date", FIRST_DAY)
            if place == spark.place:
                leave_unsettled(spark)
            plan(project.path)
            typed("load", "--bucket", bucket, "--date", NEXT_DAY)
            typed("run")
            assert '"models": 0' in typed("run")
            said.append(CliRunner().invoke(cli, ["status"]).stdout)
    compared, different = compare(spark.spark, tmp_path / FILE)
    assert (different, compared > 40) == ({}, True)
    assert said[0] == said[1] and str(NEXT_DAY) in said[0]
