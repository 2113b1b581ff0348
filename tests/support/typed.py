"""Commands typed at a terminal, as a person does, and what it shows."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
# What SQLMesh asks, at the end of what is shown, and what to answer; Enter where it asks for a day. A long question is folded.
_ANSWERS = {re.compile(r"\[y/n\]: $"): b"y\n", re.compile(r"or\sblank\sto\s(backfill|preview)\s[^?]*: $"): b"\n"}
DEADLINE = 300  # seconds of silence


def typed(words: list[str], folder: Path, environment: Mapping[str, str], columns: int = 110) -> tuple[int, str]:
    """Runs a command on a terminal of its own, and says yes to what it asks.

    Args:
        words: the command.
        folder: where it is typed.
        environment: its environment, but for the terminal's size and kind.
        columns: the terminal's width.

    Returns:
        Its exit code, and what the terminal showed, without colours.

    Raises:
        AssertionError: it says nothing for long, and was killed: it may ask what nobody knows the answer to.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        words,
        cwd=folder,
        env={**environment, "TERM": "xterm", "COLUMNS": str(columns)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    read, answered = bytearray(), 0
    try:
        while True:
            if not select.select([ours], [], [], DEADLINE)[0]:
                raise AssertionError(f"{words} is silent for {DEADLINE} s:\n{_shown(read)}")
            if not (block := _read(ours)):
                break
            read += block
            shown = _shown(read[answered:])
            if answer := next((answer for asked, answer in _ANSWERS.items() if asked.search(shown)), None):
                os.write(ours, answer)
                answered = len(read)
        process.wait(DEADLINE)
    finally:
        os.close(ours)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return process.returncode, _shown(read)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so at the end of a terminal
        return b""


def _shown(read: bytes | bytearray) -> str:
    return _CONTROL.sub("", read.decode(errors="ignore")).replace("\r\n", "\n")
