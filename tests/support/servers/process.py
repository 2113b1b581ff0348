"""A server's process: started, waited for, ended."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

DEADLINE = 60
_SHARES = 16  # of the ports


class ServerError(Exception):
    """A throwaway server did not do what it should."""


class Process:
    """A server's process.

    Args:
        name: what messages call it.
        command: the command line, see `dying_with_us`.
        log: file for its output.
        answers: returns when the server answers.
        refused: what `answers` raises as long as it does not.
        fds: descriptors that it inherits.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        answers: Callable[[], object],
        refused: type[Exception],
        fds: Sequence[int] = (),
    ) -> None:
        self.name, self.command, self.log = name, command, log
        self._answers, self._refused = answers, refused
        self._fds = fds
        self._process: subprocess.Popen | None = None

    @property
    def pid(self) -> int | None:
        """Process id, None while it is not running."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Starts the server, if it is not running, and waits until it answers.

        Raises:
            ServerError: it ended, or did not answer in time; holds the last lines of its log.
        """
        if self._process:
            return
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                pass_fds=self._fds,
                # Out of reach of the terminal's ^C: the server outlives whatever its users do at their end.
                start_new_session=True,
            )
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                self._answers()
                return
            except self._refused as error:
                code = self._process.poll()
                if code is not None:
                    self._process = None
                    raise self._error(f"ended with code {code} before it answered") from error
                if time.monotonic() > deadline:
                    self.kill()
                    raise self._error(f"did not answer within {DEADLINE} s ({error})") from error
                time.sleep(0.05)

    def stop(self, sig: int | None = None) -> None:
        """A clean shutdown, waited for.

        Args:
            sig: the signal that asks for it, SIGTERM if none.

        Raises:
            ServerError: it did not end in time, and was killed.
        """
        if not self._process:
            return
        if sig is None:
            self._process.terminate()
        else:
            self._process.send_signal(sig)
        try:
            self._process.wait(DEADLINE)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise self._error(f"did not shut down within {DEADLINE} s and was killed") from error
        self._process = None

    def kill(self) -> None:
        """SIGKILL: no shutdown at all."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _error(self, what: str) -> ServerError:
        return ServerError(
            f"{self.name} {what}; the end of {self.log}:\n{last_lines(self.log.read_text(errors='replace'))}"
        )


def dying_with_us(account: str | None = None, death: str = "KILL") -> list[str]:
    """The beginning of a command line that ends when the thread that started it ends, however that ends.

    It is the kernel's parent death signal (prctl PR_SET_PDEATHSIG): it stays over an execve, but not over a change of user.
    setpriv sets it after its own change of user, in the process that then becomes the server.

    Args:
        account: system user and group to change to.
        death: the signal that it gets.
    """
    if not shutil.which("setpriv"):
        return []  # no Linux: there a killed pytest leaves its servers
    change = ["--reuid", account, "--regid", account, "--clear-groups"] if account else []
    return ["setpriv", "--pdeathsig", death, *change]


def run(name: str, command: Sequence[str], **options: object) -> None:
    """Runs a command to its end.

    Raises:
        ServerError: it failed; holds the last lines of its output.
    """
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options
    )
    if done.returncode:
        raise ServerError(f"{name} failed, code {done.returncode}:\n{last_lines(done.stdout.decode(errors='replace'))}")


def last_lines(text: str) -> str:
    """The last 40 lines: what went wrong can be far from the end, after it mariadb-install-db gives advice."""
    return "\n".join(text.splitlines()[-40:])


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on.

    Below the ports that the kernel gives to outgoing connections: else one of them may take the port of a stopped server.
    Each of pytest-xdist's workers draws from ports of its own, so that none takes that of another's stopped server either.
    """
    draw = random.Random(os.urandom(8))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _SHARES
    while True:
        port = draw.randrange(20000 + worker, 32000, _SHARES)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
