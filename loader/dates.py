"""Days, and the only clocks: today's business date, for the choice of a dump, and the moment a record is written. No SQL reads one."""

import datetime as dt
import re

JST = dt.timezone(dt.timedelta(hours=9), "JST")


def business_today() -> dt.date:
    """Today in Japan, whatever the machine's time zone."""
    return dt.datetime.now(JST).date()


def utc_now() -> dt.datetime:
    """The moment that a record is written: UTC, naive, in whole seconds."""
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None, microsecond=0)


def of_digits(digits: str) -> dt.date | None:
    """The date that YYYYMMDD names, None where it names none."""
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if re.fullmatch("[0-9]{8}", digits) else None
    except ValueError:
        return None


def each_day(first: dt.date, last: dt.date) -> list[dt.date]:
    """The days of a range, both ends included; none where the last one is before the first."""
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
