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
    _git(folder, "-c", "user.name=newcomer", "-c", "user.email=newcomer@example.com", "commit", "--quiet", "-m", "all")
    shutil.copy(demo, folder / "data" / FILE)
    shutil.copytree(demo.parent / "bucket", folder / "data" / "bucket")
    return folder


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


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
    """The first line that is not printed after the ones before it. Where a terminal folds a line does not matter; `…` is up to 200 characters."""
    flat, at = " ".join(printed.split()), 0
    for line in said:
        pattern = re.escape(" ".join(line.split())).replace("…", ".{0,200}?")
        found = re.compile(pattern).search(flat, at)
        if not found:
            return line
        at = found.end()
    return None


def test_a_line_that_is_not_printed_is_found() -> None:
    printed = "one\n  two   2 \rthree is\n folded\n"
    assert missing(["one", "two 2", "thr… is folded"], printed) is None
    assert missing(["one", "three", "two 2"], printed) == "two 2"
    assert missing(["one", "one"], printed) == "one"
    assert missing(["two…three"], "two" + "." * 201 + "three") == "two…three"


def test_every_command_of_the_tutorial_does_what_it_says(clone: Path) -> None:
    """As a newcomer's environment has nothing of this project's, nor has this one's."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WAREHOUSE_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    code, before = 0, ""
    for kind, text in BLOCK.findall((PROJECT / "docs" / "tutorial.md").read_text()):
        if kind == "diff":
            subprocess.run(["git", "apply"], input=text, cwd=clone, text=True, check=True)
            continue
        for command, said in steps(text):
            if command == "echo $?":
                assert said == [str(code)]
                code = 0
                continue
            assert code == 0, f"{before} ended with {code}, which the tutorial does not say"
            code, printed = typed(["bash", "-c", command], clone, environment)
            assert missing(said, printed) is None, f"$ {command}\n{printed}"
            before = command
    assert code == 0
    assert _git(clone, "status", "--porcelain") == ""
