"""`run`: SQLMesh on the business clock, with late corrections; and the check that everything is fresh."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loader import commands
from loader.console import counted, step
from loader.dates import utc_now
from loader.errors import LoaderError, NoDumpError
from loader.landing import calendar, enrichment_cache, ledger
from loader.landing.access import open_warehouse, read_warehouse
from loader.settings import Settings
from loader.sources.daily_file_kinds import DATASETS
from loader.transform import duplicates, fingerprint, restate, speedups
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.warehouse.base import Warehouse

if TYPE_CHECKING:
    from sqlmesh.core.snapshot import Snapshot

    from loader.transform.prod import Prod


@dataclass
class RunResult:
    """What a run did."""

    day: dt.date  # business day
    restated: dict[str, int] = field(
        default_factory=dict
    )  # model -> days computed again that no longer equalled their query
    fresh_to: dict[str, dt.date | None] = field(default_factory=dict)  # model -> last day computed, if there is one
    audits: int = 0  # of the models in prod
    audits_passed: int | None = None  # model and batch by batch; None where nothing was run

    def stale(self) -> dict[str, dt.date | None]:
        """The models that do not reach the run's day, and how far they reach."""
        return {name: last for name, last in self.fresh_to.items() if last is None or last < self.day}


def run(settings: Settings, day: dt.date | None = None) -> RunResult:
    """Computes what is missing up to a business day (the newest loaded dump's by default) in prod, then what late corrections changed.

    It applies no code change. Models that wait for a file of the day are `stale` in the result.

    Raises:
        NoDumpError: no dump of that day, or none at all, has been loaded.
        BusyError: another process holds the warehouse.
        LoaderError: a model or an audit failed; the message names it.
    """
    with open_warehouse(settings) as warehouse:
        loaded = _loaded(warehouse, day)
        warehouse.execute("DELETE FROM landing.failed_run")
        try:
            return _run(settings, warehouse, loaded)
        except LoaderError as failed:
            reason = str(failed)[: calendar.REASON_LENGTH]
            warehouse.execute("INSERT INTO landing.failed_run VALUES (?, ?, ?)", loaded.day, reason, utc_now())
            raise


@dataclass(frozen=True)
class _Loaded:
    """What a run begins from."""

    day: dt.date  # to run for
    newest: dt.date  # last one for which a dump and all daily files stand
    reopened: dt.date | None  # first one computed from a dump that is not live any more
    load_id: int  # last one of the ledger


def _run(settings: Settings, warehouse: Warehouse, loaded: _Loaded) -> RunResult:
    speedups.before_import()
    from loader.transform.prod import Prod

    day = loaded.day
    with sqlmesh_context(settings) as (context, console), Prod(context, console) as prod:
        result = RunResult(day, audits=_audits(prod.models))
        is_new = not fingerprint.is_unchanged_since_last_run(warehouse, prod, day)
        with step(f"run {day}", unit="batches") as progress:
            console.advance, console.expect = progress.advance, progress.expect
            if is_new:
                result.restated = _compute(prod, loaded)
            result.audits_passed = console.audits_passed
            progress.add_figures(
                models=len(console.computed),
                audits_passed=console.audits_passed,
                restated_days=result.restated,
                warnings=console.warnings,
            )
            progress.summarize(_in_words(result, len(console.computed), console.warnings))
        result.fresh_to = fresh_to(prod.models)
        if is_new:
            _remember(warehouse, prod, loaded)
    return result


def _in_words(result: RunResult, models: int, warnings: Sequence[str]) -> str:
    if not models:
        return "nothing to compute: everything that there is was computed before"
    words = f"{counted(models, 'model')} computed, {counted(result.audits_passed or 0, 'audit')} passed"
    if result.restated:
        changed = ", ".join(f"{name} {days:,}" for name, days in sorted(result.restated.items()))
        words += f"; earlier days computed again, for the dump has other rows for them: {changed}"
    return "; ".join([words, *warnings])


def _remember(warehouse: Warehouse, prod: Prod, loaded: _Loaded) -> None:
    """Notes in the warehouse what was computed, and from what."""
    with warehouse.transaction():
        warehouse.execute("DELETE FROM landing.days_to_reopen")
        enrichment_cache.followed_by_run(warehouse)
        warehouse.execute("DELETE FROM landing.computed_to")
        if any(fresh_to(prod.models).values()):
            inputs = fingerprint.fingerprint(warehouse, prod, loaded.day)
            warehouse.execute("INSERT INTO landing.computed_to VALUES (?, ?)", loaded.load_id, inputs)


