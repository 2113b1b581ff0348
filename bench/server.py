"""A throwaway MariaDB with default settings, for the reference: `mariadb < dump.sql`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def require() -> None:
    """Makes sure that MariaDB is installed: with apt when root, otherwise says what to install and ends."""
    if shutil.which("mariadbd") and shutil.which("mariadb"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit("make bench needs MariaDB: install the package mariadb-server (mariadbd and mariadb on the PATH)")
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "mariadb-server"], check=True, **quiet)


@contextmanager
def mariadb() -> Iterator[list[str]]:
    """A fresh server in a temporary folder.

    Yields:
        The client's command line, up to a database name.
    """
    with tempfile.TemporaryDirectory(prefix="bench-mariadb-") as folder:
        data, socket = Path(folder) / "data", Path(folder) / "socket"
        user = ["--user=root"] if os.geteuid() == 0 else []
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", *user, f"--datadir={data}"], check=True, stdout=subprocess.DEVNULL
        )
        with subprocess.Popen(
            ["mariadbd", "--no-defaults", *user, f"--datadir={data}", f"--socket={socket}", "--skip-networking"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as server:
            client = ["mariadb", "--no-defaults", f"--socket={socket}", "--default-character-set=utf8mb4"]
            try:
                while subprocess.run([*client, "-e", "SELECT 1"], capture_output=True, check=False).returncode:
                    if server.poll() is not None:
                        sys.exit("the throwaway MariaDB ended before it answered")
                    time.sleep(0.2)
                subprocess.run([*client, "-e", "CREATE DATABASE bench CHARACTER SET utf8mb4"], check=True)
                yield client
            finally:
                server.terminate()
