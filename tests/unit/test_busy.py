"""A warehouse file that another process holds: the answer names what was typed there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from loader.errors import BusyError
from loader.warehouse.duckdb.connection import cannot_open

FILE = Path("/data/warehouse.duckdb")


@pytest.fixture
def held_by(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """`held_by("sqlmesh", "plan")`: the answer while a script of that name, with these arguments, holds the file."""
    holders: list[subprocess.Popen] = []

    def answer(name: str, *arguments: str) -> str:
        (script := tmp_path / name).write_text("print('begun', flush=True); input()")
        holder = subprocess.Popen([sys.executable, script, *arguments], stdin=-1, stdout=-1)
        holders.append(holder)
        assert holder.stdout.readline() == b"begun\n"
        error = duckdb.IOException(
            f'IO Error: Could not set lock on file "{FILE}": Conflicting lock is held in {sys.executable} (PID {holder.pid}) by user etl. See also x'
        )
        refused = cannot_open(FILE, error)
        assert isinstance(refused, BusyError)
        return str(refused).replace(str(holder.pid), "7")

    yield answer
    for holder in holders:
        holder.communicate(b"\n")


def test_a_plan_that_waits_at_its_question_is_named(held_by: Callable[..., str]) -> None:
    assert held_by("sqlmesh", "plan", "dev") == (
        f"another command holds the warehouse {FILE}: sqlmesh plan dev, PID 7; nothing was changed. "
        "It may wait for your answer, y or n, where you typed it. Wait until it ends, then type the same again"
    )


@pytest.mark.parametrize("words", [("sqlmesh", "plan", "--auto-apply"), ("sqlmesh", "run"), ("warehouse", "daily")])
def test_any_other_command_is_to_be_waited_for(words: tuple[str, ...], held_by: Callable[..., str]) -> None:
    assert held_by(*words).endswith(
        f": {' '.join(words)}, PID 7; nothing was changed. Wait until it ends, then type the same again"
    )


def test_a_process_that_can_not_be_seen_is_named_as_duckdb_names_it() -> None:
    error = duckdb.IOException("IO Error: Could not set lock on file: Conflicting lock is held in PID 0. See also x")
    assert str(cannot_open(FILE, error)).startswith(f"another command holds the warehouse {FILE} (PID 0); nothing")
