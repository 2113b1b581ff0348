"""SQLMesh's UI as `make ui` starts it, but for its port."""

from __future__ import annotations

import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from loader.settings import PROJECT
from tests.support.browser import DEADLINE
from tests.support.servers import process
from tests.support.servers.process import Process, free_port

# What the nodes of the drawn lineage say, for a browser that has a model open.
NODES = "[...document.querySelectorAll('.react-flow__node')].map((node) => node.innerText).join(' ')"


@contextmanager
def ui(log: Path) -> Iterator[str]:
    """A UI on the warehouse that the environment names.

    Args:
        log: file for what it prints.

    Returns:
        Its address.
    """
    command = re.search(r"^ui:.*\n\t\$\(BIN\)/(.+)$", (PROJECT / "Makefile").read_text(), re.M)[1].split()
    address = f"http://127.0.0.1:{(port := free_port())}"
    program = Path(sys.executable).parent / command[0]

    def answers() -> None:
        urllib.request.urlopen(address, timeout=10).close()

    # A server is started in /, so the project is named, and so is where it logs: only root may write there.
    logs = ["--log-file-dir", str(log.parent / "logs")]
    words = [str(program), "--paths", str(PROJECT), *logs, *command[1:], "--port", str(port)]
    server = Process("SQLMesh's UI", words, log, answers, urllib.error.URLError)
    with mock.patch.object(process, "DEADLINE", DEADLINE):  # it imports all of SQLMesh and more before it answers
        server.start()
    try:
        yield address
    finally:
        server.stop()
