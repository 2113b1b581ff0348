"""A chunk and MySQL: the statement that lands it, its dates that are no days, and what is wrong with it."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from loader.mysqldump.ddl.create_table import DATE_KINDS, Column
from loader.mysqldump.errors import Defect
from loader.mysqldump.lexer import quotes
from loader.mysqldump.rows import dates
from loader.mysqldump.rows.chunks import Chunk, not_utf8
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.rows.text_rows import Rows
from loader.warehouse.dump_writer import Reasons, bad_rows, no_date, unfit
from loader.warehouse.mysql.ddl import quote


@dataclass
class BadDates:
    """Dates that are no days.

    Attributes:
        reasons: (column, reason) -> how many.
        silent: how many of them the server stores without a warning: it knows a year 0.
    """

    reasons: Reasons = field(default_factory=Counter)
    silent: int = 0

    @property
    def warnings(self) -> int:
        """How many warnings the server gives for them."""
        return sum(self.reasons.values()) - self.silent

    def add(self, column: Column, reason: str, text: str) -> None:
        """Count one more.

        Args:
            column: whose it is.
            reason: why it is no day, see loader/mysqldump/rows/dates.py.
            text: as the dump has it.
        """
        self.reasons[column.name, reason] += 1
        self.silent += text.startswith("0000-") and dates.reason_of(f"2001{text[4:]}", column.kind) is None


_ZERO = b"'0000-"
_NUMBERS = {
    "integer": rb"-?\d+",
    "decimal": rb"-?(?:\d+\.?\d*|\.\d+)",
    "float": rb"-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?",
}
_PLAIN = re.compile(rb"[^',\n]+")
_PLACE = re.compile(r"([^`'\".]+)[`'\"] at row (\d+)$")


def load_sql(chunk: Chunk, table: str) -> str:
    """The LOAD DATA that lands a chunk's file."""
    columns = list(enumerate(chunk.target.columns))
    places = [f"@c{at}" if column.kind == "binary" else quote(column.name) for at, column in columns]
    sets = [f"{quote(column.name)} = UNHEX(@c{at})" for at, column in columns if column.kind == "binary"]
    file = str(chunk.path).replace("\\", "\\\\").replace("'", "\\'")
    return (
        f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE {table} CHARACTER SET utf8mb4"
        " FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\\'' ESCAPED BY '' LINES TERMINATED BY '\\n'"
        f" ({', '.join(places)})" + (f" SET {', '.join(sets)}" if sets else "")
    )


def insert_sql(chunk: Chunk, table: str, text: bytes) -> bytes:
    """The INSERT that lands the same rows as `load_sql`."""
    columns = ", ".join(quote(column.name) for column in chunk.target.columns)
    return f"INSERT INTO {table} ({columns}) VALUES ".encode() + text


def require_numbers(target: Target, rows: Rows) -> None:
    """Make sure that every number is one: as SQL, `1-2` would be computed and `e5` be a column's name."""
    right = re.compile(b",".join(b"(?:NULL|%s)" % _NUMBERS.get(column.kind, b"'+") for column in target.columns))
    outside = b"'".join(rows.csv.split(b"'")[::2])  # one quote or more now stand for a whole string
    for number, row in enumerate(outside[:-1].split(b"\n"), 1):
        if not right.fullmatch(row):
            raise Defect("a value that is no plain literal", table=target.table.name, row=number)


def as_literals(target: Target, rows: Rows) -> bytes:
    """Rows as SQL, from their CSV: what the dump writes for bytes can be text that is not UTF-8 to the server."""
    width, data = len(target.columns), rows.csv
    pieces: list[bytes] = [b"("]
    at = place = 0
    while at < len(data):
        column = target.columns[place % width]
        if data.startswith(b"'", at):
            end = quotes.csv_closing(data, at)
            value = data[at:end]
            # What is escaped in SQL is a sign like any other in CSV.
            pieces += (b"x", value) if column.kind == "binary" else (value.replace(b"\\", b"\\\\"),)
        else:
            end = _PLAIN.match(data, at).end()
            pieces.append(data[at:end])
        place += 1
        pieces.append(b"," if place % width else b"),(")
        at = end + 1
    pieces[-1] = b")"
    return b"".join(pieces)


