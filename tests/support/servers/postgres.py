"""Postgres, which holds SQLMesh's state."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg2

from tests.support.servers.install import Missing, postgres_program
from tests.support.servers.process import Process, ServerError, dying_with_us, free_port, run

NAMED = os.environ.get("WAREHOUSE_TEST_STATE_URL")


class PostgresServer:
    """A running Postgres.

    Attributes:
        own: whether it is a throwaway.
        version: as the server tells it.
    """

    own = False

    def __init__(self, host: str, port: int, user: str, password: str, database: str = "postgres") -> None:
        self.host, self.port, self.user, self.password = host, port, user, password
        self.version = ""
        self._database = database

    def url(self, database: str) -> str:
        """`postgresql://user:password@host:port/database`."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"postgresql://{login}@{self.host}:{self.port}/{quote(database, safe='')}"

    def create(self, database: str, template: str | None = None) -> str:
        """Creates a database.

        Args:
            database: its name.
            template: a database to copy, nobody connected to it.

        Returns:
            Its URL.
        """
        self._execute(f"CREATE DATABASE {_quoted(database)}" + (f" TEMPLATE {_quoted(template)}" if template else ""))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drops a database, if it is there; whoever is connected to it is thrown out."""
        self._execute(f"DROP DATABASE IF EXISTS {_quoted(database)} WITH (FORCE)")

    def dump(self, database: str, file: Path) -> None:
        """Writes a database into a file, for `load`."""
        self._client("pg_dump", database, f"--file={file}")

    def load(self, database: str, file: Path) -> None:
        """Creates a database from a file that `dump` wrote."""
        self.create(database)
        self._client("psql", database, "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={file}")

    def _client(self, name: str, database: str, *words: str) -> None:
        run(name, [postgres_program(name), *words, self.url(database)], cwd="/")

    def _execute(self, sql: str) -> None:
        with closing(psycopg2.connect(self.url(self._database), connect_timeout=10)) as connection:
            # CREATE DATABASE can't be in a transaction.
            connection.autocommit = True
            connection.cursor().execute(sql)

    def _look(self) -> None:
        with closing(psycopg2.connect(self.url(self._database), connect_timeout=10)) as connection:
            self.version = connection.get_parameter_status("server_version")


@contextmanager
def postgres(folder: Path) -> Iterator[PostgresServer]:
    """A throwaway Postgres on 127.0.0.1, which takes any password.

    Args:
        folder: for all its files, its data are removed at the end; not there yet, or empty.

    Raises:
        Missing: it is not installed.
        ServerError: it can't be started.
    """
    server, initdb = postgres_program("postgres"), postgres_program("initdb")
    if not (server and initdb):
        raise Missing("Postgres is missing: run `python -m tests.support.servers require postgres`")
    own = PostgresServer("127.0.0.1", free_port(), "postgres", "postgres")
    own.own = True
    folder = folder.absolute()
    data = folder / "data"
    data.mkdir(parents=True, mode=0o700)
    # It refuses to be root.
    account = _account() if os.geteuid() == 0 else None
    if account:
        shutil.chown(data, account, pwd.getpwnam(account).pw_gid)
    # Another user does not get through pytest's folders (mode 700), but does through a descriptor of the data folder.
    descriptor = os.open(data, os.O_RDONLY)
    path = f"/proc/self/fd/{descriptor}" if account else str(data)
    # SIGQUIT ends it at once, and unlike after SIGKILL its shared memory goes along.
    setup = dying_with_us(account, death="QUIT")
    new = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    settings = {
        "port": own.port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "max_connections": 50,
        "shared_buffers": "32MB",
        # Files in the data folder: a killed server leaves nothing in /dev/shm.
        "dynamic_shared_memory_type": "mmap",
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    process = Process(
        "Postgres",
        [*setup, server, "-D", path, *words],
        folder / "error.log",
        own._look,
        psycopg2.OperationalError,
        [descriptor],
    )
    try:
        run("initdb", [*setup, initdb, "-D", path, *new], cwd="/", pass_fds=[descriptor])
        process.start()
        yield own
    finally:
        process.stop(signal.SIGQUIT)
        os.close(descriptor)
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def state(folder: Path) -> Iterator[PostgresServer]:
    """The Postgres that tests use: the one that WAREHOUSE_TEST_STATE_URL names, else a throwaway.

    Args:
        folder: for all files of a throwaway.

    Raises:
        Missing: it is not installed.
        ServerError: it can't be started, or the variable makes no sense.
    """
    if NAMED:
        yield _named(NAMED)
        return
    with postgres(folder) as server:
        yield server


def _named(url: str) -> PostgresServer:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.hostname or not parts.username:
        raise ServerError("WAREHOUSE_TEST_STATE_URL: write postgresql://user:password@host:port/database")
    login = unquote(parts.username), unquote(parts.password or "")
    server = PostgresServer(parts.hostname, parts.port or 5432, *login, unquote(parts.path.strip("/")) or "postgres")
    server._look()
    return server


def _account() -> str:
    """A system user that is not root; the package made the first one."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
