"""Prod, as one run computes it: its versions are read once, and what a pass computed is written to SQLMesh's state once.

Written for SQLMesh 0.236.4. Its own `Context.run` reads all models for each pass, the environment before each model, and writes each
model's interval by itself, four statements for each. One writer holds the warehouse, so nobody else changes the state meanwhile, and what
was read of it still holds. A run that is killed has written nothing of its pass: the next run computes the same days again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlmesh.core.notification_target import NotificationEvent
from sqlmesh.core.state_sync.base import DelegatingStateSync
from sqlmesh.utils import CorrelationId

from loader import commands
from loader.errors import LoaderError
from loader.transform import failures
from loader.transform.context import PROD, environment

if TYPE_CHECKING:
    from sqlmesh import Context
    from sqlmesh.core.snapshot import Snapshot
    from sqlmesh.core.snapshot.definition import SnapshotIntervals
    from sqlmesh.core.state_sync import StateSync


class Prod:
    """The versions that prod runs, and what computes them. While it is open, the context's state is its own, and the lock is held.

    Raises:
        LoaderError: prod has not been planned yet, or a plan of it was interrupted.
    """

    def __init__(self, context: Context, console: Any) -> None:
        found = environment(context)
        if not found.finalized_ts:
            raise LoaderError(
                f"the last plan was interrupted while it changed prod; nothing was run. Apply it again\n  {commands.sqlmesh('plan')}"
            )
        self.context, self.console, self.plan_id = context, console, found.plan_id
        self._nodes = list(context.state_sync.get_snapshots(found.snapshots).values())
        self.models = {one.model.name: one for one in self._nodes if one.is_model and not one.is_external}
        self._state = context._state_sync = _RunState(context.state_sync, self._nodes)

    def __enter__(self) -> Prod:
        self._notify(NotificationEvent.RUN_START, environment=PROD)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.context._state_sync = self._state.state_sync
        if error is None:
            self._notify(NotificationEvent.RUN_END, environment=PROD)
        else:
            self._notify(NotificationEvent.RUN_FAILURE, str(error))

    def compute(self, day: dt.date, only: Collection[Snapshot] | None = None) -> None:
        """Computes what is missing up to a business day, and ready."""
        evaluator = self.context.snapshot_evaluator.set_correlation_id(CorrelationId.from_run_id(uuid.uuid4().hex))
        scheduler = self.context.create_scheduler(self._nodes, evaluator)
        # Both, always: with execution_time alone `end` falls back to the wall clock and the last day is missed.
        status = scheduler.run(
            PROD,
            end=day,
            execution_time=day + dt.timedelta(days=1),
            selected_snapshots=None if only is None else {snapshot.name for snapshot in only},
            run_environment_statements=True,
        )
        self.refresh()
        if status.is_failure or self.console.failed or self.console.failures:
            reasons = "\n".join(f"  {line}" for line in self._reasons())
            raise LoaderError(
                f"the run for {day} failed; what it computed before stays, the rest is open and done by the next run\n{reasons}"
            )

    def _reasons(self) -> Iterator[str]:
        console = self.console
        yield from (line for error in console.failed for line in failures.in_words(error, self.models))
        yield from console.failures
        if not console.failed and not console.failures:
            yield "SQLMesh gave no reason: see logs/"
        if skipped := sorted({failures.bare(name) for name in console.skipped}):
            yield f"not computed, for they stand on what failed: {', '.join(skipped)}"
        yield "When that is mended, type"
        yield f"  {commands.loader('run')}"

    def refresh(self) -> None:
        """Gives the versions the days that are computed by now: another version of theirs may share a table, and its days were opened."""
        self._state.refresh_snapshot_intervals(self._nodes)

    def _notify(self, event: NotificationEvent, *words: str, **more: str) -> None:
        self.context.notification_target_manager.notify(event, *words, **more)


class _RunState(DelegatingStateSync):
    """SQLMesh's state as one run sees it."""

    def __init__(self, state_sync: StateSync, nodes: Collection[Snapshot]) -> None:
        super().__init__(state_sync)
        self._nodes = {id(node) for node in nodes}
        self._computed: list[SnapshotIntervals] = []
        self._outdated = False

    def refresh_snapshot_intervals(self, snapshots: Collection[Snapshot]) -> list[Snapshot]:
        ours = {id(snapshot) for snapshot in snapshots} == self._nodes
        if self._outdated or not ours:
            self.state_sync.refresh_snapshot_intervals(snapshots)
            self._outdated = self._outdated and not ours
        return list(snapshots)

    def add_snapshots_intervals(self, snapshots_intervals: Sequence[SnapshotIntervals]) -> None:
        self._computed += snapshots_intervals

    def remove_intervals(self, snapshot_intervals: Sequence[Any], remove_shared_versions: bool = False) -> None:
        self._outdated = True
        self.state_sync.remove_intervals(snapshot_intervals, remove_shared_versions)

    def recycle(self) -> None:
        """Writes what was computed: SQLMesh's scheduler calls this at the end of each pass, also of one that failed."""
        computed, self._computed = self._computed, []
        if computed:
            self._outdated = True
            self.state_sync.add_snapshots_intervals(computed)
        self.state_sync.recycle()
