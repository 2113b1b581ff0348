"""SQLMesh's evaluator, for runs and plans: it leaves views that exist alone, and asks all audits of a model in one statement.

Written for SQLMesh 0.236.4, whose own evaluator makes each view anew for each interval, with a statement for each column's comment, asks each
audit by itself, and the database for the model's columns before each. A view's name holds its version, and its version its query:
one that is there is the one that would be made. Batches before the first landed day are left out. What a run computes and finds stays what it is.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlglot.optimizer.qualify_columns import quote_identifiers
from sqlmesh.core.dialect import JinjaQuery, normalize_and_quote
from sqlmesh.core.macros import MacroEvaluator, RuntimeStage
from sqlmesh.core.snapshot import DeployabilityIndex, Snapshot, SnapshotEvaluator
from sqlmesh.core.snapshot.evaluator import AuditResult
from sqlmesh.utils import CorrelationId
from sqlmesh.utils.date import TimeLike, date_dict, make_inclusive, to_datetime

from loader.transform.audit_counts import REPEATS, count_of, counted, of_one_column, repeats

if TYPE_CHECKING:
    from sqlmesh import Context
    from sqlmesh.core.audit import Audit
    from sqlmesh.core.model import Model
    from sqlmesh.core.model.cache import OptimizedQueryCache

HISTORY = "history"  # tag of the models that have rows from the first landed day on
FIRST_DAY = "SELECT MIN(business_date) FROM landing.load_ledger"


def use_run_evaluator(context: Context) -> None:
    """Makes a context compute with the evaluator below, and read versions without their optimized queries but where it needs them."""
    snapshots = context.state_sync.state_sync.snapshot_state._snapshot_cache
    queries, snapshots._optimized_query_cache = snapshots._optimized_query_cache, _NoQueries()
    adapters = {
        name: one.with_settings(execute_log_level=logging.INFO) for name, one in context.engine_adapters.items()
    }
    for adapter in adapters.values():
        adapter._register_comments = False  # people see those of the views, which the plan has made
    evaluator = RunEvaluator(adapters, context.concurrent_tasks, context.selected_gateway)
    evaluator.queries = queries
    context._snapshot_evaluator = evaluator


class _NoQueries:
    """In place of SQLMesh's cache of optimized queries, which makes or reads that of each model with the model."""

    path = None

    def put(self, model: object) -> None: ...

    def with_optimized_query(self, model: object, name: str | None = None) -> None: ...


class RunEvaluator(SnapshotEvaluator):
    """An evaluator for versions that a plan has made and promoted."""

    queries: OptimizedQueryCache | _NoQueries = _NoQueries()  # SQLMesh's, where the versions were read without them
    _first_day: dt.date | None = None

    def set_correlation_id(self, correlation_id: CorrelationId) -> RunEvaluator:
        """A copy that names the run in its statements."""
        adapters = {name: one.with_settings(correlation_id=correlation_id) for name, one in self.adapters.items()}
        copy = RunEvaluator(adapters, self.ddl_concurrent_tasks, self.selected_gateway)
        copy.queries = self.queries
        return copy

    def evaluate(self, snapshot: Snapshot, **arguments: Any) -> str | None:
        """Computes a model's interval, unless the model is a view that was made before, or can have no rows there."""
        if snapshot.is_view and snapshot.intervals:
            return None
        if arguments.get("batch_index") and self._before_history(snapshot, **arguments):
            return None
        self.queries.with_optimized_query(snapshot.model)  # asked several times for its columns
        return super().evaluate(snapshot, **arguments)

    def audit(self, snapshot: Snapshot, **arguments: Any) -> list[AuditResult]:
        """Asks a model's audits in one statement; where that fails one by one, so that the error is one audit's."""
        if self._before_history(snapshot, **arguments):
            return []
        index = arguments.get("deployability_index") or DeployabilityIndex.all_deployable()
        audits = [(audit, args) for audit, args in snapshot.node.audits_with_args if not audit.skip]
        if len(audits) < 2 or arguments.get("wap_id") is not None or not index.is_deployable(snapshot):
            return super().audit(snapshot, **arguments)
        rendered = _Audits(snapshot, **{name: value for name, value in arguments.items() if name != "wap_id"})
        queries = [rendered.query(audit, args) for audit, args in audits]
        asked = [
            rendered.query(REPEATS, args) if of_one_column(audit, args) else query
            for (audit, args), query in zip(audits, queries, strict=True)
        ]
        adapter = self.get_adapter(snapshot.model_gateway)
        try:
            found = adapter.fetchone(counted(asked), quote_identifiers=True)
            # The rows of a repeat are counted where there is one: this evaluates a view once more.
            found = [
                adapter.fetchone(count_of(query), quote_identifiers=True)[0] if number and repeats(one) else number
                for query, one, number in zip(queries, asked, found, strict=True)
            ]
        except Exception:
            super().audit(snapshot, **arguments)
            raise
        return [
            AuditResult(
                audit=audit,
                audit_args={name: value for name, value in args.items() if name != "blocking"},
                model=snapshot.model_or_none,
                count=count,
                query=query,
                blocking=args["blocking"] == exp.true() if args.get("blocking") else audit.blocking,
            )
            for (audit, args), query, count in zip(audits, queries, found, strict=True)
        ]

    def _before_history(self, snapshot: Snapshot, start: TimeLike, end: TimeLike, **_: Any) -> bool:
        """Whether an interval ends before the first day of which anything landed, and the model has rows of such days alone.

        A table of daily files is filled from 2018 on in batches of a year: those before the first file were most of a small company's first
        plan. The first batch is computed all the same, for it makes the table.
        """
        if HISTORY not in snapshot.model.tags:
            return False
        if self._first_day is None:
            (self._first_day,) = self.get_adapter(snapshot.model_gateway).fetchone(FIRST_DAY)
        _, last = make_inclusive(start, end)
        return self._first_day is not None and to_datetime(last).date() < self._first_day


