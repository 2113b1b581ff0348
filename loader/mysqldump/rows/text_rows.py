"""The rows of an INSERT as CSV, for tables of text, numbers and dates: whole-block bytes operations, no loop over values.

How it can be exact without a tokeniser: escapes are resolved first, into single bytes that UTF-8 never holds where the
result could be taken for structure. Then a quote is always a string's end, so `split` parts the strings from what is
outside of them. Outside there are only numbers, NULL, commas and brackets: with the digits deleted, each row leaves a
skeleton such as `,',NULL,.`, of which a table has few. A new one is checked once against the columns, the others are
known. What a skeleton cannot tell (`1-2`, `.`) the typed CSV reader refuses.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass

from loader.mysqldump.ddl.create_table import DATE_KINDS, Column
from loader.mysqldump.errors import Defect
from loader.mysqldump.rows.insert import Target

MAX_SKELETONS = 5_000  # remembered per table: a narrow one has fewer, a wide one a new one in nearly every row

# Bytes that UTF-8 never holds: an escaped CR, LF and quote, and "drop me" before the x of an unknown escape `\x`.
_CR, _DROP, _LF, _QUOTE = b"\xfb", b"\xfc", b"\xfd", b"\xfe"
_ESCAPE = re.compile(rb"\\(.)", re.S)
# What MySQL makes of a backslash and x; of any other x just x. It keeps the backslash of the last two.
MEANINGS = {
    b"n": b"\n", b"r": b"\r", b"0": b"\0", b"Z": b"\x1a", b"t": b"\t", b"b": b"\b", b"%": b"\\%", b"_": b"\\_"
}  # fmt: skip
_HIDDEN = (
    {x: _DROP + x for x in (bytes([n]) for n in range(256))}
    | MEANINGS
    | {b"\\": b"\\", b'"': b'"', b"'": _QUOTE, b"n": _LF, b"r": _CR}
)
_RESTORE = bytes.maketrans(_CR + _LF, b"\r\n")
_BRACKETS = bytes.maketrans(b"()", b",,")
_QUOTES = re.compile(rb"'+")
_ROW_BREAK = re.compile(rb"\),\r?\n\(")
_APART = re.compile(rb"(?:[^,'NUL]*|'|NULL)(?:,(?:[^,'NUL]*|'|NULL))*")
_DIGITS = b"0123456789-"
_PATTERNS = {
    "integer": b"",
    "decimal": rb"\.?",
    "float": rb"\.?(?:[eE]\+?)?",
    "text": b"'",
    "date": b"'",
    "timestamp": b"'",
}


@dataclass
class Rows:
    """Converted rows.

    Attributes:
        csv: the rows as CSV: `'` quotes and escapes, a bare NULL is NULL, LF ends a row.
        count: how many.
        nulls: how many values of each date or timestamp column are NULL, by the column's place in the target.
        longest: an upper bound of the longest row in bytes.
        broken_row: number of the first row with a newline in a string, as it is and not as an escape; 0 if there is none.
    """

    csv: bytes
    count: int
    nulls: Counter[int]
    longest: int
    broken_row: int = 0


def convert(target: Target, text: bytes) -> Rows:
    """Convert the rows of one INSERT, or of several glued together.

    Args:
        target: the table and columns.
        text: `(1,'a',NULL),(2,...)` as in the dump, with balanced quotes.

    Returns:
        The same rows as CSV.

    Raises:
        Defect: a row that is not one literal of the right kind for each column; `row` counts from 1 within `text`.
    """
    for mark in (_CR, _DROP, _LF, _QUOTE):
        if mark in text:
            raise Defect("text that is not UTF-8", table=target.table.name, row=row_at(text, text.index(mark)))
    escaped = b"\\" in text
    if escaped:
        text = _ESCAPE.sub(lambda match: _HIDDEN[match[1]], text)
    fragments = text.split(b"'")
    outside = b"'".join(fragments[::2])  # one quote now stands for a whole string
    broken = b"\n" in outside
    broken_row = 0
    if b"\n" in text and text.count(b"\n") != outside.count(b"\n"):
        string = next(at for at in range(1, len(fragments), 2) if b"\n" in fragments[at])
        broken_row = _row_of(fragments[:string:2])
    if broken:  # MariaDB writes a row a line
        outside = _ROW_BREAK.sub(b"),(", outside.strip(b"\r\n"))
    skeletons = _skeletons(target, outside)
    nulls = _check(target, skeletons)
    lines = outside.replace(b"),(", b"\n")
    if len(outside) - len(lines) != 2 * (len(skeletons) - 1):  # digits within a row break, which no skeleton shows
        raise Defect("something between the rows", table=target.table.name)
    fragments[::2] = lines.split(b"'")
    csv = b"'".join(fragments)
    if escaped:
        csv = csv.replace(_QUOTE, b"''").translate(_RESTORE, _DROP)
    return Rows(csv[1:-1] + b"\n", len(skeletons), nulls, len(csv), broken_row)


def _skeletons(target: Target, outside: bytes) -> list[bytes]:
    """Each row without its digits; raises if digits touch a string or a NULL, which the skeleton would not show."""
    marks = outside
    if b"''" in marks:  # a doubled quote inside of a string
        marks = _QUOTES.sub(b"'", marks)
    if not (marks.startswith(b"(") and marks.endswith(b")")):
        raise Defect("an INSERT whose rows are not in brackets", table=target.table.name)
    skeleton = marks[1:-1].translate(None, _DIGITS)
    flat = marks.translate(_BRACKETS)
    strings, nulls = flat.count(b"'"), skeleton.count(b"NULL")
    apart = flat.count(b",'") == strings == flat.count(b"',") and flat.count(b",NULL") == nulls == flat.count(b"NULL,")
    if not apart:
        rows = marks[1:-1].split(b"),(")
        number = next((number for number, row in enumerate(rows, 1) if not _APART.fullmatch(row)), None)
        raise Defect("a value that is no plain literal", table=target.table.name, row=number)
    return skeleton.split(b"),(")


def _check(target: Target, skeletons: list[bytes]) -> Counter[int]:
    """Check the skeletons that are new for these columns; count the NULL dates."""
    nulls: Counter[int] = Counter()
    seen, right = target.seen, _row_pattern(target.columns)
    dates = [at for at, column in enumerate(target.columns) if column.kind in DATE_KINDS]
    for skeleton, count in Counter(skeletons).items():
        places = seen.get(skeleton)
        if places is None:
            if not right.fullmatch(skeleton):
                what, row = _mismatch(target.columns, skeleton), skeletons.index(skeleton) + 1
                raise Defect(what, table=target.table.name, row=row)
            values = skeleton.split(b",")
            places = tuple(at for at in dates if values[at] == b"NULL")
            if len(seen) >= MAX_SKELETONS:
                seen.clear()
            seen[skeleton] = places
        for at in places:
            nulls[at] += count
    return nulls


@functools.lru_cache(maxsize=16)
def _row_pattern(columns: tuple[Column, ...]) -> re.Pattern[bytes]:
    return re.compile(b",".join(b"(?:NULL|%s)" % _PATTERNS[column.kind] for column in columns))


def _mismatch(columns: tuple[Column, ...], skeleton: bytes) -> str:
    """What is wrong with a row that its table's pattern refused."""
    count = skeleton.count(b",") + 1
    if count != len(columns):
        return f"{count:,} values for {len(columns):,} columns"
    for value, column in zip(skeleton.split(b","), columns, strict=True):
        if value != b"NULL" and not re.fullmatch(_PATTERNS[column.kind], value):
            return f"the value of column {column.name} is no {column.kind} literal"
    return "a value that is no plain literal"


def row_at(text: bytes, at: int) -> int:
    """Number of the row that byte `at` of the dump's rows lies in."""
    return _row_of(_ESCAPE.sub(b"", text[:at]).split(b"'")[::2])


def _row_of(outside: list[bytes]) -> int:
    """Number of the row at the end of these pieces, strings left out."""
    return len(re.findall(rb"\),\r?\n?\(", b"'".join(outside))) + 1
