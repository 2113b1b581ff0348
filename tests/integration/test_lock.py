"""Two people at once on MySQL: whoever comes second is told at once who is first, and nothing is changed; a dead holder holds nothing."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from click.testing import CliRunner
from sqlmesh.utils.errors import SQLMeshError

from demo.objects import put_dump
from demo.rows import company, tenant
from loader.cli import cli
from loader.settings import PROJECT
from tests.conftest import FIRST_DAY
from tests.support.crash import wait_until
from tests.support.places import Place, everything
from tests.support.project_copy import ProjectCopy, copy_project

pytestmark = pytest.mark.server
SQLMESH = (sys.executable, "-m", "loader", "sqlmesh", "-p", ".")
DEADLINE = 60

A_LOADER = """
from loader.settings import Settings
from loader.landing.access import open_warehouse
with open_warehouse(Settings.resolve()):
    print("held", flush=True)
    input()
"""
# Behind `take_lock` in before_all: a plan that is under way until the test has seen enough.
WAITS = """
from sqlmesh import macro

@macro()
def wait_here(evaluator):
    if evaluator.runtime_stage == "before_all":
        print("\\nheld", flush=True)
        input()
    return "SELECT 1 AS nothing"
"""


@pytest.fixture
def project(tmp_path: Path) -> ProjectCopy:
    """A project with a change that waits for its plan."""
    project = copy_project(tmp_path / "project")
    change(project)
    return project


def change(project: ProjectCopy) -> None:
    project.edit(
        "gold.new_contracts", "  AND is_valid_contract = 1\n", "  AND is_valid_contract = 1\n  AND contract_id > 1\n"
    )


@contextmanager
def holding(*command: str | Path, folder: Path) -> Iterator[subprocess.Popen]:
    """A process that holds the lock; within, it does."""
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment()
    )
    try:
        said = []
        while (line := process.stdout.readline()) != b"held\n":
            said.append(line)
            assert line, b"".join(said).decode()
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def a_loader(tmp_path: Path) -> Iterator[subprocess.Popen]:
    with holding(sys.executable, "-c", A_LOADER, folder=PROJECT) as process:
        yield process


@contextmanager
def a_plan(tmp_path: Path) -> Iterator[subprocess.Popen]:
    """Another person's `sqlmesh plan`, of another change."""
    theirs = copy_project(tmp_path / "theirs", config={'- "@take_lock()"': '- "@take_lock()"\n  - "@wait_here()"'})
    (theirs.path / "macros" / "waiting.py").write_text(WAITS)
    change(theirs)
    with holding(*SQLMESH, *PLAN, folder=theirs.path) as process:
        yield process


HOLDERS = {"a loader": a_loader, "a plan": a_plan}
PLAN = ("plan", "--auto-apply", "--no-prompts", "--skip-tests")


def environment() -> dict[str, str]:
    # A copy of the project imports `loader` from the repository.
    return os.environ | {"PYTHONPATH": str(PROJECT)}


def state(place: Place) -> dict[str, list[str]]:
    """All rows of SQLMesh's state, by table."""
    with closing(psycopg2.connect(place.variables["WAREHOUSE_STATE_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'sqlmesh'")
        rows = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM sqlmesh."{name}"')
            rows[name] = sorted(map(repr, cursor.fetchall()))
        return rows


def free(place: Place) -> bool:
    return place.query("SELECT IS_USED_LOCK('warehouse')") == [(None,)]


@pytest.mark.parametrize("holder", HOLDERS)
def test_mysql_lock_refuses_second_command_until_its_holder_dies(
    holder: str, aurora: Place, project: ProjectCopy, tmp_path: Path
) -> None:
    bucket = tmp_path / "bucket"
    bucket.mkdir()
    put_dump(bucket, FIRST_DAY + dt.timedelta(days=1), company(tenants=[tenant(1), tenant(2)]))
    with HOLDERS[holder](tmp_path) as process:
        before, state_before = everything(aurora), state(aurora)
        named = f"process {process.pid} on "

        with pytest.raises(SQLMeshError, match=f"another command holds the warehouse.*{named}.*nothing was changed"):
            project.plan()
        for words in (["load", "--bucket", str(bucket)], ["run"], ["daily", "--bucket", str(bucket)], ["rollback"]):
            answer = CliRunner().invoke(cli, words)
            assert answer.exit_code == 75, (words, answer.output)
            assert named in answer.stderr and "nothing was changed" in answer.stderr, (words, answer.stderr)
        typed = subprocess.run(
            [*SQLMESH, *PLAN], cwd=project.path, env=environment(), capture_output=True, text=True, check=False
        )
        assert typed.returncode == 1, typed
        said = " ".join((typed.stdout + typed.stderr).split())
        assert "another command holds the warehouse" in said and named in said

        # A look is allowed.
        assert CliRunner().invoke(cli, ["status"]).exit_code == 0
        assert process.poll() is None
        assert (everything(aurora), state(aurora)) == (before, state_before)
        assert not free(aurora)

        os.kill(process.pid, signal.SIGKILL)
        wait_until(lambda: free(aurora), "the lock is free", DEADLINE)
    assert CliRunner().invoke(cli, ["load", "--bucket", str(bucket)]).exit_code == 0
    assert project.plan()
    assert aurora.query("SELECT contract_id FROM gold.new_contracts") == [(2,)]
