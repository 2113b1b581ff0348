"""A warehouse on Spark, and how it differs from one on DuckDB."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from loader.warehouse.spark.session import session
from tests.support.places import Place

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SCHEMAS = ("staging", "silver", "gold")
# DuckDB's types as Spark calls them; a decimal has the same name on both.
TYPES = {"BIGINT": "bigint", "VARCHAR": "string", "DATE": "date", "TIMESTAMP": "timestamp_ntz", "DOUBLE": "double"}


@dataclass(frozen=True)
class SparkPlace:
    """A warehouse on Spark, in the session of this process.

    Attributes:
        folder: its tables.
        state: URL of the database for SQLMesh's state.
    """

    folder: Path
    state: str

    @property
    def place(self) -> Place:
        """It, to be chosen by the environment."""
        variables = {"WAREHOUSE_SPARK_WAREHOUSE": str(self.folder), "WAREHOUSE_STATE_URL": self.state}
        return Place({"WAREHOUSE_GATEWAY": "spark", **variables})

    @property
    def spark(self) -> SparkSession:
        """The session."""
        return session(str(self.folder))

    def query(self, sql: str) -> list[tuple]:
        """The rows of a query."""
        return [tuple(row) for row in self.spark.sql(sql).collect()]

    def drop_landing(self) -> None:
        """Drops `landing` and the schemas of its dumps, with all that is in them, and their Parquet: another test has filled them."""
        for (schema,) in self.query("SHOW SCHEMAS LIKE 'landing*'"):
            views = {name for _, name, *_ in self.query(f"SHOW VIEWS IN {schema}")}
            # Each by itself: Iceberg remembers for half a minute a table of which only the schema was dropped.
            for table in {name for _, name, *_ in self.query(f"SHOW TABLES IN {schema}")} - views:
                self.spark.sql(f"DROP TABLE {schema}.{table} PURGE")
            self.spark.sql(f"DROP SCHEMA {schema} CASCADE")
        shutil.rmtree(self.folder / "parquet", ignore_errors=True)


def compare(spark: SparkSession, file: Path, at_least: int = 50) -> dict[str, Any]:
    """Compares each view of prod on Spark with the one in a DuckDB warehouse: columns, types and rows.

    Args:
        at_least: how many views there must be.

    Returns:
        What differs, by view.
    """
    found = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.execute(
            f"SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE schema_name IN {SCHEMAS} ORDER BY 1"
        ).fetchall()
        assert len(names) >= at_least
        for (name,) in names:
            ours, theirs = spark.table(name), connection.sql(f"SELECT * FROM {name}")
            types = [
                (column, TYPES.get(str(kind), str(kind).lower()))
                for column, kind in zip(theirs.columns, theirs.types, strict=True)
            ]
            if ours.dtypes != types:
                found[f"types of {name}"] = sorted(set(ours.dtypes) ^ set(types))
            left, right = (Counter(map(repr, rows)) for rows in (map(tuple, ours.collect()), theirs.fetchall()))
            if left != right:
                found[name] = (
                    sum((left - right).values()),
                    sum((right - left).values()),
                    list(left - right)[:2],
                    list(right - left)[:2],
                )
    return found
