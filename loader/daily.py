"""`daily`: the morning. Load, run, assert that everything is there and fresh."""

from __future__ import annotations

from loader.errors import LoaderError
from loader.load import land
from loader.loading import Request
from loader.run import RunResult, assert_fresh, run
from loader.settings import Settings
from loader.warehouse import one_writer


def daily(settings: Settings, request: Request) -> RunResult:
    """Loads and runs a day. What could not be loaded does not keep what could be from being computed; it is raised at the end.

    Args:
        settings: warehouse and bucket.
        request: the day, and how much older the dump may be.

    Raises:
        LoaderError: in one of its kinds: a dump, file or day before that is missing or rejected, a failed model or audit, a model
            that does not reach the day.
    """
    with one_writer(settings):
        loaded = land(settings, request)
        if loaded.refused and not loaded.changed:
            loaded.raise_problems()  # there is nothing new to compute: yesterday's numbers stand
        try:
            result = run(settings, loaded.day)
            assert_fresh(result)
        except LoaderError as failed:
            loaded.problems.insert(0, failed)
    loaded.raise_problems()
    return result
