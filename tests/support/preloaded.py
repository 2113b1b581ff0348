"""`sqlmesh` and `python -m loader`, typed, without the seconds of importing: forked from a process that has imported all but the project.

The commands are the programs themselves, in the folder and the environment in which they are typed. This file runs by itself, for its process imports
nothing of the project: each command imports the code of the folder in which it is typed.
"""

from __future__ import annotations

import json
import os
import runpy
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# Hands its words, folder, environment and terminal over. What is not `python -m loader` is Python's own.
_COMMAND = """#!{python} -ISE
import json, os, socket, sys
if sys.argv[0].endswith("python") and sys.argv[1:3] != ["-m", "loader"]:
    os.execv("{python}", ["{python}", *sys.argv[1:]])
with socket.socket(socket.AF_UNIX) as asked:
    asked.connect("{address}")
    socket.send_fds(asked, [b" "], [0, 1, 2])
    asked.sendall(json.dumps([sys.argv, os.getcwd(), dict(os.environ)]).encode())
    asked.shutdown(socket.SHUT_WR)
    sys.exit(int(asked.recv(16)))
"""


@contextmanager
def preloaded(folder: Path, project: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """A folder for the PATH, with both commands.

    Args:
        folder: an empty one, of a short name.
        project: the folder in which they are typed; SQLMesh asks for it as it is imported.
        environment: in which packages are imported.
    """
    from tests.support.servers.process import dying_with_us

    address = folder / "s"
    programs = folder / "bin"
    programs.mkdir()
    for name in ("sqlmesh", "python"):
        (programs / name).write_text(_COMMAND.format(python=sys.executable, address=address))
        (programs / name).chmod(0o755)
    quiet = {"SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true"}  # a thread, which a fork would not take along
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        listening.listen()
        command = [*dying_with_us(), sys.executable, __file__, str(listening.fileno())]
        process = subprocess.Popen(command, cwd=project, env={**environment, **quiet}, pass_fds=[listening.fileno()])
    try:
        yield programs
    finally:
        process.kill()
        process.wait()


def _serve(listening: socket.socket) -> None:
    """One command at a time, each in a fork; returns in the fork."""
    while True:
        asked, _ = listening.accept()
        with asked:
            _, terminal, _, _ = socket.recv_fds(asked, 1, 3)
            words, folder, environment = json.load(asked.makefile())
            pid = os.fork()
            if pid == 0:
                listening.close()
                for number, descriptor in enumerate(terminal):
                    os.dup2(descriptor, number)
                    os.close(descriptor)
                assert folder == os.getcwd(), f"typed in {folder}, not in {os.getcwd()}"
                os.environ.clear()
                os.environ.update(environment)
                sys.argv[:] = words
                return
            for descriptor in terminal:
                os.close(descriptor)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            asked.sendall(str(code % 256).encode())


def _main() -> None:
    import duckdb  # noqa: F401
    import pandas  # noqa: F401
    import sqlmesh.cli.main  # noqa: F401
    from sqlmesh.core import constants

    constants.MAX_FORK_WORKERS = 1
    _serve(socket.socket(fileno=int(sys.argv[1])))
    code = 1
    try:
        _run()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # libraries that clean up after threads look for those that did not come along


def _run() -> None:
    from sqlmesh.cli.main import cli
    from sqlmesh.core.loader import SqlMeshLoader

    if not {"test", "plan"} & set(sys.argv) or "--skip-tests" in sys.argv:  # whose files are slow to read
        SqlMeshLoader.load_model_tests = lambda _: []
    if sys.argv[0].endswith("python"):
        sys.path[0] = os.getcwd()
        sys.argv[:] = sys.argv[2:]
        runpy.run_module("loader", run_name="__main__", alter_sys=True)
    else:
        del sys.path[0]
        cli(prog_name="sqlmesh")


if __name__ == "__main__":
    _main()
