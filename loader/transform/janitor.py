"""`janitor`: SQLMesh's janitor under the one writer's lock, which `sqlmesh janitor` does not take."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loader import commands
from loader.console import counted, step
from loader.errors import LoaderError
from loader.landing.access import open_warehouse
from loader.settings import Settings
from loader.transform.context import environment, sqlmesh_context

if TYPE_CHECKING:
    from sqlmesh import Context


# Of what Spark overwrites, for queries that still read it. SQLMesh's versions expire after as long.
KEPT_DAYS = 7


@dataclass(frozen=True)
class StateSize:
    """What SQLMesh's state holds: names of environments, and rows of its tables of versions and of computed intervals."""

    environments: frozenset[str]
    versions: int
    intervals: int


def clean(settings: Settings) -> tuple[StateSize, StateSize]:
    """Removes expired environments and the versions, with their tables, that no environment has shown for a week; compacts intervals.
    On Spark, removes what was overwritten more than a week ago too.

    What an environment shows stays, and so do the dumps that `rollback` goes back to: SQLMesh does not know them. Returns the state before
    and after.

    Raises:
        BusyError: another process holds the warehouse.
        LoaderError: prod has no models yet, or something could not be removed; what was removed stays so.
    """
    with open_warehouse(settings) as warehouse, sqlmesh_context(settings) as (context, _), step("janitor") as progress:
        from sqlmesh.utils.errors import SQLMeshError

        environment(context)
        before = _size(context)
        try:
            context.run_janitor(ignore_ttl=False)
        except SQLMeshError as error:
            raise LoaderError(
                f"{error}\nWhat was removed stays so. When that is mended, type\n  {commands.loader('janitor')}"
            ) from error
        after = _size(context)
        expired = warehouse.expire(dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=KEPT_DAYS))
        progress.add_figures(versions=after.versions, intervals=after.intervals, expired=expired)
        progress.summarize(
            _in_words(before, after) + (f"; old contents of tables removed: {expired:,}" if expired else "")
        )
    return before, after


def _size(context: Context) -> StateSize:
    state = context.state_sync.state_sync
    rows = [
        state.engine_adapter.fetchone(f"SELECT COUNT(*) FROM {table.sql()}")[0]
        for table in (state.snapshot_state.snapshots_table, state.interval_state.intervals_table)
    ]
    return StateSize(frozenset(one.name for one in state.get_environments_summary()), *rows)


def _in_words(before: StateSize, after: StateSize) -> str:
    removed = sorted(before.environments - after.environments)
    return (
        f"{counted(before.versions - after.versions, 'version')} of models removed, {after.versions:,} stay; "
        f"environments removed: {', '.join(removed) or 'none'}; rows of intervals: {before.intervals:,} before, {after.intervals:,} now"
    )
