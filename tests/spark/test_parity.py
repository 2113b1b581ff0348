"""The same rows as on DuckDB, with the same types: a company made of what engines disagree on, and the demo's last days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from click.testing import CliRunner

from demo.__main__ import main
from demo.objects import put_dump, put_snapshot
from loader.landing.load import load
from loader.quality.columns import required_columns
from tests.end_to_end.test_parity import COMPANY, HEADER, LEAP_DAY, trap_company
from tests.support.places import FILE, duckdb_place, unaudited
from tests.support.project_copy import copy_project
from tests.support.spark import VIEWS, SparkPlace, compare


def planned_on_both(
    place: SparkPlace, folder: Path, bucket: Path, day: dt.date, start: dt.date, audited: bool
) -> dict[str, object]:
    """Lands a day on DuckDB, copies landing to Spark and plans both, from a day near the data on; what differs, by view."""
    # In schemas of its own, for a session has one warehouse, and the same models would have the same tables.
    naming = "physical_table_naming_convention: hash_md5\n"
    own = f"{naming}physical_schema_mapping:\n  '.*': physical_{day:%Y%m%d}\n"
    project = copy_project(folder / "project", config={'start: "2018-01-01"': f'start: "{start}"', naming: own})
    embedded = duckdb_place(folder / FILE)
    cut = frozenset(f"longer:{one.table}.{one.name}" for one in required_columns() if one.longest)
    with embedded.chosen():
        load(embedded.settings(bucket), day, accepted=cut)
        with unaudited():
            project.plan()
    place.copy_landing(folder / FILE)
    with place.place.chosen(), nullcontext() if audited else unaudited():
        project.plan()
    compared, found = compare(place.spark, folder / FILE)
    assert compared == VIEWS
    return found


def test_a_company_of_traps_is_the_same(new_place: Callable[[str], SparkPlace], bucket: Path, tmp_path: Path) -> None:
    put_dump(bucket, LEAP_DAY, trap_company(0))
    before = dt.date(2024, 2, 27)
    put_snapshot(bucket, before, HEADER + "".join(f'{n},{n % 18},1,"{n}",{before}\r\n' for n in range(1, 60)))
    assert planned_on_both(new_place("company"), tmp_path, bucket, LEAP_DAY, dt.date(2024, 1, 1), audited=True) == {}


def test_the_demo_is_the_same(new_place: Callable[[str], SparkPlace], tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["--out", str(tmp_path / "bucket"), *COMPANY])
    assert made.exit_code == 0, made.output
    days = dt.date(2026, 2, 10), dt.date(2026, 1, 25)
    assert planned_on_both(new_place("demo"), tmp_path, tmp_path / "bucket", *days, audited=False) == {}
