"""docs/differences.md: its list of columns is the models'. (Its queries are typed in tests/end_to_end/test_demo_pipeline.py.)"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from loader.settings import PROJECT

if TYPE_CHECKING:
    from sqlmesh import Context

_NAMES = re.compile(r"`(\w+)(?: ([A-Z][A-Z0-9(), ]+))?`")
ROWS: list[tuple[str, str, str]] = []
for _line in (PROJECT / "docs" / "differences.md").read_text().rpartition("\n# ")[2].splitlines():
    if _line.startswith("| ") and not _line.startswith("| table"):
        _table, _before, _now, _ = (_cell.strip() for _cell in _line.strip("|").split("|"))
        ROWS.append((_table.strip("`") or ROWS[-1][0], _before, _now))


@pytest.mark.parametrize(("table", "before", "now"), ROWS, ids=[f"{table}: {before}" for table, before, _ in ROWS])
def test_a_column_is_called_as_the_list_says(project: Context, table: str, before: str, now: str) -> None:
    (model,) = (one for one in project.models.values() if one.name == table)
    types = {name: kind.sql("duckdb") for name, kind in model.columns_to_types_or_raise.items()}
    names = dict(_NAMES.findall(now))
    assert bool(names) == (now != "–")
    assert names.keys() <= types.keys()
    assert {name: kind for name, kind in names.items() if kind and types[name] != kind} == {}
    assert not {name for name, _ in _NAMES.findall(before)} - names.keys() & types.keys()


def test_the_list_is_read() -> None:
    assert len(ROWS) > 20 and {table.partition(".")[0] for table, _, _ in ROWS} == {"staging", "silver", "gold"}
