"""Land a mysqldump in a database: all of it exactly, or a DumpRejectedError that says where and why."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from loader.dump import stray
from loader.dump.binary_values import convert_binary
from loader.dump.blocks import Blocks
from loader.dump.create_table import Table, parse_create_table
from loader.dump.defect import Defect
from loader.dump.formats import require_dump
from loader.dump.inserts import Heads, Target
from loader.dump.landing import Landing
from loader.dump.sections import Sections
from loader.dump.skipped import Skipped
from loader.dump.statements import Statement, Statements
from loader.dump.values import convert
from loader.dump_report import DumpReport
from loader.errors import DumpRejectedError
from loader.file_kinds import peek

_GLUED_BYTES = 512 << 10
_CREATE_TABLE = re.compile(rb"CREATE\s+TABLE\b", re.I)


def land_dump(
    open_landing: Callable[[Path, DumpReport], Landing],
    stream: BinaryIO,
    name: str,
    *,
    scratch: Path,
    reserved: frozenset[str] = frozenset(),
    progress: Callable[[int], None] | None = None,
) -> DumpReport:
    """Land every table of a dump in a schema of its own.

    Nothing of the dump is executed as it is: its CREATE TABLEs are built anew with the database's types, its INSERTs are
    read as literals. A dump that is cut by its own structure is rejected; whether one that says nothing of its end is good enough (no
    closing line, as of --compact) is the caller's decision.

    Args:
        open_landing: where to: called with an empty folder for chunk files and with the report, it opens a landing on
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
    report = DumpReport()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="dump-", dir=scratch) as folder,
            Blocks(stream, progress=progress) as blocks,
            open_landing(Path(folder), report) as landing,
        ):
            reader = _Reader(landing, report, frozenset(table.lower() for table in reserved))
            head, text = peek(blocks)
            require_dump(head)
            for statement in Statements(text):
                reader.take(statement)
            reader.finish()
            landing.finish()
            report.size_bytes, report.sha256 = blocks.size_bytes, blocks.sha256
    except Defect as defect:
        raise DumpRejectedError(defect.message(name)) from None
    return report


class _Reader:
    """Take the statements in their order, and hand tables and rows to the landing."""

    def __init__(self, landing: Landing, report: DumpReport, reserved: frozenset[str]):
        self._landing = landing
        self._report = report
        self._reserved = reserved
        self._tables: dict[str, Table] = {}
        self._skipped = Skipped()
        self._sections = Sections()
        self._heads = Heads(self._tables)
        self._target: Target | None = None
        self._glued: list[bytes] = []  # rows of consecutive INSERTs for the target, not yet converted
        self._glued_bytes = 0

    def take(self, statement: Statement) -> None:
        """Take the next statement.

        Raises:
            Defect: with the statement's place, if its own is not known.
        """
        try:
            if statement.kind == "insert":
                self._insert(statement.text)
            elif statement.kind == "comment":
                if stray.is_progress(statement.text):
                    raise Defect(f"a line of mysqldump --verbose stands in the dump: {stray.ADVICE}")
                self._sections.comment(statement.text)
            else:
                self.flush()
                if statement.kind == "other" and _CREATE_TABLE.match(statement.text):
                    self._create(statement.text)
                else:
                    if stray.is_within(statement.text):
                        raise Defect("a statement that cannot be read")
                    self._skipped.skip(statement.text, self._tables, in_block=statement.kind == "in block")
                    self._sections.statement(statement.text)
        except Defect as defect:
            defect.what = stray.explained(defect.what, statement.text)
            if defect.row is None and defect.byte is None:
                defect.byte = statement.byte
            raise

    def finish(self) -> None:
        """Take the end of the dump.

        Raises:
            Defect: it is not whole.
        """
        self.flush()
        self._report.remarks += self._sections.finish()
        self._report.headed, self._report.complete = self._sections.headed, self._sections.complete

    def flush(self) -> None:
        """Convert the rows that wait.

        Single-row INSERTs wait for each other (--skip-extended-insert): a call for each would be slow.
        """
        if self._target is None:
            return
        target, text = self._target, b",".join(self._glued)
        self._target, self._glued, self._glued_bytes = None, [], 0
        try:
            rows = convert_binary(target, text) if target.table.binary else convert(target, text)
        except Defect as defect:
            defect.what = stray.explained(defect.what, text)
            if defect.row is not None:
                defect.row += self._report.tables[target.table.name].rows_in_dump
            raise
        if rows.broken_row and (self._sections.headed or stray.is_within(text)):
            row = rows.broken_row + self._report.tables[target.table.name].rows_in_dump
            what = (
                f"a line ends within a value, which mysqldump never writes, so other text got into it: {stray.ADVICE}"
            )
            raise Defect(what, table=target.table.name, row=row)
        self._landing.add(target, rows, text)

    def _insert(self, statement: bytes) -> None:
        self._skipped.require_readable()
        target, rows = self._heads.split(statement)
        self._sections.rows(target.table.name)
        if not rows.endswith(b")"):
            rows = rows.rstrip(b"\r\n")
            if not rows.endswith(b")"):
                raise Defect("an INSERT with something behind its rows", table=target.table.name)
        if target is not self._target or self._glued_bytes + len(rows) > _GLUED_BYTES:
            self.flush()
        self._target = target
        self._glued.append(rows)
        self._glued_bytes += len(rows)

    def _create(self, statement: bytes) -> None:
        self._skipped.require_readable()
        table = parse_create_table(statement)
        folded = table.name.lower()
        if folded in self._reserved:
            raise Defect("is the name of a table of the pipeline's own", table=table.name)
        for other in self._tables:
            if other.lower() == folded:
                what = "is created twice" if other == table.name else f"differs from table {other} in case only"
                raise Defect(what, table=table.name)
        self._sections.create(table.name)
        self._tables[table.name] = table
        self._landing.create(table)
