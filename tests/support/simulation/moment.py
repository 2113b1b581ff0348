"""The simulation's clock, in the place of the loader's one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

from loader import dates


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Within, it is this moment in Japan for the loader; SQLMesh sees the real clock, as nothing may depend on it."""
    aware = moment.replace(tzinfo=dates.JST)
    stopped = SimpleNamespace(**vars(dt) | {"datetime": SimpleNamespace(now=lambda zone: aware.astimezone(zone))})
    with mock.patch.object(dates, "dt", stopped):
        yield
