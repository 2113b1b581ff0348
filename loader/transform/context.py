"""SQLMesh, in this process: the context, and a console that keeps what went wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from loader import commands
from loader.errors import LoaderError, UsageError
from loader.settings import PROJECT, Settings

if TYPE_CHECKING:
    from sqlmesh import Context
    from sqlmesh.core.environment import Environment
    from sqlmesh.core.snapshot import Snapshot


def prepare_sqlmesh(settings: Settings) -> None:
    """Makes SQLMesh know the gateway, if it is aurora or spark, and makes it quicker, for this process; to be called before its Context."""
    from loader.transform.speedups import quicken

    if settings.mysql:
        from loader.transform.aurora import register

        register()
    if settings.spark:
        from loader.transform.spark import register

        register()
    quicken()


@contextmanager
def sqlmesh_context(settings: Settings, *, models: bool = False) -> Iterator[tuple[Context, Any]]:
    """A SQLMesh context on the settings' gateway, with the project's model files if they are asked for, and its console.

    Closed at the end, so the file is free again.

    Raises:
        BusyError: another process holds the warehouse.
        UsageError: SQLMesh's cache can't be written.
        LoaderError: nothing has been loaded into it yet.
    """
    # Imported here: SQLMesh takes seconds to import, and `load` and `--help` do without it.
    import duckdb
    import psycopg2
    from sqlmesh import Context
    from sqlmesh.core import constants
    from sqlmesh.core.console import set_console

    from loader.transform.evaluator import use_run_evaluator

    prepare_sqlmesh(settings)
    if settings.gateway == "duckdb" and not settings.duckdb_file.exists():
        raise LoaderError(f"{settings.duckdb_file} does not exist. Load a dump first\n  {commands.loader('load')}")
    cache = PROJECT / ".cache"
    if settings.gateway != "duckdb" and not os.access(cache if cache.exists() else PROJECT, os.W_OK):
        raise UsageError(
            f"SQLMesh keeps a cache in {cache}, and this user can't write there: give it the right, or name a copy of the project, in which "
            "it has that right, by WAREHOUSE_PROJECT"
        )
    constants.MAX_FORK_WORKERS = 1  # processes that read models cost more than they save
    console = _console()
    set_console(console)
    try:
        # Models are not read from files: a run takes everything, audits and macros included, from the state that a plan wrote.
        context = Context(paths=[str(PROJECT)], gateway=settings.gateway, load=models)
        context.engine_adapter.fetchone("SELECT 1")
        use_run_evaluator(context)
    except duckdb.IOException as error:
        from loader.warehouse.duckdb.connection import cannot_open

        raise cannot_open(settings.duckdb_file, error) from None
    except psycopg2.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise LoaderError(
            f"SQLMesh's state database (WAREHOUSE_STATE_URL) can't be reached: {reason}; see that it runs, then type the same again"
        ) from None
    try:
        yield context, console
    finally:
        context.close()


PROD = "prod"


def environment(context: Context) -> Environment:
    """Prod, as the last plan left it.

    Raises:
        LoaderError: prod has not been planned yet.
    """
    found = context.state_sync.get_environment(PROD)
    if found is None:
        raise LoaderError(f"prod has no models yet: review and apply a plan first\n  {commands.sqlmesh('plan')}")
    return found


def prod_snapshots(context: Context) -> dict[str, Snapshot]:
    """The model versions that prod runs, by model name: from the state, so that a local edit never counts.

    Raises:
        LoaderError: prod has not been planned yet.
    """
    found = context.state_sync.get_snapshots(environment(context).snapshots)
    return {
        snapshot.model.name: snapshot for snapshot in found.values() if snapshot.is_model and not snapshot.is_external
    }


def _console() -> Any:
    from sqlmesh.core.console import NoopConsole

    class RunConsole(NoopConsole):
        """Keeps what failed and counts what was computed."""

        def __init__(self) -> None:
            self.failures: list[str] = []
            self.failed: list[BaseException] = []
            self.skipped: list[str] = []
            self.warnings: list[str] = []
            self.computed: dict[str, int] = {}
            self.audits_passed = 0
            self.advance = lambda n: None
            self.expect = lambda n: None

        def start_evaluation_progress(self, batched_intervals, *args, **kwargs) -> None:
            self.expect(sum(map(len, batched_intervals.values())))

        def update_snapshot_evaluation_progress(
            self, snapshot, interval, batch_idx, duration_ms, passed, failed, *args, **kwargs
        ):
            self.computed[snapshot.name] = self.computed.get(snapshot.name, 0) + 1
            self.audits_passed += passed
            self.advance(1)

        def log_failed_models(self, errors) -> None:
            self.failed += errors

        def log_skipped_models(self, snapshot_names) -> None:
            self.skipped += snapshot_names

        def log_error(self, message, *args, **kwargs) -> None:
            self.failures.append(str(message))

        def log_warning(self, short_message, long_message=None) -> None:
            self.warnings.append(str(short_message))

    return RunConsole()
