"""SQLMesh's connection to MySQL, as the loader connects to it, and what its SQL needs there. See docs/decisions/0003."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp
from sqlmesh.core.config.connection import MySQLConnectionConfig
from sqlmesh.core.engine_adapter.mysql import MySQLEngineAdapter
from sqlmesh.utils import columns_to_types_all_known

from loader import mysql_url
from loader.settings import mysql_account


class AuroraAdapter(MySQLEngineAdapter):
    """SQLMesh's MySQL, but texts compare byte by byte wherever they come from, and tables have the types that their models declare."""

    def replace_query(self, table_name: Any, query_or_df: Any, *args: Any, **options: Any) -> None:
        # SQLMesh makes a FULL model's table by CREATE TABLE ... AS SELECT, and the server picks the types: TEXT for VARCHAR(1024), on
        # MariaDB INT for a small BIGINT. A promotion compares the two, and drops and adds each column that differs: all NULL, silently.
        types = options.get("target_columns_to_types")
        if types and columns_to_types_all_known(types):
            of_query = ("source_columns", "supports_replace_table_override")
            self.create_table(table_name, **{name: value for name, value in options.items() if name not in of_query})
        super().replace_query(table_name, query_or_df, *args, **options)

    def _to_sql(self, expression: exp.Expression, quote: bool = True, **kwargs: Any) -> str:
        # A view keeps no collation of a CAST: on MySQL its text would compare under the charset's default, which folds case and voicing.
        return super()._to_sql(_collated(expression.copy()), quote=quote, **kwargs)

    def _create_schema(self, schema_name: Any, properties: list[exp.Expression], **kwargs: Any) -> None:
        # Not the server's own charset and collation, for the columns of a schema's tables take the schema's.
        said = [
            exp.CharacterSetProperty(this=exp.var(mysql_url.CHARSET), default=False),
            exp.CollateProperty(this=exp.var(mysql_url.COLLATION)),
        ]
        super()._create_schema(schema_name=schema_name, properties=[*properties, *said], **kwargs)


class AuroraConnection(MySQLConnectionConfig):
    """MySQL with verified TLS, bounded waits and READ COMMITTED."""

    # One task at a time: MySQL deadlocks on parallel batches, and the connection that evaluates is the one that holds the lock.
    concurrent_tasks: int = 1
    # A lost connection has lost the lock, so it must not be opened again behind the command's back.
    pre_ping: bool = False

    @property
    def _static_connection_kwargs(self) -> dict[str, Any]:
        return mysql_account().arguments

    @property
    def _connection_factory(self) -> Callable[..., Any]:
        return mysql_url.connect

    @property
    def _engine_adapter(self) -> type[MySQLEngineAdapter]:
        return AuroraAdapter


def _collated(expression: exp.Expression) -> exp.Expression:
    """The expression, changed in place: every cast to a text says the house's collation."""
    for cast in reversed(
        list(expression.find_all(exp.Cast))
    ):  # inner ones first, for replacing an outer one copies them
        if cast.to.this in exp.DataType.TEXT_TYPES and not isinstance(cast.parent, exp.Collate):
            said = exp.Collate(this=cast.copy(), expression=exp.var(mysql_url.COLLATION))
            if cast is expression:
                return said
            cast.replace(said)
    return expression