def _compute(prod: Prod, loaded: _Loaded) -> dict[str, int]:
    """Computes what is missing and what changed: first all that marts stand on, then the marts, each once."""
    day = loaded.day
    _open_what_changed(prod, loaded)
    marts = {name: one for name, one in prod.models.items() if restate.is_reconciled(one) and name != restate.CALENDAR}
    later = {one.name for name in marts for one in restate.with_downstream(prod.models.values(), name)}
    others = [one for one in prod.models.values() if one.name not in later]
    prod.compute(day, others)
    # What waits for a file of the day shows the day before, but its other parents may have moved on.
    if behind := restate.differing_tables(prod.context, prod.models, day, behind=True):
        _open_tables(prod, behind)
        prod.compute(day, others)
    corrected = _open_corrected(prod, marts, day)
    prod.compute(day)
    duplicates.assert_rows_once(prod.context, prod.models)
    return corrected


def _open_what_changed(prod: Prod, loaded: _Loaded) -> None:
    """Opens the days that a rollback, a late file or a table's other inputs left other than their query."""
    context, day = prod.context, loaded.day
    if first := loaded.reopened:
        restate.withdraw(context, first, max(loaded.newest, first - dt.timedelta(days=1)))
        prod.refresh()
    if late := restate.differing_days(context, prod.models, restate.CALENDAR, day):
        standing = restate.with_downstream(restate.every_version(context), restate.CALENDAR)
        restate.open_days(context, standing, [(one, one) for one in late])
        prod.refresh()
    _open_tables(prod, restate.differing_tables(context, prod.models, day))


def _open_tables(prod: Prod, found: list[tuple[dt.date, list[Snapshot]]]) -> None:
    for last, tables in found:
        restate.open_days(prod.context, tables, [(last, last)])
    prod.refresh()


def _open_corrected(prod: Prod, marts: dict[str, Snapshot], day: dt.date) -> dict[str, int]:
    """Opens the days of marts that are other than their query gives, and says how many."""
    found = {}
    for name, mart in marts.items():
        if days := restate.differing_days(prod.context, prod.models, name, day):
            # One stretch, up to the new day: marts are small, and rewriting days that are right costs less than a batch and its audits.
            restate.open_days(prod.context, [mart], [(days[0], day)])
            found[name] = len(days)
    prod.refresh()
    return found


def current_result(settings: Settings) -> RunResult:
    """What the runs before left, as the result of a run that computed nothing.

    Raises:
        LoaderError: nothing was loaded, or prod has no models yet.
        BusyError: another process holds the warehouse.
    """
    with sqlmesh_context(settings) as (context, _):
        snapshots = prod_snapshots(context)
        result = RunResult(dt.date.min, fresh_to=fresh_to(snapshots), audits=_audits(snapshots))
    with read_warehouse(settings) as warehouse:
        result.day = warehouse.query("SELECT as_of_date FROM silver.as_of")[0][0]
    return result


def _audits(snapshots: dict[str, Snapshot]) -> int:
    return sum(len(snapshot.model.audits) for snapshot in snapshots.values())


def fresh_to(snapshots: dict[str, Snapshot]) -> dict[str, dt.date | None]:
    """The last day that each model has computed; without seeds and EMBEDDED models, which have no days."""
    return {
        name: restate.last_day(snapshot)
        for name, snapshot in sorted(snapshots.items())
        if not snapshot.is_seed and not snapshot.is_symbolic
    }


def assert_fresh(result: RunResult) -> None:
    """Fails unless every model reaches the run's day: a run that was held back says SUCCESS all the same.

    Raises:
        LoaderError: naming the models that lag, and since when.
    """
    if stale := result.stale():
        lines = [f"  {name}: {last or 'nothing'}" for name, last in stale.items()]
        raise LoaderError(
            f"not fresh for {result.day}: {counted(len(stale), 'model')} behind. Have that day's dump and daily files landed? This shows it\n"
            f"  {commands.loader('status')}\n" + "\n".join(lines)
        )


def _loaded(warehouse: Warehouse, day: dt.date | None) -> _Loaded:
    loaded = ledger.newest(warehouse, ledger.DUMP)
    if loaded is None or (day and day > loaded):
        raise NoDumpError(
            f"no dump of {day or 'any day'} has been loaded ({f'the newest is {loaded}' if loaded else 'the ledger is empty'}); "
            f"nothing was run. Load it first\n  {commands.loader('load', *(('--date', day) if day else ()))}"
        )
    reopened = warehouse.query("SELECT MIN(first_day) FROM landing.days_to_reopen")[0][0]
    files = [ledger.newest(warehouse, dataset.name) for dataset in DATASETS]
    newest = min([loaded, *(one for one in files if one)])
    return _Loaded(day or loaded, newest, reopened, ledger.newest_load(warehouse) or 0)
