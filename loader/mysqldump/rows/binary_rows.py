"""The rows of an INSERT as CSV, value by value: for tables with a binary column, because bytes need not be UTF-8, and for big values.

Binary values become hex digits in the CSV (the landings turn them back); everything else is as in values.py, whose shortcuts rest on bytes
that UTF-8 never holds and a BLOB does, and take many times the memory of a row. Here a value is copied as seldom as can be.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections import Counter

from loader.mysqldump.ddl.create_table import DATE_KINDS, Column
from loader.mysqldump.errors import Defect
from loader.mysqldump.lexer import quotes
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.rows.text_rows import MEANINGS, Rows

BIG_BYTES = 4 << 20  # a slice of rows that is longer holds a big value
_CHECKED_BYTES = 1 << 20  # of text, decoded at once

_NUMBER = rb"-?\d+"
_NUMBERS = {
    "integer": re.compile(_NUMBER),
    "decimal": re.compile(_NUMBER + rb"(?:\.\d*)?|-?\.\d+"),
    "float": re.compile(rb"(?:" + _NUMBER + rb"(?:\.\d*)?|-?\.\d+)(?:[eE][-+]?\d+)?"),
}
_BYTES = re.compile(rb"0x(?P<hex>[0-9A-Fa-f]+)|[xX]'(?P<quoted_hex>[0-9A-Fa-f]*)'|[bB]'(?P<bits>[01]*)'")
_OPENING = {"binary": re.compile(rb"(?:_binary )?'")}
_QUOTE = re.compile(rb"'")
_PAIR = re.compile(rb"[\\'](.)", re.S)  # an escape, or a doubled quote
_ROW_BREAK = re.compile(rb",(?:\r?\n)?(?=\()")


def convert_each(target: Target, text: bytes) -> Rows:
    """Convert the rows of one INSERT; arguments, result and errors as `values.convert`."""
    reader = _Reader(target, text.strip(b"\r\n"))
    at = longest = broken_row = 0
    while True:
        start, pieces, reader.row = at, len(reader.pieces), reader.row + 1
        at = reader.read_row(at)
        longest = max(longest, sum(map(len, reader.pieces[pieces:])))
        if not broken_row and reader.text.find(b"\n", start, at) >= 0:
            broken_row = reader.row
        if at == len(reader.text):
            break
        match = _ROW_BREAK.match(reader.text, at)
        if match is None:
            raise Defect("a row with something behind it", table=target.table.name, row=reader.row)
        at = match.end()
    return Rows(b"".join(reader.pieces), reader.row, reader.nulls, longest, broken_row)


class _Reader:
    """The rows read so far.

    Attributes:
        text: the rows as in the dump.
        pieces: what they are in CSV; of digits that stand in the text, where.
        row: number of the row that is read.
        nulls: as in `Rows`.
    """

    def __init__(self, target: Target, text: bytes):
        self.text = text
        self.pieces: list[bytes | memoryview] = []
        self.row = 0
        self.nulls: Counter[int] = Counter()
        self._target = target
        self._view = memoryview(text)

    def read_row(self, at: int) -> int:
        """Read the row whose bracket opens at a place, and return the place behind it."""
        for place, column in enumerate(self._target.columns):
            if self.text[at : at + 1] != (b"," if place else b"("):
                columns = len(self._target.columns)
                raise self._defect(f"a value that is no plain literal, or {place:,} values for {columns:,} columns")
            if place:
                self.pieces.append(b",")
            at += 1
            if self.text.startswith(b"NULL", at):
                self.nulls[place] += column.kind in DATE_KINDS
                self.pieces.append(b"NULL")
                at += 4
            else:
                at = self._read_value(column, at)
        if self.text[at : at + 1] != b")":
            raise self._defect("a value that is no plain literal, or more values than columns")
        self.pieces.append(b"\n")
        return at + 1

    def _read_value(self, column: Column, at: int) -> int:
        if number := _NUMBERS.get(column.kind):
            match = number.match(self.text, at)
            if match:
                self.pieces.append(match[0])
                return match.end()
        elif match := _OPENING.get(column.kind, _QUOTE).match(self.text, at):
            end = quotes.closing(self.text, match.end() - 1)
            if end > 0:
                self.pieces += b"'", self._string(column, match.end(), end - 1), b"'"
                return end
        elif column.kind == "binary" and (match := _BYTES.match(self.text, at)):
            self.pieces += b"'", *self._digits(column, match), b"'"
            return match.end()
        raise self._defect(f"the value of column {column.name} is no {column.kind} literal")

    def _string(self, column: Column, start: int, end: int) -> bytes:
        """What stands between the quotes of a string, as it does in CSV."""
        string = self.text[start:end]
        if b"\\" in string or b"'" in string:
            string = b"".join([_PAIR.sub(_meaning, piece) for piece in quotes.pieces(string)])
        if column.kind == "binary":
            return binascii.hexlify(string)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            for at in range(0, len(string), _CHECKED_BYTES):
                decoder.decode(string[at : at + _CHECKED_BYTES], final=at + _CHECKED_BYTES >= len(string))
        except UnicodeDecodeError:
            raise self._defect(f"text of column {column.name} is not UTF-8") from None
        return string.replace(b"'", b"''")

    def _digits(self, column: Column, match: re.Match[bytes]) -> list[bytes | memoryview]:
        """The hex digits of a binary literal, two a byte."""
        if match["bits"] is not None:
            bits = match["bits"]
            size = max(column.width, (len(bits) + 7) // 8)
            return [int(bits or b"0", 2).to_bytes(size, "big").hex().encode()]
        start, end = match.span("quoted_hex" if match["hex"] is None else "hex")
        missing = max(2 * column.width - (end - start), (end - start) % 2)
        return [b"0" * missing, self._view[start:end]]

    def _defect(self, what: str) -> Defect:
        return Defect(what, table=self._target.table.name, row=self.row)


def _meaning(pair: re.Match[bytes]) -> bytes:
    """What MySQL reads it as."""
    return MEANINGS.get(pair[1], pair[1])
