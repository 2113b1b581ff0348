"""docs/tutorial.md is typed, command by command, on the demo's warehouse; what it says is printed is printed, in that order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from loader.settings import PROJECT
from tests.places import FILE
from tests.typed import typed

pytestmark = pytest.mark.slow

BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```$", re.M | re.S)


@pytest.fixture
def clone(demo: Path, tmp_path: Path) -> Path:
    """What a newcomer has after `make demo`: a clone of this working copy, with data."""
    folder = tmp_path / "clone"
    listed = _git(PROJECT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "-m", "all")
    shutil.copy(demo, folder / "data" / FILE)
    shutil.copytree(demo.parent / "bucket", folder / "data" / "bucket")
    return folder


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    """A newcomer's: nothing of this project's, the commands of this environment, and a git of nobody's habits."""
    strange = ("WAREHOUSE_", "GIT_")
    who = {
        f"GIT_{role}_{what}": f"newcomer{'@example.com' * (what == 'EMAIL')}"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(strange)},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **who,
    }


def steps(text: str) -> list[tuple[str, list[str]]]:
    """A block's commands, each with the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line)
    return found


def missing(said: list[str], printed: str) -> str | None:
    """The first line that is not printed after the ones before it. White space does not matter, for a terminal folds; `…` is up to 200 characters."""
    flat, at = "".join(printed.split()), 0
    for line in said:
        pattern = re.escape("".join(line.split())).replace("…", ".{0,200}?")
        found = re.compile(pattern).search(flat, at)
        if not found:
            return line
        at = found.end()
    return None


def test_a_line_that_is_not_printed_is_found() -> None:
    printed = "one\n  two   2 \rthree is\n folded\n"
    assert missing(["one", "two 2", "thr… is folded"], printed) is None
    assert missing(["three is fol ded"], printed) is None
    assert missing(["one", "three", "two 2"], printed) == "two 2"
    assert missing(["one", "one"], printed) == "one"
    assert missing(["two…three"], "two" + "." * 201 + "three") == "two…three"


def test_every_command_of_the_tutorial_does_what_it_says(clone: Path) -> None:
    code, before = 0, ""
    for kind, text in BLOCK.findall((PROJECT / "docs" / "tutorial.md").read_text()):
        if kind == "diff":
            (clone / "data" / "change.diff").write_text(text)
            _git(clone, "apply", "data/change.diff")
            continue
        for command, said in steps(text):
            if command == "echo $?":
                assert said == [str(code)]
                code = 0
                continue
            assert code == 0, f"{before} ended with {code}, which the tutorial does not say"
            code, printed = typed(["bash", "-c", command], clone, environment())
            assert missing(said, printed) is None, f"$ {command}\n{printed}"
            before = command
    assert code == 0
    assert _git(clone, "status", "--porcelain") == ""
