"""What SQLMesh's adapters need where the warehouse is no file of its own: the one writer's lock, and tables with the types that models declare."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from sqlmesh.core.engine_adapter.base import EngineAdapter
from sqlmesh.utils import columns_to_types_all_known

_OF_QUERY = ("source_columns", "supports_replace_table_override")


class ServerAdapter(EngineAdapter):
    """Mixed into an engine's own adapter."""

    def _open_to_write(self) -> AbstractContextManager[Any]:
        """The warehouse with the lock, on a connection of its own: that one dies with this process at once, while a server may go on for
        minutes with a statement of a dead client's."""
        raise NotImplementedError

    def hold_lock(self) -> None:
        """Takes the lock until `close`.

        Raises:
            BusyError: another process holds it.
        """
        if not hasattr(self._connection_pool, "lock"):
            held = ExitStack()
            warehouse = held.enter_context(self._open_to_write())
            # SQLMesh makes several adapters of one pool, and uses them in several threads.
            self._connection_pool.lock = (held, warehouse, threading.Lock())

    @contextmanager
    def transaction(self, condition: bool | None = None) -> Iterator[None]:
        # Every statement is within one. A lost connection has lost the lock: then this fails, and nothing is written.
        if hasattr(self._connection_pool, "lock"):
            _, warehouse, one_at_a_time = self._connection_pool.lock
            with one_at_a_time:
                warehouse.check_lock()
        with super().transaction(condition):
            yield

    def close(self) -> Any:
        if hasattr(self._connection_pool, "lock"):
            self._connection_pool.lock[0].close()
            del self._connection_pool.lock
        return super().close()

    def replace_query(self, table_name: Any, query_or_df: Any, *args: Any, **options: Any) -> None:
        # SQLMesh makes a FULL model's table by CREATE TABLE ... AS SELECT. MySQL picks the types then: TEXT for VARCHAR(1024), on MariaDB INT
        # for a small BIGINT. A promotion compares the two, and drops and adds each column that differs: all NULL, silently. On Spark it has no
        # comments: each column's is a commit of its own.
        types = options.get("target_columns_to_types")
        # Only where there is none: on MySQL it would end the transaction in which SQLMesh deletes the old rows and inserts the new ones.
        if types and columns_to_types_all_known(types) and not self.table_exists(table_name):
            self.create_table(table_name, **{name: value for name, value in options.items() if name not in _OF_QUERY})
        super().replace_query(table_name, query_or_df, *args, **options)
