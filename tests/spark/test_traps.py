"""What SQLMesh's own adapter, or Iceberg's extensions, get wrong without an error: each is seen on the real engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlglot import exp, parse_one
from sqlmesh.engines.spark.db_api.spark_session import connection

from loader.landing.access import open_warehouse
from loader.settings import Settings
from loader.transform.spark import SparkAdapter
from loader.warehouse.spark.iceberg import Iceberg
from tests.support.project_copy import copy_project
from tests.support.spark import SparkPlace

TYPES = {name: exp.DataType.build(kind) for name, kind in {"day": "date", "rooms": "bigint"}.items()}
NEW_YEAR = dt.date(2025, 1, 1)


@pytest.fixture(scope="module")
def place(new_place: Callable[[str], SparkPlace]) -> SparkPlace:
    """A warehouse with an empty schema `traps`, and an empty `landing`."""
    place = new_place("traps")
    place.spark.sql("CREATE SCHEMA traps")
    with place.place.chosen(), open_warehouse(Settings.resolve()):
        return place


@pytest.fixture
def adapter(place: SparkPlace) -> SparkAdapter:
    """SQLMesh's adapter, as it is for a plan."""
    return SparkAdapter(lambda: connection(place.spark), register_comments=True)


def rows(first: dt.date, count: int, rooms: int) -> exp.Query:
    """A query for days in a row, each with so many rooms."""
    days = [first + dt.timedelta(days=number) for number in range(count)]
    return parse_one(" UNION ALL ".join(f"SELECT CAST('{day}' AS DATE) AS day, {rooms} AS rooms" for day in days))


NO_ROWS = parse_one("SELECT CAST('2025-01-01' AS DATE) AS day, 1 AS rooms WHERE FALSE")


def commits(place: SparkPlace, table: str) -> int:
    return place.query(f"SELECT COUNT(*) FROM {table}.metadata_log_entries")[0][0]


def test_a_full_model_becomes_empty(place: SparkPlace, adapter: SparkAdapter) -> None:
    """And its table is made with its comments at once."""
    comments = {"rooms": "count of rooms"}
    for query in (rows(NEW_YEAR, 2, 7), NO_ROWS):
        adapter.replace_query(
            "traps.whole",
            query,
            target_columns_to_types=TYPES,
            table_description="Rooms of a day.",
            column_descriptions=comments,
            table_format="iceberg",
        )
        made = commits(place, "traps.whole")
        if query is not NO_ROWS:
            assert len(place.query("SELECT * FROM traps.whole")) == 2
            assert made == 2  # CREATE TABLE, with comments; INSERT
    assert place.query("SELECT * FROM traps.whole") == []
    assert made == 3
    described = {name: comment for name, _, comment in place.query("DESCRIBE TABLE EXTENDED traps.whole")}
    assert described["rooms"] == "count of rooms"


def test_a_day_becomes_empty_and_the_other_days_of_its_month_stay(place: SparkPlace, adapter: SparkAdapter) -> None:
    """In one commit: a kill leaves the day as it was, or as it is to be."""

    def overwrite(query: exp.Query, first: dt.date, last: dt.date) -> None:
        adapter.insert_overwrite_by_time_partition(
            "traps.daily",
            query,
            start=str(first),
            end=str(last),
            time_formatter=lambda day, _: exp.cast(exp.Literal.string(str(day)[:10]), "date"),
            time_column="day",
            target_columns_to_types=TYPES,
        )

    adapter.create_table("traps.daily", TYPES, partitioned_by=[exp.column("day", quoted=True)], table_format="iceberg")
    assert ("Part 0", "months(day)", "") in place.query("DESCRIBE TABLE traps.daily")
    before = NEW_YEAR - dt.timedelta(days=2)
    overwrite(rows(before, 5, 7), before, NEW_YEAR + dt.timedelta(days=2))
    made = commits(place, "traps.daily")
    overwrite(NO_ROWS, NEW_YEAR, NEW_YEAR)
    overwrite(
        rows(NEW_YEAR + dt.timedelta(days=1), 1, 9), NEW_YEAR + dt.timedelta(days=1), NEW_YEAR + dt.timedelta(days=1)
    )
    assert commits(place, "traps.daily") == made + 2
    assert sorted(place.query("SELECT * FROM traps.daily")) == [
        (dt.date(2024, 12, 30), 7),
        (dt.date(2024, 12, 31), 7),
        (dt.date(2025, 1, 2), 9),
        (dt.date(2025, 1, 3), 7),
    ]


