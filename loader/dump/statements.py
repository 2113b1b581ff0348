"""The dump's bytes as statements: where each ends, judged like the `mysql` client does, and nothing about meaning.

INSERTs hold nearly all bytes, so their end is found with `re` and `count` over whole blocks. mysqldump escapes every
newline in a string, hence `;` and a newline ends an INSERT; other tools do not, so the quotes up to there are counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loader.dump import stray
from loader.dump.defect import Defect
from loader.file_kinds import BOM

MAX_STATEMENT_BYTES = 128 << 20
_LOOKAHEAD = 256  # bytes: longer than anything that tells one kind of statement from another

_SPACE = re.compile(rb"\s*")
_INSERT = re.compile(rb"INSERT\b", re.I)
# Up to the first row: names may hold quotes, and those open no string.
_INSERT_HEAD = re.compile(rb"(?:[^`'(;]+|`[^`]*`|\(\s*`[^`]*`)*")
_INSERT_END = re.compile(rb";[ \t]*(?:\r?\n|\Z)")
_ESCAPE = re.compile(rb"\\.", re.S)
_DELIMITER = re.compile(rb"DELIMITER[ \t]+(\S+)[ \t]*\r?\n", re.I)
_DELIMITER_WORD = re.compile(rb"DELIMITER\b", re.I)
_LINE_COMMENT = re.compile(rb"--(?=[\s\x00-\x1f]|\Z)|#")
_BLOCK_COMMENT = re.compile(rb"/\*(?!M?!)")
# MariaDB's first line: a command to its client, in a version comment that no server reads.
_SANDBOX = re.compile(rb"/\*M!999999\\- enable the sandbox mode \*/")
# What a `;` inside of is no end. A lone opener (the last three) means that its end is still to be read.
_TOKENS = rb"""
    '(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `(?:[^`]|``)*` | /\*(?!M?!).*?\*/ | (?:--(?=\s)|\#)[^\n]*\n
  | (?P<open>['"`]|/\*(?!M?!)) | (?P<end>%s)"""


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        kind: "insert", "comment" (a line), "in block" (between DELIMITERs) or "other".
        text: its bytes without the delimiter; of a comment, with the newline if it has one.
        byte: its offset in the uncompressed dump.
    """

    kind: str
    text: bytes
    byte: int


def _tokens(end: bytes) -> re.Pattern[bytes]:
    return re.compile(_TOKENS.replace(b"%s", re.sub(rb"(\W)", rb"\\\1", end)), re.S | re.X)


class Statements:
    """Iterate over the statements of a dump.

    Raises (while iterating):
        Defect: the dump ends within a statement, has two on a line, or holds a NUL byte.
    """

    def __init__(self, blocks: Iterable[bytes]):
        """Take the dump's uncompressed bytes, in pieces of any size but none empty."""
        self._blocks = iter(blocks)
        self._text = b""
        self._at = 0
        self._dropped = 0  # bytes of the dump before self._text
        self._delimiter = b";"

    def __iter__(self) -> Iterator[Statement]:
        self._more(_LOOKAHEAD)
        if self._text.startswith(BOM):
            self._at = len(BOM)
        while self._skip_space():
            self._more(_LOOKAHEAD)
            text, at = self._text, self._at
            if self._delimiter == b";" and _INSERT.match(text, at):
                yield self._insert()
            elif _LINE_COMMENT.match(text, at):
                end = self._find(b"\n", at)
                yield self._take("comment", end or len(self._text))
            elif _SANDBOX.match(text, at) or _BLOCK_COMMENT.match(text, at):
                self._skip_comment()
            elif _DELIMITER_WORD.match(text, at):
                self._set_delimiter()
            elif what := stray.named(text, at):
                raise Defect(f"{what} stands between the statements: {stray.ADVICE}", byte=self._byte)
            else:
                yield self._scan("other" if self._delimiter == b";" else "in block")
        if self._delimiter != b";":
            raise Defect("ends within a DELIMITER block", byte=self._byte)

    @property
    def _byte(self) -> int:
        return self._dropped + self._at

    def _defect(self, what: str) -> Defect:
        """A defect of the statement that begins here, whose end is not known."""
        return Defect(stray.explained(what, self._text[self._at :]), byte=self._byte)

    def _more(self, wanted: int) -> bool:
        """Read until `wanted` bytes lie ahead; False if the dump ends before that."""
        if len(self._text) - self._at >= wanted:
            return True
        pieces = [self._text[self._at :]]
        size = len(pieces[0])
        for block in self._blocks:
            if b"\0" in block:
                raise Defect("holds a NUL byte, which mysqldump always escapes", byte=self._byte)
            pieces.append(block)
            size += len(block)
            if size >= wanted:
                break
        if len(pieces) > 1:  # else every position stays as it is
            self._dropped += self._at
            self._text, self._at = b"".join(pieces), 0
        return size >= wanted

    def _extend(self) -> bool:
        """Read on within one statement, doubling it, so that a long one is not copied for each block."""
        ahead = len(self._text) - self._at
        if ahead > MAX_STATEMENT_BYTES:
            raise Defect(f"a statement of more than {MAX_STATEMENT_BYTES >> 20} MiB: is a quote open?", byte=self._byte)
        self._more(2 * ahead + 1)
        return len(self._text) - self._at > ahead

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
            if not self._extend():
                return 0
        return found + len(end)

    def _skip_comment(self) -> None:
        end = self._find(b"*/", self._at + 2)
        if not end:
            raise Defect("ends within a comment", byte=self._byte)
        self._at = end
        if self._skip_space() and self._text.startswith(b";", self._at):
            self._at += 1

    def _take(self, kind: str, end: int, delimiter: int = 0) -> Statement:
        statement = Statement(kind, self._text[self._at : end - delimiter], self._byte)
        self._at = end
        return statement

    def _insert(self) -> Statement:
        """Cut off an INSERT at the first line-ending semicolon that stands outside of its strings."""
        seen = quotes = 0  # bytes searched, and quotes counted in them
        while True:
            start = max(self._at + seen, _INSERT_HEAD.match(self._text, self._at).end())
            match = _INSERT_END.search(self._text, start)
            if match is None or match.end() == len(self._text):  # the end of what is read may not be the dump's
                if self._extend():
                    continue
                if match is None:
                    raise self._defect("ends within an INSERT statement")
            piece = self._text[start : match.start()]
            if b"\\" in piece:
                piece = _ESCAPE.sub(b"", piece)
            quotes += piece.count(b"'")
            if quotes % 2 == 0:
                statement = self._take("insert", match.start())
                self._at = match.end()
                return statement
            # Inside a string `;` and a newline are text. An escape that ends the piece has eaten the `;`.
            seen = match.start() + 1 - self._at

    def _scan(self, kind: str) -> Statement:
        """Cut off any other statement, token by token; they are few and short."""
        tokens = _tokens(self._delimiter)
        while True:
            for match in tokens.finditer(self._text, self._at):
                if match["open"]:
                    break
                if match["end"]:
                    length = match.end() - self._at
                    if self._delimiter == b";" and not self._line_ends(match.end()):
                        raise self._defect("a second statement on one line")
                    return self._take(kind, self._at + length, len(self._delimiter))
            if not self._extend():
                raise self._defect("ends within a statement")

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
