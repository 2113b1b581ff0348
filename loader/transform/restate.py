"""Late corrections: which days of a by-time model no longer equal what its query gives, and opening them again.

A by-time model does not see that an old row changed. So every morning each `reconciled` model is compared, day by day and exactly,
with its own query over all days; a day that differs is opened, and the run computes it again. See docs/decisions/0002.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from sqlmesh import Context
    from sqlmesh.core.snapshot import Snapshot

TAG = "reconciled"
# Its days say what landed for them, so they are compared before the run: what stands on them is opened with them.
CALENDAR = "silver.business_calendar"


def is_reconciled(snapshot: Snapshot) -> bool:
    """Whether a model is compared with its query each morning."""
    return TAG in snapshot.model.tags and snapshot.is_incremental_by_time_range


def differing_days(context: Context, snapshots: dict[str, Snapshot], name: str, end: dt.date) -> list[dt.date]:
    """The days on which the model's rows in prod differ from what its query gives now, ascending."""
    snapshot = snapshots[name]
    if not snapshot.intervals:
        return []
    first, last = _day(snapshot.intervals[0][0]), min(last_day(snapshot), end)
    day = exp.column(snapshot.model.time_column.column.name)
    within = day.between(*(exp.cast(exp.Literal.string(str(bound)), "date") for bound in (first, last)))
    rows = context.engine_adapter.fetchall(_differing(context, snapshots, snapshot, (first, last), end, day, within))
    computed = [(_day(first), _day(last - 1)) for first, last in snapshot.intervals]
    return sorted(day for (day,) in rows if any(first <= day <= last for first, last in computed))


def differing_tables(
    context: Context, snapshots: dict[str, Snapshot], day: dt.date, behind: bool = False
) -> list[tuple[dt.date, list[Snapshot]]]:
    """The FULL models whose rows in prod differ from what their query gives now, each with every table that stands on it, and the day on
    which to open them."""
    found, one = [], exp.Literal.number(1)
    for snapshot in snapshots.values():
        if not snapshot.model.kind.is_full or not snapshot.intervals:
            continue
        last = min(last_day(snapshot), day)
        if (last < day) == behind and context.engine_adapter.fetchall(
            _differing(context, snapshots, snapshot, (last, last), day, one, exp.true()).limit(1)
        ):
            found.append((last, with_downstream(snapshots.values(), snapshot.model.name)))
    return found


def _differing(
    context: Context,
    snapshots: dict[str, Snapshot],
    snapshot: Snapshot,
    days: tuple[dt.date, dt.date],
    end: dt.date,
    column: exp.Expression,
    within: exp.Expression,
) -> exp.Select:
    """The query for what a model's rows in prod and the rows of its query do not share: an expression of each, once.

    Rows are counted, those of the query up and those in prod down, so that the query is evaluated once: EXCEPT both ways does it twice.
    """
    model = snapshot.model
    columns = [exp.column(name) for name in model.columns_to_types]
    query = model.render_query_or_raise(
        start=days[0],
        end=days[1],
        execution_time=end + dt.timedelta(days=1),
        snapshots={one.name: one for one in snapshots.values() if one.is_embedded},  # no table or view stands for them
        engine_adapter=context.engine_adapter,
    )
    up, down = (exp.alias_(exp.Literal.number(number), "copies") for number in (1, -1))
    expected = exp.select(*columns, up).from_(query.subquery("expected", copy=False)).where(within)
    stored = exp.select(*columns, down).from_(exp.to_table(model.name)).where(within)
    both = exp.union(expected, stored, distinct=False, copy=False).subquery("rows_of_both")
    differing = exp.select(*columns).from_(both).group_by(*columns).having("SUM(copies) <> 0").subquery("differing")
    return exp.select(column).distinct().from_(differing)


def open_days(context: Context, snapshots: Iterable[Snapshot], days: Iterable[tuple[dt.date, dt.date]]) -> None:
    """Marks days of models as not computed, so that the next run computes them.

    Days are ranges, (first, last), both included. A range is opened in all of the models or in none: a kill that left it open in the
    calendar alone would leave no difference by which the next run could know that it is missing in the others.
    """
    from sqlmesh.core.snapshot.definition import merge_intervals
    from sqlmesh.utils.date import to_timestamp

    snapshots = list(snapshots)
    ranges = [(to_timestamp(first), to_timestamp(last + dt.timedelta(days=1))) for first, last in days]
    for interval in merge_intervals(ranges):
        # One call is one transaction; it takes one interval a model.
        context.state_sync.remove_intervals(
            [(snapshot, interval) for snapshot in snapshots], remove_shared_versions=True
        )


def withdraw(context: Context, first: dt.date, newest: dt.date) -> None:
    """Undoes what was computed from a dump that is no longer the live one: opens its days in every model, and deletes the rows
    of days that no dump or daily file stands for any more: a rollback takes a day's files out too, and rows of theirs would contradict what
    is computed of the day before. Killed half way, it is done again next time."""
    from sqlmesh.utils.date import to_timestamp

    for snapshot in every_version(context):
        if not snapshot.is_model or snapshot.is_seed or not snapshot.intervals:
            continue
        if snapshot.is_incremental_by_time_range:
            day = exp.column(snapshot.model.time_column.column.name)
            late = day > exp.cast(exp.Literal.string(str(newest)), "date")
            context.engine_adapter.delete_from(snapshot.table_name(), late)
        end = snapshot.intervals[-1][1]
        if end > to_timestamp(first):
            context.state_sync.remove_intervals([(snapshot, (to_timestamp(first), end))], remove_shared_versions=True)


def every_version(context: Context) -> list[Snapshot]:
    """All versions in the state of the models that an environment shows: also one that a plan made for dev, or that an edit replaced. It
    may be promoted, or the edit taken back, and must not bring days with it that are right no more."""
    names = {info.name for environment in context.state_sync.get_environments() for info in environment.snapshots}
    found = context.state_sync.get_snapshots_by_names(names, exclude_expired=False)
    return list(context.state_sync.get_snapshots(one.snapshot_id for one in found).values())


def with_downstream(snapshots: Iterable[Snapshot], name: str) -> list[Snapshot]:
    """The versions of a model and of every model that is computed from it, without views and EMBEDDED models, which hold nothing."""
    from sqlmesh.utils.dag import DAG

    tables = [
        snapshot for snapshot in snapshots if snapshot.is_model and not (snapshot.is_seed or snapshot.is_external)
    ]
    graph: DAG[str] = DAG()
    for snapshot in tables:
        graph.add(snapshot.name, [parent.name for parent in snapshot.parents])
    names = {snapshot.name for snapshot in tables if snapshot.model.name == name}
    names.update(*(graph.downstream(one) for one in list(names)))
    return [snapshot for snapshot in tables if snapshot.name in names and snapshot.model.kind.is_materialized]


def last_day(snapshot: Snapshot) -> dt.date | None:
    """The last day that a model has computed."""
    return _day(snapshot.intervals[-1][1] - 1) if snapshot.intervals else None


def _day(timestamp: int) -> dt.date:
    return dt.datetime.fromtimestamp(timestamp / 1000, tz=dt.timezone.utc).date()
