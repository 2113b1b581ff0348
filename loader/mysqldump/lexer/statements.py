"""The dump's bytes as statements: where each ends, judged like the `mysql` client does, and nothing about meaning.

INSERTs hold nearly all bytes. They are handed on in slices of whole rows, so that no more than a slice or one row is in memory; their ends
are found with `re` and `count`. mysqldump escapes every newline in a string, hence `;` and a newline ends an INSERT; other tools do not, so
the quotes up to there are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loader.file_kinds import BOM
from loader.mysqldump.errors import Defect
from loader.mysqldump.lexer import quotes, stray_text
from loader.mysqldump.lexer.insert_head import HEAD

MAX_ROW_BYTES = 128 << 20
# Of a statement or comment that brings no rows, and of what stands before the rows of one that does; and how many of them. mysqldump
# writes about 25 for a table.
MAX_OTHER_BYTES = 1 << 20
MAX_OTHERS = 1_000_000
SLICE_BYTES = 512 << 10  # of an INSERT's rows, or the next row's end behind that
_LOOKAHEAD = 256  # bytes: longer than anything that tells one kind of statement from another
_TOKEN_BYTES = 32  # the same of a token

_QUOTE = ord("'")
_SPACE = re.compile(rb"\s*")
_INSERT = re.compile(rb"INSERT\b", re.I)
_END = rb";[ \t]*(?:\r?\n|\Z)"
_INSERT_END = re.compile(_END)
_ROW_OR_END = re.compile(rb"\),(?:\r?\n)?(?=\()|" + _END)
_DELIMITER = re.compile(rb"DELIMITER[ \t]+(\S+)[ \t]*\r?\n", re.I)
_DELIMITER_WORD = re.compile(rb"DELIMITER\b", re.I)
_LINE_COMMENT = re.compile(rb"--(?=[\s\x00-\x1f]|\Z)|#")
_BLOCK_COMMENT = re.compile(rb"/\*(?!M?!)")
# MariaDB's first line: a command to its client, in a version comment that no server reads; in May 2024 without the M.
_SANDBOX = re.compile(rb"/\*M?!999999\\-")
# The beginning of what a delimiter inside of is no end.
_TOKENS = rb"""['"`] | /\*(?!M?!) | (?P<line>--(?=\s)|\#) %s | (?P<end>%s)"""
# MySQL 9's JavaScript, which knows none of SQL's quotes and comments; the client writes it between DELIMITERs only.
_SCRIPT = rb"| (?i:\bAS)\s+(?P<script>\$\w*\$)"


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        kind: "insert" (rows of one), "comment" (a line, or MariaDB's word to its own client), "in block" (between DELIMITERs), "other", or
            "endless": an INSERT whose next row is longer than MAX_ROW_BYTES.
        text: its bytes without the delimiter; of a comment, with the newline if it has one; of an INSERT, a slice of its rows.
        byte: its offset in the uncompressed dump.
        head: what stands before the rows of an INSERT; empty if that is not how a plain one begins.
    """

    kind: str
    text: bytes
    byte: int
    head: bytes = b""


def _tokens(end: bytes) -> re.Pattern[bytes]:
    script = b"" if end == b";" or end.startswith(b"$") else _SCRIPT
    return re.compile(_TOKENS % (script, re.sub(rb"(\W)", rb"\\\1", end)), re.X)


class Statements:
    """Iterate over the statements of a dump.

    Raises (while iterating):
        Defect: the dump ends within a statement, has two on a line, or holds a NUL byte.
    """

    def __init__(self, blocks: Iterable[bytes]):
        """Take the dump's uncompressed bytes, in pieces of any size but none empty."""
        self._blocks = iter(blocks)
        self._text = bytearray()
        self._at = 0
        self._dropped = 0  # bytes of the dump before self._text
        self._delimiter = b";"
        self._insert_byte = 0  # where the last INSERT begins

    def __iter__(self) -> Iterator[Statement]:
        self._more(_LOOKAHEAD)
        if self._text.startswith(BOM):
            self._at = len(BOM)
        others = 0
        while self._skip_space():
            self._more(_LOOKAHEAD)
            text, at = self._text, self._at
            if self._delimiter == b";" and _INSERT.match(text, at):
                yield from self._insert()
                continue
            others += 1
            if others > MAX_OTHERS:
                raise Defect(f"more than {MAX_OTHERS:,} comments and statements without rows", byte=self._byte)
            if _LINE_COMMENT.match(text, at):
                end = self._find(b"\n", at)
                yield self._take("comment", end or len(self._text))
            elif _SANDBOX.match(text, at):
                yield self._take("comment", self._comment_end())
            elif _BLOCK_COMMENT.match(text, at):
                self._skip_comment()
            elif _DELIMITER_WORD.match(text, at):
                self._set_delimiter()
            elif what := stray_text.named(text, at):
                raise Defect(f"{what} stands between the statements: {stray_text.ADVICE}", byte=self._byte)
            else:
                yield self._scan("other" if self._delimiter == b";" else "in block")
        if self._delimiter != b";":
            raise Defect("ends within a DELIMITER block", byte=self._byte)

    @property
    def _byte(self) -> int:
        return self._dropped + self._at

    def _defect(self, what: str) -> Defect:
        """A defect of the statement, or the rows of one, that begins here, whose end is not known."""
        return Defect(stray_text.explained(what, self._bytes(self._at, self._at + MAX_OTHER_BYTES)), byte=self._byte)

    def _more(self, size: int) -> bool:
        """Read until `wanted` bytes lie ahead; False if the dump ends before that."""
        if len(self._text) - self._at >= size:
            return True
        del self._text[: self._at]
        self._dropped += self._at
        self._at = 0
        for block in self._blocks:
            if b"\0" in block:
                raise Defect("holds a NUL byte, which mysqldump always escapes", byte=self._byte)
            self._text += block
            if len(self._text) >= size:
                return True
        return False

    def _extend(self) -> bool:
        """Read on within one statement; False if the dump ends. Positions move, but not their distance from the statement's beginning."""
        return self._more(len(self._text) - self._at + 1)

    def _bytes(self, start: int, end: int) -> bytes:
        return bytes(memoryview(self._text)[start:end])

    def _require_short(self, end: int) -> None:
        if end - self._at > MAX_OTHER_BYTES:
            what = f"a comment, or a statement without rows, of more than {MAX_OTHER_BYTES:,} bytes: is a quote open?"
            raise self._defect(what)

    def _skip_space(self) -> bool:
        while True:
            self._at = _SPACE.match(self._text, self._at).end()
            if self._at < len(self._text):
                return True
            if not self._more(1):
                return False

    def _find(self, end: bytes, start: int) -> int:
        """Position behind the next `end` from position `start` on, or 0 if the dump ends before it."""
        skip = start - self._at  # positions move when more is read
        while (found := self._text.find(end, self._at + skip)) < 0:
            self._require_short(len(self._text))
            if not self._extend():
                return 0
        self._require_short(found)
        return found + len(end)

    def _comment_end(self) -> int:
        end = self._find(b"*/", self._at + 2)
        if not end:
            raise Defect("ends within a comment", byte=self._byte)
        return end

    def _skip_comment(self) -> None:
        self._at = self._comment_end()
        if self._skip_space() and self._text.startswith(b";", self._at):
            self._at += 1

    def _take(self, kind: str, end: int, delimiter: int = 0) -> Statement:
        statement = Statement(kind, self._bytes(self._at, end - delimiter), self._byte)
        self._at = end
        return statement

    def _insert(self) -> Iterator[Statement]:
        """Cut off an INSERT's rows, slice by slice."""
        byte = self._insert_byte = self._byte
        while not (match := HEAD.match(self._text, self._at, self._at + MAX_OTHER_BYTES)):
            ahead = len(self._text) - self._at
            if ahead >= MAX_OTHER_BYTES or not self._extend():
                if ahead < MAX_OTHER_BYTES and not _INSERT_END.search(self._text, self._at):
                    raise self._defect("ends within an INSERT statement")
                yield Statement("insert", self._bytes(self._at, self._at + MAX_OTHER_BYTES), byte)
                # Unless the reader knew better what is wrong with it.
                raise self._defect("an INSERT that cannot be read")
        head = match[0]
        self._at = match.end()
        over = False
        while not over:
            rows, stop, over = self._rows_end()
            if rows > MAX_ROW_BYTES + SLICE_BYTES:
                yield Statement("endless", self._bytes(self._at, self._at + SLICE_BYTES), byte, head)
                raise self._defect("a row that is too long")
            yield Statement("insert", self._bytes(self._at, self._at + rows), byte, head)
            self._at += stop

    def _rows_end(self) -> tuple[int, int, bool]:
        """Bytes of the next slice of rows, bytes up to what follows it, and whether that is another statement."""
        scanned = 0  # bytes that were looked through; no string is open behind them
        more = True
        while scanned <= MAX_ROW_BYTES + SLICE_BYTES:
            start = self._at + scanned
            match = self._row_or_end(start)
            end = match.start() if match else max(start, len(self._text) - _TOKEN_BYTES)
            piece = self._bytes(start, end)
            if quotes.is_open(piece):  # inside of a string `;` and a newline are text
                scanned = self._string_end(scanned + len(piece) + quotes.ends_in_escape(piece))
            elif match and (match.end() < len(self._text) or not more):
                row = match[0].startswith(b")")
                rows = match.start() - self._at + row
                return rows, rows + 1 if row else match.end() - self._at, not row
            elif more:  # the end of what is read may not be the dump's
                scanned += len(piece)
                more = self._extend()
            else:
                raise self._cut()
        return scanned, scanned, True

    def _row_or_end(self, start: int) -> re.Match[bytes] | None:
        """The statement's end, or the first end of a row behind the slice."""
        near = self._at + SLICE_BYTES
        if start < near and (match := _INSERT_END.search(self._text, start, near)) and match.end() < near:
            return match
        return _ROW_OR_END.search(self._text, max(start, near - _TOKEN_BYTES))

    def _string_end(self, scanned: int) -> int:
        """Bytes up to behind the string that is open behind `scanned` bytes; too many if it is too long."""
        while scanned <= MAX_ROW_BYTES + SLICE_BYTES:
            scanned = quotes.inside_end(self._text, self._at + scanned, _QUOTE) - self._at
            if self._at + scanned + 1 < len(self._text):
                return scanned + 1
            if not self._extend():
                raise self._cut()
        return scanned

    def _cut(self) -> Defect:
        defect = self._defect("ends within an INSERT statement")
        defect.byte = self._insert_byte
        return defect

    def _scan(self, kind: str) -> Statement:
        """Cut off any other statement, token by token; they are few and short."""
        opening = _tokens(self._delimiter)
        scanned, more = 0, True
        while True:
            match = opening.search(self._text, self._at + scanned)
            end = self._token_end(match) if match else 0
            if more and not 0 < end < len(self._text) - _TOKEN_BYTES:  # the end of what is read may not be the dump's
                self._require_short(len(self._text) if end <= 0 else end)
                more = self._extend()
            elif end <= 0:
                raise self._defect("ends within a statement")
            elif match["end"]:
                self._require_short(match.start())
                length = end - self._at
                if self._delimiter == b";" and not self._line_ends(end):
                    raise self._defect("a second statement on one line")
                return self._take(kind, self._at + length, len(self._delimiter))
            else:
                scanned = end - self._at

    def _token_end(self, match: re.Match[bytes]) -> int:
        """The place behind a token; 0 or less if it is not read yet."""
        if match["end"]:
            return match.end()
        if match[0] in (b"'", b'"', b"`"):
            return quotes.closing(self._text, match.start())
        closing = b"\n" if match["line"] else match.groupdict().get("script") or b"*/"
        found = self._text.find(closing, match.end())
        return found + len(closing) if found >= 0 else found

    def _line_ends(self, start: int) -> bool:
        """Whether nothing but space stands between position `start` and the end of its line."""
        skip = start - self._at
        end = self._find(b"\n", start) or len(self._text)
        return not self._text[self._at + skip : end].strip()

    def _set_delimiter(self) -> None:
        self._find(b"\n", self._at)
        match = _DELIMITER.match(self._text, self._at)
        if match is None:
            raise Defect("a DELIMITER line without a delimiter", byte=self._byte)
        self._delimiter, self._at = match[1], match.end()
