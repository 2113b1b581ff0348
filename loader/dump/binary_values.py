"""The rows of an INSERT as CSV, for tables with a binary column: value by value, because bytes need not be UTF-8.

Binary values become hex digits in the CSV (landing.py turns them back); everything else is as in values.py, whose
shortcuts rest on bytes that UTF-8 never holds and a BLOB does.
"""

from __future__ import annotations

import re
from collections import Counter

from loader.dump.create_table import DATE_KINDS, Column
from loader.dump.defect import Defect
from loader.dump.inserts import Target
from loader.dump.values import MEANINGS, Rows

_STRING = rb"'((?:[^'\\]|\\.|'')*)'"
_NUMBER = rb"-?\d+"
_LITERALS = {
    "integer": re.compile(_NUMBER),
    "decimal": re.compile(_NUMBER + rb"(?:\.\d*)?|-?\.\d+"),
    "float": re.compile(rb"(?:" + _NUMBER + rb"(?:\.\d*)?|-?\.\d+)(?:[eE][-+]?\d+)?"),
    "text": re.compile(_STRING, re.S),
    "date": re.compile(_STRING, re.S),
    "timestamp": re.compile(_STRING, re.S),
    "binary": re.compile(
        rb"(?:_binary )?"
        + _STRING
        + rb"|0x(?P<hex>[0-9A-Fa-f]+)|[xX]'(?P<quoted_hex>[0-9A-Fa-f]*)'|[bB]'(?P<bits>[01]*)'",
        re.S,
    ),
}
_PAIR = re.compile(rb"[\\'](.)", re.S)  # an escape, or a doubled quote
_ROW_BREAK = re.compile(rb",(?:\r?\n)?(?=\()")


def convert_binary(target: Target, text: bytes) -> Rows:
    """Convert the rows of one INSERT; arguments, result and errors as `values.convert`."""
    rows: list[bytes] = []
    nulls: Counter[int] = Counter()
    text = text.strip(b"\r\n")
    at = broken_row = 0
    while True:
        start = at
        values, at = _row(target, text, at, len(rows) + 1, nulls)
        rows.append(b",".join(values))
        if not broken_row and text.find(b"\n", start, at) >= 0:
            broken_row = len(rows)
        if at == len(text):
            break
        match = _ROW_BREAK.match(text, at)
        if match is None:
            raise Defect("a row with something behind it", table=target.table.name, row=len(rows))
        at = match.end()
    return Rows(b"\n".join(rows) + b"\n", len(rows), nulls, max(map(len, rows)), broken_row)


def _row(target: Target, text: bytes, at: int, number: int, nulls: Counter[int]) -> tuple[list[bytes], int]:
    """Read the row whose bracket opens at byte `at`; return its values as CSV and the place behind it."""
    values: list[bytes] = []
    for place, column in enumerate(target.columns):
        if text[at : at + 1] != (b"," if place else b"("):
            raise Defect(_count(place, target), table=target.table.name, row=number)
        at += 1
        if text.startswith(b"NULL", at):
            nulls[place] += column.kind in DATE_KINDS
            values.append(b"NULL")
            at += 4
            continue
        match = _LITERALS[column.kind].match(text, at)
        if match is None:
            raise Defect(
                f"the value of column {column.name} is no {column.kind} literal", table=target.table.name, row=number
            )
        try:
            values.append(_value(column, match))
        except UnicodeDecodeError:
            raise Defect(f"text of column {column.name} is not UTF-8", table=target.table.name, row=number) from None
        at = match.end()
    if text[at : at + 1] != b")":
        raise Defect(
            "a value that is no plain literal, or more values than columns", table=target.table.name, row=number
        )
    return values, at + 1


def _count(place: int, target: Target) -> str:
    return f"a value that is no plain literal, or {place:,} values for {len(target.columns):,} columns"


def _value(column: Column, match: re.Match[bytes]) -> bytes:
    if column.kind == "binary":
        return b"'" + _hex(column, match) + b"'"
    if column.kind in ("integer", "decimal", "float"):
        return match[0]
    string = _unescape(match[1])
    string.decode()
    return b"'" + string.replace(b"'", b"''") + b"'"


def _unescape(string: bytes) -> bytes:
    """The bytes between the quotes as MySQL reads them."""
    return _PAIR.sub(lambda pair: MEANINGS.get(pair[1], pair[1]), string)


def _hex(column: Column, match: re.Match[bytes]) -> bytes:
    """The hex digits of a binary literal, two a byte."""
    if match["bits"] is not None:
        bits = match["bits"]
        size = column.width or (len(bits) + 7) // 8
        return int(bits or b"0", 2).to_bytes(max(size, (len(bits) + 7) // 8), "big").hex().encode()
    digits = match["hex"] if match["hex"] is not None else match["quoted_hex"]
    if digits is not None:
        return digits.zfill(max(2 * column.width, len(digits) + len(digits) % 2))
    return _unescape(match[1]).hex().encode()
