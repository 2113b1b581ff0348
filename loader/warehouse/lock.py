"""One writer at a time on a server: a lock of the server's, which it frees when its holder dies. See docs/decisions/0021."""

from __future__ import annotations

import os
import shlex
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loader.dates import utc_now
from loader.errors import BusyError

if TYPE_CHECKING:
    from loader.warehouse.base import Connection


@dataclass(frozen=True)
class LockSql:
    """How a server is asked for the lock."""

    take: str  # gives 1 if it takes it
    connection: str  # this connection's number
    holder: str  # the number of the connection that holds it


MYSQL = LockSql("SELECT GET_LOCK('warehouse', 0)", "SELECT CONNECTION_ID()", "SELECT IS_USED_LOCK('warehouse')")
_KEY = "0, 7734"  # a number of ours among the advisory locks of the database; SQLMesh takes none
POSTGRES = LockSql(
    f"SELECT CAST(pg_try_advisory_lock({_KEY}) AS INT)",
    "SELECT pg_backend_pid()",
    f"""SELECT MAX(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND (classid, objid) = ({_KEY})
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""",
)


def take(warehouse: Connection, where: str, sql: LockSql) -> None:
    """Takes the lock for as long as the connection lives, or raises a BusyError that says who holds it at `where`, the server's address."""
    if warehouse.query(sql.take)[0][0] != 1:
        raise BusyError(
            f"another command holds the warehouse {where}: {holder(warehouse, sql)}; nothing was changed. "
            "Wait until it ends, then type the same again"
        )


def sign(warehouse: Connection, sql: LockSql) -> None:
    """Leaves word of who holds the lock, for the message that another one gets."""
    with warehouse.transaction():
        warehouse.execute("DELETE FROM landing.writer")
        warehouse.execute(f"INSERT INTO landing.writer {sql.connection}, ?, ?", who(), utc_now())


def who() -> str:
    """This command, as the holder of a lock is called: what was typed, which process, on which machine."""
    program = "python -m loader" if sys.argv[0].endswith("__main__.py") else Path(sys.argv[0]).name
    return f"{program} {shlex.join(sys.argv[1:])}, process {os.getpid()} on {socket.gethostname()}"[:255]


def holder(warehouse: Connection, sql: LockSql) -> str:
    """Who holds the lock, in words."""
    (connection,) = warehouse.query(sql.holder)[0]
    if warehouse.has_table("landing", "writer"):
        for text, since in warehouse.query("SELECT who, since FROM landing.writer WHERE connection_id = ?", connection):
            return f"{text}, since {since} UTC (connection {connection})"
    return f"connection {connection}"
