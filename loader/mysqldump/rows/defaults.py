"""Rows in which DEFAULT stands for a value: the same rows with what it means, so that nothing behind needs to know of it.

Hardly any dump has it (MariaDB's from 13.1 on, for generated columns), so rows are looked through only when they could not be read.
"""

from __future__ import annotations

import re
from collections import Counter

from loader.mysqldump.ddl.create_table import Column
from loader.mysqldump.rows.insert import Target, has_default

_ESCAPE = re.compile(rb"\\.", re.S)
_DEFAULT = re.compile(rb"(?<=[(,])DEFAULT(?=[,)])")
_SPECIAL = re.compile(rb"(['\\])")


def spelled_out(target: Target, text: bytes) -> tuple[bytes, Counter[str]]:
    """Put each column's default in the place of the word."""
    pieces = _ESCAPE.sub(b"__", text).split(b"'")
    pieces[1::2] = [b"_" * len(piece) for piece in pieces[1::2]]
    outside = b"'".join(pieces)  # as long as the text, without what stands in strings
    literals: dict[int, bytes] = {}
    defaults: Counter[str] = Counter()
    found: list[bytes] = []
    copied = 0
    for match in _DEFAULT.finditer(outside):
        at = match.start()
        place = outside.count(b",", outside.rfind(b"(", 0, at), at)
        if place >= len(target.columns):
            break  # too many values, which is for others to say
        column = target.columns[place]
        if place not in literals:
            literals[place] = _literal(column, target.table.name)
        defaults[column.name] += 1
        found += (text[copied:at], literals[place])
        copied = match.end()
    return b"".join([*found, text[copied:]]), defaults


def _literal(column: Column, table: str) -> bytes:
    if not has_default(column, table):
        return b"NULL"
    text = column.default.encode()
    if column.kind in ("integer", "decimal", "float"):
        return text
    if column.kind == "binary":
        return b"x'" + text.hex().encode() + b"'"
    return b"'" + _SPECIAL.sub(rb"\\\1", text).replace(b"\0", rb"\0") + b"'"
