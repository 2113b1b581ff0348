"""SQLMesh's evaluator, for a run: it leaves views that exist alone, and asks all audits of a model in one statement.

Written for SQLMesh 0.236.4, whose own evaluator makes each view anew for each interval, with a statement for each column's comment, asks each
audit by itself, and the database for the model's columns before each. A view's name holds its version, and its version its query:
one that is there is the one that would be made. What a run computes and finds stays what it is.
"""

from __future__ import annotations

import functools
import gc
import logging
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlmesh.core.macros import RuntimeStage
from sqlmesh.core.snapshot import DeployabilityIndex, Snapshot, SnapshotEvaluator
from sqlmesh.core.snapshot.evaluator import AuditResult
from sqlmesh.utils import CorrelationId

if TYPE_CHECKING:
    from sqlmesh import Context


def use_run_evaluator(context: Context) -> None:
    """Makes a context compute with the evaluator below, and Python look for garbage rarely: syntax trees are many small objects, hardly
    any of them garbage, and looking through them was a sixth of a run."""
    context._snapshot_evaluator = RunEvaluator(
        {name: one.with_settings(execute_log_level=logging.INFO) for name, one in context.engine_adapters.items()},
        ddl_concurrent_tasks=context.concurrent_tasks,
        selected_gateway=context.selected_gateway,
    )
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


class RunEvaluator(SnapshotEvaluator):
    """An evaluator for versions that a plan has made and promoted."""

    def set_correlation_id(self, correlation_id: CorrelationId) -> RunEvaluator:
        """A copy that names the run in its statements."""
        adapters = {name: one.with_settings(correlation_id=correlation_id) for name, one in self.adapters.items()}
        return RunEvaluator(adapters, self.ddl_concurrent_tasks, self.selected_gateway)

    def evaluate(self, snapshot: Snapshot, **arguments: Any) -> str | None:
        """Computes a model's interval, unless the model is a view that was made before."""
        if snapshot.is_view and snapshot.intervals:
            return None
        return super().evaluate(snapshot, **arguments)

    def audit(self, snapshot: Snapshot, **arguments: Any) -> list[AuditResult]:
        """Asks a model's audits in one statement; where that fails one by one, so that the error is one audit's."""
        index = arguments.get("deployability_index") or DeployabilityIndex.all_deployable()
        asked = [(audit, args) for audit, args in snapshot.node.audits_with_args if not audit.skip]
        if len(asked) < 2 or arguments.get("wap_id") is not None or not index.is_deployable(snapshot):
            return super().audit(snapshot, **arguments)
        adapter = self.get_adapter(snapshot.model_gateway)
        known = adapter.with_settings()
        known.columns = functools.cache(known.columns)
        rest = {name: value for name, value in arguments.items() if name != "wap_id"}
        queries = [
            snapshot.model.render_audit_query(
                audit,
                **{
                    **rest,
                    "engine_adapter": known,
                    "runtime_stage": RuntimeStage.AUDITING,
                    **{name: value for name, value in args.items() if name != "blocking"},
                },
            )
            for audit, args in asked
        ]
        counts = [exp.select("COUNT(*)").from_(query.copy().subquery("audit")).subquery() for query in queries]
        try:
            found = adapter.fetchone(
                exp.select(*(exp.alias_(count, f"c{at}") for at, count in enumerate(counts))), quote_identifiers=True
            )
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
            for (audit, args), query, count in zip(asked, queries, found, strict=True)
        ]
