"""The aurora gateway's connections: TLS that is verified, bounded waits, and a server with local_infile off."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.dump import dump_sql
from demo.objects import put_dump
from demo.rows import company
from loader import settings
from loader.connection_url import Account
from loader.errors import LoaderError, UsageError
from loader.landing.access import open_warehouse, read_warehouse
from loader.landing.load import load
from loader.transform.context import sqlmesh_context
from loader.warehouse.mysql.session import connect
from tests.conftest import FIRST_DAY
from tests.support.places import Place, Servers
from tests.support.servers import certificates


def test_the_aurora_gateway_says_which_variable_it_lacks(monkeypatch) -> None:
    with pytest.raises(UsageError, match="needs WAREHOUSE_MYSQL_URL"):
        settings.Settings.resolve(gateway="aurora")
    monkeypatch.setenv("WAREHOUSE_MYSQL_URL", "mysql://u:secret@h")
    with pytest.raises(UsageError, match="needs WAREHOUSE_STATE_URL"):
        settings.Settings.resolve(gateway="aurora")


def test_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(LoaderError, match="mysql://etl@127.0.0.1:9 can't be used") as refusal:
        connect(**Account("127.0.0.1", 9, "etl", "secret").arguments)
    assert "secret" not in str(refusal.value)


@pytest.mark.server
def test_server_certificate_is_verified_by_loader_and_sqlmesh(
    aurora: Place, servers: Servers, tmp_path: Path, monkeypatch
) -> None:
    cipher = "SHOW SESSION STATUS LIKE 'Ssl_cipher'"
    if servers.mysql.own:  # of a named server the tests know no CA
        monkeypatch.setenv("WAREHOUSE_MYSQL_URL", f"{servers.mysql.url}?ssl_ca={servers.mysql.ca_file}")
        with read_warehouse(aurora.settings()) as warehouse:
            assert warehouse.query(cipher)[0][1]
        with sqlmesh_context(aurora.settings()) as (context, _):
            assert context.engine_adapter.fetchone(cipher)[1]
        # The same address, and a name that the certificate does not hold.
        elsewhere = servers.mysql.url.replace("@127.0.0.1:", "@127.1:")
        monkeypatch.setenv("WAREHOUSE_MYSQL_URL", f"{elsewhere}?ssl_ca={servers.mysql.ca_file}")
        with pytest.raises(LoaderError, match="(?i)certificate"), read_warehouse(aurora.settings()):
            pass
    (tmp_path / "other").mkdir()
    stranger = certificates(tmp_path / "other")[0]
    monkeypatch.setenv("WAREHOUSE_MYSQL_URL", f"{servers.mysql.url}?ssl_ca={stranger}")
    with pytest.raises(LoaderError, match="(?i)certificate|ssl"), read_warehouse(aurora.settings()):
        pass
    with pytest.raises(LoaderError, match="(?i)certificate|ssl"), sqlmesh_context(aurora.settings()):
        pass
    monkeypatch.setenv("WAREHOUSE_MYSQL_URL", f"{servers.mysql.url}?ssl=off")
    with read_warehouse(aurora.settings()) as warehouse:
        assert not warehouse.query(cipher)[0][1]


@pytest.mark.server
def test_loader_and_sqlmesh_wait_ten_minutes_and_compare_bytes(aurora: Place) -> None:
    asked = "SELECT @@lock_wait_timeout, @@innodb_lock_wait_timeout, @@autocommit, @@collation_connection, 'か' = 'が'"
    expected = (600, 600, 1, "utf8mb4_bin", 0)
    with open_warehouse(aurora.settings()) as warehouse:
        assert warehouse.query(asked) == [expected]
    with sqlmesh_context(aurora.settings()) as (context, _):
        assert context.engine_adapter.fetchone(asked) == expected
        assert context.state_sync.state_sync.environment_state.engine_adapter.fetchone("SHOW lock_timeout") == (
            "10min",
        )


@pytest.mark.server
def test_server_without_local_infile_refuses_a_load_and_says_what_to_set(
    empty_aurora: Place, servers: Servers, tmp_path: Path
) -> None:
    (tmp_path / "bucket").mkdir()
    put_dump(tmp_path / "bucket", FIRST_DAY, dump_sql(company()))
    with servers.mysql.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL local_infile = 0")
        try:
            with pytest.raises(LoaderError, match="nothing was changed. Set local_infile to 1"):
                load(empty_aurora.settings(tmp_path / "bucket"))
        finally:
            cursor.execute("SET GLOBAL local_infile = 1")
    with open_warehouse(empty_aurora.settings()) as warehouse:
        assert warehouse.query("SELECT COUNT(*) FROM landing.generations") == [(0,)]
