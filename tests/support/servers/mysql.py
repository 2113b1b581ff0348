"""Servers of the MySQL family."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pymysql

from loader.warehouse.mysql.session import SendingConnection
from tests.support.servers.install import MYSQL97, Missing, mysql97_program, program
from tests.support.servers.process import Process, ServerError, dying_with_us, free_port, run
from tests.support.servers.tls import certificates

NAMED = os.environ.get("WAREHOUSE_TEST_MYSQL_URL")
FLAVOUR = os.environ.get("WAREHOUSE_TEST_SERVER") or "mariadb"

# Small and quick, for tests; a benchmark has the server's own settings. Everything written is in the system's cache and nothing waits
# for the disk, so that a commit outlives the process, though not the machine.
_UNSYNCED = ("--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--skip-innodb-doublewrite")
QUICK = {
    "mariadb": ("--innodb-log-file-size=16M", *_UNSYNCED),
    "mysql": ("--innodb-redo-log-capacity=16M", *_UNSYNCED, "--skip-log-bin", "--performance-schema=OFF"),
}


class MySQLServer:
    """A running server.

    Attributes:
        own: whether it is a throwaway, to be stopped and broken at will.
        url: `mysql://user:password@host:port`.
        flavour: `mariadb` or `mysql`.
        version: as the server tells it.
        datadir, pid, ca_file: only of a throwaway; `ca_file` is the authority of its certificate.
    """

    own = False
    datadir: Path | None = None
    ca_file: Path | None = None

    def __init__(self, host: str, port: int, user: str, password: str, client: Callable[[str], list[str]]) -> None:
        self.host, self.port, self.user, self.password = host, port, user, password
        self.url = f"mysql://{quote(user, safe='')}:{quote(password, safe='')}@{host}:{port}"
        self.version = self.flavour = ""
        self._client = client

    @property
    def pid(self) -> int | None:
        """Process id of a throwaway, None while it is stopped."""
        return None

    def connect(self, **options: object) -> SendingConnection:
        """A new connection, utf8mb4 and autocommit.

        Args:
            options: more arguments of `pymysql.connect`.
        """
        own = {"host": self.host, "port": self.port, "user": self.user, "password": self.password}
        return SendingConnection(**(own | {"charset": "utf8mb4", "autocommit": True, "connect_timeout": 10} | options))

    def client(self, *words: str) -> list[str]:
        """The command line of the matching client, without TLS: `client("name", "-e", "SELECT 1")`."""
        plain = "--skip-ssl" if self.flavour == "mariadb" else "--ssl-mode=DISABLED"
        login = [f"--host={self.host}", f"--port={self.port}", f"--user={self.user}"]
        if self.password:
            login.append(f"--password={self.password}")
        return [*self._client(self.flavour), "--no-defaults", *login, plain, "--default-character-set=utf8mb4", *words]

    def start(self) -> None:
        """Starts it again, on the same port and data."""
        raise self._not_ours("start")

    def stop(self) -> None:
        """Shuts it down cleanly."""
        raise self._not_ours("stop")

    def kill(self) -> None:
        """Kills it: SIGKILL."""
        raise self._not_ours("kill")

    def save(self, copy: Path) -> None:
        """Keeps a copy of all its data in a folder."""
        raise self._not_ours("save")

    def restore(self, copy: Path) -> None:
        """Replaces all data with a copy that `save` made, of this server or another throwaway."""
        raise self._not_ours("restore")

    def _not_ours(self, what: str) -> ServerError:
        return ServerError(
            f"can't {what} {self.host}:{self.port}: WAREHOUSE_TEST_MYSQL_URL names it, it is not a throwaway"
        )

    def _look(self) -> None:
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            self.version = cursor.fetchone()[0]
        self.flavour = "mariadb" if "mariadb" in self.version.lower() else "mysql"


class OwnMySQLServer(MySQLServer):
    """A throwaway server on 127.0.0.1, whose root has no password.

    Args:
        folder: all its files.
        command: the server's program and what this flavour needs.
        options: more options.
        client: the client's command line up to its options, of a flavour.
    """

    own = True

    def __init__(
        self, folder: Path, command: Sequence[str], options: Sequence[str], client: Callable[[str], list[str]]
    ) -> None:
        super().__init__("127.0.0.1", free_port(), "root", "", client)
        self.folder, self.datadir = folder, folder / "data"
        temporary = folder / "tmp"
        temporary.mkdir(parents=True)
        self.ca_file, certificate, key = certificates(folder / "tls")
        ours = [
            f"--datadir={self.datadir}",
            f"--tmpdir={temporary}",
            # Relative to datadir: the path of a socket can't be longer than 107 characters.
            "--socket=server.socket",
            "--pid-file=server.pid",
            "--bind-address=127.0.0.1",
            f"--port={self.port}",
            "--skip-name-resolve",
            "--local-infile=1",
            f"--ssl-ca={self.ca_file}",
            f"--ssl-cert={certificate}",
            f"--ssl-key={key}",
        ]
        name = "MariaDB" if command[0].endswith("mariadbd") else "MySQL"
        # The caller's options come last: of two the last one counts.
        command = [*dying_with_us(), *command, *ours, *options]
        self._process = Process(name, command, folder / "error.log", self._look, pymysql.err.OperationalError)

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def start(self) -> None:
        self._process.start()

    def stop(self) -> None:
        self._process.stop()

    def kill(self) -> None:
        self._process.kill()

    def save(self, copy: Path) -> None:
        self.stop()
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.datadir, copy)
        self.start()

    def restore(self, copy: Path) -> None:
        if not copy.is_dir():
            raise ServerError(f"no data was saved in {copy}")
        # Not a clean end: what it would write is thrown away.
        self.kill()
        shutil.rmtree(self.datadir)
        shutil.copytree(copy, self.datadir)
        self.start()

    def remove(self) -> None:
        """Kills it and removes its data; the error log stays."""
        self.kill()
        for path in [self.datadir, self.folder / "tmp", self.folder / "tls"]:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def mariadb(folder: Path, options: Sequence[str] = ()) -> Iterator[OwnMySQLServer]:
    """A throwaway MariaDB, with default settings.

    Args:
        folder: for all its files, its data are removed at the end; not there yet, or empty.
        options: more options of the server, for example `QUICK["mariadb"]`.

    Raises:
        Missing: it is not installed.
        ServerError: it can't be started.
    """
    folder = folder.absolute()
    server, install, client = program("mariadbd"), program("mariadb-install-db"), program("mariadb")
    if not (server and install and client):
        raise Missing("MariaDB is missing: run `python -m tests.support.servers require mariadb`")
    base = ["--no-defaults", *_account()]
    own = OwnMySQLServer(folder, [server, *base], options, lambda _: [client])
    new = [install, *base, f"--datadir={own.datadir}", "--auth-root-authentication-method=normal", "--skip-test-db"]
    with _running(own, [*new, f"--tmpdir={folder}/tmp", *options]):
        yield own


@contextmanager
def mysql97(folder: Path, options: Sequence[str] = ()) -> Iterator[OwnMySQLServer]:
    """A throwaway MySQL 9.7, with default settings.

    Args:
        folder: for all its files, its data are removed at the end; not there yet, or empty.
        options: more options of the server, for example `QUICK["mysql"]`.

    Raises:
        Missing: it is not installed.
        ServerError: it can't be started.
    """
    folder = folder.absolute()
    if not (MYSQL97 / "usr/sbin/mysqld").exists():
        raise Missing("MySQL 9.7 is missing: run `python -m tests.support.servers require mysql97`", code=3)
    command = [
        *mysql97_program("usr/sbin/mysqld"),
        "--no-defaults",
        *_account(),
        # It was built for /usr.
        f"--basedir={MYSQL97}/usr",
        f"--lc-messages-dir={MYSQL97}/usr/share/mysql",
        f"--character-sets-dir={MYSQL97}/usr/share/mysql/charsets",
        f"--plugin-dir={MYSQL97}/usr/lib/mysql/plugin",
        "--secure-file-priv=NULL",
        "--mysqlx=OFF",
    ]
    own = OwnMySQLServer(folder, command, options, lambda _: mysql97_program("usr/bin/mysql"))
    # Its root is root@localhost, a name that nobody has over TCP.
    accounts = folder / "accounts.sql"
    accounts.write_text("CREATE USER root@127.0.0.1; GRANT ALL ON *.* TO root@127.0.0.1 WITH GRANT OPTION;\n")
    new = [f"--datadir={own.datadir}", f"--tmpdir={folder}/tmp", "--initialize-insecure", f"--init-file={accounts}"]
    with _running(own, [*command, *new, *options]):
        yield own


@contextmanager
def mysql_family(folder: Path, options: Sequence[str] = ()) -> Iterator[MySQLServer]:
    """The server that tests use: the one that WAREHOUSE_TEST_MYSQL_URL names, else a throwaway with quick settings.

    The throwaway is a MariaDB, or MySQL 9.7 where WAREHOUSE_TEST_SERVER is `mysql`.

    Args:
        folder: for all files of a throwaway.
        options: more options of a throwaway.

    Raises:
        Missing: it is not installed.
        ServerError: it can't be started, or a variable makes no sense.
    """
    if NAMED:
        yield named(NAMED)
        return
    if FLAVOUR not in QUICK:
        raise ServerError(f"WAREHOUSE_TEST_SERVER is {FLAVOUR!r}: mariadb and mysql are known")
    throwaway = mysql97 if FLAVOUR == "mysql" else mariadb
    with throwaway(folder, [*QUICK[FLAVOUR], *options]) as server:
        yield server


@contextmanager
def _running(server: OwnMySQLServer, new: Sequence[str]) -> Iterator[None]:
    try:
        run("making the server's data", [*dying_with_us(), *new], cwd="/")
        server.start()
        yield
    finally:
        server.remove()


def named(url: str) -> MySQLServer:
    """A server that is running already.

    Args:
        url: `mysql://user:password@host:port`.

    Raises:
        ServerError: the URL makes no sense.
    """
    parts = urlsplit(url)
    if parts.scheme != "mysql" or not parts.hostname or not parts.username:
        raise ServerError("WAREHOUSE_TEST_MYSQL_URL: write mysql://user:password@host:port")
    password = unquote(parts.password or "")
    server = MySQLServer(parts.hostname, parts.port or 3306, unquote(parts.username), password, _client_on_path)
    server._look()
    return server


def _client_on_path(flavour: str) -> list[str]:
    names = ["mariadb", "mysql"] if flavour == "mariadb" else ["mysql"]
    found = next(filter(None, map(program, names)), None)
    if not found:
        raise Missing(f"there is no {' or '.join(names)} client on the PATH")
    return [found]


def _account() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []
