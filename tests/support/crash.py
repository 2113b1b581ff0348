"""Commands to kill: each a process of its own that counts its statements, and kills itself at the one it is told.

A new process spends seconds on importing SQLMesh, so they are forked from one, the `Nursery`, that has imported it. That one has no
thread, no connection and no lock, and neither has pytest's process any part in it: nothing is shared that a kill could leave broken.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loader.settings import PROJECT

# Where a command dies: before it sends a statement, with the statement under way at the server, or with its answer in hand.
MOMENTS = ("before", "during", "after")
BUSY = 75
DEADLINE = 30


@dataclass(frozen=True)
class Point:
    """Where a command shall die.

    Attributes:
        pattern: regular expression of the statements that count, `server: SQL`.
        number: at which of those that match, from 1.
        moment: one of MOMENTS.
    """

    pattern: str
    number: int
    moment: str

    def __str__(self) -> str:
        return f"{self.moment} statement {self.number} of those like {self.pattern}"


@dataclass(frozen=True)
class Attempt:
    """What became of a command.

    Attributes:
        code: its exit code, negative the signal that killed it.
        statements: `server: SQL` of each, the last one being that where it died.
        output: what it wrote.
        seconds: how long it took.
    """

    code: int
    statements: list[str] = field(repr=False)
    output: str
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether it died at its point; else it came to its end before."""
        return self.code == -signal.SIGKILL


class Command:
    """A command that is running; `kill` kills it."""

    def __init__(self, nursery: Nursery, pid: int, folder: Path) -> None:
        self.pid = pid
        self._nursery, self._folder = nursery, folder
        self._started = time.monotonic()

    def statements(self) -> list[str]:
        """What it has sent so far."""
        text = (self._folder / "statements").read_text(errors="replace")
        return text.splitlines()

    def kill(self) -> None:
        """SIGKILL."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> Attempt:
        """Waits for its end, and for that of every process it had started."""
        end = self._nursery.answer()
        seconds = time.monotonic() - self._started
        output = (self._folder / "output").read_text(errors="replace")
        wait_until(lambda: not _alive(self.pid), f"processes of a killed command live on:\n{output[-2000:]}")
        return Attempt(end["code"], self.statements(), output, seconds)


class Nursery:
    """A process that has imported everything and starts commands: `python -m loader …`, without the seconds of importing.

    Args:
        folder: for what the commands write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        scratch = folder / "tmp"  # what killed commands leave in it goes with the test
        scratch.mkdir(parents=True)
        # Importing SQLMesh would start a thread for its statistics.
        own = {"TMPDIR": str(scratch), "SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.crash"],
            cwd=PROJECT,
            env=os.environ | own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def start(self, words: Sequence[str], variables: dict[str, str], point: Point | None = None) -> Command:
        """Starts a command; one at a time.

        Args:
            words: of the command line, behind `python -m loader`.
            variables: WAREHOUSE_* variables.
            point: where it shall die, None to let it live.
        """
        self._number += 1
        folder = self._folder / f"command{self._number}"
        folder.mkdir(parents=True)
        (folder / "statements").touch()
        order = {"words": list(words), "variables": variables, "folder": str(folder)}
        if point:
            order["point"] = dataclasses.astuple(point)
        self._process.stdin.write(json.dumps(order) + "\n")
        return Command(self, self.answer()["pid"], folder)

    def answer(self) -> dict[str, int]:
        """The next line that the process says."""
        line = self._process.stdout.readline()
        assert line, "the process that starts the commands has ended"
        return json.loads(line)

    def close(self) -> None:
        """Ends it."""
        self._process.stdin.close()
        self._process.wait(DEADLINE)
        self._process.stdout.close()


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """A nursery, ended at the end."""
    opened = Nursery(folder)
    try:
        yield opened
    finally:
        opened.close()


def wait_until(done: Callable[[], bool], what: str, seconds: float = DEADLINE) -> None:
    """Waits for a condition.

    Args:
        done: whether it holds.
        what: what to say if it does not hold in time.
        seconds: how long it may take.
    """
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def _alive(group: int) -> bool:
    """Whether a process of a group is alive. A zombie is not: whoever inherited it is only slow to take note."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, _, of_group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
                if int(of_group) == group and state not in "ZX":
                    return True
    return False


def _serve() -> None:
    """The nursery's life: an order a line, answered with the process id, and with the exit code when it has ended."""
    import duckdb  # noqa: F401
    import psycopg2.extras  # noqa: F401
    import pymysql  # noqa: F401
    import sqlmesh.core.context  # noqa: F401

    import loader.cli  # noqa: F401
    import loader.warehouse.mysql.writer  # noqa: F401
    from tests.support import quick

    quick.read_no_model_tests()
    quick.collect_garbage_rarely()
    for line in sys.stdin:
        order = json.loads(line)
        assert threading.active_count() == 1, "a fork takes no thread along, but the locks that it holds"
        pid = os.fork()
        if pid == 0:
            _live(order)
        print(json.dumps({"pid": pid}), flush=True)
        print(json.dumps({"code": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}), flush=True)


