"""What the statements without rows do to the rows of others: databases, character sets, modes, and tables dropped again."""

from __future__ import annotations

import re

from tests.fuzz.reference_text import NotReadableError, Token

_UTF8 = ("utf8", "utf8mb3", "utf8mb4")
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
        self._charset: str | None = None
        self._mode = ""

    def require_readable(self) -> None:
        """Raises if rows or names would be read in another way than UTF-8 with backslashes and `names`."""
        if self._charset is not None or any(mode in self._mode for mode in _UNREADABLE):
            raise NotReadableError("under another character set or mode")

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
        if first == "SET" and second != "STATEMENT":
            self._set(tokens, words)
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

    def _set(self, tokens: list[Token], words: list[str]) -> None:
        if re.search(
            r"SYSTEM_VERSIONING_INSERT_HISTORY(?: :)? = (?:1|ON|TRUE)\b", " ".join(token.text for token in tokens), re.I
        ):
            raise NotReadableError("rows as they once were")
        for at in range(1, len(tokens)):
            name = tokens[at].text.lower().rpartition(".")[2].lstrip("@")
            if words[at] == "NAMES" or words[at] == "CHARSET" or words[at - 1 : at + 1] == ["CHARACTER", "SET"]:
                self._charset = _foreign(tokens, at + 1)
            elif tokens[at].kind in ("word", "name") and name in ("character_set_client", "sql_mode"):
                behind = at + 1
                while behind < len(tokens) and tokens[behind].kind == "sign" and tokens[behind].text in ":=":
                    behind += 1
                if behind == at + 1:
                    continue  # it is read, not written
                if name == "sql_mode":
                    self._mode = " ".join(token.text.upper() for token in tokens[behind:])
                else:
                    self._charset = _foreign(tokens, behind)


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


def _foreign(tokens: list[Token], at: int) -> str | None:
    """The character set that stands there, None if it is UTF-8 or what was set before."""
    charset = tokens[at].text.lower() if at < len(tokens) else ""
    return None if charset in _UTF8 or charset.startswith("@") or charset == "default" else charset


def _created(tokens: list[Token], words: list[str]) -> str:
    return tokens[5 if words[2:5] == ["IF", "NOT", "EXISTS"] else 2].text
