"""One writer at a time on MySQL: a lock of the server's, which it frees when its holder dies. See docs/decisions/0003."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from loader.errors import BusyError

if TYPE_CHECKING:
    from loader.warehouse.base import Warehouse

NAME = "warehouse"
# Tells SQLMesh's before_all macro, in this process only, that the holder is this very process.
HELD_BY = "WAREHOUSE_LOCK_CONNECTION"


@contextmanager
def held(warehouse: Warehouse, where: str) -> Iterator[None]:
    """Holds the lock on the warehouse's connection; it ends with it.

    Args:
        warehouse: a MySQL warehouse.
        where: its address, for messages.

    Raises:
        BusyError: somebody else holds it; the message says who.
    """
    if warehouse.query("SELECT GET_LOCK(?, 0)", NAME)[0][0] != 1:
        raise BusyError(f"another run is under way on {where}: {holder(warehouse)}; nothing was changed")
    os.environ[HELD_BY] = str(warehouse.query("SELECT CONNECTION_ID()")[0][0])
    try:
        yield
    finally:
        del os.environ[HELD_BY]


def sign(warehouse: Warehouse) -> None:
    """Leaves word of who holds the lock, for the message that another one gets."""
    with warehouse.transaction():
        warehouse.execute("DELETE FROM landing.writer")
        warehouse.execute(
            "INSERT INTO landing.writer SELECT CONNECTION_ID(), ?, ?",
            who(),
            dt.datetime.now(dt.timezone.utc).replace(tzinfo=None, microsecond=0),
        )


def who() -> str:
    """This command, as the holder of a lock is called: what was typed, which process, on which machine."""
    program = "python -m loader" if sys.argv[0].endswith("__main__.py") else Path(sys.argv[0]).name
    return f"{program} {shlex.join(sys.argv[1:])}, process {os.getpid()} on {socket.gethostname()}"[:255]


def holder(warehouse: Warehouse) -> str:
    """Who holds the lock, in words."""
    (connection,) = warehouse.query("SELECT IS_USED_LOCK(?)", NAME)[0]
    if warehouse.has_table("landing", "writer"):
        for text, since in warehouse.query("SELECT who, since FROM landing.writer WHERE connection_id = ?", connection):
            return f"{text}, since {since} UTC (connection {connection})"
    return f"connection {connection}"
