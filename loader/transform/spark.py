"""SQLMesh's connection to Spark, as the loader connects to it, and what Iceberg's tables need there. See docs/decisions/0038."""

import datetime as dt
from contextlib import AbstractContextManager
from typing import Any, Literal

from pydantic import Field, model_validator
from sqlglot import exp
from sqlmesh.core.config.connection import CONNECTION_CONFIG_TO_TYPE, SparkConnectionConfig
from sqlmesh.core.engine_adapter.base import EngineAdapter
from sqlmesh.core.engine_adapter.spark import SparkEngineAdapter

from loader.landing.access import open_warehouse
from loader.settings import Settings, spark_warehouse
from loader.transform.server_adapter import ServerAdapter
from loader.transform.state_connection import register_state
from loader.warehouse.spark.session import session


class SparkAdapter(ServerAdapter, SparkEngineAdapter):
    """SQLMesh's Spark, but an overwrite with no rows empties what it overwrites, each overwrite is one commit, and a month is a partition."""

    # Rows as VALUES. By way of pandas a whole number is a float in a column that has a NULL, and Spark refuses it.
    _df_to_source_queries = EngineAdapter._df_to_source_queries

    def _open_to_write(self) -> AbstractContextManager[Any]:
        return open_warehouse(Settings.resolve())  # which settles what a killed command left

    def _insert_overwrite_by_condition(
        self,
        table_name: Any,
        source_queries: list[Any],
        target_columns_to_types: dict[str, exp.DataType] | None = None,
        where: exp.Between | None = None,
        *_: Any,
        **__: Any,
    ) -> None:
        types = target_columns_to_types or self.columns(table_name)
        table = exp.to_table(table_name)
        for number, source in enumerate(source_queries):
            with source as query:
                rows = self._order_projections_and_filter(query, types, where=where)
                if number:  # of VALUES, which come in pieces
                    self._insert_append_query(table_name, rows, target_columns_to_types=types, order_projections=False)
                    continue
                replaced = exp.true()
                if where:  # Iceberg replaces whole partitions only, so the months' other days are written again
                    replaced = _whole_months(where)
                    kept = exp.select(*(exp.column(name, quoted=True) for name in types)).from_(table)
                    rows = exp.union(rows, kept.where(replaced, exp.not_(where.copy())), distinct=False)
                insert = exp.insert(rows, table)
                insert.set("where", replaced)  # REPLACE WHERE
                self.execute(insert, track_rows_processed=True)

    def drop_table(self, table_name: Any, exists: bool = True, **options: Any) -> None:
        super().drop_table(table_name, exists, purge=True, **options)  # else its files stay

    def _build_partitioned_by_exp(self, partitioned_by: list[exp.Expression], **_: Any) -> exp.PartitionedByProperty:
        # SQLMesh names the day. Spark holds a writer open for each partition: thousands of days run out of memory.
        months = [exp.func("MONTHS", day) for day in partitioned_by]
        return exp.PartitionedByProperty(this=exp.Schema(expressions=months))


def _whole_months(days: exp.Between) -> exp.Expression:
    """The condition for all days of the months that a range of days touches."""
    first, last = (dt.date.fromisoformat(days.args[side].find(exp.Literal).name[:10]) for side in ("low", "high"))
    after = (last.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    begin, end = (exp.cast(exp.Literal.string(str(day)), "date") for day in (first.replace(day=1), after))
    return exp.and_(days.this.copy() >= begin, days.this.copy() < end)


# Plain `sqlmesh` prints the name as that of a type it does not know.
_TYPE = "spark (use `warehouse sqlmesh`)"


class SparkConnection(SparkConnectionConfig):
    """The process's own Spark session; where the warehouse is says WAREHOUSE_SPARK_WAREHOUSE."""

    type_: Literal[_TYPE] = Field(alias="type", default=_TYPE)
    concurrent_tasks: int = 2

    @model_validator(mode="before")
    @classmethod
    def _engine_import_validator(cls, given: dict[str, Any]) -> dict[str, Any]:
        return given  # a missing pyspark is the session's to say

    @property
    def _static_connection_kwargs(self) -> dict[str, Any]:
        return {"spark": session(spark_warehouse())}

    @property
    def _engine_adapter(self) -> type[SparkEngineAdapter]:
        return SparkAdapter


def register() -> None:
    """Makes SQLMesh know the connections of the spark gateway, in this process."""
    CONNECTION_CONFIG_TO_TYPE[_TYPE] = SparkConnection
    register_state()
