"""The command line: exit codes, plain answers, the lock, and docs/cli.md."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmesh.cli.main import cli as sqlmesh

from demo.dump import dump_sql
from demo.objects import put_dump
from demo.rows import company, tenant
from loader import commands
from loader.cli import cli
from loader.settings import PROJECT
from tests.conftest import FIRST_DAY
from tests.support import cli_page
from tests.support.landing import land_dump, land_snapshot

DAY = dt.date(2025, 6, 10)


def typed(*words: str):
    return CliRunner().invoke(cli, [str(word) for word in words], prog_name="python -m loader")


def test_exit_codes_of_load(bucket: Path, empty_warehouse: Path) -> None:
    assert typed("load").exit_code == 2
    assert typed("load", "--bucket", bucket, "--date", "2025-02-30").exit_code == 2
    assert typed("load", "--bucket", bucket, "--gateway", "oracle").exit_code == 2
    assert typed("load", "--bucket", bucket / "nowhere").exit_code == 2
    assert typed("load", "--bucket", "gs://other").exit_code == 2
    assert typed("load", "--bucket", bucket, "--date", DAY).exit_code == 3
    put_dump(bucket, DAY, dump_sql(company()).replace(b"-- Dump completed", b"TRUNCATE `rooms`;\n-- Dump completed"))
    rejected = typed("load", "--bucket", bucket, "--date", DAY)
    assert rejected.exit_code == 4
    assert re.match(r"error: dump gghouse_20250610\.sql.*nothing was changed\n  Ask the producer", rejected.stderr)
    put_dump(bucket, DAY, company())
    umask = os.umask(0o022)
    assert typed("load", "--bucket", bucket).exit_code == 0
    os.umask(umask)
    assert empty_warehouse.stat().st_mode & 0o777 == 0o600
    assert typed("load", "--bucket", bucket).exit_code == 0


def test_an_empty_variable_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_DUCKDB", " ")
    answer = typed("status")
    assert (answer.exit_code, answer.stderr) == (
        2,
        "error: WAREHOUSE_DUCKDB is set but empty: give it a value or unset it\n",
    )


@pytest.mark.parametrize("command", ["run", "status"])
def test_nothing_loaded_yet_says_what_to_do(command: str, empty_warehouse: Path) -> None:
    answer = typed(command)
    assert answer.exit_code == {"run": 3, "status": 1}[command]
    assert "python -m loader load" in answer.stderr


def test_run_before_the_first_plan_says_to_plan(empty_warehouse: Path) -> None:
    land_dump(empty_warehouse, DAY, company())
    answer = typed("run")
    assert (answer.exit_code, "sqlmesh plan" in answer.stderr) == (1, True)


def test_a_file_that_is_no_database_is_named(empty_warehouse: Path, bucket: Path) -> None:
    empty_warehouse.write_bytes(b"not a database" * 1000)
    answer = typed("load", "--bucket", bucket)
    assert (answer.exit_code, str(empty_warehouse) in answer.stderr) == (1, True)


@pytest.mark.parametrize("command", ["load", "run", "daily", "status"])
def test_second_command_stops_at_once_and_names_the_holder(command: str, warehouse: Path, bucket: Path) -> None:
    put_dump(bucket, FIRST_DAY + dt.timedelta(days=1), company())
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb; c = duckdb.connect({str(warehouse)!r}); print('held', flush=True); input()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        answer = typed(command, *(["--bucket", bucket] if command in ("load", "daily") else []))
    finally:
        holder.communicate(b"\n")
    assert answer.exit_code == 75
    assert re.search(rf": python[\d.]* -c .*, PID {holder.pid}; nothing was changed", answer.stderr)
    assert "Wait until it ends, then type the same again" in answer.stderr


def test_daily_loads_runs_and_changes_nothing_when_repeated(warehouse: Path, bucket: Path, query) -> None:
    next_day = FIRST_DAY + dt.timedelta(days=1)
    put_dump(bucket, next_day, company(tenants=[tenant(1), tenant(2, status=14)]))
    first = typed("daily", "--bucket", bucket, "--date", next_day)
    assert first.exit_code == 0, first.output
    summary = "SELECT * FROM gold.daily_activity_summary ORDER BY ALL"
    rows = query(warehouse, summary)
    assert rows[-1][0] == next_day
    report = bucket / "reports" / "20250611.html"
    assert "2025-06-11" in report.read_text()
    # A report that can't be written is told, and the morning is green: the data is good.
    report.unlink()
    report.parent.rmdir()
    report.parent.write_text("no folder")
    second = typed("daily", "--bucket", bucket, "--date", next_day)
    assert second.exit_code == 0
    assert "the report of 2025-06-11 was not written" in second.output
    assert query(warehouse, summary) == rows
    by_hand = typed("report", "--out", bucket / "by-hand.html")
    assert (by_hand.exit_code, "2025-06-11" in (bucket / "by-hand.html").read_text()) == (0, True)
    shown = typed("status").output
    assert "2025-06-11" in shown
    assert "gold" in shown


def test_bad_data_fails_the_run_and_leaves_gold_unchanged(warehouse: Path, query) -> None:
    next_day = FIRST_DAY + dt.timedelta(days=1)
    before = query(warehouse, "SELECT * FROM gold.new_contracts ORDER BY ALL")
    land_dump(warehouse, next_day, company(tenants=[tenant(1, status=99, full_name="試験太郎")]))
    land_snapshot(warehouse, next_day, {1: 9})
    answer = typed("run")
    assert answer.exit_code == 1
    assert "staging.tenants: audit relationship found 1 row" in answer.stderr
    assert "silver.int_contracts" in answer.stderr
    assert "試験太郎" not in answer.output
    assert query(warehouse, "SELECT * FROM gold.new_contracts ORDER BY ALL") == before
    # What it says to type shows the row by its key, through a shell.
    fetch, run_again = commands.commands(answer.stderr)
    split = ["bash", "-c", rf"printf '%s\0' {fetch}"]
    program, *words = subprocess.run(split, capture_output=True, text=True, check=True).stdout.split("\0")[:-1]
    shown = CliRunner().invoke(sqlmesh, ["-p", str(PROJECT), *words])
    assert (program, shown.exit_code) == ("sqlmesh", 0), shown.output
    assert [line.split() for line in shown.stdout.splitlines()] == [["id", "status"], ["0", "1", "99"]]
    assert run_again == "python -m loader run"
    wrong = json.loads(typed("status", "--json").stdout)["problems"]
    assert wrong[0]["problem"].startswith(f"the run for {next_day} failed at ")
    assert wrong[0]["commands"] == [fetch, run_again]
    # The next dump is right: the days held back are made up for.
    land_dump(warehouse, next_day + dt.timedelta(days=1), company())
    land_snapshot(warehouse, next_day + dt.timedelta(days=1), {1: 9})
    repaired = typed("run")
    assert repaired.exit_code == 0, repaired.output
    assert "failed" not in str(json.loads(typed("status", "--json").stdout)["problems"])


def test_the_page_of_commands_is_up_to_date() -> None:
    assert cli_page.FILE.read_text() == cli_page.page(), "type: python -m tests.support.cli_page"
