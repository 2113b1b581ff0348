"""When a dump was made, by its own words: the closing line, and the header where the client writes the time there."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

from loader.dates import JST

# mysqldump and mysqldump-php, mysqldump-php's header, phpMyAdmin, mysqlpump, Adminer (the time alone).
_SAYS = re.compile(
    r"-- (?:(Dump completed)\b(?: on\b)?|Date(?=:)|Generation Time(?=:)|Dump (?:start|end) time(?=:)|(?=\d{4}-)):?(.*)"
)
_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S %z", "%b %d, %Y at %I:%M %p", "%a %b %d %H:%M:%S %Y")


def times(comment: bytes) -> list[dt.datetime | None]:
    """The time that a comment line says, if it is one that says when the dump was made.

    Args:
        comment: the line.

    Returns:
        At most one: naive where it is the producer's local time, in Japan's where the line names its offset; None where a closing
        line says a time that there is not.
    """
    match = _SAYS.match(" ".join(comment[:100].decode("ascii", "replace").split()))
    if match is None or not match[2].strip():
        return []
    found = _time(match[2].strip())
    return [found] if found or match[1] else []


def _time(text: str) -> dt.datetime | None:
    try:
        if "," in text[:4]:  # Tue, 10 Feb 2026 05:40:00 +0900
            return _japanese(parsedate_to_datetime(text))
        text = text.replace(" UTC", " +0000")
        for form in _FORMS:
            try:
                return _japanese(dt.datetime.strptime(text, form))  # noqa: DTZ007 - naive is what the line says
            except ValueError:
                continue
    except (ValueError, OverflowError):
        pass
    return None


def _japanese(time: dt.datetime) -> dt.datetime:
    return time if time.tzinfo is None else time.astimezone(JST)
