"""The job `look` of deploy.yml on real servers: its accounts show the plan, and can change nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pymysql
import pytest
from sqlmesh.utils.errors import SQLMeshError

from loader.settings import PROJECT
from tests.support.places import Place, Servers, contents
from tests.support.project_copy import copy_project

pytestmark = pytest.mark.server
DEPLOY = PROJECT / "deploy"
PASSWORD = "look's own"


def statements(file: str) -> list[str]:
    text = re.sub(r"^--.*$", "", (DEPLOY / file).read_text(), flags=re.M)
    return [statement for statement in text.split(";") if statement.strip()]


@pytest.fixture
def look(aurora: Place, servers: Servers) -> Iterator[dict[str, str]]:
    """The environment of the job `look`, on a planned warehouse."""
    state = urlsplit(aurora.variables["WAREHOUSE_STATE_URL"])
    with closing(psycopg2.connect(aurora.variables["WAREHOUSE_STATE_URL"])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor, servers.mysql.connect() as mysql, mysql.cursor() as warehouse:
            cursor.execute("CREATE ROLE sqlmesh")
            for statement in statements("state-grants.sql"):
                cursor.execute(statement)
            cursor.execute("ALTER ROLE look PASSWORD %s", (PASSWORD,))
            for statement in statements("grants.sql"):
                warehouse.execute(statement)
            warehouse.execute("ALTER USER look@'%%' IDENTIFIED BY %s", (PASSWORD,))
            login = "look:look%27s%20own"
            try:
                yield {
                    **os.environ,
                    "PYTHONPATH": str(PROJECT),
                    "WAREHOUSE_GATEWAY": "aurora",
                    "WAREHOUSE_MYSQL_URL": f"mysql://{login}@127.0.0.1:{servers.mysql.port}?ssl_ca={servers.mysql.ca_file}",
                    "WAREHOUSE_STATE_URL": f"postgresql://{login}@{state.hostname}:{state.port}{state.path}",
                }
            finally:
                warehouse.execute("DROP USER look@'%', etl@'%', bi@'%'")
                for role in ("look", "sqlmesh"):
                    cursor.execute(f"DROP OWNED BY {role}")
                    cursor.execute(f"DROP ROLE {role}")


def test_the_look_shows_the_plan_and_can_apply_nothing(
    look: dict[str, str], aurora: Place, servers: Servers, tmp_path: Path
) -> None:
    project = copy_project(tmp_path / "project")
    project.edit("gold.moveouts", "total_stay_days::BIGINT AS", "total_stay_days + 0::BIGINT AS")
    before = contents(aurora)
    command = [sys.executable, "-m", "loader", "sqlmesh", "-p", ".", "plan", "--no-prompts", "--skip-tests"]
    shown = subprocess.run(
        command, cwd=project.path, env=look, capture_output=True, text=True, check=False, input="n\n"
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "moveouts" in shown.stdout
    # To apply it begins with a query of landing, which the account can't see.
    with (
        Place({name: look[name] for name in aurora.variables}).chosen(),
        pytest.raises(SQLMeshError, match="Nothing has been loaded"),
    ):
        project.plan()
    assert contents(aurora) == before

    with (
        closing(psycopg2.connect(look["WAREHOUSE_STATE_URL"])) as state,
        state.cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        cursor.execute("DELETE FROM sqlmesh._environments")
    options = {"user": "look", "password": PASSWORD.encode(), "ssl": {"ca": str(servers.mysql.ca_file)}}
    with servers.mysql.connect(**options) as warehouse, warehouse.cursor() as cursor:
        for statement in ("SELECT * FROM landing.tenants", "SELECT * FROM gold.moveouts", "CREATE SCHEMA landing_x"):
            with pytest.raises(pymysql.err.OperationalError, match="denied"):
                cursor.execute(statement)
