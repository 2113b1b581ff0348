"""What the SET statements of a dump make of the session in which its rows stand: character set, sql_mode and time zone.

User variables are followed too: a dump saves what was before it in one (@OLD_TIME_ZONE) and puts it back at its end.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from loader.mysqldump.errors import Defect, tellable
from loader.mysqldump.lexer.quotes import tokens

Zone = (
    dt.timedelta | str
)  # the distance from UTC; or, where that can't be known, the zone's name ("" if nothing says one)
UTC = dt.timedelta()

_OPENING = re.compile(rb"""['"`(),]""")
_SCOPE = re.compile(r"(GLOBAL|PERSIST|PERSIST_ONLY|SESSION|LOCAL)\s+(?=[\w`])", re.I)
_CHARSET = re.compile(
    r"(?P<word>NAMES|CHARACTER\s+SET|CHARSET)(?:\s+|(?=['\"`]))(?P<value>'[^']*'|\"[^\"]*\"|`[^`]*`|[\w@.]+)", re.I
)
_ASSIGNED = re.compile(r"(?P<name>@?[@\w.$`'\"]+)\s*:?=\s*(?P<value>.*)", re.S)
_OTHERS_SCOPE = re.compile(r"@@(?:GLOBAL|PERSIST|PERSIST_ONLY)\.", re.I)
_SESSIONS_SCOPE = re.compile(r"@@(?:(?:SESSION|LOCAL)\.)?", re.I)
_UTF8 = frozenset(("utf8", "utf8mb3", "utf8mb4"))
# Those behind ANSI imply it; a number is the sum of such.
_UNREADABLE_MODES = re.compile(r"NO_BACKSLASH_ESCAPES|ANSI|ORACLE|MSSQL|DB2|POSTGRESQL|MAXDB|^[1-9]", re.I)
_OFFSET = re.compile(r"([+-])(\d{1,2}):([0-5]\d)", re.A)
_WESTERNMOST, _EASTERNMOST = dt.timedelta(hours=-13, minutes=-59), dt.timedelta(hours=14)  # MySQL's limits


class Session:
    """The session at this place of the dump."""

    def __init__(self) -> None:
        # Name in lower case -> value as written, without quotes; None: what it was before the dump, which nobody knows.
        self._system: dict[str, str | None] = {}
        self._saved: dict[str, str | None] = {}  # user variables
        self._unreadable: str | None = (
            None  # why rows that came now could not be read: asked for each INSERT, so it is kept
        )

    @property
    def charset(self) -> str | None:
        """The character set that the statements are written in, in lower case; None if nothing says one."""
        charset = self._system.get("character_set_client")
        return charset and charset.lower()

    @property
    def zone(self) -> Zone:
        """The time zone that TIMESTAMPs are written in."""
        return _zone(self._system.get("time_zone"))

    def require_readable(self) -> None:
        """Check that rows are in UTF-8 and with backslash escapes."""
        if self._unreadable:
            raise Defect(self._unreadable)

    def set(self, statement: str) -> None:
        """Take a SET statement.

        Args:
            statement: without comments.

        Raises:
            Defect: it names a character set other than UTF-8 for all that follows, a time zone that no server takes, or
                runs another statement.
        """
        body = re.sub(r"SET\s+", "", statement, count=1, flags=re.I)
        if re.match(r"STATEMENT\b", body, re.I):
            raise Defect("a SET STATEMENT, which runs another statement, is not accepted")
        scope = ""
        for part in _parts(body):
            if match := _CHARSET.match(part):
                self._names(match)
                continue
            if match := _SCOPE.match(part):  # it holds for the names behind it as well
                scope, part = match[1].upper(), part[match.end() :]
            if match := _ASSIGNED.match(part):
                self._assign(match["name"], self._value(match["value"].strip()), scope in ("", "SESSION", "LOCAL"))
        self._unreadable = self._why_unreadable()

    def _why_unreadable(self) -> str | None:
        if self.charset not in (None, *_UTF8):
            charset = tellable(self.charset)
            return f"rows in {charset}, not in UTF-8 (character_set_client = {charset})"
        if _UNREADABLE_MODES.search(self._system.get("sql_mode") or ""):
            return "rows under an sql_mode that changes what quotes or backslashes mean"
        return None

    def _names(self, match: re.Match[str]) -> None:
        charset = self._value(match["value"])
        if match["word"].upper() == "NAMES" and charset is not None and charset.lower() not in _UTF8:
            charset = tellable(charset)
            raise Defect(f"is written in {charset}, not in UTF-8 (SET NAMES {charset})")
        self._system["character_set_client"] = charset

    def _assign(self, name: str, value: str | None, own: bool) -> None:
        name = re.sub(r"[`'\"]", "", name).lower()
        if name.startswith("@") and not name.startswith("@@"):
            self._saved[name] = value
        elif (own or name.startswith("@@")) and not _OTHERS_SCOPE.match(name):
            name = _SESSIONS_SCOPE.sub("", name)
            self._system[name] = value
            if name == "time_zone":
                _zone(value)
            if name == "system_versioning_insert_history" and value and value.upper() in ("1", "ON", "TRUE"):
                raise Defect("holds rows as they once were, too (mysqldump --dump-history): dump it without them")

    def _value(self, text: str) -> str | None:
        """A value: of another variable if it is one, else as written; None if nobody knows it."""
        if text[:1] in ("'", '"', "`"):
            return text[1:-1]
        if text.upper() == "DEFAULT" or _OTHERS_SCOPE.match(text):
            return None
        if re.fullmatch(r"@@[\w.`]+", text):
            return self._system.get(_SESSIONS_SCOPE.sub("", text.replace("`", "")).lower())
        if re.fullmatch(r"@[\w.$`'\"]+", text):
            return self._saved.get(re.sub(r"[`'\"]", "", text).lower())
        return text


def _parts(body: str) -> Iterator[str]:
    """What stands between the commas of a SET."""
    text, start, depth = body.encode(), 0, 0
    for match, end in tokens(text, _OPENING):
        depth += {b"(": 1, b")": -1}.get(match[0], 0)
        if match[0] == b"," and depth == 0:
            yield text[start : match.start()].decode().strip()
            start = end
    yield text[start:].decode().strip()


def _zone(text: str | None) -> Zone:
    """The time zone that a text names."""
    if text is None:
        return ""
    if match := _OFFSET.fullmatch(text):
        offset = dt.timedelta(hours=int(match[2]), minutes=int(match[3])) * (-1 if match[1] == "-" else 1)
        if _WESTERNMOST <= offset <= _EASTERNMOST:
            return offset
    if re.match(r"[+\-\d]", text):
        shown = f" {text}" if re.fullmatch(r"[-+:\d]{1,9}", text) else ""
        raise Defect(f"sets the time zone{shown}, which no server takes: its TIMESTAMPs can't be read")
    if text.upper() in ("UTC", "ETC/UTC"):
        return UTC
    return text if re.fullmatch(r"[\w/+-]{1,64}", text) else "of an expression"
