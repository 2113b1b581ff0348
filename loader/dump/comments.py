"""A statement without its comments, as a server reads it: what stands in a version comment is the statement's own text."""

from __future__ import annotations

import re

from loader.dump.defect import Defect

_PIECES = re.compile(
    rb"""(?P<quoted>'(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `(?:[^`]|``)*`)
      | (?:--(?=[\s\x00-\x1f]|\Z)|\#)[^\n]* | /\*(?!M?!).*?\*/ | (?P<mark>/\*M?!\d*|\*/) | (?P<minus>--)""",
    re.S | re.X,
)


def without_comments(statement: bytes) -> bytes:
    """The statement with a space for each comment and for each mark of a version comment.

    Raises:
        Defect: a version comment is open at its end, or one ends that did not begin.
    """
    marks = [match["mark"] for match in _PIECES.finditer(statement) if match["mark"]]
    if any((mark == b"*/") is (number % 2 == 0) for number, mark in enumerate(marks)) or len(marks) % 2:
        raise Defect("a statement with a version comment that is open, within another, or ends without a beginning")
    return _PIECES.sub(_plain, statement)


def _plain(match: re.Match[bytes]) -> bytes:
    # Two signs that are no comment to MySQL are one to others.
    return match["quoted"] or (b"- -" if match["minus"] else b" ")
