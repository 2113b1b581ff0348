"""What Athena reads: tables that hold what views show, whatever became of view and table since the last copy."""

from __future__ import annotations

from collections.abc import Callable

from jobs.athena import DATABASE, copy_views
from loader.warehouse.spark.iceberg import Iceberg
from tests.support.spark import SparkPlace


def test_tables_follow_views_of_rows_columns_and_names(new_place: Callable[[str], SparkPlace]) -> None:
    place = new_place("athena")
    iceberg = Iceberg(str(place.folder), lambda: None)
    place.spark.sql("CREATE SCHEMA shown_marts")

    def shown(**views: str) -> dict[str, list[tuple]]:
        for name, query in views.items():
            place.spark.sql(f"CREATE OR REPLACE VIEW shown_marts.{name} AS {query}")
        copy_views(iceberg, str(place.folder), "shown_marts", DATABASE)
        return {
            name: place.query(f"SELECT * FROM {DATABASE}.{name}")
            for _, name, _ in place.query(f"SHOW TABLES IN {DATABASE}")
        }

    assert shown(rents="SELECT 1 AS id, 50000 AS rent", rooms="SELECT 7 AS id") == {
        "rents": [(1, 50000)],
        "rooms": [(7,)],
    }
    assert shown(rooms="SELECT 7 AS id WHERE FALSE") == {"rents": [(1, 50000)], "rooms": []}
    assert shown(rents="SELECT 1 AS id, '50000' AS rent") == {"rents": [(1, "50000")], "rooms": []}
    place.spark.sql("DROP VIEW shown_marts.rooms")
    assert shown() == {"rents": [(1, "50000")]}
    assert (DATABASE, "rents") in iceberg._tables()  # of which the janitor removes what was overwritten