class _Audits:
    """The audits of a model as queries, with what they share made once.

    `Model.render_audit_query` gives the same for each by itself: it runs the model's macros' code anew, asks the database for the model's
    columns, and names the tables of all models.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        snapshots: dict[str, Snapshot],
        start: Any,
        end: Any,
        execution_time: Any,
        **more: Any,
    ) -> None:
        self._model: Model = snapshot.model
        model = self._model
        self._snapshots = snapshots
        self._given = {"start": start, "end": end, "execution_time": execution_time, "snapshots": snapshots, **more}
        self._macros = MacroEvaluator(
            model.dialect,
            python_env=model.python_env,
            runtime_stage=RuntimeStage.AUDITING,
            snapshots=snapshots,
            default_catalog=model.default_catalog,
        )
        first, last = make_inclusive(start, end, model.dialect)
        days = (None, None) if model.kind.only_execution_time else (first, last)
        self._locals = {**self._macros.locals, **date_dict(to_datetime(execution_time), *days)}
        table = exp.to_table(snapshot.table_name(), dialect=model.dialect)
        rows = quote_identifiers(table, dialect=model.dialect)
        if time := model.time_column:
            bounds = (model.convert_to_time_column(one, model.columns_to_types) for one in (first, last))
            rows = exp.select("*").from_(rows).where(time.column.between(*bounds)).subquery()
        self._locals["this_model"] = rows

    def query(self, audit: Audit, args: dict[str, Any]) -> exp.Query:
        """The query of an audit with its arguments: the rows that break it."""
        given = {name: value for name, value in args.items() if name != "blocking"}
        model = self._model
        if audit.macro_definitions or isinstance(audit.query, JinjaQuery) or audit.dialect not in ("", model.dialect):
            return model.render_audit_query(audit, **self._given, **given)
        self._macros.locals = {**self._locals, **audit.defaults, **given}
        found = self._macros.transform(audit.query)
        with normalize_and_quote(found, model.dialect, model.default_catalog):
            for one in found.selects:
                if not isinstance(one, exp.Alias) and one.output_name not in ("*", ""):
                    one.replace(exp.alias_(one.copy(), one.output_name, quoted=True))
            names = {exp.table_name(table, identify=True) for table in found.find_all(exp.Table)}
            tables = {name: self._snapshots[name].table_name() for name in names if name in self._snapshots}
            exp.replace_tables(found, tables, dialect=model.dialect, copy=False)
        return found
