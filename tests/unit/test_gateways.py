"""config.yaml: what each gateway connects to, and that plain `sqlmesh` never reaches the aurora gateway."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from click.testing import CliRunner
from sqlmesh.cli.main import cli as plain
from sqlmesh.core.config import connection as types
from sqlmesh.core.config.loader import load_configs
from sqlmesh.core.config.root import Config
from sqlmesh.utils.errors import ConfigError

from loader.errors import LoaderError
from loader.settings import PROJECT
from loader.transform import aurora
from loader.warehouse.duckdb.connection import open_file
from tests.support.fake_servers import FakeMySQL, FakePostgres
from tests.support.servers import certificates

# `ui` makes its context later, and `init` makes none.
COMMANDS = sorted(plain.commands.keys() - {"init", "ui"})


@pytest.fixture
def on_aurora(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePostgres]:
    """The aurora gateway, chosen by the environment; both databases are one server that counts who connects."""
    with FakePostgres().serving() as server:
        port = server.port
        monkeypatch.setenv("WAREHOUSE_GATEWAY", "aurora")
        monkeypatch.setenv("WAREHOUSE_MYSQL_URL", f"mysql://etl:secret@127.0.0.1:{port}")
        monkeypatch.setenv("WAREHOUSE_STATE_URL", f"postgresql://etl:secret@127.0.0.1:{port}/state?sslmode=verify-full")
        yield server


@pytest.fixture
def unregistered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process of plain `sqlmesh`, in a project without models: what such a command writes there is lost."""
    for name in set(types.CONNECTION_CONFIG_TO_TYPE) - {"duckdb", "mysql", "postgres"}:
        monkeypatch.delitem(types.CONNECTION_CONFIG_TO_TYPE, name)
    shutil.copy(PROJECT / "config.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)


def config(**variables: str) -> Config:
    (found,) = load_configs(None, Config, [PROJECT]).values()
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_plain_sqlmesh_connects_to_nothing_on_aurora_and_names_the_right_command(
    command: str, on_aurora: FakePostgres, unregistered: None
) -> None:
    answer = CliRunner().invoke(plain, ["--paths", ".", command])
    assert answer.exit_code == 1, answer.output
    assert "Unknown connection type 'aurora (use `warehouse sqlmesh`)'" in answer.output
    assert on_aurora.connected == 0


def test_the_ui_of_plain_sqlmesh_has_no_context_on_aurora(on_aurora: FakePostgres, unregistered: None) -> None:
    from web.server.settings import _get_context

    with pytest.raises(ConfigError, match="use `warehouse sqlmesh`"):
        _get_context.__wrapped__(PROJECT, "", None)
    assert on_aurora.connected == 0


def test_plain_sqlmesh_finds_no_aurora_gateway_where_the_environment_names_another(unregistered: None) -> None:
    answer = CliRunner().invoke(plain, ["--paths", ".", "--gateway", "aurora", "plan"])
    assert (answer.exit_code, "Missing gateway with name 'aurora'" in answer.output) == (1, True)


def test_plain_sqlmesh_knows_the_embedded_warehouse(
    unregistered: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SQLMESH__CACHE_DIR")
    monkeypatch.setenv("WAREHOUSE_DUCKDB", file := str(tmp_path / 'it\'s a "file" & more.duckdb'))
    found = config()
    assert found.get_connection().database == file
    assert found.cache_dir == f"{file}.cache"
    for name in ("WAREHOUSE_GATEWAY", "WAREHOUSE_DUCKDB"):
        monkeypatch.delenv(name)
    assert config().get_connection().database == "data/warehouse.duckdb"


def arguments(connection: Any) -> dict[str, Any]:
    return connection._connection_factory_with_kwargs.keywords


def test_the_aurora_gateway_connects_where_the_variables_say(
    on_aurora: FakePostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    aurora.register()
    found = config()
    port = on_aurora.port
    login = {"host": "127.0.0.1", "port": port, "user": "etl", "password": "secret"}
    assert arguments(found.get_connection()) == login
    assert arguments(found.get_state_connection()) == login | {
        "database": "state",
        "sslmode": "verify-full",
        "connect_timeout": 10,
        "options": "-c lock_timeout=600s",
    }
    assert found.get_state_connection().is_recommended_for_state_sync
    monkeypatch.setenv("WAREHOUSE_MYSQL_URL", f"mysql://etl:secret@127.0.0.1:{port}?ssl_ca={__file__}")
    tls = {"ssl_ca": __file__, "ssl_verify_cert": True, "ssl_verify_identity": True}
    assert arguments(config().get_connection()) == login | tls


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path, Path]]:
    """Two authorities, each with a server's certificate and key."""
    return [certificates(tmp_path_factory.mktemp("tls")) for _ in range(2)]


def test_the_warehouse_is_verified_where_a_ca_is_named(
    on_aurora: FakePostgres, two: list[tuple[Path, Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    aurora.register()
    (ours, *certificate), (other, *_) = two
    with FakeMySQL(lambda _: None, tuple(certificate)).serving() as server:
        url = f"mysql://etl:secret@127.0.0.1:{server.port}?ssl_ca="
        monkeypatch.setenv("WAREHOUSE_MYSQL_URL", f"{url}{other}")
        with pytest.raises(LoaderError, match="certificate verify failed"):
            config().get_connection()._connection_factory_with_kwargs()
        assert server.statements == []
        monkeypatch.setenv("WAREHOUSE_MYSQL_URL", f"{url}{ours}")
        config().get_connection()._connection_factory_with_kwargs()
        assert server.statements


def test_the_state_is_verified_where_a_ca_is_named(
    on_aurora: FakePostgres, two: list[tuple[Path, Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    aurora.register()
    (ours, *certificate), (other, *_) = two
    with FakePostgres(tuple(certificate)).serving() as server:
        port = server.port
        monkeypatch.setenv("WAREHOUSE_STATE_URL", f"postgresql://etl:secret@127.0.0.1:{port}/state?sslmode=verify-full")
        for ca, logins in ((other, 0), (ours, 1)):
            monkeypatch.setitem(os.environ, "PGSSLROOTCERT", str(ca))
            with pytest.raises(psycopg2.OperationalError) as refused:
                config().get_state_connection()._connection_factory_with_kwargs()
            assert ("certificate verify failed" in str(refused.value)) == (ca is other)
            assert len(server.logins) == logins


@pytest.mark.parametrize("is_new", [True, False])
def test_a_new_warehouse_file_takes_no_versions_of_models_from_the_one_before(is_new: bool, tmp_path: Path) -> None:
    file, cache = tmp_path / "warehouse.duckdb", tmp_path / "warehouse.duckdb.cache"
    with open_file(file):
        pass
    cache.mkdir()
    if is_new:
        file.unlink()
    with open_file(file):
        pass
    assert cache.exists() != is_new
