"""What a command costs with all the processes that it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.watch import Failed, watched


def test_children_count(tmp_path: Path) -> None:
    """A command that does nothing by itself: its child takes memory and CPU."""
    (tmp_path / "parent.py").write_text(
        "import subprocess, sys; subprocess.run([sys.executable, '-m', 'child'], check=True)\n"
    )
    (tmp_path / "child.py").write_text("held = bytearray(300_000_000)\nfor _ in range(20): sum(range(1_000_000))\n")
    cost = watched("parent", env={"PYTHONPATH": str(tmp_path)}, limit=60)
    assert cost.memory > 300
    assert cost.cpu > 0.2


def test_a_command_that_fails_says_its_last_lines_and_one_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(Failed, match="(?s)ended with 1:.*No module named no_such_module"):
        watched("no_such_module", env={}, limit=60)
    with pytest.raises(Failed, match="was stopped after 0 hours"):
        watched("http.server", "0", env={}, limit=0)
