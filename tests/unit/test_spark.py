"""The SQL that SQLMesh sends to Spark, and the session's settings; no Spark is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp, parse_one

from loader.errors import LoaderError
from loader.transform.spark import SparkAdapter
from loader.warehouse.spark import session

TYPES = {"day": exp.DataType.build("date"), "rooms": exp.DataType.build("bigint")}


class Recording(SparkAdapter):
    """Keeps what it would execute."""

    def __init__(self) -> None:
        super().__init__(lambda: None)
        self.sent: list[str] = []

    def execute(self, expressions: Any, *_: Any, **__: Any) -> None:
        self.sent.append(self._to_sql(expressions, quote=False))


def test_a_day_is_replaced_with_its_whole_month() -> None:
    """Iceberg replaces whole partitions: the month's other days are read and written in the same commit."""
    adapter = Recording()
    adapter.insert_overwrite_by_time_partition(
        "gold.rooms",
        parse_one("SELECT day, rooms FROM silver.rooms"),
        start="2024-12-31",
        end="2025-01-01",
        time_formatter=lambda day, _: exp.cast(exp.Literal.string(str(day)[:10]), "date"),
        time_column="day",
        target_columns_to_types=TYPES,
    )
    december_on = "day >= CAST('2024-12-01' AS DATE) AND day < CAST('2025-02-01' AS DATE)"
    days = "day BETWEEN CAST('2024-12-31' AS DATE) AND CAST('2025-01-01' AS DATE)"
    assert adapter.sent == [
        f"INSERT INTO gold.rooms REPLACE WHERE {december_on} "
        f"SELECT `day`, `rooms` FROM (SELECT day, rooms FROM silver.rooms) AS _subquery WHERE {days} "
        f"UNION ALL SELECT `day`, `rooms` FROM gold.rooms WHERE ({december_on}) AND NOT {days}"
    ]


def test_a_full_model_is_replaced_whole() -> None:
    """A dynamic INSERT OVERWRITE of no rows keeps the old ones."""
    adapter = Recording()
    query = parse_one("SELECT day, rooms FROM silver.rooms")
    adapter._insert_overwrite_by_condition("gold.rooms", adapter._get_source_queries(query, TYPES, "gold.rooms"), TYPES)
    assert adapter.sent == ["INSERT INTO gold.rooms REPLACE WHERE TRUE SELECT day, rooms FROM silver.rooms"]


def test_a_month_is_a_partition() -> None:
    found = Recording()._build_partitioned_by_exp([exp.column("day", quoted=True)])
    assert found.sql("spark") == "PARTITIONED BY (MONTHS(`day`))"


def test_a_dropped_table_takes_its_files_with_it() -> None:
    adapter = Recording()
    adapter.drop_table("gold.rooms")
    assert adapter.sent == ["DROP TABLE IF EXISTS gold.rooms PURGE"]


def test_seeds_are_sent_as_values() -> None:
    """By way of pandas a whole number is a float in a column that has a NULL, which Spark refuses."""
    import pandas

    seed = pandas.DataFrame({"day": ["2024-01-01", "2024-01-02"], "rooms": [11, None]})
    (source,) = Recording()._get_source_queries(seed, TYPES, "seeds.rooms")
    with source as query:
        sent = query.sql("spark")
    assert "VALUES" in sent
    assert "NULL" in sent


def test_no_sql_extensions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With Iceberg's, a view that is replaced keeps its old query, and nothing says so."""
    monkeypatch.setattr(session, "_jar", lambda: tmp_path / "iceberg.jar")
    for warehouse in (str(tmp_path), "s3://warehouse/tables"):
        assert "spark.sql.extensions" not in session.configuration(warehouse)


def test_another_jar_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "snowpark_connect_deps_iceberg"
    (package / "jars").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "jars" / session.JAR).write_bytes(b"another one")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(LoaderError, match=r"has the SHA-256 \w{64}, not c562d482.*make venv-spark"):
        session.configuration(str(tmp_path / "warehouse"))
