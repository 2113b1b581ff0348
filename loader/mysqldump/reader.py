"""Land a mysqldump in a database: all of it exactly, or a DumpRejectedError that says where and why."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from loader.errors import DumpRejectedError
from loader.file_kinds import peek
from loader.mysqldump.ddl.create_table import Table, parse_create_table
from loader.mysqldump.dump_summary import DumpSummary
from loader.mysqldump.errors import Defect
from loader.mysqldump.formats import require_dump
from loader.mysqldump.lexer import stray_text
from loader.mysqldump.lexer.statements import MAX_ROW_BYTES, SLICE_BYTES, Statement, Statements
from loader.mysqldump.rows.binary_rows import BIG_BYTES, convert_each
from loader.mysqldump.rows.defaults import spelled_out
from loader.mysqldump.rows.insert import Heads, Target
from loader.mysqldump.rows.text_rows import Rows, convert, row_at
from loader.mysqldump.stream import Blocks
from loader.mysqldump.structure.ignored import Skipped
from loader.mysqldump.structure.sections import Sections
from loader.mysqldump.structure.session import Session
from loader.mysqldump.structure.timestamps import times
from loader.mysqldump.structure.unresolved import LeftOpen
from loader.mysqldump.writer import DumpWriter

_CREATE_TABLE = re.compile(rb"CREATE\s+TABLE\b", re.I)


def land_dump(
    open_writer: Callable[[Path, DumpSummary], DumpWriter],
    stream: BinaryIO,
    name: str,
    *,
    scratch: Path,
    reserved: frozenset[str] = frozenset(),
    progress: Callable[[int], None] | None = None,
) -> DumpSummary:
    """Land every table of a dump in a schema of its own.

    Nothing of the dump is executed as it is: its CREATE TABLEs are built anew with the database's types, its INSERTs are
    read as literals. A dump that is cut by its own structure is rejected; whether one that says nothing of its end is good enough (no
    closing line, as of --compact) is the caller's decision.

    Args:
        open_writer: where to: called with an empty folder for chunk files and with the report, it opens a writer on
            an existing, empty schema; after an error the caller drops that schema.
        stream: the dump's raw bytes, plain or gzip; short reads are fine, nothing is sought.
        name: the dump's name, for messages.
        scratch: an existing folder for chunk files; it is left as it was found.
        reserved: table names that belong to the pipeline; a dump that brings one is rejected, in whatever case.
        progress: told of each further number of raw bytes read.

    Returns:
        The tables with their figures, and size and sha256 of the raw bytes.

    Raises:
        DumpRejectedError: the dump has a defect; the message holds no value of a row.
        OSError: the stream could not be read (or whatever else it raises).
    """
    report = DumpSummary()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="dump-", dir=scratch) as folder,
            Blocks(stream, progress=progress) as blocks,
            open_writer(Path(folder), report) as writer,
        ):
            reader = _Reader(writer, report, frozenset(table.lower() for table in reserved))
            head, text = peek(blocks)
            require_dump(head)
            for statement in Statements(text):
                reader.take(statement)
            reader.finish()
            writer.finish(reader.offsets)
            report.size_bytes, report.sha256 = blocks.size_bytes, blocks.sha256
    except Defect as defect:
        raise DumpRejectedError(defect.message(name)) from None
    return report


class _Reader:
    """Take the statements in their order, and hand tables and rows to the writer."""

    def __init__(self, writer: DumpWriter, report: DumpSummary, reserved: frozenset[str]):
        self._writer = writer
        self._report = report
        self._reserved = reserved
        self._tables: dict[str, Table] = {}
        self._folded: dict[str, str] = {}  # their names in lower case -> as they are
        self._session = Session()
        self._skipped = Skipped(self._session)
        self._sections = Sections()
        self._left_open = LeftOpen(self._session)
        self._heads = Heads(self._tables)
        self._target: Target | None = None
        self._glued: list[bytes] = []  # rows of consecutive INSERTs for the target, not yet converted
        self._glued_bytes = 0

    @property
    def offsets(self) -> dict[Table, dt.timedelta]:
        """Tables whose TIMESTAMPs are not in UTC, each with their distance from it."""
        return self._left_open.offsets

    def take(self, statement: Statement) -> None:
        """Take the next statement.

        Raises:
            Defect: with the statement's place, if its own is not known.
        """
        try:
            if statement.kind == "insert":
                self._insert(statement.head, statement.text)
            elif statement.kind == "endless":
                self._endless(statement.head, statement.text)
            elif statement.kind == "comment":
                if stray_text.is_progress(statement.text):
                    raise Defect(f"a line of mysqldump --verbose stands in the dump: {stray_text.ADVICE}")
                self._sections.comment(statement.text)
                self._report.times += times(statement.text)
            else:
                self.flush()
                if statement.kind == "other" and _CREATE_TABLE.match(statement.text):
                    self._create(statement.text)
                else:
                    if stray_text.is_within(statement.text):
                        raise Defect("a statement that cannot be read")
                    self._skipped.skip(statement.text, self._tables, in_block=statement.kind == "in block")
                    self._sections.statement(statement.text)
        except Defect as defect:
            defect.what = stray_text.explained(defect.what, statement.text)
            if defect.row is None and defect.byte is None:
                defect.byte = statement.byte
            raise

    def finish(self) -> None:
        """Take the end of the dump.

        Raises:
            Defect: it is not whole.
        """
        self.flush()
        self._report.remarks += self._sections.finish() + self._left_open.finish()
        self._report.headed, self._report.complete = self._sections.headed, self._sections.complete

    def flush(self) -> None:
        """Convert the rows that wait.

        Single-row INSERTs wait for each other (--skip-extended-insert): a call for each would be slow.
        """
        if self._target is None:
            return
        target, text = self._target, b",".join(self._glued)
        self._target, self._glued, self._glued_bytes = None, [], 0
        if len(text) > BIG_BYTES:
            self._writer.rest()
        try:
            rows, defaults = _converted(target, text)
        except Defect as defect:
            defect.what = stray_text.explained(defect.what, text)
            if defect.row is not None:
                defect.row += self._report.tables[target.table.name].rows_in_dump
            raise
        if rows.broken_row and (self._sections.headed or stray_text.is_within(text)):
            row = rows.broken_row + self._report.tables[target.table.name].rows_in_dump
            what = f"a line ends within a value, which mysqldump never writes, so other text got into it: {stray_text.ADVICE}"
            raise Defect(what, table=target.table.name, row=row)
        self._left_open.rows(target, rows.count, defaults)
        self._writer.add(target, rows)

    def _insert(self, head: bytes, rows: bytes) -> None:
        self._session.require_readable()
        target = self._heads.target(head)
        self._sections.rows(target.table.name)
        if not rows.endswith(b")"):
            rows = rows.rstrip(b"\r\n")
            if not rows.endswith(b")"):
                raise Defect("an INSERT with something behind its rows", table=target.table.name)
        for filled, group in self._heads.spelled_out(target, rows):
            if filled is not self._target or self._glued_bytes + len(group) > SLICE_BYTES:
                self.flush()
            self._target = filled
            self._glued.append(group)
            self._glued_bytes += len(group)
        if self._glued_bytes > BIG_BYTES:  # not to be kept beside the next one
            self.flush()

    def _endless(self, head: bytes, rows: bytes) -> None:
        """Refuse a row that is too long; `rows` ends within it."""
        self.flush()
        table = self._heads.target(head).table.name
        row = self._report.tables[table].rows_in_dump + row_at(rows, len(rows))
        what = stray_text.explained(f"a row of more than {MAX_ROW_BYTES:,} bytes: is a quote open?", rows)
        raise Defect(what, table=table, row=row)

    def _create(self, statement: bytes) -> None:
        self._session.require_readable()
        table = parse_create_table(statement)
        folded = table.name.lower()
        if folded in self._reserved:
            raise Defect("is the name of a table of the pipeline's own", table=table.name)
        other = self._folded.get(folded)
        if other is not None:
            what = "is created twice" if other == table.name else f"differs from table {other} in case only"
            raise Defect(what, table=table.name)
        self._folded[folded] = table.name
        self._sections.create(table.name)
        self._tables[table.name] = table
        self._left_open.create(table)
        self._writer.create(table)


def _converted(target: Target, text: bytes) -> tuple[Rows, Counter[str]]:
    """Rows, and how many values of each column were the word DEFAULT."""
    to_rows = convert_each if target.table.binary or len(text) > BIG_BYTES else convert
    try:
        return to_rows(target, text), Counter()
    except Defect:
        if b"DEFAULT" not in text:
            raise
    text, defaults = spelled_out(target, text)
    return to_rows(target, text), defaults
