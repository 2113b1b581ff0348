"""The fast reader against a slow and obvious one, on damaged dumps: what it lands is what MySQL would have read, or nothing.

Damage that leaves a valid statement (a changed digit) is only caught by the manifest's checksum; what must never happen
is that a dump is landed as something else than its text says.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loader.errors import DumpRejectedError
from tests.landed import Landed

KINDS = ("int", "decimal(12,2)", "double", "varchar(99)", "date", "blob")
MEANINGS = {"n": "\n", "r": "\r", "0": "\0", "Z": "\x1a", "t": "\t", "b": "\b", "%": "\\%", "_": "\\_"}


class NotReadableError(Exception):
    """The reference cannot read it either."""


class Reference:
    """A dump's INSERTs read a character at a time, with MySQL's rules; latin-1 holds the bytes one to one."""

    def __init__(self, body: bytes, kinds: tuple[str, ...]):
        self.text = body.decode("latin-1")
        self.at = 0
        self.kinds = kinds
        self.rows: list[tuple[Any, ...]] = []
        while self.at < len(self.text):
            self.statement()

    def see(self, word: str) -> bool:
        if self.text[self.at : self.at + len(word)].upper() != word:
            return False
        self.at += len(word)
        return True

    def need(self, word: str) -> None:
        if not self.see(word):
            raise NotReadableError(word)

    def space(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n\f\v":
            self.at += 1

    def until(self, end: str) -> None:
        found = self.text.find(end, self.at)
        self.at = len(self.text) if found < 0 else found + len(end)

    def statement(self) -> None:
        self.space()
        if self.at == len(self.text):
            return
        rest = self.text[self.at :]
        if rest.startswith("#") or (
            rest.startswith("--") and (len(rest) == 2 or rest[2] in " \t\r\n\f\v\0\x1a" or rest[2] < " ")
        ):
            self.until("\n")
            return
        for word in ("INSERT", "INTO", "`T`", "VALUES"):
            self.need(word)
            self.space()
        while True:
            self.row()
            self.space()
            if self.see(";"):
                return
            self.need(",")
            self.space()

    def row(self) -> None:
        values = []
        for at, kind in enumerate(self.kinds):
            self.need("," if at else "(")
            self.space()
            values.append(self.value(kind))
            self.space()
        self.need(")")
        self.rows.append(tuple(values))

    def value(self, kind: str) -> Any:
        if self.see("NULL"):
            return None
        if kind == "blob":
            if self.see("0X"):
                digits = self.span("0123456789abcdefABCDEF")
                return bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2))
            self.see("_BINARY")
            self.space()
            return self.string().encode("latin-1")
        if kind == "varchar(99)":
            return self.utf8(self.string())
        if kind == "date":
            return self.date(self.utf8(self.string()))
        number = self.span("0123456789.eE+-")
        try:
            if kind == "int":
                return int(number)
            if kind == "double":
                return float(number)
            return Decimal(number).quantize(Decimal("0.01"), ROUND_HALF_UP)
        except (ValueError, ArithmeticError):
            raise NotReadableError(number) from None

    def span(self, signs: str) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in signs:
            self.at += 1
        if start == self.at:
            raise NotReadableError("nothing")
        return self.text[start : self.at]

    def string(self) -> str:
        self.need("'")
        out = []
        while self.at < len(self.text):
            sign = self.text[self.at]
            self.at += 1
            if sign == "\\" and self.at < len(self.text):
                out.append(MEANINGS.get(self.text[self.at], self.text[self.at]))
                self.at += 1
            elif sign == "'" and not self.see("'"):
                return "".join(out)
            else:
                out.append(sign)
        raise NotReadableError("open string")

    def utf8(self, text: str) -> str:
        try:
            return text.encode("latin-1").decode()
        except UnicodeDecodeError:
            raise NotReadableError("not UTF-8") from None

    def date(self, text: str) -> dt.date | None:
        parts = text.strip().split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
            raise NotReadableError(text)
        try:
            return dt.date(*map(int, parts))
        except ValueError:
            return None


SNIPPETS = [
    b"'", b"\\", b"''", b"\\'", b"NULL", b"),(", b",", b"(", b")", b";", b";\n", b"\n", b"\r\n", b"\0", b"\xfe", b"\xfd", b"\xfc",
    b"\xfb", b"\xff", b"-", b".", b"e", b"+", b"1", b"0000-00-00", b"-- ", b"/*", b"#", b" ", b"\t", b"N", b"U", b"_binary ", b"0x41",
    "日".encode(), b"\"", b"`", b"INSERT INTO `t` VALUES (", b"\\n", b"\\1", b"\\N", b"@@x", b"DEFAULT", b"'a'", b");\n",
]  # fmt: skip
TEXTS = [
    b"'a'",
    b"''",
    b"NULL",
    b"'),('",
    b"'a\\'b'",
    b"'it''s'",
    b"'\\\\'",
    b"'\\n\\0\\Z'",
    "'日本\\\"'".encode(),
    b"';\n'",
    b"'1,2'",
]
VALUES = {
    "int": [b"1", b"-20", b"NULL", b"0"],
    "decimal(12,2)": [b"1.50", b"-0.01", b"NULL"],
    "double": [b"1.5e-10", b"-3", b"1e+20", b"NULL"],
    "varchar(99)": TEXTS,
    "date": [b"'2024-02-29'", b"'0000-00-00'", b"NULL", b"'2023-02-30'"],
    "blob": [b"_binary 'a\\0'", b"0x00FF", b"''", b"_binary '\xff\\''", b"NULL"],
}


@st.composite
def damaged(draw: st.DrawFn) -> tuple[tuple[str, ...], bytes]:
    """Columns, and the INSERTs of a dump with up to three pieces put in, taken out or written over."""
    kinds = draw(st.lists(st.sampled_from(KINDS[: draw(st.sampled_from((5, 6)))]), min_size=1, max_size=4))
    row = st.tuples(*(st.sampled_from(VALUES[kind]) for kind in kinds)).map(lambda row: b"(" + b",".join(row) + b")")
    between = draw(st.sampled_from([b",", b",\n", b",\r\n", b";\nINSERT INTO `t` VALUES "]))
    body = b"INSERT INTO `t` VALUES " + between.join(draw(st.lists(row, min_size=1, max_size=4))) + b";\n"
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(body)))
        out = draw(st.sampled_from((0, 0, 1, 2, 5)))
        body = body[:at] + draw(st.sampled_from([b"", *SNIPPETS])) + body[at + out :]
    return tuple(kinds), body


@pytest.mark.slow
@settings(
    derandomize=True,
    deadline=None,
    max_examples=1500,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(damaged())
def test_what_lands_of_a_damaged_dump_is_what_its_text_says(
    tmp_path: Path, dump: tuple[tuple[str, ...], bytes]
) -> None:
    kinds, body = dump
    create = b"CREATE TABLE `t` (" + b",".join(f"`c{at}` {kind}".encode() for at, kind in enumerate(kinds)) + b");\n"
    try:
        found = Landed(create + body, tmp_path)
    except DumpRejectedError:
        return
    assert found.tables["t"] == Reference(body, kinds).rows
