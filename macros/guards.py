"""What happens before a plan or a run touches anything: refuse a database never loaded, keep out a second writer."""

from __future__ import annotations

import os

from sqlmesh import macro
from sqlmesh.core.macros import MacroEvaluator
from sqlmesh.utils.errors import SQLMeshError

NOTHING = "SELECT 1 AS nothing"  # a statement is owed


@macro()
def keep_private(evaluator: MacroEvaluator) -> str:
    """From now on what this process writes can be read by its own user alone: the warehouse and its temporary files hold names."""
    os.umask(0o077)
    return NOTHING


@macro()
def require_landing(evaluator: MacroEvaluator) -> str:
    """Stops a plan or a run on a database that the loader has never touched: the staging views would have nothing to stand on."""
    if evaluator.runtime_stage == "before_all" and not evaluator.engine_adapter.table_exists("landing.load_ledger"):
        raise SQLMeshError(
            "Nothing has been loaded into this database yet, so there is nothing to plan or run. "
            "BUCKET is a folder or s3://name. Load a dump first: python -m loader load --bucket BUCKET"
        )
    return NOTHING


@macro()
def take_lock(evaluator: MacroEvaluator) -> str:
    """On MySQL, takes the lock that loads, plans and runs share, for as long as SQLMesh is at work; raises when another has it.

    SQLMesh itself keeps two writers apart in none of its engines: the second one leaves duplicate rows. (On DuckDB the file is the lock.)
    """
    if evaluator.runtime_stage == "before_all" and evaluator.engine_adapter.dialect == "mysql":
        evaluator.engine_adapter.hold_lock()  # of loader/transform/aurora.py
    return NOTHING
