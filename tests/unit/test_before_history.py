"""A table of daily files is filled in pieces of a year from 2018 on, and those before the first file are left out."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlmesh.core.config import DuckDBConnectionConfig
from sqlmesh.core.snapshot import SnapshotEvaluator

from loader.transform.evaluator import HISTORY, RunEvaluator


@pytest.fixture
def evaluator(monkeypatch: pytest.MonkeyPatch) -> RunEvaluator:
    """One whose warehouse has files from 11 June 2025 on, and that computes nothing, but says that it would."""
    adapter = DuckDBConnectionConfig().create_engine_adapter()
    adapter.execute("CREATE SCHEMA landing; CREATE TABLE landing.load_ledger (business_date DATE)")
    adapter.execute("INSERT INTO landing.load_ledger VALUES ('2025-06-12'), ('2025-06-11')")
    for name in ("evaluate", "audit"):
        monkeypatch.setattr(SnapshotEvaluator, name, lambda *_, **__: ["computed"])
    return RunEvaluator(adapter)


@pytest.mark.parametrize(
    ("tags", "piece", "end", "computed"),
    [
        ([HISTORY], 1, "2025-06-10", False),
        ([HISTORY], 1, "2025-06-11", True),
        ([HISTORY], 0, "2025-06-10", True),  # it makes the table
        ([], 1, "2025-06-10", True),
    ],
)
def test_batch_before_the_first_landed_day_is_skipped(
    tags: list[str], piece: int, end: str, computed: bool, evaluator: RunEvaluator
) -> None:
    model = SimpleNamespace(tags=tags)
    snapshot = SimpleNamespace(is_view=False, intervals=[], model=model, model_gateway=None)
    found = evaluator.evaluate(snapshot, start="2025-01-01", end=end, batch_index=piece)
    assert found == (["computed"] if computed else None)


@pytest.mark.parametrize(("end", "audited"), [("2025-06-10", False), ("2025-06-11", True)])
def test_nor_is_it_audited(end: str, audited: bool, evaluator: RunEvaluator) -> None:
    model = SimpleNamespace(tags=[HISTORY])
    snapshot = SimpleNamespace(model=model, model_gateway=None, node=SimpleNamespace(audits_with_args=[]))
    assert bool(evaluator.audit(snapshot, start="2025-01-01", end=end)) is audited
