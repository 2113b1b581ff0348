"""Text in a dump that no dump tool meant for it: what a client, a shell, ssh or cron writes to a terminal.

It is known by a fixed list of how such text begins, so that a message can name it and never quotes what may be a row.
"""

from __future__ import annotations

import re

_CLIENT = rb"(?:[^\s'`]*[/\\])?(?:mysqldump|mariadb-dump|mysql|mariadb)(?:\.exe)?: "
_CLIENT_ERROR = _CLIENT + rb"(?:\[ERROR\]|Got error|Error|Couldn't|Can't|Out of memory|Lost connection)"
_KINDS = (
    (_CLIENT_ERROR, "an error of mysqldump (a table may have broken off at it)"),
    (_CLIENT, "a message of mysqldump"),
    (
        rb"(?:Warning|WARNING): (?:Using a password|A (?:partial )?dump from a server|option |--)|Enter password:",
        "a message of mysqldump",
    ),
    (rb"ERROR \d+ \([0-9A-Z]+\)", "an error of a MySQL client"),
    (
        rb"(?:-?[\w./]*\b(?:ba|da|z|k)?sh|nohup|sudo|cron|perl|tput|mesg|stdin|env|time|timeout|gzip|ssh|scp|docker|kubectl|aws): ",
        "a message of a shell or of a program in it",
    ),
    (rb"\+ [\w./-]*(?:mysqldump|mariadb-dump)\b", "a line of a shell's set -x"),
    (
        rb"Error response from daemon|Error from server|Defaulted container|the input device is not a TTY"
        rb"|Unable to use a TTY|WARN\[\d+\]|time=\"|level=",
        "a message of a container's client",
    ),
    (
        rb"\*\* WARNING: connection|Warning: Permanently added|Pseudo-terminal will not|Connection to \S+ closed|Last login:|Welcome to "
        rb"|Permission denied|Host key verification",
        "a message of ssh or a login banner",
    ),
    (
        rb"(?:From \S+ |(?:Return-Path|Delivered-To|Received|Subject|Date|To|From|MIME-Version|X-[\w-]+): )",
        "the head of a mail",
    ),
    (rb"HTTP/\d", "the head of an HTTP answer"),
)
_KNOWN = tuple((re.compile(pattern), what) for pattern, what in _KINDS)
# mysqldump --verbose writes its progress as SQL comments.
_PROGRESS_BEGINS = rb"-- (?:Connecting to|Retrieving|Sending SELECT|Disconnecting from)\b"
_PROGRESS = re.compile(_PROGRESS_BEGINS)
# A client's message anywhere: a line that goes on to a bare newline, which mysqldump never writes within a row.
_WITHIN = re.compile(rb"(?:mysqldump|mariadb-dump)(?:\.exe)?: (?:\[|[A-Z])|" + _PROGRESS_BEGINS)
_ROW_ENDS = (b"),", b"),\r")

ADVICE = "keep stderr (2>&1) and login banners out of the file, stderr in a log of its own, and make the dump again"


def named(text: bytes, at: int = 0) -> str | None:
    """What begins at a place of a dump, if that is such text; None if it is not known to be."""
    return next((what for pattern, what in _KNOWN if pattern.match(text, at)), None)


def is_progress(comment: bytes) -> bool:
    """Whether a comment line is one of mysqldump --verbose's."""
    return _PROGRESS.match(comment) is not None and comment.rstrip().endswith(b"...")


def is_within(text: bytes) -> bool:
    """Whether a client's message seems to stand within a statement."""
    at = 0
    while match := _WITHIN.search(text, at):
        at = text.find(b"\n", match.end()) + 1 or len(text)
        line = text[match.start() : at].removesuffix(b"\n")
        if line.rstrip().endswith(b"...") if match[0].startswith(b"--") else not line.endswith(_ROW_ENDS):
            return True
    return False


def explained(what: str, text: bytes) -> str:
    """A defect of a statement, with its cause if a client's message stands in the statement's text."""
    known = ADVICE in what or not is_within(text)
    return what if known else f"{what}, because a message of mysqldump stands in it: {ADVICE}"
