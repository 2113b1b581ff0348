"""docs/tutorial.md and docs/add-a-mart.md are typed on the demo's warehouse; what they say is printed is printed, in that order."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from loader.settings import PROJECT
from tests.support.places import FILE
from tests.support.preloaded import preloaded
from tests.support.repository import Repository, committed_copy, environment
from tests.support.typed import typed

BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```$", re.M | re.S)


@pytest.fixture(scope="module")
def clone(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """What a newcomer has after `make demo`: a clone of this working copy, with data. Each tutorial leaves it as it was."""
    made = committed_copy(tmp_path_factory.mktemp("newcomer") / "clone")
    shutil.copy(demo, made.path / "data" / FILE)
    shutil.copytree(demo.parent / "bucket", made.path / "data" / "bucket")
    return made


# What SQLMesh takes for a build server, where it prints Markdown, whoever is at the terminal.
BUILD_SERVER = {"CI", "GITHUB_ACTIONS", "TRAVIS", "CIRCLECI", "GITLAB_CI", "BUILDKITE"}


@pytest.fixture(scope="module")
def newcomers(clone: Repository) -> Iterator[dict[str, str]]:
    """A newcomer's environment: a home with nothing in it, nothing of this project's but its commands, and a person at the terminal."""
    others = {
        name: value
        for name, value in environment().items()
        if not name.startswith(("WAREHOUSE_", "PYTEST_", "GIT_", "XDG_")) and name not in BUILD_SERVER
    }
    with TemporaryDirectory() as folder:  # of a short name, which a socket must have
        home = Path(folder) / "home"
        home.mkdir()
        own = others | {"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
        with preloaded(Path(folder), clone.path, own) as programs:
            yield own | {"PATH": os.pathsep.join(map(str, (programs, Path(sys.executable).parent, os.environ["PATH"])))}


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


def test_changes_of_add_a_mart_apply_to_the_code(clone: Repository) -> None:
    for kind, text in BLOCK.findall((PROJECT / "docs" / "add-a-mart.md").read_text()):
        if kind == "diff":
            (clone.path / "data" / "change.diff").write_text(text)
            clone.git("apply", "data/change.diff")
    clone.git("reset", "--hard", "--quiet")
    clone.git("clean", "--force", "--quiet")


@pytest.mark.parametrize(
    "tutorial",
    # make test: the test above; to make a model, a plan and a report is in many other tests
    ["tutorial", pytest.param("add-a-mart", marks=pytest.mark.at_length)],
)
def test_every_command_of_a_tutorial_does_what_it_says(
    clone: Repository, newcomers: dict[str, str], tutorial: str
) -> None:
    code, before = 0, ""
    for kind, text in BLOCK.findall((PROJECT / "docs" / f"{tutorial}.md").read_text()):
        if kind == "diff":
            (clone.path / "data" / "change.diff").write_text(text)
            clone.git("apply", "data/change.diff")
            continue
        for command, said in steps(text):
            if command == "echo $?":
                assert said == [str(code)]
                code = 0
                continue
            assert code == 0, f"{before} ended with {code}, which the tutorial does not say"
            code, printed = typed(["bash", "-c", command], clone.path, newcomers)
            assert missing(said, printed) is None, f"$ {command}\n{printed}"
            before = command
    assert code == 0
    assert clone.git("status", "--porcelain") == ""
