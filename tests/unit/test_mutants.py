"""The list of faults fits the project, and what the runner reads and writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from loader.settings import PROJECT
from tests.mutants.__main__ import failed
from tests.mutants.faults import Fault, ListError, command, planted, read
from tests.mutants.table import ESCAPED, HEAD, Found, merged

FAULTS = read()
A, B = (Fault(name, "a.py", "1 < 2", "2 < 1", f"{name} goes wrong", ()) for name in "ab")


def test_there_are_eighty_or_more() -> None:
    assert len(FAULTS) >= 80


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_a_fault_has_its_place(fault: Fault) -> None:
    assert planted(fault, (PROJECT / fault.file).read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", ["1 <= 2", "1 < 2, 1 < 2"])
def test_fault_text_not_found_exactly_once_is_an_error(text: str) -> None:
    with pytest.raises(ListError, match="a: its text is . times in a.py"):
        planted(A, text)


def test_fault_ids_are_unique_and_before_describes_earlier_code(tmp_path: Path) -> None:
    entry = "- {id: a, file: a.py, find: x, put: z, wrong: '', try: [], before: {find: y}}\n"
    (tmp_path / "a.yaml").write_text(entry)
    assert [read(tmp_path)[0].find, read(tmp_path, before=True)[0].find] == ["x", "y"]
    (tmp_path / "b.yaml").write_text(entry)
    with pytest.raises(ListError, match="a: listed twice"):
        read(tmp_path)


def test_command_finds_a_test_by_name_in_any_file(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "unit"
    folder.mkdir(parents=True)
    (folder / "test_a.py").write_text("def test_one(): ...\n")
    (folder / "test_b.yaml").write_text("test_two:\n")
    assert command("test_one -k x", tmp_path)[-3:] == ["tests/unit/test_a.py::test_one", "-k", "x"]
    assert command("test_a.py", tmp_path)[-1] == "tests/unit/test_a.py"
    assert command("test_two", tmp_path) == ["sqlmesh", "test", "tests/unit/test_b.yaml::test_two"]
    assert command("test_on", tmp_path) is None


def test_what_failed_is_read_off() -> None:
    said = (
        "1 failed\nFAILED tests/unit/test_a.py::test_b[1] - assert 1 == 2\nERROR tests/test_c.py\nFAIL: test_d (None)\n"
    )
    assert failed(said) == ["unit/test_a.py::test_b[1]", "test_c.py", "test_d"]


def test_a_result_goes_into_its_half_of_its_row() -> None:
    page = merged("Text.\n\n", [A, B], A, Found("test_a.py::test[x|y]", "", 1.4), before=True)
    page = merged(page, [A, B], A, Found("unit/test_a.py", "unit", 0.6), before=False)
    page = merged(page, [A, B], B, Found(ESCAPED, "", 9), before=True)
    assert page == (
        "Text.\n\n" + HEAD + r"| a | a goes wrong | `test_a.py::test[x\|y]` | 1 | unit | `unit/test_a.py` | 1 |" + "\n"
        "| b | b goes wrong | escaped | 9 |  |  |  |\n"
    )
