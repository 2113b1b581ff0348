"""Cases of a dump whose CREATE TABLEs changed, as a source's do between two mornings, and as none should."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.support.fuzz import literals
from tests.support.fuzz.case import Case, dump_case
from tests.support.fuzz.source import Table, render, tables

_TYPES = [
    "int", "INT UNSIGNED", "tinyint(1)", "bigint", "bigint unsigned", "year", "bool", "decimal(5,0)", "decimal", "decimal(38,10)",
    "decimal(65,30)", "numeric(4)", "float", "double", "double precision", "real", "varchar(9)", "char(1)", "text", "longtext", "json",
    "enum('a','b')", "set('a','b''c')", "time", "date", "datetime", "datetime(3)", "timestamp", "timestamp NULL", "blob", "varbinary(9)",
    "bit", "bit(1)", "geometry", "uuid", "inet6", "int(10) unsigned zerofill", "national varchar(9)", "character varying(9)", "xml", "",
    "`int`", "int[]", "varchar", "decimal(99,2)", "decimal(2,5)", "bit(x)", "decimal(x)", "decimal(-1)", "varchar(9) CHARACTER SET latin1",
    "serial", "enum()", "decimal(5,2,1)", "bit(99999999999)",
]  # fmt: skip
_BEHIND = [
    "NOT NULL", "DEFAULT NULL", "DEFAULT '1'", "DEFAULT 'a;b'", "DEFAULT -1", "DEFAULT CURRENT_TIMESTAMP", "DEFAULT (uuid())",
    "COMMENT 'it''s, a'", "COMMENT 'a\\'b'", "COLLATE utf8mb4_bin", "GENERATED ALWAYS AS (1 + 1) VIRTUAL", "CHECK (`id` IS NOT NULL)",
    "/*!80023 INVISIBLE */", "UNIQUE KEY", "AUTO_INCREMENT", "/*!40000 , `smuggled` int */", "-- gone", "--1", "REFERENCES `x` (`id`)",
    "NOT NULL DEFAULT '0000-00-00'", "DEFAULT b'1'", "DEFAULT x'41'", "DEFAULT 0x41", "DEFAULT 1e400", "DEFAULT 'abc'",
    "DEFAULT _utf8mb4'a'", "DEFAULT TRUE", "DEFAULT ''", "ON UPDATE CURRENT_TIMESTAMP",
    "INVISIBLE", "WITHOUT SYSTEM VERSIONING", "/*M!100301 COMPRESSED*/", "GENERATED ALWAYS AS ROW START", "DEFAULT (cast(1 as char))",
    "CHECK (cast(`id` as unsigned) > 0) /*!80016 NOT ENFORCED */",
]  # fmt: skip
_NAMES = [
    "load_ledger", "Live_Generation", "tenant_daily_snapshots", "TENANTS", "notes", "NOTES ", "a b", "a`b", 'a"b', "a;b", "a'b", "a.b",
    "landing.tenants", "select", "日本", "é", "É", "", " ", "\t", "x" * 64, "x" * 65, "x" * 300, "id", "ID", "../x",
    'x" (id int); DROP SCHEMA landing CASCADE; --', "--", "/*", "*/", "\\", "%s", "{}", "?", "$1", "c0", "rowid", "schemas", "main",
    "\u2028", "\u202e", "\x7f",
]  # fmt: skip


def schema(rng: random.Random) -> Case:
    """A dump with one to three changes of its tables and columns."""
    found = tables()
    for _ in range(rng.choice((1, 1, 2, 3))):
        rng.choice(_CHANGES)(rng, found)
    return dump_case(rng, render(found, rng))


def _any(rng: random.Random, found: list[Table]) -> Table:
    """A table: mostly one of those that no model reads, for the gate refuses most changes of the others."""
    unread = [table for table in found if table.name in ("notes", "Quiet")]
    return rng.choice(unread if unread and rng.random() < 0.7 else found)


def _place(rng: random.Random, table: Table) -> int:
    """A column: the last one no model reads."""
    return len(table.columns) - 1 if rng.random() < 0.4 else rng.randrange(len(table.columns))


def _retype(rng: random.Random, found: list[Table]) -> None:
    table = _any(rng, found)
    at, declared = _place(rng, table), rng.choice(_TYPES)
    table.columns[at] = (table.columns[at][0], declared)
    if rng.random() < 0.7:
        for row in table.rows:
            row[at] = literals.of(rng, declared)


def _clause(rng: random.Random, found: list[Table]) -> None:
    table = _any(rng, found)
    at = _place(rng, table)
    name, declared = table.columns[at]
    table.columns[at] = (name, f"{declared} {rng.choice(_BEHIND)}")


def _default(rng: random.Random, found: list[Table]) -> None:
    """A column that has a default and that the rows leave out."""
    table = _any(rng, found)
    at = _place(rng, table)
    kind = rng.choice(
        (
            "int",
            "varchar(9)",
            "date",
            "datetime",
            "decimal(5,2)",
            "float",
            "blob",
            "bit(9)",
            table.columns[at][1].split()[0],
        )
    )
    table.columns.insert(at + 1, (f"added_{rng.randrange(9)}", f"{kind} {rng.choice(_BEHIND)}"))
    for row in table.rows:
        row.insert(at + 1, b"")
    table.left_out.add(at + 1)


def _rename_column(rng: random.Random, found: list[Table]) -> None:
    table = _any(rng, found)
    at = _place(rng, table)
    table.columns[at] = (rng.choice(_NAMES), table.columns[at][1])


def _drop_column(rng: random.Random, found: list[Table]) -> None:
    table = _any(rng, found)
    if len(table.columns) > 1:
        at = _place(rng, table)
        del table.columns[at]
        for row in table.rows if rng.random() < 0.8 else []:
            del row[at]


def _add_column(rng: random.Random, found: list[Table]) -> None:
    table, declared = _any(rng, found), rng.choice(_TYPES[:20])
    at = rng.randint(0, len(table.columns))
    table.columns.insert(at, (rng.choice(("added", "added", *_NAMES)), declared))
    for row in table.rows if rng.random() < 0.9 else []:
        row.insert(at, literals.of(rng, declared))


def _swap_columns(rng: random.Random, found: list[Table]) -> None:
    table = _any(rng, found)
    first, second = rng.randrange(len(table.columns)), rng.randrange(len(table.columns))
    both = rng.random() < 0.6
    for values in (table.columns, *(table.rows if both else ())):
        values[first], values[second] = values[second], values[first]


def _rename_table(rng: random.Random, found: list[Table]) -> None:
    _any(rng, found).name = rng.choice(_NAMES)


def _drop_table(rng: random.Random, found: list[Table]) -> None:
    found.remove(_any(rng, found))


def _add_table(rng: random.Random, found: list[Table]) -> None:
    columns = [(name, rng.choice(_TYPES[:30])) for name in rng.sample(("id", "a", "b", *_NAMES), rng.choice((1, 2, 5)))]
    rows = [[literals.of(rng, declared) for _, declared in columns] for _ in range(rng.choice((0, 1, 3)))]
    found.insert(rng.randint(0, len(found)), Table(rng.choice(("added", *_NAMES)), columns, rows))


def _table_twice(rng: random.Random, found: list[Table]) -> None:
    found.append(rng.choice(found))


def _order(rng: random.Random, found: list[Table]) -> None:
    rng.shuffle(found)


_CHANGES: tuple[Callable[[random.Random, list[Table]], None], ...] = (
    _retype, _retype, _clause, _clause, _default, _default, _rename_column, _drop_column, _add_column, _add_column, _swap_columns,
    _rename_table, _drop_table, _add_table, _add_table, _table_twice, _order,
)  # fmt: skip
