"""Which engine a query is rendered for. Models know none; the macros that must, ask here."""

from __future__ import annotations

from sqlmesh.core.macros import MacroEvaluator


def on_mysql(evaluator: MacroEvaluator) -> bool:
    """Whether the query will run on MySQL. Unit tests run on DuckDB, whatever the gateway."""
    return evaluator.var("engine") == "mysql" and evaluator.runtime_stage != "testing"
