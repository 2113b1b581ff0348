"""The repository's files, and a repository of its own that has them as its only commit."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from loader.settings import PROJECT


def tracked() -> list[Path]:
    """The files of the repository, also those that are new."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    return [PROJECT / name for name in listed.split("\0") if name and (PROJECT / name).is_file()]


def environment() -> dict[str, str]:
    """This environment with a git of nobody's habits: no hook, no signature and no other repository of whoever tests gets in."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "maintainers",
        "GIT_AUTHOR_EMAIL": "maintainers@example.com",
        "GIT_COMMITTER_NAME": "maintainers",
        "GIT_COMMITTER_EMAIL": "maintainers@example.com",
    }


@dataclass(frozen=True)
class Repository:
    """A repository.

    Attributes:
        path: its folder.
    """

    path: Path

    def git(self, *words: str) -> str:
        """What a git command prints."""
        command = ["git", *words]
        done = subprocess.run(command, cwd=self.path, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def committed_copy(folder: Path) -> Repository:
    """A new repository with this one's files, also those that are new, in one commit."""
    for file in tracked():
        target = folder / file.relative_to(PROJECT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    made = Repository(folder)
    made.git("init", "--quiet")
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "all")
    return made
