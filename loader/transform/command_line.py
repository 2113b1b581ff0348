"""SQLMesh's own command line, within `warehouse sqlmesh`."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from typing import NoReturn

from loader.settings import PROJECT


def run_sqlmesh(words: Sequence[str]) -> NoReturn:
    """Runs a command of SQLMesh and ends this process with its exit code.

    Args:
        words: its command line; the project is this one, if `--paths` names no other.
    """
    from sqlmesh.cli.main import cli

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C ends it as it ends plain `sqlmesh`
    cli.main(list(words), prog_name="sqlmesh", default_map={"paths": [str(PROJECT)]})
