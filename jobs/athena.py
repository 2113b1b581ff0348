"""Gold as tables that Athena reads, on Spark: Athena reads no view that Spark made. See docs/decisions/0038."""

from __future__ import annotations

from loader.landing.access import open_warehouse
from loader.settings import Settings
from loader.warehouse.spark.iceberg import Iceberg
from loader.warehouse.spark.session import session

DATABASE = "dashboards"


def copy_gold(settings: Settings) -> None:
    """Makes the tables of `dashboards` hold what the views of gold show, under the one writer's lock. Each table changes in one commit."""
    with open_warehouse(settings) as warehouse:
        copy_views(Iceberg(settings.spark, warehouse.check_lock), settings.spark, "gold", DATABASE)


def copy_views(iceberg: Iceberg, place: str, source: str, database: str) -> None:
    """Copies all views of a schema into tables of a database, and drops tables without a view.

    Args:
        iceberg: writes the tables.
        place: the warehouse, see loader.warehouse.spark.session.
        source: schema of the views.
        database: it is made if it is not there.
    """
    iceberg.execute(f"CREATE DATABASE IF NOT EXISTS {database}")
    views, tables = (
        {name for _, name, _ in iceberg.query(f"SHOW {kind}")}
        for kind in (f"VIEWS IN {source}", f"TABLES IN {database}")
    )
    spark = session(place)
    for name in sorted(views | tables):
        view, table = f"{source}.{name}", f"{database}.{name}"
        if name in views & tables and spark.table(view).dtypes == spark.table(table).dtypes:
            # Not INSERT OVERWRITE: with no rows it keeps the old ones.
            iceberg.execute(f"INSERT INTO {table} REPLACE WHERE TRUE SELECT * FROM {view}")
            continue
        if name in tables:
            iceberg.execute(f"DROP TABLE {table} PURGE")
        if name in views:
            iceberg.execute(f"CREATE TABLE {table} USING iceberg AS SELECT * FROM {view}")
