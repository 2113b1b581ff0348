"""Commands typed at a terminal, as a person does, and what it shows."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
# What SQLMesh asks, and what to answer; Enter where it asks for a day. A long question is folded.
_QUESTION = re.compile(r"\[y/n\]: |or blank to backfill\s[^']*'[^']*':")


def typed(words: list[str], folder: Path, environment: Mapping[str, str], columns: int = 110) -> tuple[int, str]:
    """Runs a command on a terminal of its own, and says yes to what it asks.

    Args:
        words: the command.
        folder: where it is typed.
        environment: its environment, but for the terminal's size and kind.
        columns: the terminal's width.

    Returns:
        Its exit code, and what the terminal showed, without colours.
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
    while block := _read(ours):
        read += block
        questions = _QUESTION.findall(_shown(read))
        for question in questions[answered:]:
            os.write(ours, b"y\n" if question.startswith("[y/n]") else b"\n")
        answered = len(questions)
    os.close(ours)
    return process.wait(), _shown(read)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so at the end of a terminal
        return b""


def _shown(read: bytes | bytearray) -> str:
    return _CONTROL.sub("", read.decode(errors="ignore")).replace("\r\n", "\n")