def _live(order: dict[str, Any]) -> None:
    """The command's life, in the process that is to be it."""
    from loader.cli import cli

    os.setpgid(0, 0)  # so that what it starts can be told from what others start
    folder = Path(order["folder"])
    for stream, name in ((0, os.devnull), (1, folder / "output"), (2, folder / "output")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND), stream)
    for name in [name for name in os.environ if name.startswith("WAREHOUSE_") and name != "WAREHOUSE_DATA_CONTRACT"]:
        del os.environ[name]
    os.environ.update(order["variables"])
    _count(_Counter(folder / "statements", Point(*order["point"]) if "point" in order else None))
    sys.argv = ["loader/__main__.py", *order["words"]]
    code = 1
    try:
        cli()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001
        import traceback

        traceback.print_exc()
    sys.stdout.flush()
    os._exit(code)


class _Counter:
    """Sees the statements of all threads, and kills the process at one of them."""

    def __init__(self, log: Path, point: Point | None) -> None:
        # What was written outlives a kill: it is in the system's hands.
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND)
        self._point = point
        self._matching = 0
        self._lock = threading.Lock()

    def begin(self, server: str, sql: Any) -> bool:
        """A statement is about to be sent: whether it is the one to die at."""
        text = sql.decode(errors="replace") if isinstance(sql, bytes | bytearray) else str(sql)
        text = f"{server}: {' '.join(text.split())}"
        with self._lock:
            os.write(self._log, f"{text[:2000]}\n".encode())
            if not self._point or not re.search(self._point.pattern, text[:2000]):
                return False
            self._matching += 1
            its_turn = self._matching == self._point.number
            self.reached("before", its_turn)
        return its_turn

    def reached(self, moment: str, its_turn: bool) -> None:
        """A statement has come so far."""
        if its_turn and moment == self._point.moment:
            os.kill(os.getpid(), signal.SIGKILL)


def _count(counter: _Counter) -> None:
    """Lets a counter see every statement that goes to a server, or to DuckDB where that is the warehouse."""
    _count_mysql(counter)
    _count_postgres(counter)
    if os.environ["WAREHOUSE_GATEWAY"] == "duckdb":
        _count_duckdb(counter)


def _count_mysql(counter: _Counter) -> None:
    from pymysql.connections import Connection

    under_way = threading.local()
    send = Connection._execute_command

    def sending(self: Connection, command: int, sql: Any) -> None:
        send(self, command, sql)
        counter.reached("during", getattr(under_way, "its_turn", False))

    def counted(method: Callable) -> Callable:
        @functools.wraps(method)
        def call(self: Connection, *arguments: Any, **named: Any) -> Any:
            sql = arguments[0] if arguments else method.__name__.upper()
            under_way.its_turn = its_turn = counter.begin("mysql", sql)
            try:
                return method(self, *arguments, **named)
            finally:
                under_way.its_turn = False
                counter.reached("after", its_turn)

        return call

    Connection._execute_command = sending
    for name in ("query", "begin", "commit", "rollback"):
        setattr(Connection, name, counted(getattr(Connection, name)))


def _count_postgres(counter: _Counter) -> None:
    import psycopg2
    from psycopg2.extensions import connection, cursor

    def counted(server: str, method: Callable[[], Any], sql: Any) -> Any:
        its_turn = counter.begin(server, sql)
        counter.reached("during", its_turn)  # libpq sends and waits in one, so it dies before
        try:
            return method()
        finally:
            counter.reached("after", its_turn)

    class Cursor(cursor):
        def execute(self, query: Any, vars: Any = None) -> None:
            counted("postgres", lambda: super(Cursor, self).execute(query, vars), query)

        def executemany(self, query: Any, vars: Any) -> None:
            counted("postgres", lambda: super(Cursor, self).executemany(query, vars), query)

    class Connection(connection):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.cursor_factory = Cursor

        def commit(self) -> None:
            counted("postgres", super().commit, "COMMIT")

        def rollback(self) -> None:
            counted("postgres", super().rollback, "ROLLBACK")

    psycopg2.connect = functools.partial(psycopg2.connect, connection_factory=Connection)


def _count_duckdb(counter: _Counter) -> None:
    from duckdb import DuckDBPyConnection

    def counted(method: Callable) -> Callable:
        @functools.wraps(method)
        def call(self: DuckDBPyConnection, *arguments: Any, **named: Any) -> Any:
            its_turn = counter.begin("duckdb", arguments[0] if arguments else method.__name__.upper())
            counter.reached("during", its_turn)  # it runs in this process: there is no other end that goes on
            found = method(self, *arguments, **named)
            counter.reached("after", its_turn)
            return found

        return call

    # Not `sql`: with it SQLMesh reads a variable of its own, which DuckDB looks for in the frame that calls it.
    for name in ("execute", "executemany", "begin", "commit", "rollback"):
        setattr(DuckDBPyConnection, name, counted(getattr(DuckDBPyConnection, name)))


if __name__ == "__main__":
    _serve()