def test_a_dropped_table_takes_its_files_with_it(place: SparkPlace, adapter: SparkAdapter) -> None:
    adapter.replace_query("traps.dropped", rows(NEW_YEAR, 1, 7), target_columns_to_types=TYPES, table_format="iceberg")
    files = place.folder / "traps.db" / "dropped"
    assert list(files.rglob("*.parquet"))
    adapter.drop_table("traps.dropped")
    assert not list(files.rglob("*.parquet"))


def test_what_was_overwritten_expires(place: SparkPlace, adapter: SparkAdapter) -> None:
    """With its files, and with a file that a killed write left; the last version stays."""
    place.spark.sql("CREATE SCHEMA IF NOT EXISTS sqlmesh__traps")
    for rooms in (7, 9):
        rooms_of_days = rows(NEW_YEAR, 2, rooms)
        adapter.replace_query(
            "sqlmesh__traps.kept", rooms_of_days, target_columns_to_types=TYPES, table_format="iceberg"
        )
    data = place.folder / "sqlmesh__traps.db" / "kept" / "data"
    (data / "left.parquet").touch()
    iceberg, now = Iceberg(str(place.folder), lambda: None), dt.datetime.now(dt.timezone.utc)
    files = set(data.iterdir())
    assert iceberg.expire(now - dt.timedelta(days=1)) == 0
    assert set(data.iterdir()) == files
    assert iceberg.expire(now + dt.timedelta(days=1)) == 1
    live = place.query("SELECT file_path FROM sqlmesh__traps.kept.files")
    assert {file.name for file in data.glob("*.parquet")} == {path.rpartition("/")[2] for (path,) in live}
    assert place.query("SELECT DISTINCT rooms FROM sqlmesh__traps.kept") == [(9,)]


def test_a_seed_with_a_missing_number(place: SparkPlace, adapter: SparkAdapter) -> None:
    import pandas

    seed = pandas.DataFrame({"day": ["2025-01-01", "2025-01-02"], "rooms": [11, None]})
    adapter.replace_query("traps.seed", seed, target_columns_to_types=TYPES, table_format="iceberg")
    assert sorted(place.query("SELECT * FROM traps.seed")) == [(NEW_YEAR, 11), (dt.date(2025, 1, 2), None)]


MODELS = {
    "facts": """MODEL (name traps.facts, kind FULL, columns (id BIGINT, word VARCHAR(8)));
SELECT 1::BIGINT AS id, 'before'::VARCHAR(8) AS word""",
    "shown": """MODEL (name traps.shown, kind VIEW);
SELECT id, word FROM traps.facts""",
}


def test_prod_shows_an_edit_after_dev_and_promotion(place: SparkPlace, tmp_path: Path) -> None:
    """A view is really replaced, and no column of the promoted table is blanked."""
    changed = {'start: "2018-01-01"': 'start: "2025-01-01"', "  enabled: true\n": "  enabled: false\n"}
    project = copy_project(tmp_path / "project", models=False, config=changed)
    (project.path / "external_models.yaml").unlink()
    (project.path / "models" / "traps").mkdir()
    for name, text in MODELS.items():
        project.model(f"traps.{name}").write_text(text)
    with place.place.chosen():
        project.plan()
        assert place.query("SELECT * FROM traps.shown") == [(1, "before")]
        project.edit("traps.facts", "'before'", "'after'")
        project.plan("dev", include_unmodified=True)
        assert place.query("SELECT * FROM traps.shown") == [(1, "before")]
        assert place.query("SELECT * FROM traps__dev.shown") == [(1, "after")]
        assert project.plan() == {}  # nothing is computed again
    assert place.query("SELECT * FROM traps.shown") == [(1, "after")]
    assert place.query("SELECT * FROM traps.facts") == [(1, "after")]


@pytest.mark.parametrize(
    ("value", "error"), [("'12abc'", "CAST_INVALID_INPUT"), ("99999999999999999999", "CAST_OVERFLOW")]
)
def test_a_cast_that_fails_is_an_error(place: SparkPlace, value: str, error: str) -> None:
    """Not a NULL, as without ANSI."""
    with pytest.raises(Exception, match=error):
        place.query(f"SELECT CAST({value} AS BIGINT)")
