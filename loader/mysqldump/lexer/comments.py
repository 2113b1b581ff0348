"""A statement without its comments, as a server reads it: what stands in a version comment is the statement's own text."""

from __future__ import annotations

import re

from loader.mysqldump.errors import Defect
from loader.mysqldump.lexer.quotes import tokens

_OPENING = re.compile(
    rb"""['"`] | (?P<line>(?:--(?=[\s\x00-\x1f]|\Z)|\#)[^\n]*) | (?P<mark>/\*M?!\d*|\*/) | /\* | (?P<minus>--)""", re.X
)


def without_comments(statement: bytes) -> bytes:
    """The statement with a space for each comment and for each mark of a version comment."""
    pieces: list[bytes] = []
    copied = marks = 0
    for match, end in tokens(statement, _OPENING):
        if match["mark"]:
            if (match["mark"] == b"*/") is (marks % 2 == 0):
                raise _nested()
            marks += 1
        if match[0] in (b"'", b'"', b"`"):
            continue
        # Two signs that are no comment to MySQL are one to others.
        pieces += statement[copied : match.start()], b"- -" if match["minus"] else b" "
        copied = end
    if marks % 2:
        raise _nested()
    return b"".join([*pieces, statement[copied:]])


def _nested() -> Defect:
    return Defect("a statement with a version comment that is open, within another, or ends without a beginning")
