"""The same rows as on DuckDB, with the same types: the demo's last days, in all of staging, silver and gold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from demo.__main__ import main
from loader.landing.load import load
from tests.end_to_end.test_parity import COMPANY
from tests.support.places import FILE, duckdb_place, unaudited
from tests.support.project_copy import copy_project
from tests.support.spark import SparkPlace, compare

FIRST_DAY, LAST_DAY = dt.date(2026, 1, 25), dt.date(2026, 2, 10)


def test_the_demo_is_the_same(new_place: Callable[[str], SparkPlace], tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["--out", str(tmp_path / "bucket"), *COMPANY])
    assert made.exit_code == 0, made.output
    # In schemas of its own, for a session has one warehouse, and the same models would have the same tables.
    naming = "physical_table_naming_convention: hash_md5\n"
    own = f"{naming}physical_schema_mapping:\n  '.*': physical_demo\n"
    project = copy_project(tmp_path / "project", config={'start: "2018-01-01"': f'start: "{FIRST_DAY}"', naming: own})
    embedded, spark = duckdb_place(tmp_path / FILE), new_place("demo")
    for place in (embedded, spark.place):
        with place.chosen(), unaudited():
            load(place.settings(tmp_path / "bucket"), LAST_DAY)
            project.plan()
    assert compare(spark.spark, tmp_path / FILE) == {}
