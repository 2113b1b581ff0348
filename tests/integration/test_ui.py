"""`make ui`: SQLMesh's UI on a warehouse, in a browser: a model's columns, and the way of a column back to landing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import until
from tests.support.ui import NODES, ui


@pytest.fixture
def address(warehouse: Path, tmp_path: Path) -> Iterator[str]:
    with ui(tmp_path / "ui.log") as address:
        yield address


def test_ui_shows_a_models_columns_and_lineage_to_landing(address: str, browser: Any) -> None:
    # It also asks the web for a worker that checks edits. That fails without a network, and nothing here needs it.
    browser.get(f"{address}/data-catalog/models/gold.daily_activity_summary")
    shown = until(browser, "document.body.innerText.includes('contracts_signed_count') && document.body.innerText")
    assert "valid contracts by day of signing" in shown
    steps = until(browser, f"{NODES}.includes('landing') && {NODES}")
    for step in (
        "gold.daily_activity_summary",
        "silver.activity_events",
        "staging.load_ledger",
        "landing.load_ledger",
    ):
        assert step in steps
