"""What is no bug ends with a message that says what to do, and with no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from loader.connection_url import Account
from loader.errors import LoaderError, UsageError
from loader.mysqldump.ddl.create_table import parse_create_table
from loader.mysqldump.errors import Defect
from loader.quality.data_contract import read_data_contract
from loader.resource_errors import explain_machine_errors
from loader.settings import PROJECT, Settings
from loader.transform.context import sqlmesh_context
from tests.support.crash import wait_until

# A command in which DuckDB works for a minute.
LONG = """
import signal

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background of a script

from loader import cli
from loader.monitoring import status_screen
from loader.landing.access import open_warehouse

def show(settings, **options):
    with open_warehouse(settings) as warehouse, warehouse.transaction():
        print("begun", flush=True)
        warehouse.query("SELECT COUNT(*) FROM (SELECT md5(range::VARCHAR) AS a FROM range(100_000_000) GROUP BY a)")

status_screen.show = show
cli.cli(["status"], prog_name="python -m loader")
"""


def used(process: int) -> float:
    """Seconds of a processor that it has taken."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def test_ctrl_c_during_query_exits_130_with_one_line(tmp_path: Path) -> None:
    own = {**os.environ, "WAREHOUSE_DUCKDB": str(tmp_path / "warehouse.duckdb")}
    with subprocess.Popen(
        [sys.executable, "-c", LONG], cwd=PROJECT, env=own, stdout=-1, stderr=-1, text=True
    ) as command:
        assert command.stdout.readline() == "begun\n"
        begun = used(command.pid)
        wait_until(lambda: used(command.pid) > begun + 0.2, "the query")  # is in its middle
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=60)
    assert (command.returncode, out) == (130, "")
    assert err == "stopped by Ctrl-C; nothing is half done: type the same again\n"


@pytest.mark.parametrize("name", ["a?b/warehouse.duckdb", "warehouse.duckdb?access_mode=read_only"])
def test_a_question_mark_in_the_warehouses_path_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("WAREHOUSE_DUCKDB", str(tmp_path / name))
    with pytest.raises(UsageError, match=r"WAREHOUSE_DUCKDB names .* without a \? in its path"):
        Settings.resolve()


def test_deeply_nested_or_oversized_data_contract_is_usage_error(tmp_path: Path) -> None:
    file = tmp_path / "data_contract.yaml"
    file.write_text("[" * 20_000)
    with pytest.raises(UsageError, match="its brackets are nested too deeply"):
        read_data_contract(file)
    file.write_text("#" * ((1 << 20) + 1))
    with pytest.raises(UsageError, match="has more than 1 MiB"):
        read_data_contract(file)


def test_table_wider_than_innodb_allows_is_rejected_widest_passes() -> None:
    def table(columns: int) -> bytes:
        return f"CREATE TABLE `wide` ({', '.join(f'`c{number}` int' for number in range(columns))})".encode()

    with pytest.raises(Defect, match="has 1,018 columns, and InnoDB takes 1,017"):
        parse_create_table(table(1018))
    assert len(parse_create_table(table(1017)).columns) == 1017


def test_too_little_memory_is_said_plainly() -> None:
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '10MB'; SET temp_directory = ''; SET threads = 1")
        with (
            pytest.raises(LoaderError, match="no memory left for DuckDB.*nothing is half done"),
            explain_machine_errors(),
        ):
            connection.execute("SELECT list(a.range || 'x') FROM range(3_000_000) AS a").fetchall()
    with pytest.raises(LoaderError, match="no memory left for Python"), explain_machine_errors():
        bytes(1 << 62)


def test_a_right_that_is_lacking_is_said_plainly() -> None:
    # A place where nobody may make a folder, root neither.
    with (
        pytest.raises(LoaderError, match="no right to /sys/new: give it the right.*nothing is half done"),
        explain_machine_errors(),
    ):
        os.mkdir("/sys/new")


def test_unwritable_project_is_reported_before_sqlmesh_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loader.transform.context.PROJECT", Path("/proc/self"))
    with (
        pytest.raises(
            UsageError, match="cache in /proc/self/.cache, and this user can't write there.*WAREHOUSE_PROJECT"
        ),
        sqlmesh_context(Settings("aurora", tmp_path / "no.duckdb", None, Account("h", 9, "u", "p"))),
    ):
        pass
