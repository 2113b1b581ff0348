"""SQLMesh's own command line, within `warehouse sqlmesh`."""

import signal
from collections.abc import Sequence
from typing import NoReturn

from loader.settings import PROJECT, Settings
from loader.transform.context import prepare_sqlmesh


def run_sqlmesh(settings: Settings, words: Sequence[str]) -> NoReturn:
    """Runs a command of SQLMesh and ends this process with its exit code. The project is this one, if `--paths` names no other."""
    from sqlmesh.cli.main import cli

    prepare_sqlmesh(settings)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C ends it as it ends plain `sqlmesh`
    cli.main(list(words), prog_name="sqlmesh", default_map={"paths": [str(PROJECT)]})
