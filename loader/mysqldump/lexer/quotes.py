"""Where strings and quoted names end, in memory that does not grow with them.

A regular expression keeps a mark for each repetition of a group, about 145 bytes for one byte of text: `'(?:[^'\\\\]|\\\\.)*'` takes 3 GB for a
picture of 20 MB. So a group repeats 5,000 times at most here, in a loop. It can't go back either: nothing in it can fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_INSIDE = {
    ord("'"): re.compile(rb"(?:[^'\\]+|\\.|''){1,5000}", re.S),
    ord('"'): re.compile(rb'(?:[^"\\]+|\\.|""){1,5000}', re.S),
    ord("`"): re.compile(rb"(?:[^`]+|``){1,5000}"),
}
_ESCAPE = re.compile(rb"\\.", re.S)


def inside_end(text: bytes | bytearray, at: int, quote: int) -> int:
    """The place of the quote that closes a string, or of what can't be told yet: the text's end, or a backslash before it."""
    return _run(_INSIDE[quote], text, at)


def closing(text: bytes | bytearray, at: int) -> int:
    """The place behind the quote that closes the string or name which opens at `at`; -1 if none does."""
    quote = text[at]
    end = inside_end(text, at + 1, quote)
    return end + 1 if end < len(text) and text[end] == quote else -1


def _run(pattern: re.Pattern[bytes], text: bytes | bytearray, at: int) -> int:
    while match := pattern.match(text, at):
        at = match.end()
    return at


def is_open(text: bytes) -> bool:
    """Whether a string is open at the end of a text that begins outside of strings; only `'` is looked for."""
    if b"\\\\" in text:
        return _ESCAPE.sub(b"", text).count(b"'") % 2 > 0
    return (text.count(b"'") - text.count(b"\\'")) % 2 > 0


def ends_in_escape(text: bytes) -> bool:
    """Whether a text ends with a backslash that takes the next sign."""
    return (len(text) - len(text.rstrip(b"\\"))) % 2 > 0


def pieces(string: bytes) -> Iterator[bytes]:
    """What stands between a string's `'`, in pieces none of which ends within an escape or between doubled quotes."""
    at = 0
    while at < len(string):
        end = _INSIDE[ord("'")].match(string, at).end()
        yield string[at:end]
        at = end


def tokens(text: bytes, opening: re.Pattern[bytes]) -> Iterator[tuple[re.Match[bytes], int]]:
    """What a statement is made of: strings, names in quotes and comments as a whole, and whatever else the pattern finds.

    Args:
        text: a statement; a string or comment that is open at its end ends there.
        opening: finds the beginning of each.

    Yields:
        The match of a beginning, and the place behind the whole.
    """
    at = 0
    while match := opening.search(text, at):
        start, at = match.span()
        if match[0] in (b"'", b'"', b"`"):
            at = closing(text, start)
        elif match[0] == b"/*":
            at = text.find(b"*/", at)
            at = at + 2 if at >= 0 else at
        at = len(text) if at < 0 else at
        yield match, at


def unquote(name: str) -> str:
    """A name as it is, from how SQL writes it."""
    return name[1:-1].replace("``", "`") if name.startswith("`") else name
