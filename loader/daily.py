"""`daily`: the morning. Load, ask for nationalities if a model is configured, run, assert that everything is there and fresh."""

from enrichment import config
from enrichment.step import enrich
from loader import commands
from loader.console import warn
from loader.errors import LoaderError
from loader.landing.access import one_writer
from loader.landing.load import land
from loader.landing.load_steps import LoadRequest
from loader.settings import Settings
from loader.transform.run import RunResult, assert_fresh, run


def load_only(settings: Settings, request: LoadRequest) -> None:
    """The first half of `daily`, for a job of its own. Raises a LoaderError where there is nothing new to compute.

    What else is wrong is warned of; `daily(..., after_load=True)` finds it again and fails for it at its end.
    """
    loaded = land(settings, request)
    if loaded.refused and not loaded.changed:
        loaded.raise_problems()
    _enrich(settings)
    for problem in loaded.problems:
        warn(f"the run will fail for this at its end: {problem}")


def daily(settings: Settings, request: LoadRequest, *, after_load: bool = False) -> RunResult:
    """Loads and runs a day. What could not be loaded does not keep what could be from being computed; it is raised at the end.

    After `load_only` (`after_load`) what that landed is computed, though this load finds nothing new. The run that is returned reaches the
    day everywhere. Raises a LoaderError where a dump, file or day before is missing or rejected, or a model or audit failed.
    """
    with one_writer(settings):
        loaded = land(settings, request)
        if loaded.refused and not loaded.changed and not after_load:
            loaded.raise_problems()  # there is nothing new to compute: yesterday's numbers stand
        if not after_load:
            _enrich(settings)
        try:
            result = run(settings, loaded.day)
            assert_fresh(result)
        except LoaderError as failed:
            loaded.problems.insert(0, failed)
    loaded.raise_problems()
    return result


def _enrich(settings: Settings) -> None:
    """Asks for nationalities, if a model is configured. Whatever goes wrong there is a warning, and the morning goes on without."""
    if not config.configured():
        return
    try:
        enrich(settings)
    except LoaderError as problem:
        warn(f"nationalities: {problem}")
    except Exception as bug:  # noqa: BLE001 (an answer more or less is not worth a morning)
        # Only what kind of error: its text may hold a name.
        warn(f"nationalities: the step failed with {type(bug).__name__}; this shows where: {commands.loader('enrich')}")
