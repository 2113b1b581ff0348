"""Hides what names a person: telephone numbers, accounts and e-mail addresses. Why: docs/decisions/0036."""

from __future__ import annotations

from sqlglot import exp
from sqlmesh import macro
from sqlmesh.core.macros import MacroEvaluator


@macro()
def masked(evaluator: MacroEvaluator, column: exp.Expression) -> str:
    """A telephone number or account with its last characters: four at most, and four at least stay hidden."""
    text = column.sql(dialect=evaluator.dialect)
    shown = f"LEAST(4, GREATEST(LENGTH({text}) - 4, 0))"
    return f"CASE WHEN NOT {text} IS NULL THEN CONCAT('***', RIGHT({text}, {shown})) END"


@macro()
def masked_email(evaluator: MacroEvaluator, column: exp.Expression, number: exp.Expression) -> str:
    """An e-mail address with a number for all that stands before its one @; a text with none or several is hidden whole.

    Args:
        column: the address.
        number: the same for the same address, another for another: who is apart stays apart. (A digest could be guessed from a name.)
    """
    text, instead = (part.sql(dialect=evaluator.dialect) for part in (column, number))
    domain = f"CASE WHEN {text} LIKE '%@%' AND NOT {text} LIKE '%@%@%' THEN SUBSTRING({text}, POSITION('@' IN {text})) ELSE '' END"
    return f"CASE WHEN NOT {text} IS NULL THEN CONCAT('***', CAST({instead} AS VARCHAR(20)), {domain}) END"
