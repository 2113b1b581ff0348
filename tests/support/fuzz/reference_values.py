"""The literals of a row: numbers, strings and dates, each by its column's type."""

from __future__ import annotations

import datetime as dt
import re
import struct
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from tests.support.fuzz.reference_schema import Column
from tests.support.fuzz.reference_text import NotReadableError, Text, utf8

_NUMBER = {
    "integer": r"-?\d+",
    "decimal": r"-?(\d+\.?\d*|\.\d+)",
    "single": r"-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?",
    "double": r"-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?",
}
_DAY = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_MOMENT = _DAY + r"(?:\s+(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,6}))?)?"
_WIDEST_DECIMAL = 38  # digits; a wider one lands as its text


def literal(text: Text, column: Column) -> Any:
    """The value that stands here; NotImplemented for a date that is none."""
    if text.is_word("NULL"):
        text.need("NULL")
        return None
    if text.is_word("DEFAULT"):
        text.need("DEFAULT")
        return absent(column)
    if column.kind in _NUMBER:
        return _number(text, column)
    if column.kind == "binary":
        return _binary(text, column)
    return of_string(text.string(), column)


def absent(column: Column) -> Any:
    """The value in a row that leaves the column out."""
    if column.generated:
        return None
    if column.computed or (column.default is None and not column.nullable):
        raise NotReadableError("left out, and without a default")
    if column.default is None:
        return None
    if column.kind in _NUMBER:
        return _number(Text(column.default), column)
    return of_string(column.default.encode().decode("latin-1"), column)


def of_string(string: str, column: Column) -> Any:
    """A string as a column's value."""
    if column.kind == "binary":
        return string.encode("latin-1")
    words = utf8(string)
    return words if column.kind == "text" else _date(words, column.kind)


def _number(text: Text, column: Column) -> Any:
    start = text.at
    while not text.ended and text.text[text.at] in "0123456789.eE+-":
        text.at += 1
    number = text.text[start : text.at]
    if not re.fullmatch(_NUMBER[column.kind], number):
        raise NotReadableError("no number")
    if column.kind == "integer":
        return int(number)
    if column.kind == "decimal":
        digits = column.sizes[0] if column.sizes else 10
        scale = column.sizes[1] if len(column.sizes) > 1 else 0
        return number if digits > _WIDEST_DECIMAL else _decimal(number, digits, scale)
    value = float(number)
    if column.kind == "single":
        try:
            (value,) = struct.unpack("f", struct.pack("f", value))
        except OverflowError:
            raise NotReadableError("no FLOAT") from None
    if value in (float("inf"), -float("inf")):
        raise NotReadableError("too large")
    return value


def _decimal(number: str, digits: int, scale: int) -> Decimal:
    with localcontext() as context:
        context.prec = 200
        value = Decimal(number).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
        if abs(value) >= Decimal(10) ** (digits - scale):
            raise NotReadableError("too many digits")
        return value


def _binary(text: Text, column: Column) -> bytes:
    width = (column.sizes[0] + 7) // 8 if column.bits and column.sizes else 1 if column.bits else 0
    if text.see("0x"):
        return _bytes(_span(text, "0123456789abcdefABCDEF"), width)
    if text.see("x'"):
        digits = _span(text, "0123456789abcdefABCDEF", least=0)
        text.need("'")
        return _bytes(digits, width)
    if text.see("b'"):
        bits = _span(text, "01", least=0)
        text.need("'")
        size = max(width or (len(bits) + 7) // 8, (len(bits) + 7) // 8)
        return int(bits or "0", 2).to_bytes(size, "big")
    if text.see("_binary"):
        text.space()
    return text.string().encode("latin-1")


def _bytes(digits: str, width: int) -> bytes:
    return bytes.fromhex(digits.zfill(max(2 * width, len(digits) + len(digits) % 2)))


def _span(text: Text, signs: str, least: int = 1) -> str:
    start = text.at
    while not text.ended and text.text[text.at] in signs:
        text.at += 1
    if text.at - start < least:
        raise NotReadableError("nothing")
    return text.text[start : text.at]


def _date(words: str, kind: str) -> Any:
    # A server takes white space around a date.
    match = re.fullmatch(_DAY if kind == "date" else _MOMENT, words.strip(), re.A)
    if match is None:
        raise NotReadableError("no date")
    year, month, day, *time = match.groups()
    try:
        if kind == "date":
            return dt.date(int(year), int(month), int(day))
        hour, minute, second, fraction = (part or "0" for part in time)
        return dt.datetime(*map(int, (year, month, day, hour, minute, second, fraction.ljust(6, "0"))))
    except ValueError:
        return NotImplemented
