"""The repository as it was at a commit."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loader.settings import PROJECT


@contextmanager
def worktree(commit: str, folder: Path) -> Iterator[Path]:
    """A commit's files in a folder of their own, which must not be there yet; within `with`."""
    _git("add", "--quiet", "--detach", str(folder), commit)
    try:
        yield folder
    finally:
        _git("remove", "--force", str(folder))


def _git(*words: str) -> None:
    subprocess.run(["git", "worktree", *words], cwd=PROJECT, check=True)
