"""The command line, as far as no warehouse is needed."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from loader import __version__, commands
from loader.cli import cli
from loader.settings import PROJECT, Settings

DAY = dt.date(2025, 6, 10)


def typed(*words: object, program: str = "warehouse", **variables: str) -> Result:
    return CliRunner(env=variables).invoke(cli, [str(word) for word in words], prog_name=program)


def test_version() -> None:
    assert typed("--version").output == f"warehouse {__version__}\n"


@pytest.mark.parametrize(("program", "named"), [("warehouse", "warehouse"), ("python -m loader", "python -m loader")])
def test_messages_name_the_program_that_was_typed(program: str, named: str) -> None:
    typed("run", "--date", "x", program=program)
    assert commands.loader("run") == f"{named} run"
    assert commands.commands(f"now type\n  {commands.loader('run')}\nbye") == [f"{named} run"]


def test_environment_variable_replaces_flag_and_messages_omit_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(
        "loader.landing.load.load", lambda *words, **more: seen.append((words, commands.loader("load")))
    )
    assert typed("load", WAREHOUSE_BUCKET="s3://ours").exit_code == 0
    assert typed("load", "--bucket", "s3://theirs", WAREHOUSE_BUCKET="s3://ours").exit_code == 0
    assert [(words[0].bucket, again) for words, again in seen] == [
        ("s3://ours", "warehouse load"),
        ("s3://theirs", "warehouse load --bucket s3://theirs"),
    ]
    wrong = typed("load", WAREHOUSE_GATEWAY="oracle")
    assert wrong.exit_code == 2
    assert (
        "'--gateway' (env var: 'WAREHOUSE_GATEWAY'): 'oracle' is not one of 'duckdb', 'aurora', 'spark'" in wrong.stderr
    )


@pytest.mark.parametrize("day", ["2025-02-30", "20250610", "10.6.2025"])
def test_what_is_no_day_is_refused(day: str) -> None:
    wrong = typed("run", "--date", day)
    assert (wrong.exit_code, f"'{day}' is no date like 2026-02-10" in wrong.stderr) == (2, True)


def test_the_placeholder_that_messages_print_is_no_reason() -> None:
    wrong = typed("waive", DAY, "--reason", "…")
    assert (wrong.exit_code, "write in words why the gap is accepted" in wrong.stderr) == (2, True)


def test_sqlmesh_command_passes_flags_through_and_exit_code_back(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = typed("sqlmesh", "plan", "--help")
    assert (shown.exit_code, shown.stdout.startswith("Usage: sqlmesh plan")) == (0, True)
    assert typed("sqlmesh", "nothing").exit_code == 2
    assert typed("sqlmesh", "-p", PROJECT / "docs", "plan").exit_code == 1


def test_on_aurora_messages_name_the_entry_that_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_MYSQL_URL", "mysql://a:secret@localhost")
    monkeypatch.setenv("WAREHOUSE_STATE_URL", "postgresql://a:secret@localhost/c")
    monkeypatch.setenv("WAREHOUSE_GATEWAY", "duckdb")
    Settings.resolve(gateway="aurora")
    assert commands.sqlmesh("plan", "dev") == "python -m loader sqlmesh --gateway aurora plan dev"
    commands.forget()
    Settings.resolve()
    assert commands.sqlmesh("plan", "dev") == "python -m loader sqlmesh plan dev"


def test_the_module_is_the_same_command() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "loader", "--version"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert shown.stdout == f"python -m loader {__version__}\n"
