"""One writer at a time on MySQL: a lock of the server's, which it frees when its holder dies. See docs/decisions/0021."""

from __future__ import annotations

import os
import shlex
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from loader.dates import utc_now
from loader.errors import BusyError

if TYPE_CHECKING:
    from loader.warehouse.base import Warehouse

NAME = "warehouse"


def take(warehouse: Warehouse, where: str) -> None:
    """Takes the lock for as long as the warehouse's connection lives.

    Args:
        warehouse: a MySQL warehouse.
        where: its address, for messages.

    Raises:
        BusyError: somebody else holds it; the message says who.
    """
    if warehouse.query("SELECT GET_LOCK(?, 0)", NAME)[0][0] != 1:
        raise BusyError(
            f"another command holds the warehouse {where}: {holder(warehouse)}; nothing was changed. Wait until it ends, then type the same again"
        )


def sign(warehouse: Warehouse) -> None:
    """Leaves word of who holds the lock, for the message that another one gets."""
    with warehouse.transaction():
        warehouse.execute("DELETE FROM landing.writer")
        warehouse.execute(
            "INSERT INTO landing.writer SELECT CONNECTION_ID(), ?, ?",
            who(),
            utc_now(),
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
