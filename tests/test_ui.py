"""`make ui`: SQLMesh's UI on a warehouse, in a browser: a model's columns, and the way of a column back to landing."""

from __future__ import annotations

import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loader.settings import PROJECT
from tests.browser import DEADLINE, until
from tests.servers import process
from tests.servers.process import Process, free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def ui(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a UI that was started as the Makefile starts it, but for its port."""
    monkeypatch.setattr(process, "DEADLINE", DEADLINE)  # it imports all of SQLMesh and more before it answers
    command = re.search(r"^ui:.*\n\t\$\(BIN\)/(.+)$", (PROJECT / "Makefile").read_text(), re.M)[1].split()
    address = f"http://127.0.0.1:{(port := free_port())}"
    program = Path(sys.executable).parent / command[0]

    def answers() -> None:
        urllib.request.urlopen(address, timeout=10).close()

    # A server is started in /, so the project is named.
    words = [str(program), "--paths", str(PROJECT), *command[1:], "--port", str(port)]
    server = Process("SQLMesh's UI", words, tmp_path / "ui.log", answers, urllib.error.URLError)
    server.start()
    try:
        yield address
    finally:
        server.stop()


def test_a_model_its_columns_and_the_way_back_to_landing(ui: str, browser: Any) -> None:
    # It also asks the web for a worker that checks edits. That fails without a network, and nothing here needs it.
    browser.get(f"{ui}/data-catalog/models/gold.daily_activity_summary")
    shown = until(browser, "document.body.innerText.includes('contracts_signed_count') && document.body.innerText")
    assert "valid contracts by day of signing" in shown
    nodes = "[...document.querySelectorAll('.react-flow__node')].map((node) => node.innerText).join(' ')"
    steps = until(browser, f"{nodes}.includes('landing') && {nodes}")
    for step in (
        "gold.daily_activity_summary",
        "silver.activity_events",
        "staging.load_ledger",
        '"landing"."load_ledger"',
    ):
        assert step in steps
