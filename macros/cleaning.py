"""Cleaning rules of staging: what the source writes where it means "nothing"."""

from __future__ import annotations

from sqlglot import exp
from sqlmesh import macro
from sqlmesh.core.macros import MacroEvaluator

from macros.engine import on_mysql

# A date outside these years is a placeholder of the source (1900-01-01, 2100-01-01, 2200-01-01, 2302-01-28 ... 5300-11-12).
FIRST_REAL_DAY = "1900-01-02"
LAST_REAL_DAY = "2099-12-31"


@macro()
def clean_text(evaluator: MacroEvaluator, column: exp.Expression, size: exp.Expression) -> str:
    """A text without surrounding spaces (full-width ones too), NULL for the four spellings of a null.

    Args:
        column: the text column.
        size: length of the result's VARCHAR, in characters; at least the source column's.

    Source: the property system writes `NULL`, `--`, `null` and the empty string where it means nothing.
    """
    # Cast first: some columns are text in one release of the source and numbers in another. And cut by hand: DuckDB's cast cuts nothing.
    text = f"LEFT(CAST({column.sql(dialect=evaluator.dialect)} AS VARCHAR), {size.name})"
    # Each kind of space is named: without a name DuckDB also strips no-break spaces, and MySQL does not.
    for space in (" ", "　", " "):
        text = f"TRIM(BOTH '{space}' FROM {text})"
    # Not NULLIF, four times: MySQL computes its first argument twice, so the innermost text sixteen times.
    return f"CAST(CASE WHEN NOT {text} IN ('', 'NULL', 'null', '--') THEN {text} END AS VARCHAR({size.name}))"


@macro()
def clean_date(evaluator: MacroEvaluator, column: exp.Expression) -> str:
    """A DATE, NULL where the source holds a placeholder far from any real day.

    Args:
        column: a date or timestamp column; of a timestamp only the day is kept.
    """
    return _within_real_days(column.sql(dialect=evaluator.dialect), "DATE")


@macro()
def clean_timestamp(evaluator: MacroEvaluator, column: exp.Expression) -> str:
    """A TIMESTAMP in whole seconds (without time zone, as the source writes it), NULL where the source holds a placeholder far from any real day.

    A fraction is cut off as text: a cast would round it on MySQL, at midnight to the next day, and keep it elsewhere.
    """
    text = column.sql(dialect=evaluator.dialect)
    return _within_real_days(text, "TIMESTAMP", f"LEFT(CAST({text} AS VARCHAR(32)), 19)")


def _within_real_days(column: str, kind: str, value: str | None = None) -> str:
    day = f"CAST({column} AS DATE)"
    return (
        f"CASE WHEN {day} BETWEEN CAST('{FIRST_REAL_DAY}' AS DATE) AND CAST('{LAST_REAL_DAY}' AS DATE) "
        f"THEN CAST({value or column} AS {kind}) END"
    )


@macro()
def to_code(evaluator: MacroEvaluator, column: exp.Expression) -> str:
    """The whole number that a text column holds, NULL when it holds anything but up to nine digits.

    A plain cast would give 12 for '12abc' on MySQL and fail on others.
    """
    text = f"TRIM(BOTH ' ' FROM {column.sql(dialect=evaluator.dialect)})"
    # "No other sign and one to nine of them" rather than ^[0-9]{1,9}$: MySQL's $ also matches before a line end.
    other = f"REGEXP_INSTR({text}, '[^0-9]') > 0" if on_mysql(evaluator) else f"{text} ~ '[^0-9]'"
    return f"CAST(CASE WHEN NOT {other} AND LENGTH({text}) BETWEEN 1 AND 9 THEN {text} END AS BIGINT)"
