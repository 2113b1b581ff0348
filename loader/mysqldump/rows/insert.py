"""The head of an INSERT: which table, which columns in which order, and what the columns left out get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from loader.mysqldump.ddl.create_table import DATE_KINDS, Column, Table
from loader.mysqldump.errors import Defect, tellable
from loader.mysqldump.lexer.insert_head import HEAD, NAME
from loader.mysqldump.lexer.quotes import unquote
from loader.mysqldump.lexer.statements import SLICE_BYTES
from loader.mysqldump.rows import dates

_NAMES = re.compile(NAME)
_SPACE = b" \t\r\n\f\v"


@dataclass(frozen=True)
class Target:
    """Where the rows of an INSERT go.

    Attributes:
        table: the table.
        columns: the columns in the order of the row's values; none if the INSERT says so, `() VALUES ()`.
        absent: columns that the rows leave out although their DEFAULT is a literal; they get it.
        seen: row skeletons already found right for these columns, with the date columns that are NULL in them
            (values.py fills it).
    """

    table: Table
    columns: tuple[Column, ...]
    absent: tuple[Column, ...] = ()
    seen: dict[bytes, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)


class Heads:
    """Read INSERT heads; a head read once is known again by its bytes."""

    def __init__(self, tables: Mapping[str, Table]):
        """Take the tables created so far, by name; the caller adds to them."""
        self._tables = tables
        self._known: dict[bytes, Target] = {}
        self._wholes: dict[str, Target] = {}

    def target(self, head: bytes) -> Target:
        """Where the rows behind a head go.

        Args:
            head: what stands before an INSERT's rows.

        Raises:
            Defect: it is not that of a plain INSERT ... VALUES into a table of this dump.
        """
        target = self._known.get(head)
        if target is None:
            match = HEAD.match(head + b"(")
            if match is None:
                raise Defect("an INSERT that is not INSERT INTO table VALUES (...), with or without column names")
            target = self._known[head] = self._target(match)
        return target

    def spelled_out(self, target: Target, rows: bytes) -> Iterator[tuple[Target, bytes]]:
        """Rows, a moderate number at once if they are empty: as rows that say DEFAULT for each column."""
        if target.columns and not rows.startswith(b"()"):
            yield target, rows
            return
        whole, count = self._whole(target.table), rows.count(b"()")
        if target.columns and target is not whole or rows.translate(None, _SPACE) != b",".join([b"()"] * count):
            raise Defect(
                "an INSERT of empty rows that are not all empty, or are to fill columns", table=target.table.name
            )
        row = b"(" + b",".join([b"DEFAULT"] * len(whole.columns)) + b")"
        at_once = max(1, SLICE_BYTES // len(row))
        for first in range(0, count, at_once):
            yield whole, b",".join([row] * min(at_once, count - first))

    def _whole(self, table: Table) -> Target:
        """The target of an INSERT without a list of columns."""
        return self._wholes.setdefault(table.name, Target(table, table.columns))

    def _target(self, match: re.Match[bytes]) -> Target:
        try:
            name = unquote(match["table"].decode())
            listed = [unquote(column.decode()) for column in _NAMES.findall(match["columns"] or b"")]
        except UnicodeDecodeError:
            raise Defect("an INSERT whose names are not UTF-8") from None
        table = self._tables.get(name)
        if table is None:
            raise Defect(f"INSERT into {tellable(name)}, which no CREATE TABLE of the dump names")
        if match["columns"] is None:
            return self._whole(table)
        by_name = {column.name.lower(): column for column in table.columns}
        for column in listed:
            if column.lower() not in by_name:
                raise Defect(f"INSERT names the unknown column {tellable(column)}", table=name)
        columns = tuple(by_name[column.lower()] for column in listed)
        if len(set(columns)) < len(columns):
            raise Defect("INSERT names a column twice", table=name)
        left_out = (column for column in table.columns if columns and column not in columns)
        return Target(table, columns, tuple(column for column in left_out if has_default(column, name)))


def has_default(column: Column, table: str) -> bool:
    """Whether a column left out gets a literal (else it is NULL)."""
    if column.generated:
        return False  # mysqldump never lists these; their values are the server's to compute, so they land as NULL
    if column.computed:
        raise Defect(f"INSERT leaves out column {column.name}, whose default is no literal", table=table)
    has_default = column.default is not None
    if has_default and column.kind in DATE_KINDS and dates.reason_of(column.default, column.kind) == "no_date":
        raise Defect(f"INSERT leaves out column {column.name}, whose default is no {column.kind}", table=table)
    if not has_default and not column.nullable:
        raise Defect(f"INSERT leaves out column {column.name}, which is NOT NULL and has no default", table=table)
    return has_default
