"""A statement without its comments, as a server reads it: what stands in a version comment is the statement's own text."""

from __future__ import annotations

import re

_PIECES = re.compile(
    rb"""(?P<quoted>'(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `(?:[^`]|``)*`)
      | (?:--(?=[\s\x00-\x1f]|\Z)|\#)[^\n]* | /\*(?!M?!).*?\*/ | /\*M?!\d* | \*/ | (?P<minus>--)""",
    re.S | re.X,
)


def without_comments(statement: bytes) -> bytes:
    """The statement with a space for each comment and for each mark of a version comment."""
    return _PIECES.sub(_plain, statement)


def _plain(match: re.Match[bytes]) -> bytes:
    # Two signs that are no comment to MySQL are one to others.
    return match["quoted"] or (b"- -" if match["minus"] else b" ")
