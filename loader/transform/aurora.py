"""SQLMesh's connection to MySQL, as the loader connects to it, and what its SQL needs there. See docs/decisions/0003.

config.yaml names the type of connection below. SQLMesh 0.236.4 has no plug-in for types: `register` adds it to its own table.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Literal

from pydantic import Field, model_validator
from sqlglot import exp
from sqlmesh.core.config.connection import (
    CONNECTION_CONFIG_TO_TYPE,
    MySQLConnectionConfig,
)
from sqlmesh.core.engine_adapter.mysql import MySQLEngineAdapter

from loader.settings import mysql_account
from loader.transform.server_adapter import ServerAdapter
from loader.transform.state_connection import register_state
from loader.warehouse.mysql import session
from loader.warehouse.mysql.connection import open_to_write


class AuroraAdapter(ServerAdapter, MySQLEngineAdapter):
    """SQLMesh's MySQL, but texts compare byte by byte wherever they come from, and tables have the types that their models declare."""

    def _open_to_write(self) -> AbstractContextManager[Any]:
        return open_to_write(mysql_account())

    def _to_sql(self, expression: exp.Expression, quote: bool = True, **kwargs: Any) -> str:
        # A view keeps no collation of a CAST: on MySQL its text would compare under the charset's default, which folds case and voicing.
        return super()._to_sql(_collated(expression.copy()), quote=quote, **kwargs)

    def _create_schema(self, schema_name: Any, properties: list[exp.Expression], **kwargs: Any) -> None:
        # Not the server's own charset and collation, for the columns of a schema's tables take the schema's.
        said = [
            exp.CharacterSetProperty(this=exp.var(session.CHARSET), default=False),
            exp.CollateProperty(this=exp.var(session.COLLATION)),
        ]
        super()._create_schema(schema_name=schema_name, properties=[*properties, *said], **kwargs)


# Plain `sqlmesh` prints the name as that of a type it does not know.
_TYPE = "aurora (use `warehouse sqlmesh`)"


class AuroraConnection(MySQLConnectionConfig):
    """MySQL with verified TLS, bounded waits and READ COMMITTED; where it is says WAREHOUSE_MYSQL_URL."""

    type_: Literal[_TYPE] = Field(alias="type", default=_TYPE)
    # Two models at a time: the server computes one while Python writes the other's statements. Batches of one model stay one by one
    # (batch_concurrency in config.yaml), for two writers of a table deadlock.
    concurrent_tasks: int = 2

    @model_validator(mode="before")
    @classmethod
    def _read_account(cls, given: dict[str, Any]) -> dict[str, Any]:
        account = mysql_account()
        return given | {name: getattr(account, name) for name in ("host", "port", "user", "password")}

    @property
    def _static_connection_kwargs(self) -> dict[str, Any]:
        return mysql_account().arguments

    @property
    def _connection_factory(self) -> Callable[..., Any]:
        return session.connect

    @property
    def _engine_adapter(self) -> type[MySQLEngineAdapter]:
        return AuroraAdapter


def register() -> None:
    """Makes SQLMesh know the connections of the aurora gateway, in this process."""
    CONNECTION_CONFIG_TO_TYPE[_TYPE] = AuroraConnection
    register_state()


def _collated(expression: exp.Expression) -> exp.Expression:
    """The expression, changed in place: every cast to a text says the house's collation."""
    for cast in reversed(
        list(expression.find_all(exp.Cast))
    ):  # inner ones first, for replacing an outer one copies them
        if cast.to.this in exp.DataType.TEXT_TYPES and not isinstance(cast.parent, exp.Collate):
            said = exp.Collate(this=cast.copy(), expression=exp.var(session.COLLATION))
            if cast is expression:
                return said
            cast.replace(said)
    return expression
