"""Whether a dump is whole, judged by its own structure: each begun section of rows ends the way it began.

mysqldump writes its closing line even after a table broke off (--force), so that line proves nothing about a table. What does: the
statements that it writes around a table's rows, in pairs, and which of them it writes is the same for every table of one dump.
See docs/decisions/0009.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from loader.mysqldump.dump_summary import Remark
from loader.mysqldump.errors import Defect
from loader.mysqldump.lexer.comments import without_comments
from loader.mysqldump.lexer.quotes import unquote

_NAME = rb"(`(?:[^`]|``){1,256}`|[^\s`,;()]+)"  # bytes: MySQL's limit is 64 characters
_HEADER = re.compile(rb"-- (?:(?:MySQL|MariaDB) dump |mysqldump-php\b)")
_TRAILER = re.compile(rb"-- Dump completed\b")
_STRUCTURE_OF = re.compile(rb"-- Table structure for table " + _NAME)
_ROWS_OF = re.compile(rb"-- Dumping data for table " + _NAME)
_HEADING = re.compile(rb"-- [A-Z][A-Za-z /]* for (?:table|view|database|`)")
_WHERE = re.compile(rb"-- WHERE:")
_LOCK = re.compile(rb"LOCK\s+TABLES?\s+" + _NAME, re.I)
_UNLOCK = re.compile(rb"UNLOCK\s+TABLES?\b", re.I)
_KEYS = re.compile(rb"ALTER\s+TABLE\s+" + _NAME + rb"\s+(DISABLE|ENABLE)\s+KEYS\b", re.I)
_NO_AUTOCOMMIT = re.compile(rb"SET\b.*\bAUTOCOMMIT`?\s*:?=\s*(?:0|OFF)\b", re.I | re.S)
_COMMIT = re.compile(rb"COMMIT\b", re.I)
# What the client saves at a dump's beginning, and gives back at its end: all that --skip-comments leaves of the two.
_SAVED = re.compile(rb"@(OLD_\w+)\s*:?=\s*@@", re.I)
_GIVEN_BACK = re.compile(rb"=\s*@(OLD_\w+)", re.I)
_SET = re.compile(rb"SET\b", re.I)
# What tells where a table's section is, though nothing in it: the same for every table of a dump, because an option decides.
_MARKS = {
    "heading": "its heading",
    "COMMIT": "SET AUTOCOMMIT=0",
    "ENABLE KEYS": "DISABLE KEYS",
    "UNLOCK TABLES": "LOCK TABLES",
}


@dataclass
class _Run:
    """One dump, from its opening line to its closing line; several may have been appended to one file."""

    announced: str | None = None  # the table of a heading whose CREATE TABLE is yet to come
    created: list[str] = field(default_factory=list)
    sections: dict[str, set[str]] = field(default_factory=dict)  # table -> marks of its section of rows


class Sections:
    """Follow the sections of a dump, in the order of its statements."""

    def __init__(self) -> None:
        self._runs = [_Run()]  # those not closed yet; the first is of what stands outside of opening and closing lines
        self._marks: set[str] = set()
        self._headers = 0
        self._created: set[str] = set()
        self._filled: dict[str, bool] = {}  # table -> whether its section is over
        self._table: str | None = None  # whose section this is
        # Closing statement that is to come -> the table; None: that of the next INSERT; "": of all of the file.
        self._open: dict[str, str | None] = {}
        self._saved: set[bytes] = set()
        self._parts: list[Remark] = []
        self.complete = False  # whether the last thing in the file is a dump's own closing line

    @property
    def _run(self) -> _Run:
        return self._runs[-1]

    @property
    def headed(self) -> bool:
        """Whether any dump of the file has an opening line."""
        return self._headers > 0

    def comment(self, text: bytes) -> None:
        """Take a comment line.

        Raises:
            Defect: a dump or a section before it is not whole.
        """
        self.complete = False
        if _HEADER.match(text):
            self._header()
        elif _TRAILER.match(text):
            self._trailer(text)
        elif match := _ROWS_OF.match(text):
            self._mark(_name(match[1]), "heading")
        elif match := _STRUCTURE_OF.match(text):
            self._go_on()
            self._run.announced = _name(match[1])
        elif _HEADING.match(text):
            self._go_on()
        elif _WHERE.match(text):
            if self._table is None:
                raise Defect("says that it holds a part of a table (-- WHERE), and not of which")
            self._parts.append(Remark("whole", self._table, "the dump holds a part of it: it was made with --where"))

    def create(self, table: str) -> None:
        """Take a CREATE TABLE.

        Raises:
            Defect: the section before it is not whole.
        """
        self.complete = False
        self._leave()
        if self._open.get("COMMIT", table) is None:
            self._open["COMMIT"] = ""
        if self._run.announced not in (None, table):
            self._go_on()
        self._run.announced = None
        self._run.created.append(table)
        self._created.add(table)

    def rows(self, table: str) -> None:
        """Take an INSERT.

        Raises:
            Defect: the section before it is not whole, or the table's own is over.
        """
        if table != self._table or self._filled[table]:
            self._mark(table, "rows")

    def statement(self, statement: bytes) -> None:
        """Take any other statement.

        Raises:
            Defect: the section before it is not whole, or it ends one that was not begun.
        """
        self.complete = False
        text = without_comments(statement).strip()
        if match := _LOCK.match(text):
            self._begin("UNLOCK TABLES", _name(match[1]))
        elif _UNLOCK.match(text):
            self._end("UNLOCK TABLES")
        elif (match := _KEYS.match(text)) and match[2].upper() == b"DISABLE":
            self._begin("ENABLE KEYS", _name(match[1]))
        elif match:
            self._end("ENABLE KEYS", _name(match[1]))
        elif _NO_AUTOCOMMIT.match(text):
            self._open.setdefault("COMMIT", None)
            if self._table is not None and not self._filled[self._table]:
                self._own_commit(self._table)
        elif _COMMIT.match(text):
            self._end("COMMIT")
        elif not _SET.match(text):
            self._leave()
        self._settings(text)

    def finish(self) -> list[Remark]:
        """Take the end of the file.

        Returns:
            What is to be said of tables that may be there in part only; nothing where every table is whole.

        Raises:
            Defect: a dump or a section is not whole.
        """
        if len(self._runs) > 1:
            self._go_on()
            ended = self._headers - len(self._runs) + 1
            message = f"{self._headers} dump headers, {ended} closing lines: a dump in it is cut"
            raise Defect(message if self._headers > 1 else "ends without mysqldump's own closing line")
        self._end_of_run()
        if self._saved and not self.headed:
            names = ", ".join(sorted(name.decode("ascii", "replace") for name in self._saved))
            raise Defect(f"ends without giving back the settings that it saved ({names}): it is cut")
        if self.headed and not self.complete:
            raise Defect("goes on behind mysqldump's own closing line, and ends without another")
        remarks = list(self._parts)
        if self._marks & _MARKS.keys():
            left_out = sorted(self._created - self._filled.keys())
            remarks += [
                Remark("whole", table, "the dump holds its CREATE TABLE and no rows section") for table in left_out
            ]
        if self._filled and not self._marks & _MARKS.keys() - {"heading"}:
            what = "nothing in the dump says where a table's rows end (LOCK TABLES, DISABLE KEYS)"
            remarks.append(Remark("whole", None, what))
        return remarks

    def _settings(self, text: bytes) -> None:
        saved = {name.upper() for name in _SAVED.findall(text)}
        if not self.headed and saved & self._saved:
            raise Defect("a second dump begins, and the first has not given its settings back: the first is cut")
        self._saved = (self._saved | saved) - {name.upper() for name in _GIVEN_BACK.findall(text)}

    def _header(self) -> None:
        if len(self._runs) > 1 and any(self._open.values()):
            what = "two dump headers and no closing line between them: the first dump is cut in this table"
            raise Defect(what, table=next(filter(None, self._open.values())))
        self._go_on()
        self._headers += 1
        self._runs.append(_Run())

    def _trailer(self, text: bytes) -> None:
        if len(self._runs) == 1:
            raise Defect("a closing line without an opening one: the beginning of a dump is missing")
        self._end_of_run()
        self.complete = text.endswith(b"\n")
        if self.complete:
            self._runs.pop()

    def _begin(self, closing: str, table: str) -> None:
        self._mark(table, closing)
        if closing in self._open:
            raise Defect(f"its section begins twice, and ends without {closing}", table=table)
        self._open[closing] = table

    def _end(self, closing: str, table: str | None = None) -> None:
        if closing not in self._open or (table and table != self._open[closing]):
            self._leave()
            raise Defect(f"{closing} where no rows section is open: a part before it is missing", table=table)
        owner = self._open.pop(closing)
        if owner and not self._open:
            self._filled[owner] = True

    def _mark(self, table: str, mark: str) -> None:
        """Take something that belongs to the section of a table's rows."""
        self.complete = False
        if table != self._table:
            self._go_on()
            if table not in self._created:
                raise Defect("has a rows section and no CREATE TABLE: a part before it is missing", table=table)
            created = self._run.created
            if len(self._runs) > 1 and table in created and table != created[-1]:
                raise Defect(
                    "its rows stand behind another table's CREATE TABLE: sections are missing or moved", table=table
                )
        if self._filled.get(table):
            what = "has two rows sections, so that every primary key would stand twice: was a dump appended to another?"
            raise Defect(what, table=table)
        self._table = table
        self._filled[table] = False
        self._run.sections.setdefault(table, set()).add(mark)
        self._own_commit(table)

    def _own_commit(self, table: str) -> None:
        """Take the COMMIT that is to come, if it is nobody's yet, for the end of a table's section."""
        if self._open.get("COMMIT", table) is None:
            self._open["COMMIT"] = table
            self._run.sections[table].add("COMMIT")

    def _leave(self) -> None:
        """The section that was open is over."""
        owners = [(closing, owner) for closing, owner in reversed(self._open.items()) if owner]
        if owners:
            what = f"its rows end without {' and '.join(closing for closing, _ in owners)}: the dump broke off in it"
            raise Defect(what, table=owners[0][1])
        if self._table is not None:
            self._filled[self._table] = True
        self._table = None

    def _go_on(self) -> None:
        """The next section comes, of structure or rows."""
        self._leave()
        if self._run.announced is not None:
            raise Defect(
                "its heading is there, and its CREATE TABLE is not: a part is missing", table=self._run.announced
            )

    def _end_of_run(self) -> None:
        self._go_on()
        if self._open:
            raise Defect(f"ends without {' and '.join(self._open)}")
        sections = self._run.sections
        self._marks.update(*sections.values())
        usual = set().union(*sections.values()) & _MARKS.keys()
        if usual & {"ENABLE KEYS", "UNLOCK TABLES"}:  # they say it already
            usual.discard("COMMIT")
        for table, marks in sections.items():
            if missing := sorted(usual - marks):
                names = " and ".join(_MARKS[mark] for mark in missing)
                what = f"its rows section has no {names}, which other tables of the dump have: the dump broke off in it"
                raise Defect(what, table=table)


def _name(name: bytes) -> str:
    return unquote(name.decode("utf-8", "replace"))
