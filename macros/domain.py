"""Rules of the business that more than one model or audit needs."""

from __future__ import annotations

from sqlglot import exp
from sqlmesh import macro
from sqlmesh.core.macros import MacroEvaluator

STATUSES = ("loaded", "waived", "rejected")


@macro()
def moveout_date(
    evaluator: MacroEvaluator, unified: exp.Expression, planned: exp.Expression, last_rent_day: exp.Expression
) -> str:
    """The move-out date of a contract: the first of three dates that is not NULL.

    Args:
        unified: movings.moveout_date_integrated, the move-out date as the source unifies it.
        planned: movings.moveout_plans_date, the planned or actual move-out.
        last_rent_day: movings.moveout_date, the last day of rent.

    Source: the property system's own order. `loader/sources/daily_file_kinds.py` has it a second time, for the rows of the files.
    """
    dates = (part.sql(dialect=evaluator.dialect) for part in (unified, planned, last_rent_day))
    return f"CAST(COALESCE({', '.join(dates)}) AS DATE)"


@macro()
def in_tokyo_area(evaluator: MacroEvaluator, latitude: exp.Expression, longitude: exp.Expression) -> str:
    """Whether a pair of coordinates, in degrees, lies in the area that has all properties of the company; NULL where one is missing.

    Source: 3 to 4 % of the source's coordinates are missing or far outside, results of wrong geocoding.
    """
    north, east = (part.sql(dialect=evaluator.dialect) for part in (latitude, longitude))
    return f"({north} BETWEEN 35.0 AND 36.0 AND {east} BETWEEN 139.0 AND 140.5)"


@macro()
def day_status(
    evaluator: MacroEvaluator, landed: exp.Expression, accepted: exp.Expression, refused: exp.Expression
) -> str:
    """What became of a day's file: loaded, waived, rejected or missing.

    Args:
        landed: whether it has landed.
        accepted: whether a waiver accepts the gap on the business date.
        refused: whether a file of that day was rejected.
    """
    conditions = (part.sql(dialect=evaluator.dialect) for part in (landed, accepted, refused))
    whens = " ".join(
        f"WHEN {condition} THEN '{status}'" for condition, status in zip(conditions, STATUSES, strict=True)
    )
    return f"CAST(CASE {whens} ELSE 'missing' END AS VARCHAR(16))"
