"""What happens before a plan or a run touches anything: refuse a database never loaded, keep out a second writer."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import socket
import sys

from sqlglot import exp
from sqlmesh import macro
from sqlmesh.core.macros import MacroEvaluator
from sqlmesh.utils.errors import SQLMeshError

NOTHING = "SELECT 1 AS nothing"  # a statement is owed


@macro()
def require_landing(evaluator: MacroEvaluator) -> str:
    """Stops a plan or a run on a database that the loader has never touched: the staging views would have nothing to stand on."""
    if evaluator.runtime_stage == "before_all" and not evaluator.engine_adapter.table_exists("landing.load_ledger"):
        raise SQLMeshError(
            "Nothing has been loaded into this database yet, so there is nothing to plan or run. "
            "Load a dump first: python -m loader load --bucket <folder or s3://bucket>"
        )
    return NOTHING


@macro()
def take_lock(evaluator: MacroEvaluator) -> str:
    """On MySQL, takes the lock that loads, plans and runs share, for as long as this connection lives; raises when it is held.

    SQLMesh itself keeps two writers apart in none of its engines: the second one leaves duplicate rows. (On DuckDB the file is the
    lock.) The loader holds the lock already when it calls SQLMesh, and says so by WAREHOUSE_LOCK_CONNECTION in this process.
    """
    if evaluator.runtime_stage != "before_all" or evaluator.engine_adapter.dialect != "mysql":
        return NOTHING
    adapter = evaluator.engine_adapter
    (holder,) = adapter.fetchone("SELECT IS_USED_LOCK('warehouse')")
    if holder is not None and str(holder) == os.environ.get("WAREHOUSE_LOCK_CONNECTION"):
        return NOTHING
    if adapter.fetchone("SELECT GET_LOCK('warehouse', 0)")[0] != 1:
        found = adapter.fetchone(f"SELECT who, since FROM landing.writer WHERE connection_id = {holder or 0}")
        who = f"{found[0]}, since {found[1]} UTC (connection {holder})" if found else f"connection {holder}"
        raise SQLMeshError(
            f"another run is under way: {who}; nothing was changed. Wait for it, then type the same again."
        )
    program = f"{os.path.basename(sys.argv[0])} {shlex.join(sys.argv[1:])}"
    who = exp.Literal.string(f"{program}, process {os.getpid()} on {socket.gethostname()}"[:255])
    now = dt.datetime.now(dt.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    adapter.execute("DELETE FROM landing.writer")
    adapter.execute(f"INSERT INTO landing.writer SELECT CONNECTION_ID(), {who.sql(dialect='mysql')}, '{now}'")
    return NOTHING
