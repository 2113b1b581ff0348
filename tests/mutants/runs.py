"""Runs pytest or SQLMesh in a project, forked off a process that has imported their libraries: that is most of what a quick test costs."""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import IO

_LIBRARIES = "pytest xdist hypothesis sqlmesh.cli.main duckdb pydantic boto3 moto pymysql jinja2 rich".split()
_OWN = ("loader", "enrichment", "report", "jobs", "tests", "demo", "config", "macros", "signals", "linter")


def import_libraries() -> None:
    """What no fault is planted in."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def ran(words: Sequence[str], project: Path, limit: float) -> tuple[bool, str | None]:
    """Runs a command.

    Args:
        words: `pytest` or `sqlmesh`, and its arguments.
        project: the folder to run it in, whose modules it is to import.
        limit: seconds; then it and what it started in its process group are killed.

    Returns:
        Whether it went well, and what it printed; None where it did not end in time.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _become(words, project, output)
        try:
            ended, _, _ = select.select([os.pidfd_open(child)], [], [], limit)
        except BaseException:
            ended = []
            raise
        finally:
            if not ended:
                os.killpg(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        output.seek(0)
        # 5: no test of that name.
        return (os.waitstatus_to_exitcode(status) in (0, 5), output.read()) if ended else (False, None)


def _become(words: Sequence[str], project: Path, output: IO[str]) -> None:
    """Is the command, in a forked process, and ends it."""
    code: object = 1
    try:
        os.setsid()
        os.chdir(project)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
        os.environ.update(SQLMESH__DISABLE_ANONYMIZED_ANALYTICS="true", COLUMNS="1000")
        for name in [name for name in sys.modules if name.partition(".")[0] in _OWN]:
            del sys.modules[name]
        sys.path[0], sys.argv = str(project), list(words)
        if words[0] == "pytest":
            code = importlib.import_module("pytest").main(list(words[1:]))
        else:
            importlib.import_module("sqlmesh.cli.main").cli(["--paths", str(project), *words[1:]])
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001 - told, for the parent to read
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)
