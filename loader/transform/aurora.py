"""SQLMesh's connection to MySQL, as the loader connects to it, and what its SQL needs there. See docs/decisions/0003.

config.yaml names both types of connection below. SQLMesh 0.236.4 has no plug-in for types: `register` adds them to its own table.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Literal

from pydantic import Field, model_validator
from sqlglot import exp
from sqlmesh.core import constants
from sqlmesh.core.config.connection import (
    CONNECTION_CONFIG_TO_TYPE,
    MySQLConnectionConfig,
    PostgresConnectionConfig,
)
from sqlmesh.core.engine_adapter.mysql import MySQLEngineAdapter
from sqlmesh.utils import columns_to_types_all_known

from loader.settings import mysql_account, state_database
from loader.warehouse.mysql import session
from loader.warehouse.mysql.connection import open_to_write


class AuroraAdapter(MySQLEngineAdapter):
    """SQLMesh's MySQL, but texts compare byte by byte wherever they come from, and tables have the types that their models declare."""

    def replace_query(self, table_name: Any, query_or_df: Any, *args: Any, **options: Any) -> None:
        # SQLMesh makes a FULL model's table by CREATE TABLE ... AS SELECT, and the server picks the types: TEXT for VARCHAR(1024), on
        # MariaDB INT for a small BIGINT. A promotion compares the two, and drops and adds each column that differs: all NULL, silently.
        types = options.get("target_columns_to_types")
        # Only where there is none: it would end the transaction in which SQLMesh deletes the old rows and inserts the new ones.
        if types and columns_to_types_all_known(types) and not self.table_exists(table_name):
            of_query = ("source_columns", "supports_replace_table_override")
            self.create_table(table_name, **{name: value for name, value in options.items() if name not in of_query})
        super().replace_query(table_name, query_or_df, *args, **options)

    def hold_lock(self) -> None:
        """Takes the one writer's lock until `close`, on a connection of its own: that one dies with this process at once, while the server
        may go on for minutes with a statement of a dead client's.

        Raises:
            BusyError: another process holds it.
        """
        if not hasattr(self._connection_pool, "lock"):
            held = ExitStack()
            warehouse = held.enter_context(open_to_write(mysql_account()))
            # SQLMesh makes several adapters of one pool, and uses them in several threads.
            self._connection_pool.lock = (held, warehouse, threading.Lock())

    @contextmanager
    def transaction(self, condition: bool | None = None) -> Iterator[None]:
        if hasattr(self._connection_pool, "lock"):
            # A lost connection has lost the lock: then this fails, and nothing is written.
            _, warehouse, one_at_a_time = self._connection_pool.lock
            with one_at_a_time:
                warehouse.query("SELECT 1")
        with super().transaction(condition):
            yield

    def close(self) -> Any:
        if hasattr(self._connection_pool, "lock"):
            self._connection_pool.lock[0].close()
            del self._connection_pool.lock
        return super().close()

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
_STATE_TYPE = "aurora state"


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
        return given | {
            "host": account.host,
            "port": account.port,
            "user": account.user,
            "password": account.password,
        }

    @property
    def _static_connection_kwargs(self) -> dict[str, Any]:
        return mysql_account().arguments

    @property
    def _connection_factory(self) -> Callable[..., Any]:
        return session.connect

    @property
    def _engine_adapter(self) -> type[MySQLEngineAdapter]:
        return AuroraAdapter


class StateConnection(PostgresConnectionConfig):
    """Postgres for SQLMesh's state, with waits bounded as in the warehouse; where it is says WAREHOUSE_STATE_URL."""

    type_: Literal[_STATE_TYPE] = Field(alias="type", default=_STATE_TYPE)

    @model_validator(mode="before")
    @classmethod
    def _read_address(cls, given: dict[str, Any]) -> dict[str, Any]:
        return given | state_database()

    @property
    def is_recommended_for_state_sync(self) -> bool:
        return True  # SQLMesh asks for the type's name, and warns of one that is not `postgres`

    @property
    def _static_connection_kwargs(self) -> dict[str, Any]:
        return {"options": f"-c lock_timeout={session.WAIT_SECONDS}s"}


def register() -> None:
    """Makes SQLMesh know the connections of the aurora gateway, in this process."""
    CONNECTION_CONFIG_TO_TYPE.update({_TYPE: AuroraConnection, _STATE_TYPE: StateConnection})
    # Models are read in this process. SQLMesh's workers would inherit the connection that holds the lock, and they outlive a kill -9: the
    # server would never see that the holder is dead.
    constants.MAX_FORK_WORKERS = 1


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
