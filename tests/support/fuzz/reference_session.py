"""What the statements without rows do to the rows of others: databases, character sets, modes, zones, and tables dropped again."""

from __future__ import annotations

import datetime as dt
import re

from tests.support.fuzz.reference_text import NotReadableError, Token

_UTF8 = ("utf8", "utf8mb3", "utf8mb4")
_SCOPES = ("GLOBAL", "PERSIST", "PERSIST_ONLY", "SESSION", "LOCAL")
_STORED = ("VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE", "LIBRARY", "SEQUENCE", "POLICY")
_UNREADABLE = ("NO_BACKSLASH_ESCAPES", "ANSI", "ORACLE", "MSSQL", "DB2", "POSTGRESQL", "MAXDB")


class Session:
    """The session that a server would have at this place of the dump.

    Attributes:
        lost: whether the database with all of its tables was dropped by the last statement.
    """

    def __init__(self) -> None:
        self.lost = False
        self._database: str | None = None
        self._variables: dict[str, str | None] = {}  # the session's own, and with an @ the user's

    def require_readable(self) -> None:
        """Raises if rows or names would be read in another way than UTF-8 with backslashes and `names`."""
        mode = (self._variables.get("sql_mode") or "").upper()
        charset = self._variables.get("character_set_client")
        foreign = charset is not None and charset.lower() not in _UTF8
        if foreign or any(one in mode for one in _UNREADABLE):
            raise NotReadableError("under another character set or mode")

    @property
    def zone(self) -> dt.timedelta | str | None:
        """How far TIMESTAMPs are from UTC; a zone's name, or None, where that is not known."""
        text = self._variables.get("time_zone")
        if text is None or text.upper() in ("UTC", "ETC/UTC"):
            return text and dt.timedelta()
        if not re.match(r"[-+0-9]", text):
            return text
        match = re.fullmatch(r"([-+])([0-9]{1,2}):([0-5][0-9])", text)
        minutes = int(match[1] + "1") * (60 * int(match[2]) + int(match[3])) if match else 9999
        if not -(13 * 60 + 59) <= minutes <= 14 * 60:
            raise NotReadableError("no such time zone")
        return dt.timedelta(minutes=minutes)

    def take(self, tokens: list[Token], versioned: bool) -> list[str]:
        """Takes a statement that is neither CREATE TABLE nor INSERT.

        Args:
            tokens: the statement.
            versioned: whether it stands in a version comment.

        Returns:
            Names of tables that it drops.
        """
        words = [token.text.upper() if token.kind == "word" else "" for token in tokens]
        first, second = words[0], words[1] if len(words) > 1 else ""
        self.lost = False
        if first == "SET":
            self._set(tokens[1:])
        elif first == "USE" or (first == "CREATE" and second in ("DATABASE", "SCHEMA")):
            self._move(tokens[-1].text if first == "USE" else _created(tokens, words))
        elif first == "DROP" and second in ("DATABASE", "SCHEMA"):
            self.lost = True
        elif first == "DROP" and ("TABLE" in words[1:3]):
            return [token.text for token in tokens[words.index("TABLE") + 1 :] if token.kind in ("name", "word")]
        elif first == "CREATE" and second == "TABLE" and versioned:
            pass  # what stands in for a view until it is made
        elif first in ("CREATE", "DROP") and any(word in _STORED for word in words):
            if "TABLE" in words[1:2]:
                raise NotReadableError("a table")
        elif not (_harmless(words, versioned) or (not versioned and _sets_sequence(tokens))):
            raise NotReadableError("a statement that may do anything")
        return []

    def _move(self, database: str) -> None:
        # Which database the first tables are of a dump need not say, so it may be the first that it names.
        if self._database not in (None, database):
            raise NotReadableError("two databases")
        self._database = database

    def _set(self, tokens: list[Token]) -> None:
        scope = ""
        for part in _between_commas(tokens):
            words = [token.text.upper() if token.kind == "word" else "" for token in part]
            if words[:1] == ["STATEMENT"]:
                raise NotReadableError("a statement within SET")
            if words[:1] in (["NAMES"], ["CHARSET"]) or words[:2] == ["CHARACTER", "SET"]:
                behind = 2 if words[0] == "CHARACTER" else 1
                self._variables["character_set_client"] = self._value(part[behind : behind + 1])
                continue
            if len(part) > 1 and words[0] in _SCOPES and part[1].kind in ("word", "name"):
                scope, part = words[0], part[1:]
            at = next((at for at, token in enumerate(part) if token.kind == "sign" and token.text in ":="), None)
            if at is None:
                continue
            name, where = _variable(part[:at]), scope
            if name.startswith("@@"):
                name, where = name[2:], ""
                if "." in name:
                    where, _, name = name.partition(".")
            if where.upper() in ("", "SESSION", "LOCAL") or name.startswith("@"):
                self._variables[name] = self._value([token for token in part[at:] if token.text not in (":", "=")])
                assert self.zone != ""  # raises if there is no such zone
                if (self._variables.get("system_versioning_insert_history") or "").upper() in ("1", "ON", "TRUE"):
                    raise NotReadableError("rows as they once were")

    def _value(self, tokens: list[Token]) -> str | None:
        """What stands there, or what a variable that stands there is; None if that is what nobody knows."""
        if len(tokens) == 1 and tokens[0].kind != "word":
            return tokens[0].text
        text = _variable(tokens)
        if text.startswith("@@"):
            scope, dot, name = text[2:].rpartition(".")
            return self._variables.get(name) if scope in ("", "session", "local") else None
        if text.startswith("@"):
            return self._variables.get(text)
        return None if text in ("", "default") else "".join(token.text for token in tokens)


def _between_commas(tokens: list[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        sign = token.text if token.kind == "sign" else ""
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _variable(tokens: list[Token]) -> str:
    return "".join(token.text for token in tokens).lower()


def _harmless(words: list[str], versioned: bool) -> bool:
    """Whether it changes neither tables nor how they are read."""
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first == "ALTER":
        keys = second == "TABLE" and words[-1] == "KEYS" and words[-2] in ("DISABLE", "ENABLE")
        return keys or second in ("DATABASE", "SCHEMA")
    if first in ("START", "STOP", "CHANGE"):
        return words[-1] in ("SLAVE", "REPLICA") or second in ("MASTER", "REPLICATION")
    if first in ("CREATE", "ALTER", "DROP") and second in ("USER", "ROLE"):
        return True
    return first in ("LOCK", "UNLOCK", "COMMIT", "GRANT") or (versioned and first in ("ANALYZE", "FLUSH"))


def _sets_sequence(tokens: list[Token]) -> bool:
    signs = " ".join("name" if token.kind in ("name", "string") else token.text.upper() for token in tokens)
    return re.fullmatch(r"(?:DO|SELECT) SETVAL \( [\w$]+ , (?:- )?\d+ , [01] \)", signs) is not None


def _created(tokens: list[Token], words: list[str]) -> str:
    return tokens[5 if words[2:5] == ["IF", "NOT", "EXISTS"] else 2].text
