"""Date arithmetic that gives the same number on every engine."""

from __future__ import annotations

from sqlglot import exp
from sqlmesh import macro
from sqlmesh.core.macros import MacroEvaluator

from macros.engine import on_mysql


@macro()
def days_between(evaluator: MacroEvaluator, start: exp.Expression, end: exp.Expression) -> str:
    """Whole days from start to end, both dates. (MySQL's `-` would subtract the numbers yyyymmdd.)"""
    return _days_between(evaluator, *(part.sql(dialect=evaluator.dialect) for part in (start, end)))


def _days_between(evaluator: MacroEvaluator, first: str, last: str) -> str:
    if on_mysql(evaluator):
        return f"CAST(TO_DAYS({last}) - TO_DAYS({first}) AS BIGINT)"
    return f"CAST(CAST({last} AS DATE) - CAST({first} AS DATE) AS BIGINT)"


@macro()
def add_days(evaluator: MacroEvaluator, start: exp.Expression, days: exp.Expression) -> str:
    """The date a whole number of days after a date. (MySQL's `+` would add to the number yyyymmdd.)"""
    return _add_days(evaluator, *(part.sql(dialect=evaluator.dialect) for part in (start, days)))


def _add_days(evaluator: MacroEvaluator, first: str, number: str) -> str:
    if on_mysql(evaluator):
        return f"FROM_DAYS(TO_DAYS({first}) + {number})"
    return f"CAST(CAST({first} AS DATE) + CAST({number} AS INT) AS DATE)"


@macro()
def months_between(evaluator: MacroEvaluator, start: exp.Expression, end: exp.Expression) -> str:
    """Completed months from start to end (31 January to 28 February is none yet), both dates, start not after end."""
    return f"CAST({_whole_months(evaluator, start, end)} AS BIGINT)"


@macro()
def years_between(evaluator: MacroEvaluator, start: exp.Expression, end: exp.Expression) -> str:
    """Completed years from start to end, both dates, start not after end: an age."""
    months = _whole_months(evaluator, start, end)
    return f"CAST(FLOOR(CAST({months} AS DECIMAL(10, 2)) / 12) AS BIGINT)"


@macro()
def week_start(evaluator: MacroEvaluator, day: exp.Expression) -> str:
    """The Monday of a date's week."""
    date = day.sql(dialect=evaluator.dialect)
    since = _days_between(evaluator, "CAST('1900-01-01' AS DATE)", date)  # a Monday
    return _add_days(evaluator, date, f"-MOD(MOD({since}, 7) + 7, 7)")


@macro()
def month_start(evaluator: MacroEvaluator, day: exp.Expression) -> str:
    """The first day of a date's month."""
    date = day.sql(dialect=evaluator.dialect)
    return _add_days(evaluator, date, f"1 - EXTRACT(DAY FROM {date})")


def _whole_months(evaluator: MacroEvaluator, start: exp.Expression, end: exp.Expression) -> str:
    first, last = (part.sql(dialect=evaluator.dialect) for part in (start, end))

    def part(unit: str) -> str:
        return f"EXTRACT({unit} FROM {last}) - EXTRACT({unit} FROM {first})"

    return f"(({part('YEAR')}) * 12 + ({part('MONTH')}) - CASE WHEN {part('DAY')} < 0 THEN 1 ELSE 0 END)"
