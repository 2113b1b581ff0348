"""The throwaway servers: what other tests take for granted about them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pymysql
import pytest

from loader.connection_url import parse
from loader.settings import PROJECT
from loader.warehouse.mysql.session import SQL_MODE, TEMPORARY_TABLE_BYTES, WAIT_SECONDS, connect
from tests.support import servers
from tests.support.crash import wait_until
from tests.support.servers import MySQLServer, PostgresServer, ServerError
from tests.support.servers.install import MYSQL97
from tests.support.servers.mysql import FLAVOUR, named

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MySQLServer]:
    # Always a throwaway: these tests break it.
    throwaway = servers.mysql97 if FLAVOUR == "mysql" else servers.mariadb
    with throwaway(tmp_path_factory.mktemp("servers") / "mysql", servers.QUICK[FLAVOUR]) as running:
        yield running


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with servers.state(tmp_path_factory.mktemp("servers") / "state") as running:
        yield running


def ask(server: MySQLServer, sql: str, **options: object) -> tuple:
    with server.connect(**options) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_throwaway_server_has_requested_flavour_and_default_charset(server: MySQLServer) -> None:
    assert server.own
    assert server.flavour == FLAVOUR
    assert ask(server, "SELECT VERSION()") == ((server.version,),)
    # MariaDB left latin1 with 11.6: Debian 12 has 10.11, Debian 13 has 11.8.
    old = tuple(map(int, server.version.split(".")[:2])) < (11, 6)
    own = {"mariadb": "latin1_swedish_ci" if old else "utf8mb4_uca1400_ai_ci", "mysql": "utf8mb4_0900_ai_ci"}
    default = own[server.flavour]
    assert ask(server, "SELECT @@global.collation_server, @@global.local_infile") == ((default, 1),)


@pytest.mark.engine
def test_a_session_has_the_houses_settings_on_either_server(server: MySQLServer) -> None:
    account = parse(f"{server.url}?ssl=off", "WAREHOUSE_MYSQL_URL")
    with closing(connect(**account.arguments)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT @@sql_mode, @@tmp_table_size, @@max_heap_table_size, @@lock_wait_timeout, @@innodb_lock_wait_timeout, @@optimizer_switch"
        )
        mode, temporary, in_memory, *waits, switch = cursor.fetchone()
    assert set(mode.split(",")) == set(SQL_MODE.split(","))
    assert temporary == in_memory == TEMPORARY_TABLE_BYTES
    assert waits == [WAIT_SECONDS, WAIT_SECONDS]
    assert ("split_materialized=off" in switch) == (FLAVOUR == "mariadb")


def test_restore_returns_the_saved_state_every_time(server: MySQLServer, tmp_path: Path) -> None:
    ask(server, "CREATE DATABASE kept")
    ask(server, "CREATE TABLE kept.t AS SELECT 1 AS a")
    server.save(tmp_path / "one row")
    for _ in range(2):
        ask(server, "INSERT INTO kept.t VALUES (2)")
        ask(server, "CREATE DATABASE extra")
        server.restore(tmp_path / "one row")
        assert ask(server, "SELECT a FROM kept.t") == ((1,),)
        assert ask(server, "SHOW DATABASES LIKE 'extra'") == ()
    with pytest.raises(ServerError, match="no data was saved in .*two rows"):
        server.restore(tmp_path / "two rows")


def test_a_killed_server_comes_back_with_what_was_committed(server: MySQLServer) -> None:
    ask(server, "CREATE DATABASE killed")
    ask(server, "CREATE TABLE killed.t (a INT PRIMARY KEY)")
    with server.connect(autocommit=False) as connection, connection.cursor() as cursor:
        ask(server, "INSERT INTO killed.t VALUES (1)")
        cursor.execute("INSERT INTO killed.t VALUES (2)")
        server.kill()
        assert server.pid is None
        with pytest.raises(pymysql.err.OperationalError, match="Can't connect"):
            server.connect()
    server.start()
    assert ask(server, "SELECT a FROM killed.t") == ((1,),)


def test_its_certificate_is_good_for_its_own_authority_alone(server: MySQLServer, tmp_path: Path) -> None:
    ((_, cipher),) = ask(
        server, "SHOW STATUS LIKE 'Ssl_cipher'", ssl={"ca": str(server.ca_file), "check_hostname": True}
    )
    assert cipher
    other, _, _ = servers.certificates(tmp_path)
    with pytest.raises(pymysql.err.OperationalError, match="certificate verify failed"):
        server.connect(ssl={"ca": str(other), "check_hostname": True})


def test_its_command_line_client_reads_a_script(server: MySQLServer) -> None:
    script = "CREATE DATABASE scripted; USE scripted; SELECT DATABASE(), '賃貸' AS word;"
    done = subprocess.run(
        server.client("--skip-column-names"), input=script, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "scripted\t賃貸\n")


def test_a_server_that_ends_at_its_start_says_why(server: MySQLServer, tmp_path: Path) -> None:
    throwaway = servers.mysql97 if FLAVOUR == "mysql" else servers.mariadb
    why = f"(?s)ended with code 1 before it answered; the end of .*error.log.*port: {server.port}"
    taken = [*servers.QUICK[FLAVOUR], f"--port={server.port}"]
    with pytest.raises(ServerError, match=why), throwaway(tmp_path / "server", taken):
        pass
    assert not (tmp_path / "server" / "data").exists()


def test_a_named_server_is_used_but_never_stopped(server: MySQLServer) -> None:
    ask(server, "CREATE USER 'dev'@'127.0.0.1' IDENTIFIED BY 'p@ss:/word'")
    ours = named(f"mysql://dev:p%40ss%3A%2Fword@127.0.0.1:{server.port}")
    assert (ours.own, ours.flavour, ours.version) == (False, server.flavour, server.version)
    assert ours.url == f"mysql://dev:p%40ss%3A%2Fword@127.0.0.1:{server.port}"
    for call in (ours.start, ours.stop, ours.kill, lambda: ours.save(Path("x")), lambda: ours.restore(Path("x"))):
        with pytest.raises(ServerError, match="WAREHOUSE_TEST_MYSQL_URL names it"):
            call()


def test_a_dumped_database_is_loaded_under_another_name(state: PostgresServer, tmp_path: Path) -> None:
    with closing(psycopg2.connect(state.create("dumped"))) as connection:
        connection.cursor().execute("CREATE TABLE t AS SELECT 'é\\' AS a")
        connection.commit()
    state.dump("dumped", tmp_path / "file")
    state.load("loaded", tmp_path / "file")
    with closing(psycopg2.connect(state.url("loaded"))) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT a FROM t")
        assert cursor.fetchall() == [("é\\",)]


def test_postgres_copies_a_template(state: PostgresServer) -> None:
    state.drop("the template")
    with closing(psycopg2.connect(state.create("the template"))) as connection:
        connection.cursor().execute("CREATE TABLE t AS SELECT 7 AS a")
        connection.commit()
    with closing(psycopg2.connect(state.create("the copy", template="the template"))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT a FROM t")
        assert cursor.fetchall() == [(7,)]
        # Dropped although somebody is in it.
        state.drop("the copy")
    with pytest.raises(psycopg2.OperationalError, match="does not exist"):
        psycopg2.connect(state.url("the copy"))
    state.drop("the template")


CHILD = """
import os, sys
from pathlib import Path
from tests.support import servers
from tests.support.servers.mysql import FLAVOUR
own = servers.mysql97 if FLAVOUR == "mysql" else servers.mariadb
folder = Path(sys.argv[1])
with own(folder / "mysql", servers.QUICK[FLAVOUR]) as server, servers.postgres(folder / "state") as state:
    print(server.port, state.port, flush=True)
    sys.stdin.read()
"""


def test_a_killed_test_run_leaves_no_server(tmp_path: Path) -> None:
    environment = os.environ | {"WAREHOUSE_TEST_SERVER": FLAVOUR, "WAREHOUSE_MYSQL97_DIR": str(MYSQL97)}
    child = [sys.executable, "-c", CHILD, str(tmp_path)]
    with subprocess.Popen(
        child, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        ports = [int(word) for word in process.stdout.readline().split()]
        process.kill()
    assert len(ports) == 2
    for port in ports:
        wait_until(lambda: not listening(port), "the server has ended", 20)  # noqa: B023 (it is called at once)


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("mariadb", 2, "MariaDB is missing: install the packages mariadb-server and openssl"),
        ("mysql97", 3, "MySQL 9.7 is missing in .*: run `python -m tests.support.servers require mysql97` as root"),
    ],
)
def test_who_may_not_install_is_told_what_to_install(
    name: str, code: int, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(servers.install, "MYSQL97", tmp_path)
    with pytest.raises(servers.Missing, match=message) as raised:
        servers.require(name)
    assert raised.value.code == code
    assert "\n" not in str(raised.value)
