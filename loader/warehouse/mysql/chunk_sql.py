"""A chunk and MySQL: the statement that lands it, its dates that are no days, and what is wrong with it."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from loader.mysqldump.ddl.create_table import DATE_KINDS
from loader.mysqldump.errors import Defect
from loader.mysqldump.rows import dates
from loader.mysqldump.rows.chunks import Chunk, not_utf8
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.rows.text_rows import Rows
from loader.warehouse.dump_writer import Reasons, no_date
from loader.warehouse.mysql.ddl import quote

_ZERO = b"'0000-"


def load_sql(chunk: Chunk, table: str) -> str:
    """The LOAD DATA that lands a chunk's file."""
    columns = list(enumerate(chunk.target.columns))
    places = [f"@c{at}" if column.kind == "binary" else quote(column.name) for at, column in columns]
    sets = [f"{quote(column.name)} = UNHEX(@c{at})" for at, column in columns if column.kind == "binary"]
    return load_file_sql(chunk.path, table, places, "\\'") + (f" SET {', '.join(sets)}" if sets else "")


def load_file_sql(path: Path, table: str, columns: Iterable[str], quotes: str) -> str:
    """The LOAD DATA that lands a CSV file."""
    file = str(path).replace("\\", "\\\\").replace("'", "\\'")
    return (
        f"LOAD DATA LOCAL INFILE '{file}' INTO TABLE {table} CHARACTER SET utf8mb4 FIELDS TERMINATED BY ','"
        f" OPTIONALLY ENCLOSED BY '{quotes}' ESCAPED BY '' LINES TERMINATED BY '\\n' ({', '.join(columns)})"
    )


def null_zero_dates(target: Target, rows: Rows) -> tuple[Rows, Reasons]:
    """Find the dates that begin with 0000: a few, but in most chunks, so that asking the server about them is slow."""
    data, found = rows.csv, Counter()
    pieces, done = [], 0
    at = data.find(_ZERO)
    while at >= 0:
        # A quote inside of a string is doubled, so a single one before a sign opens a string.
        if at == 0 or data[at - 1 : at] != b"'":
            column = target.columns[_place(data, at)]
            end = data.index(b"'", at + 1)
            text = data[at + 1 : end].decode("latin-1")
            if column.kind in DATE_KINDS and dates.reason_of(text, column.kind) == "zero_date":
                found[column.name, "zero_date"] += 1
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


def find_bad_dates(chunk: Chunk) -> Reasons:
    """Find all dates in a chunk's file that are no days, reading it value by value."""
    table = chunk.target.table.name
    if row := not_utf8(chunk):
        raise Defect("text that is not UTF-8", table=table, row=row)
    found: Reasons = Counter()
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
                found[column.name, known[key]] += 1
    return found


def _values(chunk: Chunk) -> Iterator[list[str]]:
    """The values of each row; a text NULL cannot be told from none."""
    csv.field_size_limit(max(csv.field_size_limit(), chunk.longest))
    with chunk.path.open(encoding="utf-8", newline="") as file:
        lines = (line.replace("\0", " ") for line in file)  # older readers refuse NUL
        yield from csv.reader(lines, quotechar="'")
