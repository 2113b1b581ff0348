"""Chunk files: rows of one table as CSV, gathered on disk until there are enough of them for one statement."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from loader.mysqldump.ddl.create_table import DATE_KINDS
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.rows.text_rows import Rows


@dataclass
class Chunk:
    """Rows of one table in a file.

    Attributes:
        target: where they go.
        path: the CSV file.
        first_row: number of its first row within the table's rows, from 1.
        rows, size: rows and bytes in it.
        nulls: NULLs of each date column, by the column's place in the target.
        longest: an upper bound of the longest row in bytes.
        longest_row: number of that row within the table's rows, if it holds a big value: the last of the slice that it came in.
        zeros: whether some value may be a zero date.
    """

    target: Target
    path: Path
    first_row: int
    rows: int = 0
    size: int = 0
    nulls: Counter[int] = field(default_factory=Counter)
    longest: int = 0
    longest_row: int = 0
    zeros: bool = False

    def add(self, rows: Rows) -> None:
        """Note rows that were written to the file."""
        self.rows += rows.count
        self.size += len(rows.csv)
        self.nulls.update(rows.nulls)
        if rows.longest > self.longest:
            self.longest, self.longest_row = rows.longest, self.last_row
        self.zeros = self.zeros or b"'0000-" in rows.csv

    @property
    def last_row(self) -> int:
        """Number of its last row within the table's rows."""
        return self.first_row + self.rows - 1

    @property
    def date_places(self) -> list[int]:
        """Places of the date columns within the target."""
        return [at for at, column in enumerate(self.target.columns) if column.kind in DATE_KINDS]

    @property
    def dates_expected(self) -> dict[str, int]:
        """How many values of each date column the dump has that are not NULL; a column left out has its DEFAULT."""
        expected = {self.target.columns[at].name: self.rows - self.nulls[at] for at in self.date_places}
        left_out = (column for column in self.target.absent if column.kind in DATE_KINDS)
        return expected | {column.name: self.rows for column in left_out}


class ChunkFiles:
    """Write rows to one chunk file after the other."""

    def __init__(self, folder: Path, size: int):
        """Write nothing yet."""
        self._folder = folder
        self._size = size
        self._numbers = itertools.count()
        self._chunk: Chunk | None = None
        self._file: BinaryIO | None = None

    def wants_other(self, target: Target) -> bool:
        """Whether the open chunk cannot take rows for a target."""
        return self._chunk is not None and self._chunk.target is not target

    def add(self, target: Target, rows: Rows, first_row: int) -> Chunk | None:
        """Write rows to the open chunk, or to a new one if none is open.

        Args:
            target: where they go; that of the open chunk.
            rows: the rows.
            first_row: number of their first one within the table's rows, from 1.

        Returns:
            The chunk if that made it full; it is closed then.

        Raises:
            OSError: they could not be written, for example because the disk is full.
        """
        if self._chunk is None:
            path = self._folder / f"chunk-{next(self._numbers)}.csv"
            self._file = path.open("wb", buffering=0)
            self._chunk = Chunk(target, path, first_row)
        self._write(rows.csv)
        self._chunk.add(rows)
        return self.close() if self._chunk.size >= self._size else None

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:  # a disk that fills up takes a part without a word
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            error.filename = str(self._chunk.path)  # a write does not say it
            raise

    def close(self) -> Chunk | None:
        """Close the open chunk and return it, if there is one."""
        chunk, self._chunk = self._chunk, None
        if chunk is not None:
            self._file.close()
        return chunk


def not_utf8(chunk: Chunk) -> int | None:
    """Number of the first row, within the table's rows, whose text is not UTF-8; None if there is none."""
    data = chunk.path.read_bytes()
    try:
        data.decode()
    except UnicodeDecodeError as error:
        outside = b"".join(data[: error.start].split(b"'")[::2])
        return chunk.first_row + outside.count(b"\n")
    return None
