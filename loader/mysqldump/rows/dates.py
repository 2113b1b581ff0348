"""Dates as DuckDB expressions over their text, and in Python: what becomes NULL, and why.

`try_strptime` alone is not to be trusted: it makes 1900-01-01 of 'infinity' and a year before Christ of '0000-05-01'.
"""

from __future__ import annotations

import datetime as dt
import re

REASONS = ("zero_date", "impossible_date", "no_date")

_FORMATS = {
    "date": "'%Y-%m-%d'",
    "timestamp": "['%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%d']",
}
_TIME = r"( \d{1,2}:\d{1,2}:\d{1,2}(\.\d{1,6})?)?"
_SHAPES = {"date": r"\d{4}-\d{1,2}-\d{1,2}", "timestamp": r"\d{4}-\d{1,2}-\d{1,2}" + _TIME}
_ZERO = r"(0000-.*|\d{4}-0?0-.*|\d{4}-\d{1,2}-0?0\b.*)"


def landed(text: str, kind: str) -> str:
    """The date or timestamp of a text, NULL if it has none.

    Args:
        text: SQL expression of the text.
        kind: date or timestamp.
    """
    # A year of two digits is another one to MySQL.
    sound = f"CASE WHEN {text} >= '0001' AND {text} < ':' AND strpos({text}, '-') = 5 THEN {text} END"
    moment = f"try_strptime({sound}, {_FORMATS[kind]})"
    return f"CAST({moment} AS DATE)" if kind == "date" else moment


def reason(text: str, kind: str) -> str:
    """Why a text became NULL: 'zero_date', 'impossible_date', 'no_date' (not one at all), or NULL if it did not."""
    return (
        f"CASE WHEN {text} IS NULL OR ({landed(text, kind)}) IS NOT NULL THEN NULL"
        f" WHEN NOT regexp_full_match({text}, '{_SHAPES[kind]}') THEN 'no_date'"
        f" WHEN regexp_full_match({text}, '{_ZERO}') THEN 'zero_date' ELSE 'impossible_date' END"
    )


def reason_of(text: str, kind: str) -> str | None:
    """What `reason` finds for a text, without a database.

    Args:
        text: a date or timestamp.
        kind: date or timestamp.
    """
    if not re.fullmatch(_SHAPES[kind], text, re.A):
        return "no_date"
    parts = [int(part) for part in re.split(r"[-: .]", text)[:6]]
    try:
        dt.datetime(*parts)  # noqa: DTZ001 - the source's timestamps are naive
    except ValueError:
        return "zero_date" if re.fullmatch(_ZERO, text) else "impossible_date"
    return None
