"""A command in a process of its own, with its wall time and its peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from bench.page import Step
from loader.settings import PROJECT


def in_process(*words: str, env: dict[str, str] | None = None) -> Step:
    """Runs Python with these arguments in a process of its own.

    Returns:
        Wall seconds, and peak resident memory in MB as the process itself reads it at its end.
    """
    code = (
        "import resource, runpy, sys\n"
        "sys.argv = sys.argv[1:]\n"
        "try: runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=False)\n"
        "finally: print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=PROJECT,
        env=os.environ | (env or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    wall = time.monotonic() - started
    if done.returncode:
        sys.exit(f"python -m {' '.join(words)} failed:\n{done.stderr}")
    return Step(wall, int(done.stderr.split()[-1]) / 1024)