def null_zero_dates(target: Target, rows: Rows) -> tuple[Rows, BadDates]:
    """Find the dates that begin with 0000: a few, but in most chunks, so that asking the server about them is slow."""
    data, found = rows.csv, BadDates()
    pieces, done = [], 0
    at = data.find(_ZERO)
    while at >= 0:
        # A quote inside of a string is doubled, so a single one before a sign opens a string.
        if at == 0 or data[at - 1 : at] != b"'":
            column = target.columns[_place(data, at)]
            end = data.index(b"'", at + 1)
            text = data[at + 1 : end].decode("latin-1")
            if column.kind in DATE_KINDS and dates.reason_of(text, column.kind) == "zero_date":
                found.add(column, "zero_date", text)
                pieces += [data[done:at], b"NULL"]
                done = end + 1
        at = data.find(_ZERO, at + 1)
    if not pieces:
        return rows, found
    return Rows(b"".join([*pieces, data[done:]]), rows.count, rows.nulls, rows.longest), found


def _place(data: bytes, at: int) -> int:
    """Which value of its row begins at byte `at`, which is outside of the strings."""
    start = data.rfind(b"\n", 0, at) + 1
    while data.count(b"'", start, at) % 2:  # that was a newline within a string
        start = data.rfind(b"\n", 0, start - 1) + 1
    return b"".join(data[start:at].split(b"'")[::2]).count(b",")


def find_bad_dates(chunk: Chunk) -> BadDates:
    """Find all dates in a chunk's file that are no days, reading it value by value."""
    table = chunk.target.table.name
    if row := not_utf8(chunk):
        raise Defect("text that is not UTF-8", table=table, row=row)
    found = BadDates()
    columns = {at: chunk.target.columns[at] for at in chunk.date_places}
    known: dict[tuple[str, str], str | None] = {}
    for number, values in enumerate(_values(chunk)):
        for at, column in columns.items():
            text = values[at]
            key = (text, column.kind)
            if key not in known:
                known[key] = dates.reason_of(text, column.kind) if text != "NULL" else None
            if known[key] == "no_date":
                raise no_date(chunk, column, number)
            if known[key]:
                found.add(column, known[key], text)
    return found


def first_bad_row(chunk: Chunk, warnings: Iterable[tuple[int, str]]) -> Defect:
    """What the server's warnings say, without their texts, which hold values."""
    table = chunk.target.table.name
    columns = {column.name: column for column in (*chunk.target.columns, *chunk.target.absent)}
    for number, text in warnings:
        place = _PLACE.search(text)
        column = columns.get(place[1]) if place else None
        if column is not None and column.kind not in DATE_KINDS:
            return unfit(chunk, column, int(place[2]) - 1)
        if number == 1301:
            what = f"a value of up to {chunk.longest:,} bytes is longer than the server takes (max_allowed_packet): raise it there"
            return Defect(what, table=table, row=chunk.longest_row)
        if number == 1367 and (found := _first_endless(chunk)):
            return unfit(chunk, *found)
        if number == 1062:
            what = f"rows up to row {chunk.last_row:,} hold a primary key that another row has"
            return Defect(what, table=table, row=chunk.first_row)
    return bad_rows(chunk)


def _first_endless(chunk: Chunk) -> tuple[Column, int] | None:
    """The first number that is too large for a double: its column, and its row from 0."""
    for number, values in enumerate(_values(chunk)):
        for column, text in zip(chunk.target.columns, values, strict=True):
            if column.kind == "float" and text != "NULL" and math.isinf(float(text)):
                return column, number
    return None


def _values(chunk: Chunk) -> Iterator[list[str]]:
    """The values of each row; a text NULL cannot be told from none."""
    csv.field_size_limit(max(csv.field_size_limit(), chunk.longest))
    with chunk.path.open(encoding="utf-8", newline="") as file:
        lines = (line.replace("\0", " ") for line in file)  # older readers refuse NUL
        yield from csv.reader(lines, quotechar="'")
