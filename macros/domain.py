"""Rules of the business that more than one model or audit needs."""

from __future__ import annotations

from sqlglot import exp
from sqlmesh import macro
from sqlmesh.core.macros import MacroEvaluator

STATUSES = ("loaded", "waived", "rejected")
# Labels and upper bounds (exclusive) of the managers' groups; what is unknown has a group of its own, so that the groups of a figure add up to it.
AGE_GROUPS = (("Under 25", 25), ("25-34", 35), ("35-44", 45), ("45-54", 55), ("55+", None))
RENT_RANGES = (
    ("Under 50K", 50_000),
    ("50K-70K", 70_000),
    ("70K-100K", 100_000),
    ("100K-150K", 150_000),
    ("150K+", None),
)
TENURES = (("Short (<6mo)", 6), ("Medium (6-12mo)", 12), ("Long (1-2yr)", 24), ("Very Long (2yr+)", None))
LEAD_TIMES = (("0-7", 8), ("8-30", 31), ("31-60", 61), ("61+", None))
UNKNOWN = "Unknown"


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


@macro()
def age_group(evaluator: MacroEvaluator, age: exp.Expression) -> str:
    """The managers' age group of an age in years; Unknown where it is NULL."""
    return _group(evaluator, age, AGE_GROUPS)


@macro()
def rent_range(evaluator: MacroEvaluator, rent: exp.Expression) -> str:
    """The managers' range of a rent in yen per month; Unknown where there is none. A rent of 0 yen and less is none."""
    return _group(evaluator, rent, RENT_RANGES, least=1)


@macro()
def rent_range_order(evaluator: MacroEvaluator, rent: exp.Expression) -> str:
    """Place of a rent's range from 1, the lowest; that of Unknown is the last."""
    return _group(evaluator, rent, RENT_RANGES, least=1, numbered=True)


@macro()
def tenure_category(evaluator: MacroEvaluator, months: exp.Expression) -> str:
    """The managers' category of a stay in whole months; Unknown where it is NULL or negative."""
    return _group(evaluator, months, TENURES, least=0)


@macro()
def lead_time_bucket(evaluator: MacroEvaluator, days: exp.Expression) -> str:
    """The managers' bucket of a lead time in days; Unknown where it is NULL or negative."""
    return _group(evaluator, days, LEAD_TIMES, least=0)


def _group(
    evaluator: MacroEvaluator,
    value: exp.Expression,
    groups: tuple[tuple[str, int | None], ...],
    least: int | None = None,
    numbered: bool = False,
) -> str:
    """The first group whose bound is above a value; Unknown for NULL and for less than the least."""
    number = value.sql(dialect=evaluator.dialect)
    unknown = f"{number} IS NULL" if least is None else f"{number} IS NULL OR {number} < {least}"
    names = [str(place) if numbered else f"'{label}'" for place, (label, _) in enumerate(groups, 1)]
    other = str(len(groups) + 1) if numbered else f"'{UNKNOWN}'"
    whens = [f"WHEN {unknown} THEN {other}"]
    whens += [f"WHEN {number} < {bound} THEN {name}" for name, (_, bound) in zip(names, groups, strict=True) if bound]
    kind = "BIGINT" if numbered else "VARCHAR(32)"
    return f"CAST(CASE {' '.join(whens)} ELSE {names[-1]} END AS {kind})"


@macro()
def ratio(evaluator: MacroEvaluator, part: exp.Expression, whole: exp.Expression, digits: exp.Expression) -> str:
    """A part by a whole, rounded half up to so many digits behind the point; NULL where the whole is 0.

    Args:
        part: a whole number, 0 or more.
        whole: a whole number, 0 or more.
        digits: how many, 0 to 6.

    It is rounded as a whole number: a half is exact then, where one engine divides decimals and another one floating numbers.
    """
    over, under = (number.sql(dialect=evaluator.dialect) for number in (part, whole))
    shift = 10 ** int(digits.name)
    rounded = f"ROUND(CAST(({over}) * {shift} AS DECIMAL(30, 6)) / NULLIF({under}, 0), 0)"
    return f"CAST({rounded} / {shift} AS DECIMAL(18, {digits.name}))"
