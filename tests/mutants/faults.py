"""The list of faults, as the YAML files beside this one hold it, and planting one in a copy of the project."""

from __future__ import annotations

import shlex
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

HERE = Path(__file__).parent
# Every failure is named by its whole id; the project's own options would take workers.
PYTEST = [
    "pytest",
    "-n",
    "0",
    "-o",
    "addopts=--strict-markers",
    "-m",
    "not (twin and server)",
    "-p",
    "no:cacheprovider",
    "--tb=no",
    "-rfE",
]


class ListError(Exception):
    """The list does not fit the project; the message says where."""


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        id: its name, `area-what`.
        file: where it is planted.
        find: the text that it takes the place of; there exactly once.
        put: the text instead.
        wrong: what would go wrong, in a sentence.
        tries: the tests most likely to find it, the quickest first: a test or a file of tests by name, arguments of pytest behind it;
            or `lint`. One that is not there (any more) is passed over.
    """

    id: str
    file: str
    find: str
    put: str
    wrong: str
    tries: tuple[str, ...]


def read(folder: Path = HERE, *, before: bool = False) -> list[Fault]:
    """The list.

    Args:
        before: for the code as it was: what a fault has in its part `before` (file, find, put) holds instead.

    Raises:
        ListError: an id is there twice.
    """
    faults = []
    for file in sorted(folder.glob("*.yaml")):
        for entry in YAML(typ="safe").load(file.read_text(encoding="utf-8")):
            was = entry.pop("before", {})
            faults.append(Fault(tries=tuple(entry.pop("try")), **{**entry, **(was if before else {})}))
    if twice := [name for name, count in Counter(fault.id for fault in faults).items() if count > 1]:
        raise ListError(f"{', '.join(twice)}: listed twice")
    return faults


def planted(fault: Fault, text: str) -> str:
    """A file's text with the fault.

    Raises:
        ListError: what it takes the place of is not there exactly once, or it changes nothing.
    """
    if (count := text.count(fault.find)) != 1 or fault.put == fault.find:
        raise ListError(f"{fault.id}: its text is {count} times in {fault.file}, not once: {fault.find!r}")
    return text.replace(fault.find, fault.put)


def write(file: Path, text: str) -> None:
    """Writes a file so that Python sees it: it knows a compiled one by its source's length and second alone."""
    file.write_text(text, encoding="utf-8")
    shutil.rmtree(file.parent / "__pycache__", ignore_errors=True)


def command(entry: str, project: Path) -> list[str] | None:
    """What runs one entry of `tries`, None where nothing has that name.

    Args:
        entry: as in the list.
        project: where to look: a test is found by its name wherever it lies.
    """
    name, *arguments = shlex.split(entry)
    if name == "lint":
        return ["sqlmesh", "lint"]
    file, test = _place(name, project / "tests")
    if file is None:
        return None
    where = f"{file.relative_to(project)}{test}"
    return ["sqlmesh", "test", where] if file.suffix == ".yaml" else [*PYTEST, "-x", where, *arguments]


def _place(name: str, tests: Path) -> tuple[Path | None, str]:
    if name.endswith((".py", ".yaml")):
        return next(iter(sorted(tests.rglob(name))), None), ""
    for suffix, begins in ((".py", f"\ndef {name}("), (".yaml", f"\n{name}:")):
        for file in sorted(tests.rglob(f"test*{suffix}")):
            if begins in "\n" + file.read_text(encoding="utf-8"):
                return file, f"::{name}"
    return None, ""
