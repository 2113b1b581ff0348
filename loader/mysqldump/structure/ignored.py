"""The statements of a dump that bring no rows: which may be skipped, and what they say of the statements after them.

What is not known to be harmless is refused: a statement skipped by mistake is data lost without a word.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from loader.mysqldump.errors import Defect, tellable
from loader.mysqldump.lexer.comments import without_comments
from loader.mysqldump.lexer.quotes import tokens, unquote
from loader.mysqldump.structure.session import Session

_OPENING = re.compile(rb"""['"`] | (?P<mark>/\*M?!\d*|\*/) | /\*""", re.X)
_SPACE = " \t\n\v\f\r"  # to MySQL; Python has more, as U+0085 and U+3000, which are letters of a name to MySQL
_LETTER = r"[\w$\x80-\U0010ffff]"
_NAME = rf"(?:`(?:[^`]|``){{1,64}}`|{_LETTER}+)"  # 64: MySQL's limit
_END = rf"(?!{_LETTER})"
_STORED = r"(?:VIEW|TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE|LIBRARY|SEQUENCE|MASKING\s+POLICY)"
_ACCOUNT = r"(?:`(?:[^`]|``)*`|'(?:[^']|'')*'|[^\s`'])+"
_PLAIN = re.compile(
    rf"""(?:SET|COMMIT|UNLOCK\s+TABLES?|LOCK\s+TABLES?|(?:CREATE|ALTER|DROP)\s+(?:DATABASE|SCHEMA|USER|ROLE)|USE
      |DROP\s+(?:TEMPORARY\s+)?TABLE|DROP\s+{_STORED}|GRANT
      |CHANGE\s+(?:MASTER|REPLICATION\s+SOURCE)(?:\s+'[^']*')?\s+TO|(?:START|STOP)\s+(?:ALL\s+)?(?:SLAVE|REPLICA)S?
      |CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:ALGORITHM|DEFINER)\s*=\s*{_ACCOUNT}\s+|SQL\s+SECURITY\s+\w+\s+
       |AGGREGATE\s+|MATERIALIZED\s+|JSON\s+RELATIONAL\s+DUALITY\s+)*{_STORED}){_END}""",
    re.A | re.I | re.X,
)
_VERSIONED = re.compile(
    rf"""(?:ALTER\s+TABLE\s+{_NAME}\s+(?:DISABLE|ENABLE)\s+KEYS\s*\Z
      |CREATE\s+TABLE{_END}|(?:ANALYZE|FLUSH)\s)""",
    re.A | re.I | re.X,
)
# What a sequence goes on with; it holds no rows.
_SETVAL = re.compile(
    rf"(?:DO|SELECT)\s+SETVAL\s*\(\s*(?:{_NAME}|\"[^\"]+\")\s*,\s*-?\d+\s*,\s*[01]\s*\)\s*\Z", re.A | re.I
)
_DROP = re.compile(r"DROP\s+(?:TEMPORARY\s+)?TABLE\b", re.I)
_DROP_TABLE = re.compile(
    rf"{_DROP.pattern}\s+(?:IF\s+EXISTS\s+)?({_NAME}(?:\s*,\s*{_NAME})*)(?:\s+(?:RESTRICT|CASCADE))?\s*\Z", re.I
)
_CREATE = re.compile(r"CREATE\b(?!\s+TABLE\b)", re.A | re.I)
_DROP_DATABASE = re.compile(r"DROP\s+(?:DATABASE|SCHEMA)\b", re.I)
_DATABASE = re.compile(rf"(?:USE|CREATE\s+(?:DATABASE|SCHEMA)(?:\s+IF\s+NOT\s+EXISTS)?)\s+({_NAME})", re.I)
_IN_BLOCK = re.compile(
    r"(?:CREATE|SET|DROP|ALTER|USE)\b(?!\s+(?:STATEMENT|(?:OR\s+REPLACE\s+)?(?:TEMPORARY\s+)?TABLE)\b)", re.I
)
_REFUSED = frozenset(
    "ALTER ANALYZE BEGIN CALL CHANGE CREATE DELETE DO EXECUTE FLUSH GRANT HANDLER IMPORT INSERT INSTALL KILL LOAD MERGE"
    " OPTIMIZE PREPARE RENAME REPLACE RESET REVOKE SELECT SHUTDOWN SOURCE START STOP TRUNCATE UPDATE WITH XA".split()
)


class Skipped:
    """Judge the statements without rows, in their order."""

    def __init__(self, session: Session) -> None:
        """Skip nothing yet."""
        self._session = session
        self._database: str | None = None

    def skip(self, statement: bytes, tables: Collection[str], *, in_block: bool) -> None:
        """Skip one statement.

        Args:
            statement: without its delimiter.
            tables: names of the tables created so far: dropping one of them would lose rows.
            in_block: whether it stands between DELIMITERs, where version comments and plain text mix.

        Raises:
            Defect: it may not be skipped.
        """
        text = statement.decode("utf-8", "replace").strip(_SPACE)
        whole = without_comments(statement).decode("utf-8", "replace").strip(_SPACE)
        if in_block:
            if not (_IN_BLOCK.match(whole) and _PLAIN.match(whole)):
                raise _refusal(whole)
        elif text.startswith("/*"):
            pieces = _version_comments(statement)
            judged = whole if _CREATE.match(whole) else pieces[0]  # what is made may stand in a later comment
            if not (_PLAIN.match(judged) or _VERSIONED.match(judged)):
                raise _refusal(judged)
        elif not (_PLAIN.match(text) or _SETVAL.match(text)):
            raise _refusal(text)
        self._note(whole, tables)

    def _note(self, text: str, tables: Collection[str]) -> None:
        """Remember what a statement changes for the next ones."""
        if _DROP_DATABASE.match(text) and tables:
            raise Defect("drops a database after tables were created")
        if _DROP.match(text):
            match = _DROP_TABLE.match(text)
            if match is None and tables:
                raise Defect("a DROP TABLE statement cannot be read")
            for name in re.findall(_NAME, match[1]) if match else ():
                if unquote(name) in tables:
                    raise Defect("is dropped again after it was created", table=unquote(name))
        if match := _DATABASE.match(text):
            name = unquote(match[1])
            if self._database not in (None, name):
                raise Defect(f"holds two databases, {tellable(self._database)} and {tellable(name)}")
            self._database = name
        if re.match(r"SET\b", text, re.I):
            self._session.set(text)


def _version_comments(statement: bytes) -> list[str]:
    """The insides of a statement that is nothing but version comments (a view comes in three of them)."""
    pieces: list[str] = []
    start: int | None = None
    outside = 0
    for match, _ in tokens(statement, _OPENING):
        mark = match["mark"]
        if mark is None:
            continue
        if start is None:
            if mark == b"*/" or statement[outside : match.start()].strip():
                raise Defect("a version comment with something behind it")
            start = match.end()
        elif mark == b"*/":
            pieces.append(statement[start : match.start()].decode("utf-8", "replace").strip(_SPACE))
            start, outside = None, match.end()
        else:
            raise Defect("a version comment within another")
    if start is not None or statement[outside:].strip():
        raise Defect("a version comment with something behind it, or without its end")
    return pieces


def _refusal(text: str) -> Defect:
    """The refusal of a statement; its first word is told only if it is SQL's (else it may be a piece of a row)."""
    word = re.match(r"[A-Za-z]*", text)[0].upper()
    return Defect(f"{word} statements are not accepted" if word in _REFUSED else "a statement of an unknown kind")
