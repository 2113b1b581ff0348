"""Checks before a plan or a run: the database has been loaded, and no second writer is at work."""

from __future__ import annotations

import os

from sqlmesh import macro
from sqlmesh.core.macros import MacroEvaluator
from sqlmesh.utils.errors import SQLMeshError

NOTHING = "SELECT 1 AS nothing"  # SQLMesh expects a statement


@macro()
def keep_private(evaluator: MacroEvaluator) -> str:
    """From now on what this process writes can be read by its own user alone: the warehouse and its temporary files hold names."""
    os.umask(0o077)
    return NOTHING


@macro()
def require_landing(evaluator: MacroEvaluator) -> str:
    """Stops a plan or a run on a database without landing tables, which the staging views read."""
    if evaluator.runtime_stage == "before_all" and not evaluator.engine_adapter.table_exists("landing.load_ledger"):
        raise SQLMeshError(
            "Nothing has been loaded into this database yet, so there is nothing to plan or run. "
            "BUCKET is a folder or s3://name. Load a dump first: python -m loader load --bucket BUCKET"
        )
    return NOTHING


@macro()
def take_lock(evaluator: MacroEvaluator) -> str:
    """On MySQL and Spark, takes the lock that loads, plans and runs share, until SQLMesh ends; raises when another process holds it.

    SQLMesh itself does not exclude a second writer, on no engine: it would leave duplicate rows. (On DuckDB the file is the lock.)
    """
    if evaluator.runtime_stage == "before_all" and evaluator.engine_adapter.dialect in ("mysql", "spark"):
        evaluator.engine_adapter.hold_lock()  # of loader/transform/server_adapter.py
    return NOTHING
