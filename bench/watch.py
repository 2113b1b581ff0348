"""A command with all the processes that it starts: wall time, CPU, memory and bytes written. Reads /proc, so Linux only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from loader.settings import PROJECT

EVERY = 0.2  # seconds between two readings
_TICK, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


class Cost(NamedTuple):
    """What a command took: wall seconds, CPU seconds, peak resident memory in MB, MB written to disk. A JVM counts, a server does not."""

    wall: float
    cpu: float
    memory: float
    written: float


class Failed(Exception):
    """A command failed, or took too long.

    Attributes:
        reason: without the command and what it said.
    """

    def __init__(self, command: str, reason: str, said: str) -> None:
        super().__init__(f"{command} {reason}:\n{said}")
        self.reason = reason


def watched(*words: str, env: dict[str, str], limit: float) -> Cost:
    """Runs Python with these arguments as the first process of a session of its own.

    Args:
        words: the module and its arguments.
        env: variables beside the environment's.
        limit: wall seconds that it may take.

    Returns:
        What it and all processes of its session took. The last moment of each is not seen.

    Raises:
        Failed: it ended with an error, or was stopped at the limit; the message has the last lines of what it said.
    """
    with tempfile.TemporaryFile() as said:
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=PROJECT,
            env=os.environ | env,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        session, late = _Session(process.pid), False
        try:
            while session.read() or process.poll() is None:  # a JVM may end behind its Python
                late = time.monotonic() - started > limit
                if late:
                    break
                time.sleep(EVERY)
        finally:
            session.kill()
            process.wait()
        wall = time.monotonic() - started
        said.seek(0)
        last = said.read().decode(errors="replace").strip()[-2000:]
    if late or process.returncode:
        reason = f"was stopped after {limit / 3600:g} hours" if late else f"ended with {process.returncode}"
        raise Failed(f"python -m {' '.join(words)}", reason, last)
    return Cost(wall, session.cpu, session.peak, session.written)


class _Session:
    """The processes of a session, read again and again."""

    def __init__(self, number: int) -> None:
        self._number, self.peak = number, 0.0
        self._cpu: dict[int, float] = {}
        self._written: dict[int, float] = {}

    @property
    def cpu(self) -> float:
        return sum(self._cpu.values())

    @property
    def written(self) -> float:
        return sum(self._written.values())

    def read(self) -> bool:
        """Reads all. Returns whether one is running."""
        memory = 0.0
        for pid in self._running():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
                io = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended
            self._cpu[pid] = (int(fields[11]) + int(fields[12])) / _TICK
            self._written[pid] = int(io["write_bytes"]) / 1e6
            memory += int(pages) * _PAGE / 1e6
        self.peak = max(self.peak, memory)
        return memory > 0

    def kill(self) -> None:
        """Ends all that still run."""
        for pid in self._running():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _running(self) -> Iterator[int]:
        for entry in os.scandir("/proc"):
            if not entry.name.isdigit():
                continue
            try:
                fields = Path(f"/proc/{entry.name}/stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == self._number and fields[0] != "Z":
                yield int(entry.name)
