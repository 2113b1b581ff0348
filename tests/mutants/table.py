"""docs/mutants.md: which test found each fault, before the suite became a pyramid and after."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tests.mutants.faults import Fault

HEAD = """\
| id | what would go wrong | before: found by | s | after: tier | found by | s |
|---|---|---|---|---|---|---|
"""
ESCAPED = "escaped"


@dataclass(frozen=True)
class Found:
    """What became of a fault: the test that found it (ESCAPED where none did), its tier, and after how many seconds."""

    test: str
    tier: str
    seconds: float


def merged(page: str, faults: Iterable[Fault], fault: Fault, found: Found, *, before: bool) -> str:
    """A page with one more result in its table, which is its end.

    Args:
        page: so far.
        faults: the list, in the order of the rows; rows of what is not in it go.
        fault, found: the result.
        before: whether it is one of the suite as it was, which had no tiers.
    """
    text, _, rows = page.partition(HEAD)
    known = {cells[0]: cells for cells in map(_cells, rows.splitlines())}
    shown = found.test.replace("|", r"\|").replace("`", "'")
    result = [f"`{shown}`" if found.test != ESCAPED else ESCAPED, f"{found.seconds:.0f}"]
    lines = []
    for one in faults:
        _, _, *cells = known.get(one.id, [""] * 7)
        if one.id == fault.id:
            cells = [*result, *cells[2:]] if before else [*cells[:2], found.tier, *result]
        lines.append(f"| {' | '.join([one.id, one.wrong, *cells])} |\n")
    return text + HEAD + "".join(lines)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
