"""Sound literals by type, the ordinary and the nasty, and tables with other rows of them."""

from __future__ import annotations

import random
import re

from tests.support.fuzz.source import CANARY, Table

_TEXTS = [
    b"''", b"'a'", b"'NULL'", b"'\\'", b"'it\\'s'", b"'it''s'", b"'\\\\'", b"'\\\\\\''", b"'\"'", b"'\\\"'", b"'`'", b"'),('", b"');\\n'",
    b"');'", b"'),\\n('", b"'\\0'", b"'\\Z'", b"'a\\r\\nb'", b"'\t'", b"' a '", b"'%_\\%\\_'", b"'-- x'", b"'/* x'", b"'*/'",
    b"'/*!50000 x */'", b"'#'", b"'\\N'", b"','", b"'1'", b"'0x41'", "'日本'".encode(), "'😀'".encode(), "'e\u0301'".encode(),
    "'\u2028'".encode(), "'\ufeff'".encode(), "'\u3000'".encode(), b"';\\nDROP TABLE `tenants`;\\n'",
    b"'INSERT INTO `tenants` VALUES (1);'",
]  # fmt: skip
_TEXTS = [text for text in _TEXTS if text != b"'\\'"] + [f"'{CANARY}'".encode(), b"'" + b"a" * 60 + b"'"]
_INTEGERS = [b"0", b"1", b"-1", b"9", b"2147483647", b"-2147483648", b"007"]
_TINY = [b"0", b"1", b"-1", b"9", b"127", b"-128", b"007"]
_BIG = [*_INTEGERS, b"9223372036854775807", b"18446744073709551615"]
_DECIMALS = [b"0", b"0.00", b"-0.01", b"1.5", b"9.995", b"-9.995", b".5", b"7."]
_FLOATS = [b"0", b"1.5", b"-1.5e-10", b"3.40282e38", b"1e20", b"-0", b"0.1"]
_DATES = [
    b"'2024-02-29'",
    b"'0001-01-01'",
    b"'9999-12-31'",
    b"'0000-00-00'",
    b"'2023-02-29'",
    b"'2024-00-10'",
    b"'2024-13-01'",
    b"'2024-1-2'",
]
_MOMENTS = [
    date[:-1] + time + b"'"
    for date in _DATES
    for time in (b" 00:00:00", b" 23:59:59", b" 12:00:00.5", b" 24:00:00", b"")
]
# Those that UTC has in whatever zone they are.
_INSTANTS = [moment for moment in _MOMENTS if not moment.startswith((b"'0001", b"'9999"))]
_LITERALS = {
    "int": _INTEGERS,
    "tinyint": _TINY,
    "bigint": _BIG,
    "decimal": _DECIMALS,
    "double": _FLOATS,
    "float": _FLOATS,
    "date": _DATES,
    "datetime": _MOMENTS,
    "timestamp": [*_INSTANTS, b"DEFAULT"],
    "bit": [b"b'0'", b"b'1'", b"b'1000000001'", b"0x01", b"_binary '\\0'", b"x'3ff'"],
    "blob": [b"''", b"_binary 'a'", b"_binary '\xff\xfe\\0\\''", b"0x00", b"0xABC", b"x''", b"_binary '),('", b"'a'",
    b"_binary '" + CANARY.encode() + b"'"],
}  # fmt: skip


def of(rng: random.Random, declared: str) -> bytes:
    """A literal that a column of that declaration takes."""
    if rng.random() < 0.15 and "NOT NULL" not in declared.upper():
        return b"NULL"
    if "GENERATED" in declared.upper():
        return b"DEFAULT"
    word = re.match(r"\w*", declared)[0].lower()
    return rng.choice(_LITERALS.get(word, _TEXTS))


# Nobody's status is unknown, or the day's snapshot would be refused; some tenant was changed of late; the gate bounds a zip code.
_KEPT = ("status", "contract_type", "updated_at", "zip_code")


def other_rows(rng: random.Random, tables: list[Table]) -> None:
    """Puts other values into some rows, takes some out, adds some."""
    for table in tables:
        if rng.random() < 0.3:
            continue
        for row in table.rows:
            for at in range(1, len(row)):
                if rng.random() < 0.2 and table.columns[at][0] not in _KEPT:
                    row[at] = of(rng, table.columns[at][1])
        if len(table.rows) > 3:
            del table.rows[rng.randrange(len(table.rows))]
        for number in range(rng.choice((0, 0, 1, 3))):
            more = [
                b"5" if name in ("status", "contract_type") else b"NULL" if name == "zip_code" else of(rng, declared)
                for name, declared in table.columns
            ]
            table.rows.append([b"%d" % (number + 90), *more[1:]])
        rng.shuffle(table.rows)
