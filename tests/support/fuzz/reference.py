"""A whole dump read a character at a time, with MySQL's rules: slow, obvious, and nothing of the loader's in it.

It knows more than mysqldump writes, and says NotReadableError where a server would refuse, or where rows would be another's.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from tests.support.fuzz.reference_schema import Column, create_table
from tests.support.fuzz.reference_session import Session
from tests.support.fuzz.reference_text import NotReadableError, Text
from tests.support.fuzz.reference_values import absent, literal


@dataclass
class Table:
    """A table as the dump leaves it.

    Attributes:
        columns: its columns, in their order.
        rows: its rows, in their order.
        nulled: column -> dates that are none and so became NULL.
        zones: the time zones of its CREATE TABLE and of its rows.
    """

    columns: list[Column]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    nulled: dict[str, int] = field(default_factory=dict)
    zones: list[Any] = field(default_factory=list)


def read(body: bytes) -> dict[str, Table]:
    """The tables that a dump leaves in an empty database.

    Raises:
        NotReadableError: it is no dump that a server would take, or that means what it says.
    """
    # latin-1 holds the bytes one to one.
    return _Dump(Text(body.decode("latin-1"))).tables


class _Dump:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.tables: dict[str, Table] = {}
        self.session = Session()
        if "\0" in text.text:
            raise NotReadableError("a NUL byte")
        text.see("\xef\xbb\xbf")
        while self._next_statement():
            pass
        if text.delimiter != ";":
            raise NotReadableError("open DELIMITER")
        last = text.text.rstrip("\r\n").rpartition("\n")[2]
        if re.search(r"^-- (MySQL|MariaDB) dump ", text.text, re.M) and not last.startswith("-- Dump completed"):
            raise NotReadableError("cut: it opens as a mysqldump does, and does not close as one")

    def _next_statement(self) -> bool:
        text = self.text
        text.space()
        if text.ended:
            return False
        if text.comment() or text.set_delimiter() or text.see(text.delimiter):
            return True
        if text.delimiter == ";" and text.is_word("INSERT"):
            self._insert()
        else:
            self._other()
        return True

    def _other(self) -> None:
        tokens, versioned = self.text.statement()
        words = [token.text.upper() if token.kind == "word" else "" for token in tokens]
        if words[:2] == ["CREATE", "TABLE"] and not versioned:
            self.session.require_readable()
            name, columns = create_table(tokens)
            if name.lower() in {other.lower() for other in self.tables}:
                raise NotReadableError("created twice")
            self.tables[name] = Table(columns, zones=[self.session.zone])
            return
        for name in self.session.take(tokens, versioned):
            self.tables.pop(name, None)
        if self.session.lost:
            self.tables.clear()

    def _insert(self) -> None:
        self.session.require_readable()
        text = self.text
        for word in ("INSERT", "INTO"):
            text.need(word)
            text.space()
        name = text.name()
        if name not in self.tables:
            raise NotReadableError("no such table")
        table = self.tables[name]
        listed = self._listed()
        if not text.see("VALUES"):
            text.need("VALUE")
        columns = _named(table.columns, listed) if listed else table.columns
        # A column list that leaves a column out gives it its default.
        left_out = {column.name: absent(column) for column in table.columns if column not in columns}
        self._zone(table, by_default=[column for column in table.columns if column.name in left_out])
        text.space()
        empty = listed == [] or (listed is None and self._is_empty_row())
        while True:
            if empty:
                self._need_empty_row()
                self._zone(table, by_default=table.columns)
                values = {column.name: absent(column) for column in columns}
            else:
                values = (
                    dict(zip((column.name for column in columns), self._row(table, columns), strict=True)) | left_out
                )
            table.rows.append(tuple(self._landed(table, column, values[column.name]) for column in table.columns))
            text.space()
            if text.see(";"):
                return
            text.need(",")
            text.space()

    def _zone(self, table: Table, by_default: list[Column]) -> None:
        """A TIMESTAMP is of the zone of its row, or if it is a default, of its CREATE TABLE."""
        if any(column.instant for column in table.columns):
            table.zones.append(self.session.zone)
            created = any(column.instant and column.default is not None for column in by_default)
            if any(zone != self.session.zone for zone in table.zones[0 if created else 1 :]):
                raise NotReadableError("two time zones")

    def _is_empty_row(self) -> bool:
        at = self.text.at
        empty = self._sees_empty_row()
        self.text.at = at
        return empty

    def _sees_empty_row(self) -> bool:
        self.text.need("(")
        self.text.space()
        return self.text.see(")")

    def _need_empty_row(self) -> None:
        if not self._sees_empty_row():
            raise NotReadableError("a row that is not empty")

    def _listed(self) -> list[str] | None:
        text, listed = self.text, []
        text.space()
        if not text.see("("):
            return None
        text.space()
        if text.see(")"):
            text.space()
            return []
        while True:
            text.space()
            listed.append(text.name())
            text.space()
            if text.see(")"):
                text.space()
                return listed
            text.need(",")

    def _row(self, table: Table, columns: list[Column]) -> list[Any]:
        values = []
        for place, column in enumerate(columns):
            self.text.need("," if place else "(")
            self.text.space()
            if self.text.is_word("DEFAULT"):
                self._zone(table, by_default=[column])
            values.append(literal(self.text, column))
            self.text.space()
        self.text.need(")")
        return values

    def _landed(self, table: Table, column: Column, value: Any) -> Any:
        zone = self.session.zone
        if column.instant and isinstance(value, dt.datetime) and isinstance(zone, dt.timedelta):
            try:
                return value - zone
            except OverflowError:
                raise NotReadableError("a time that UTC does not have") from None
        if value is not NotImplemented:  # the mark of a date that is none
            return value
        table.nulled[column.name] = table.nulled.get(column.name, 0) + 1
        return None


def _named(columns: list[Column], listed: list[str]) -> list[Column]:
    by_name = {column.name.lower(): column for column in columns}
    folded = [name.lower() for name in listed]
    if len(set(folded)) < len(folded) or not set(folded) <= set(by_name):
        raise NotReadableError("a column twice, or an unknown one")
    return [by_name[name] for name in folded]
