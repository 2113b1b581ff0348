"""What the loader needs of a warehouse, whatever the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from loader.mysqldump.report import DumpReport
from loader.mysqldump.writer import DumpWriter
from loader.sources.daily_file_kinds import Dataset
from loader.warehouse.own_tables import RESERVED

Columns = Mapping[str, Mapping[str, str]]  # table -> column -> type, as the engine calls it
OpenDumpWriter = Callable[[Path, DumpReport], DumpWriter]


def by_table(rows: Iterable[tuple[str, str, str]]) -> Columns:
    """Rows of (table, column, type) as a mapping, the pipeline's own tables left out."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        if table not in RESERVED:
            found.setdefault(table, {})[column] = kind
    return found


class Warehouse(Protocol):
    """A connection to the warehouse. SQL is written with `?` for values, in the words that all engines share."""

    def query(self, sql: str, *values: Any) -> list[tuple]:
        """The rows of a query."""

    def execute(self, sql: str, *values: Any) -> None:
        """Runs one statement."""

    def execute_many(self, sql: str, rows: Iterable[tuple]) -> None:
        """Runs one INSERT for many rows."""

    def transaction(self) -> AbstractContextManager[None]:
        """All of what is executed within, or nothing. No DDL belongs into one: on MySQL it commits by itself."""

    def second(self) -> AbstractContextManager[Warehouse]:
        """Another connection to the same warehouse, with transactions of its own."""

    def bulk(self) -> AbstractContextManager[None]:
        """Many files are about to land: what the engine wants set for that."""

    def quote(self, name: str) -> str:
        """A name as an identifier, whatever it holds."""

    def same(self, left: str, right: str, kind: str) -> str:
        """The condition that two columns of one type hold the same value, to the byte, or NULL both.

        Args:
            left, right: quoted.
            kind: their type, as `columns` has it.
        """

    def create_schema(self, name: str) -> None:
        """A new, empty schema."""

    def drop_schema(self, name: str) -> None:
        """Drops a schema with all its tables, if it is there."""

    def has_schema(self, name: str) -> bool:
        """Whether a schema is there, whoever made it."""

    def columns(self, schema: str) -> Columns:
        """The columns of a schema's tables and views, the pipeline's own left out."""

    def has_table(self, schema: str, name: str) -> bool:
        """Whether a table or view is there."""

    def dump_writer(self, schema: str) -> OpenDumpWriter:
        """How `land_dump` lands a dump's tables in an empty schema."""

    @property
    def notice(self) -> str | None:
        """What a person should know of how loads go here, None where all is as it should be."""

    def publish(self, home: str, replaced: str | None) -> None:
        """Shows the tables of a schema in `landing`, in place of those shown there now, in one step.

        Args:
            home: schema of the generation to show.
            replaced: schema of the generation that is shown now, None where there is none.
        """

    def insert_daily_file(self, dataset: Dataset, path: Path, day: dt.date, key: str) -> int:
        """Checks a daily file and puts its rows into its kind's table, within the caller's transaction.

        Args:
            dataset: what kind of file.
            path: the file.
            day: business day that every row must have.
            key: the file's name, for messages.

        Returns:
            Rows landed.

        Raises:
            DumpRejectedError: the file is not what it must be; the caller rolls back.
        """
