"""A false MySQL server asks for files: it gets the one that the loader is sending, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from loader.cli import cli
from loader.connection_url import parse
from loader.errors import LoaderError
from loader.warehouse.mysql.session import SendingConnection, connect
from tests.support.fake_servers import FakeMySQL
from tests.support.servers import certificates


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "credentials"
    file.write_text("key-of-the-cloud")
    return file


@pytest.fixture
def chunk(tmp_path: Path) -> Path:
    file = tmp_path / "it's a\\chunk 秘"
    file.write_text("1,2\n")
    return file


def connected(server: FakeMySQL, options: str) -> SendingConnection:
    return connect(**parse(f"mysql://etl:secret@127.0.0.1:{server.port}{options}", "URL").arguments, local_infile=True)


@pytest.fixture(scope="module", params=["?ssl=off", "", "verified"])
def tls(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, tuple[Path, Path] | None]:
    """A URL's options, and the server's certificate and key."""
    if request.param == "?ssl=off":
        return request.param, None
    ca, *server = certificates(tmp_path_factory.mktemp("tls"))
    return (f"?ssl_ca={ca}" if request.param else ""), tuple(server)


def test_server_gets_no_file_the_loader_is_not_sending(tls, secret: Path, chunk: Path) -> None:
    options, certificate = tls
    with FakeMySQL(lambda statement: str(secret) if "steal" in statement else None, certificate).serving() as server:
        for sending in (None, chunk):
            connection = connected(server, options)
            with (
                connection.cursor() as cursor,
                connection.sending(sending),
                pytest.raises(LoaderError, match="got nothing"),
            ):
                cursor.execute("SELECT 'steal'")
            assert not connection.open
        connection = connected(server, options)
        with connection.cursor() as cursor:
            with connection.sending(secret):
                cursor.execute("SELECT 1")
            with pytest.raises(LoaderError, match="got nothing"):  # it was sent before, and is not now
                cursor.execute("SELECT 'steal'")
    assert server.got == []


def test_the_file_that_is_being_sent_arrives(tls, chunk: Path) -> None:
    options, certificate = tls
    with FakeMySQL(lambda statement: str(chunk) if "LOAD" in statement else None, certificate).serving() as server:
        connection = connected(server, options)
        with connection, connection.cursor() as cursor, connection.sending(chunk):
            cursor.execute("LOAD DATA LOCAL INFILE 'x' INTO TABLE t")
    assert server.got == [b"1,2\n"]


@pytest.mark.parametrize("command", ["status", "load"])
def test_every_command_refuses_from_its_first_statement_on(
    command: str, secret: Path, tmp_path: Path, monkeypatch
) -> None:
    with FakeMySQL(lambda statement: str(secret) if "sql_mode" in statement else None).serving() as server:
        monkeypatch.setenv("WAREHOUSE_MYSQL_URL", f"mysql://etl:secret@127.0.0.1:{server.port}")
        monkeypatch.setenv("WAREHOUSE_STATE_URL", "postgresql://sqlmesh:secret@127.0.0.1:9/state")
        words = [command, "--gateway", "aurora", *(["--bucket", str(tmp_path)] if command != "status" else [])]
        answer = CliRunner().invoke(cli, words)
    assert answer.exit_code
    assert "asked for a file that was not being sent" in answer.output
    assert server.statements
    assert server.got == []
