"""docs/reliability.md: a row for each incident and defect, with tests that are there, or a reason."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter

import pytest

from loader.settings import PROJECT

IDS = [*(f"I{n}" for n in range(1, 49)), *(f"R{n}" for n in range(1, 48))]
REASONS = ("no such part: ", "not built yet: ")
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    for line in (PROJECT / "docs" / "reliability.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [IR]\d", line)
]


@functools.cache
def named_in(name: str) -> set[str]:
    """The tests in a file: functions of a Python file, parametrised ones by their bare name; keys of a YAML file."""
    file = PROJECT / name
    if not file.is_file():
        return set()
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".yaml":
        return set(re.findall(r"^(test_\w+):", text, re.M))
    return {
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_id_has_one_row() -> None:
    found = Counter(row[0] for row in ROWS)
    assert found == Counter(IDS), (found - Counter(IDS), Counter(IDS) - found)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_reliability_row_names_problem_answer_and_existing_tests(row: list[str]) -> None:
    assert len(row) == 4
    _, problem, answer, shown = row
    assert len(problem) > 20
    assert len(answer) > 20
    for part in shown.split("<br>"):
        named = re.fullmatch(r"`(tests/[\w/]+\.(?:py|yaml))::(test_\w+)`", part)
        if named:
            assert named[2] in named_in(named[1]), f"there is no {part}"
        else:
            assert part.startswith(REASONS) and len(part) > 40, f"neither a test nor a reason: {part!r}"
    for name in re.findall(r"`([\w./]+/[\w.]+|[\w.]+\.\w+)`", answer):
        assert (PROJECT / name).is_file(), f"there is no {name}"


def test_attacks_name_tests_that_are_there() -> None:
    text = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert len(named) >= 28
    assert [(file, test) for file, test in named if not (test in named_in(file) if test else named_in(file))] == []
