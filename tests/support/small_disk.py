"""A small disk, to be filled: a tmpfs in a mount namespace that ends with its holder, so that nothing is left of it anywhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


class SmallDisk:
    """A disk mounted at a folder, for the commands that are run on it and for nobody else.

    Args:
        folder: an existing, empty folder.
        size: in bytes.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        # Root needs no user namespace, and some systems give ordinary users none.
        self._kinds = ["--mount"] if os.geteuid() == 0 else ["--mount", "--user"]
        mapped = [] if os.geteuid() == 0 else ["--map-root-user"]
        mount = f'mount -t tmpfs -o size={size} tmpfs "$0" && echo mounted && exec cat'
        self._holder = subprocess.Popen(
            ["unshare", *self._kinds, *mapped, "sh", "-c", mount, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> SmallDisk:
        said = self._holder.stdout.readline()
        if said != "mounted\n":
            self._holder.wait()
            raise OSError(f"no small disk (it takes unshare and a kernel that allows mount namespaces): {said.strip()}")
        return self

    def __exit__(self, *_: object) -> None:
        self._holder.stdin.close()
        self._holder.wait()
        self._holder.stdout.close()

    def seen(self, path: Path) -> Path:
        """How this process, outside of it, sees a path on the disk."""
        return Path(f"/proc/{self._holder.pid}/root{path}")

    def run(
        self, *command: str, variables: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command that sees the disk.

        Args:
            command: its words.
            variables: of the environment, besides those that are there.
            cwd: the folder it runs in.

        Returns:
            The completed process, with its output as text.
        """
        enter = ["nsenter", f"--target={self._holder.pid}", *self._kinds]
        enter += ["--preserve-credentials"] if "--user" in self._kinds else []
        there = [f"--wd={cwd}"] if cwd else []
        return subprocess.run(
            [*enter, *there, *command],
            env=os.environ | dict(variables or {}),
            capture_output=True,
            text=True,
            check=False,
        )

    def resize(self, size: int) -> None:
        """Gives it another size."""
        # With its source named, the options of now are not given again: a user namespace does not know the owner among them.
        done = self.run("mount", "-t", "tmpfs", "-o", f"remount,size={size}", "tmpfs", str(self.folder))
        assert done.returncode == 0, done.stderr
