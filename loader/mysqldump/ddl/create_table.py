"""A CREATE TABLE of MySQL's as what is landed of it: the columns with their types, and the primary key.

sqlglot's tokeniser, not its parser: of a column only the name, the type, nullability and the default matter, and a
clause that the parser does not know (a SRID, a histogram, a new engine option) must not stop a load.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import TokenError
from sqlglot.tokens import Token, TokenType

from loader.mysqldump.ddl.charsets import charset_of, charset_of_column
from loader.mysqldump.ddl.column_types import type_of
from loader.mysqldump.ddl.primary_key import KeyPart, declared_key
from loader.mysqldump.ddl.table_elements import is_key, outside_brackets, split
from loader.mysqldump.errors import Defect, tellable
from loader.mysqldump.lexer.comments import without_comments
from loader.plain_text import plain

DATE_KINDS = ("date", "timestamp")
_QUOTED = (TokenType.STRING, TokenType.IDENTIFIER)
_LITERALS = (TokenType.STRING, TokenType.NUMBER)
_LONGEST_NAME = 64  # MySQL's limit
_MOST_COLUMNS = 1_017  # InnoDB's; DuckDB needs some 300 KB for each
_BARE = re.compile(r"[\w$\u0080-\U0010ffff]+")  # what a name is made of that stands without quotes
_SPACE = " \t\r\n\f\v"


@dataclass(frozen=True)
class Column:
    """One column of a dumped table.

    Attributes:
        name: as the dump spells it.
        kind: how its literals look: integer, decimal, float, text, date, timestamp or binary.
        type: the DuckDB type it lands as; what it lands as in MySQL is derived from the declared type (mysql_types.py).
        nullable: whether the source allows NULL.
        default: the DEFAULT literal's text ("" is a literal, None is "no literal").
        computed: whether a row that leaves it out gets a value the dump does not hold (GENERATED, AUTO_INCREMENT, or a
            DEFAULT that is an expression).
        generated: whether it is a GENERATED column, which mysqldump leaves out of its column lists.
        width: bytes of a BIT column, 0 for others.
        declared: the type's name as the source declares it, in lower case.
        arguments: what stands in brackets behind that: lengths, or the words of an ENUM or SET.
        charset: the character set of a text column in lower case, its own or its table's; "" if the CREATE TABLE says none.
    """

    name: str
    kind: str
    type: str
    nullable: bool = True
    default: str | None = None
    computed: bool = False
    generated: bool = False
    width: int = 0
    declared: str = ""
    arguments: tuple[str, ...] = ()
    charset: str = ""


@dataclass(frozen=True)
class Table:
    """A dumped table.

    Attributes:
        name: as the dump spells it.
        columns: in their order.
        key: the primary key's parts in its order; empty if there is none.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[KeyPart, ...] = ()

    @property
    def dates(self) -> tuple[Column, ...]:
        """The date and timestamp columns."""
        return tuple(column for column in self.columns if column.kind in DATE_KINDS)

    @property
    def moments(self) -> tuple[Column, ...]:
        """The columns of MySQL's type TIMESTAMP, which a dump writes in the time zone of its session."""
        return tuple(column for column in self.columns if column.declared == "timestamp")

    @property
    def binary(self) -> bool:
        """Whether any column holds bytes that need not be UTF-8."""
        return any(column.kind == "binary" for column in self.columns)


