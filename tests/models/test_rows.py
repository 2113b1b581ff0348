"""Rows in, rows out: SQLMesh's unit tests of the models, the YAML files beside this one, as `sqlmesh test` runs them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sqlmesh import Context

FILES = sorted(Path(__file__).parent.glob("test*.yaml"))
TESTS = [
    f"{file.name}::{name}" for file in FILES for name in re.findall(r"^(test_\w+):", file.read_text("utf-8"), re.M)
]


def test_each_name_stands_once() -> None:
    """Of two with one name YAML keeps the last."""
    assert len(TESTS) == len(set(TESTS)) > 20


@pytest.mark.parametrize("name", TESTS)
def test_rows_in_rows_out(project: Context, name: str) -> None:
    # Past a wrapper that looks through the whole stack for who calls, at a tenth of a second's cost, for a report that is off.
    ran = type(project).test.__wrapped__(project, tests=[str(FILES[0].with_name(name))])
    assert ran.testsRun == 1
    assert ran.wasSuccessful()  # what differs is printed
