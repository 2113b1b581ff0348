"""The types of MySQL's columns: how their literals look, and what they land as."""

from __future__ import annotations

from collections.abc import Sequence

from loader.mysqldump.errors import Defect

_INTEGERS = frozenset("tinyint smallint mediumint int integer bigint year bool boolean".split())
_DECIMALS = frozenset(("decimal", "numeric", "dec", "fixed"))
_TEXTS = frozenset("char varchar tinytext text mediumtext longtext enum set json time inet4 inet6 uuid xmltype".split())
_BINARIES = frozenset(
    "binary varbinary tinyblob blob mediumblob longblob bit vector geometry point linestring polygon multipoint"
    " multilinestring multipolygon geometrycollection geomcollection".split()
)
_OTHERS = {"float": ("float", "FLOAT"), "double": ("float", "DOUBLE"), "real": ("float", "DOUBLE")}
_DATES = {
    "date": ("date", "DATE"),
    "datetime": ("timestamp", "TIMESTAMP"),
    "timestamp": ("timestamp", "TIMESTAMP"),
}
_WIDEST_DECIMAL = 38  # digits, DuckDB's limit
_MOST_DIGITS, _MOST_BITS = 65, 64  # MySQL's limits


def type_of(name: str, arguments: Sequence[str], unsigned: bool, what: str, table: str) -> tuple[str, str, int]:
    """The kind, the DuckDB type and (BIT only) the bytes of a MySQL type."""
    words = name in ("enum", "set")
    if not (bool(arguments) if words else all(size.isascii() and size.isdigit() for size in arguments)):
        raise Defect(f"{what} has a type with something in its brackets that is no size", table=table)
    if name == "bigint" and unsigned:
        return "integer", "DECIMAL(20,0)", 0
    if name in _INTEGERS:
        return "integer", "BIGINT", 0
    if name in _DECIMALS:
        digits, scale = int(arguments[0]) if arguments else 10, int(arguments[1]) if len(arguments) > 1 else 0
        if not max(scale, 1) <= digits <= _MOST_DIGITS:
            raise Defect(f"{what} has more digits than a server allows, or fewer than places", table=table)
        return "decimal", f"DECIMAL({digits},{scale})" if digits <= _WIDEST_DECIMAL else "VARCHAR", 0
    if name in _TEXTS:
        return "text", "VARCHAR", 0
    if name in _BINARIES:
        bits = int(arguments[0]) if arguments and name == "bit" else 1
        if not 1 <= bits <= _MOST_BITS:
            raise Defect(f"{what} has more bits than a server allows, or none", table=table)
        return "binary", "BLOB", (bits + 7) // 8 if name == "bit" else 0
    if name in _OTHERS:
        return *_OTHERS[name], 0
    if name in _DATES:
        return *_DATES[name], 0
    # The type is not shown: where bytes are missing it can be a piece of a row.
    raise Defect(f"{what} has an unknown type", table=table)
