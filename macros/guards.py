"""Checks that run before a plan or a run touches anything."""

from __future__ import annotations

from sqlmesh import macro
from sqlmesh.core.macros import MacroEvaluator
from sqlmesh.utils.errors import SQLMeshError


@macro()
def require_landing(evaluator: MacroEvaluator) -> str:
    """Stops a plan or a run on a database that the loader has never touched: the staging views would have nothing to stand on."""
    if evaluator.runtime_stage == "before_all" and not evaluator.engine_adapter.table_exists("landing.load_ledger"):
        raise SQLMeshError(
            "Nothing has been loaded into this database yet, so there is nothing to plan or run. "
            "Load a dump first: python -m loader load --bucket <folder or s3://bucket>"
        )
    return "SELECT 1"  # a statement is owed
