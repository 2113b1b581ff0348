"""What a person sees of a step on a terminal, what a log gets, and what is left when quiet was asked for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from loader.settings import PROJECT
from tests.support.typed import typed

BYTES = """
from loader import console
with console.step("load dump", total=4_000_000, unit="bytes") as step:
    step.advance(1_000_000)
    step.advance(1_000_000)
    step.add_figures(rows=1200)
"""
UNKNOWN = """
from loader import console
with console.step("run") as step:
    step.expect(3)
    step.expect(1)
    step.advance(1)
"""
FAILS = """
from loader import console
with console.step("load dump"):
    raise SystemExit(4)
"""


def on_a_terminal(code: str, columns: int = 120) -> str:
    """What a terminal gets, without its colours."""
    return typed([sys.executable, "-c", code], PROJECT, os.environ, columns=columns)[1]


def in_a_pipe(code: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_terminal_shows_amount_rate_time_left_then_one_line() -> None:
    shown = on_a_terminal(BYTES)
    assert re.search(r"load dump .*2\.0/4\.0 MB .*[kMG]B/s .*left", shown)
    assert shown.strip().splitlines()[-1].startswith("✓ load dump: rows 1,200 (")


def test_step_shows_its_size_once_it_is_known() -> None:
    shown = on_a_terminal(UNKNOWN)
    assert re.search(r"run .*1/4 .*/s 0:00 so far", shown)
    assert re.search(r"✓ run \(\d+\.\d s\)$", shown.strip())


def test_narrow_terminal_shows_only_the_time_left() -> None:
    shown = on_a_terminal(BYTES.replace('"load dump"', '"export 2026-02-10 (999 of 1,000)"'), columns=80)
    bars = re.findall(r"export .*2\.0/4\.0 MB.*", shown.replace("\r", "\n"))
    assert bars
    assert all(re.search(r"B/s \d+:\d\d left *$", bar) and len(bar) <= 80 for bar in bars), bars
    assert all(len(re.findall(r"\d:\d\d", bar)) == 1 for bar in bars)


def test_a_person_reads_words_where_a_log_gets_figures() -> None:
    code = BYTES + '    step.summarize("1,200 rows in 3 tables")\n'
    assert "✓ load dump: 1,200 rows in 3 tables (" in on_a_terminal(code)
    assert json.loads(in_a_pipe(code)[1])["rows"] == 1200


def test_a_log_gets_one_line_without_colours() -> None:
    code, shown = in_a_pipe(BYTES)
    assert (code, shown.count("\n"), "\x1b" in shown) == (0, 1, False)
    assert json.loads(shown)["rows"] == 1200


@pytest.mark.parametrize("shown_by", [on_a_terminal, lambda code: in_a_pipe(code)[1]], ids=["terminal", "pipe"])
def test_quiet_says_warnings_only(shown_by) -> None:
    quiet = "from loader import console\nconsole.be_quiet()\nconsole.inform('all is well')\n"
    assert shown_by(quiet + BYTES) == ""
    assert "disk" in shown_by(quiet + "console.warn('the disk is nearly full')")


def test_quiet_keeps_no_failure_back() -> None:
    assert in_a_pipe("from loader import console\nconsole.be_quiet()\n" + FAILS)[0] == 4
