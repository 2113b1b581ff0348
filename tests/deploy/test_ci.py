""".ci/run: which tests it runs where something can't be had, and that each failure is its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from loader.settings import PROJECT

# Each says what it was called with, and fails where FAILS (a pattern) names that.
STUB = """#!/bin/bash
case $0 in */make) name=make ;; *) name=require ;; esac
shift $([ $name = require ] && echo 3 || echo 0)
echo "$name $*" >>calls
[[ ! "$name $*" =~ ^($FAILS)$ ]] || exit "$CODE"
"""


def run(
    folder: Path, fails: str = "", code: int = 0, seconds: int = 0, endurance: str = "1"
) -> tuple[int, list[str], str]:
    """Its exit code, the commands it ran, and its output; commands that match `fails` end with `code`. It began `seconds` ago."""
    for name in (".ci/run", ".venv/bin/python", "bin/make"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(STUB)
        (folder / name).chmod(0o755)
    shutil.copy(PROJECT / ".ci" / "run", folder / ".ci" / "run")
    variables = {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "FAILS": fails, "CODE": str(code)}
    variables |= {"SECONDS": str(seconds), "ENDURANCE": endurance}
    ran = subprocess.run(["bash", folder / ".ci" / "run"], env=variables, capture_output=True, text=True, check=False)
    calls = [line.removeprefix("make ") for line in (folder / "calls").read_text().splitlines() if "make" in line]
    return ran.returncode, calls, ran.stdout


def test_ci_runs_all_tiers_then_endurance_with_the_date(tmp_path: Path) -> None:
    code, calls, said = run(tmp_path)
    assert (code, calls[:-1]) == (0, ["test", "test-mysql", "test-tutorials", "venv-spark", "test-spark"])
    assert re.fullmatch(r"endurance SEED=20\d{6} MINUTES=\d+", calls[-1])
    assert calls[-1] in said


def test_endurance_is_left_to_the_night(tmp_path: Path) -> None:
    code, calls, said = run(tmp_path, endurance="")
    assert (code, calls[-1]) == (0, "test-spark")
    assert "Endurance is not run. By hand: " in said


@pytest.mark.parametrize(("minutes", "left"), [(30, "[1-9]"), (39, "0"), (60, "0")])
def test_endurance_has_what_remains_of_45_minutes(tmp_path: Path, minutes: int, left: str) -> None:
    assert re.search(f"MINUTES={left}$", run(tmp_path, seconds=60 * minutes)[1][-1])


@pytest.mark.parametrize(
    ("fails", "code", "instead"),
    [
        ("require.*mysql97", 3, ["test", "test-twins", "test-tutorials", "venv-spark", "test-spark"]),
        ("require.*java", 3, ["test", "test-mysql", "test-tutorials"]),
        ("make venv-spark", 2, ["test", "test-mysql", "test-tutorials", "venv-spark"]),
    ],
)
def test_ci_goes_on_without_what_cannot_be_had(tmp_path: Path, fails: str, code: int, instead: list[str]) -> None:
    ended, calls, said = run(tmp_path, fails, code)
    assert (ended, calls[:-1]) == (0, instead)
    assert "can't be had here" in said


@pytest.mark.parametrize(
    ("fails", "code"),
    [
        ("make test", 2),
        ("require.*mysql97", 2),
        ("make test-mysql", 2),
        ("require.*java", 2),
        ("make test-spark", 2),
        ("make endurance.*", 2),
    ],
)
def test_ci_fails_where_a_tier_fails(tmp_path: Path, fails: str, code: int) -> None:
    assert run(tmp_path, fails, code)[0] == code