def parse_create_table(statement: bytes) -> Table:
    """Read a CREATE TABLE statement."""
    try:
        text = without_comments(statement).decode()
        tokens = MySQL().tokenize(text)
    except (UnicodeDecodeError, TokenError):
        raise Defect("a CREATE TABLE statement cannot be read") from None
    # To the tokeniser U+2028 and the like are white space; to a server they are letters of a name.
    if any(text[one.end + 1 : next_one.start].strip(_SPACE) for one, next_one in pairwise(tokens)):
        raise Defect("a CREATE TABLE statement has something between its words that is no white space to a server")
    at = 2
    if [token.text.upper() for token in tokens[at : at + 3]] == ["IF", "NOT", "EXISTS"]:
        at += 3
    if len(tokens) < at + 2 or tokens[at + 1].token_type != TokenType.L_PAREN:
        raise Defect("a CREATE TABLE statement has no column list, or names a database")
    name = _name(tokens[at])
    parts, end = split(tokens, at + 1)
    if any(token.token_type in (TokenType.SELECT, TokenType.ALIAS, TokenType.SEMICOLON) for token in tokens[end:]):
        raise Defect("CREATE TABLE with a query or a second statement", table=name)
    if not all(parts):
        raise Defect("CREATE TABLE with a comma too many, or nothing in it", table=name)
    if parts[0][0].token_type == TokenType.LIKE:
        raise Defect("CREATE TABLE that copies another table", table=name)
    charset = charset_of(tokens[end:])
    declared = [part for part in parts if not is_key(part)]
    if len(declared) > _MOST_COLUMNS:
        raise Defect(f"has {len(declared):,} columns, and InnoDB takes {_MOST_COLUMNS:,}", table=name)
    columns = [_column(element, name, charset) for element in declared]
    if not columns:
        raise Defect("CREATE TABLE without columns", table=name)
    folded = [column.name.lower() for column in columns]
    if len(set(folded)) < len(folded):
        raise Defect("CREATE TABLE names a column twice", table=name)
    key = declared_key(name, [part for part in parts if is_key(part)], declared)
    named = {part.name for part in key}
    return Table(name, tuple(_not_null(one) if one.name in named else one for one in columns), key)


def _not_null(column: Column) -> Column:
    """The column of a primary key: it takes no NULL, whatever else it says."""
    return replace(column, nullable=False)


def _name(token: Token) -> str:
    """A name that may be told; behind a quote too many, rows can stand where names do."""
    name = token.text
    if not 0 < len(name) <= _LONGEST_NAME or name.endswith(" ") or name != plain(name):
        raise Defect("CREATE TABLE with a name that is empty, too long, ends with a space, or has a control character")
    bare = token.token_type != TokenType.STRING and _BARE.fullmatch(name)
    if token.token_type != TokenType.IDENTIFIER and not bare:
        raise Defect(
            "CREATE TABLE with a name that is none without backquotes: dump with --quote-names, not --compatible"
        )
    return name


def _column(element: Sequence[Token], table: str, tables_charset: str) -> Column:
    if len(element) < 2:
        raise Defect("a column without a type", table=table)
    name, type_name = _name(element[0]), element[1].text.lower()
    if element[1].token_type in _QUOTED:
        type_name = ""  # no type, and no word to tell
    arguments: list[str] = []
    at = 2
    if at < len(element) and element[at].token_type == TokenType.L_PAREN:
        inner, at = split(element, at)
        arguments = [part[0].text for part in inner if part]
    attributes = outside_brackets(element[at:])
    words = ["" if token.token_type in _QUOTED else token.text.upper() for token in attributes]
    unsigned = "UNSIGNED" in words or "ZEROFILL" in words
    kind, duckdb_type, width = type_of(type_name, arguments, unsigned, f"column {tellable(name)}", table)
    generated = "AS" in words[:-1]
    numbered = "AUTO_INCREMENT" in words
    default, computed = _default(attributes)
    nullable = not re.search(r"\bNOT NULL\b", " ".join(words))
    return Column(
        name,
        kind,
        duckdb_type,
        nullable,
        default,
        computed or generated or numbered,
        generated,
        width,
        type_name,
        tuple(arguments),
        charset_of_column(type_name, element[at:], tables_charset),
    )


def _default(attributes: Sequence[Token]) -> tuple[str | None, bool]:
    """The DEFAULT literal's text, and whether the default is an expression instead."""
    for at, token in enumerate(attributes):
        if token.token_type != TokenType.DEFAULT:
            continue
        value = attributes[at + 1 : at + 3]
        if (
            value
            and value[0].token_type in (TokenType.DASH, TokenType.INTRODUCER)
            and value[-1].token_type in _LITERALS
        ):
            sign = "-" if value[0].token_type == TokenType.DASH else ""
            return sign + value[1].text, False
        if value and value[0].token_type in _LITERALS:
            return value[0].text, False
        if value and value[0].token_type == TokenType.NULL:
            return None, False
        return None, True
    return None, False
