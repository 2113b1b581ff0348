"""A company moves from one gateway to Spark and back, each time from the bucket, as docs/runbook.md says: every row is that of a warehouse
that never moved. DuckDB stands for Aurora, with which it is compared elsewhere.

Of the models those that show what a bucket brings and what it does not hold: that all give the same rows is test_morning.py's.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader.landing.coordinates import KEY
from tests.conftest import FIRST_DAY
from tests.spark.commands import typed
from tests.support.places import FILE, contents, duckdb_place, unaudited
from tests.support.project_copy import copy_project
from tests.support.spark import SparkPlace, compare

DAYS = [FIRST_DAY + dt.timedelta(days=number) for number in range(4)]
WAIVER = ("--by", "data", "--reason", "the source was down", "--until", DAYS[3])
PAID = "tenant_id,llm_nationality,llm_confidence,enriched_at,model_version\n3,日本,0.9,2025-05-01 00:00:00,old\n"
PLACES = """apartment_id,asset_id_hj,apartment_name,full_address,prefecture,municipality,latitude,longitude,source_updated_at
2,,ガンマ荘,,東京都,中野区,35.70,139.66,2025-05-01 00:00:00
"""
# Days with their dumps and waivers; answers; coordinates; daily files. The seed is read by a macro.
SHOWN = (
    "gold.data_quality_calendar",
    "silver.stg_tenants",
    "gold.dim_property",
    "silver.stg_movings",
    "silver.room_totals_daily",
    "seeds.code_tenant_status",
)


def keep_only(project: Path, names: Iterable[str]) -> None:
    """Removes the models and seeds that none of these reads."""
    files = {
        re.search(r"^  name ([\w.]+),$", file.read_text(), re.M)[1]: file
        for file in (project / "models").rglob("*.sql")
    }
    kept, found = set(), set(names)
    while found:
        kept |= found
        read = " ".join(files[name].read_text() for name in found)
        found = {name for name in re.findall(r"\b\w+\.\w+", read) if name in files} - kept
    for name in files.keys() - kept:
        files[name].unlink()


def put_days(bucket: Path) -> None:
    """Four mornings: the second day's dump is a wrong one, and property 2 has no coordinates at the source."""
    base = company()
    houses = [
        *base["apartments"],
        base["apartments"][0] | {"id": 2, "unique_number": "J0000002", "latitude": None, "longitude": None},
    ]
    rooms = [*base["rooms"], {"id": 4, "apartment_id": 2, "room_number": "201"}]
    tenants = [tenant(1), tenant(2, status=14), tenant(3, nationality=None, last_name="山田", full_name="山田 三")]
    movings = [moving(1), moving(2, room_id=2), moving(3, apartment_id=2, room_id=4)]
    changed = [
        {},
        {"tenants": tenants[:1], "movings": movings[:1]},
        {"movings": [movings[0] | {"rent": 60000}, *movings[1:]]},
        {},
    ]
    for day, other in zip(DAYS, changed, strict=True):
        put_dump(bucket, day, company(apartments=houses, rooms=rooms, tenants=tenants, movings=movings) | other)
    (bucket / KEY).parent.mkdir(parents=True)
    (bucket / KEY).write_text(PLACES)


def loaded_until_the_move() -> None:
    """What step 4 of the runbook types: the days in order, the rollback and the waiver."""
    typed("load", "--date", DAYS[0])
    typed("load", "--date", DAYS[1])
    typed("rollback")
    typed("waive", DAYS[1], *WAIVER)


def a_morning(day: dt.date) -> None:
    typed("load", "--date", day)
    typed("run")


def test_a_company_that_moved_to_spark_and_back_has_the_rows_of_one_that_never_moved(
    new_place: Callable[[str], SparkPlace], bucket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_days(bucket)
    monkeypatch.setenv("WAREHOUSE_BUCKET", str(bucket))
    monkeypatch.setenv("WAREHOUSE_NAME_KEY", "a key of thirty-two characters or more")
    naming = "physical_table_naming_convention: hash_md5\n"
    own = f"{naming}physical_schema_mapping:\n  '.*': physical_moved\n"
    project = copy_project(
        tmp_path / "project",
        config={'start: "2018-01-01"': f'start: "{FIRST_DAY}"', "  enabled: true\n": "  enabled: false\n", naming: own},
    )
    keep_only(project.path, SHOWN)
    for name in ("stayed", "back"):
        (tmp_path / name).mkdir()
    stayed, spark, back = (
        duckdb_place(tmp_path / "stayed" / FILE),
        new_place("moved"),
        duckdb_place(tmp_path / "back" / FILE),
    )
    (tmp_path / "paid.csv").write_text(PAID)

    with unaudited():
        with stayed.chosen():
            typed("load", "--date", DAYS[0])
            project.plan()
            typed("enrich", "--import", tmp_path / "paid.csv")
            typed("run")
            a_morning(DAYS[1])
            typed("rollback")
            typed("run")
            typed("waive", DAYS[1], *WAIVER)
            a_morning(DAYS[2])
        with spark.place.chosen():
            loaded_until_the_move()
            project.plan()
            a_morning(DAYS[2])
        assert compare(spark.spark, tmp_path / "stayed" / FILE, at_least=22) == {}

        with stayed.chosen():
            a_morning(DAYS[3])
        with back.chosen():
            loaded_until_the_move()
            typed("load", "--date", DAYS[2])
            project.plan()
            a_morning(DAYS[3])
    found = contents(back)
    assert found == contents(stayed)
    assert any("日本" in map(str, row) and row[0] == 3 for row in found["silver.stg_tenants"])
