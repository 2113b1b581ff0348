"""The columns of a CREATE TABLE: what a row's values are by MySQL's types."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.fuzz.reference_text import NotReadableError, Token, utf8

_KINDS = {
    "integer": "tinyint smallint mediumint int integer bigint year bool boolean",
    "decimal": "decimal numeric dec fixed",
    "single": "float",
    "double": "double real",
    "text": "char varchar tinytext text mediumtext longtext enum set json time inet4 inet6 uuid xmltype",
    "binary": "binary varbinary tinyblob blob mediumblob longblob bit vector geometry point linestring polygon multipoint"
    " multilinestring multipolygon geometrycollection geomcollection",
    "date": "date",
    "timestamp": "datetime timestamp",
}
KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        name, kind: its name, and which of `_KINDS` it is.
        sizes: the numbers in brackets behind its type.
        bits: whether it is a BIT.
        nullable: whether it takes NULL.
        default: its DEFAULT literal as a statement writes it, None without one.
        computed: whether its default is an expression.
        generated: whether it is computed from others.
        instant: whether it is a TIMESTAMP, which is written in the session's time zone.
    """

    name: str
    kind: str
    sizes: tuple[int, ...]
    bits: bool
    nullable: bool
    default: str | None
    computed: bool
    generated: bool
    instant: bool


def create_table(tokens: list[Token]) -> tuple[str, list[Column]]:
    """The name and the columns of a CREATE TABLE."""
    at = 2
    if [token.text.upper() for token in tokens[at : at + 3]] == ["IF", "NOT", "EXISTS"]:
        at += 3
    if len(tokens) < at + 2 or tokens[at].kind == "sign" or tokens[at + 1] != Token("sign", "("):
        raise NotReadableError("no column list, or a name in another database")
    elements, end = _elements(tokens, at + 1)
    if any(token.kind == "word" and token.text.upper() in ("SELECT", "AS", "LIKE") for token in tokens[end:]):
        raise NotReadableError("a table made of another")
    columns = [_column(element) for element in elements if not _is_key(element)]
    folded = {column.name.lower() for column in columns}
    if not columns or len(folded) < len(columns):
        raise NotReadableError("no column, or one twice")
    return tokens[at].text, columns


def _elements(tokens: list[Token], opening: int) -> tuple[list[list[Token]], int]:
    """What stands between the commas of a bracket, and the place behind it."""
    elements: list[list[Token]] = [[]]
    depth = 0
    for at in range(opening, len(tokens)):
        sign = tokens[at].text if tokens[at].kind == "sign" else ""
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0:
            return elements, at + 1
        if depth == 1 and sign == ",":
            elements.append([])
        elif at > opening:
            elements[-1].append(tokens[at])
    raise NotReadableError("an open bracket")


def _is_key(element: list[Token]) -> bool:
    """Whether a server would take it for a key, a constraint or a period."""
    rest = list(element)
    if _word(rest) == "CONSTRAINT":
        del rest[: 1 if _word(rest[1:]) in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK") else 2]
        if _word(rest) not in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"):
            return False
    first, second = _word(rest), _word(rest[1:])
    if first == "CHECK":
        return rest[1:2] == [Token("sign", "(")]
    if first == "PERIOD":
        return second == "FOR" and rest[3:4] == [Token("sign", "(")]
    needs_key = first in ("PRIMARY", "FOREIGN", "VECTOR", "CLUSTERING")
    if first not in ("KEY", "INDEX", "UNIQUE", "FULLTEXT", "SPATIAL") and not (
        needs_key and second in ("KEY", "INDEX")
    ):
        return False
    del rest[: 2 if needs_key or (first not in ("KEY", "INDEX") and second in ("KEY", "INDEX")) else 1]
    if [_word([token]) for token in rest[:3]] == ["IF", "NOT", "EXISTS"]:
        del rest[:3]
    if rest and rest[0].kind != "sign" and _word(rest) != "USING":
        del rest[0]
    if _word(rest) == "USING":
        del rest[:2]
    # A type's bracket holds sizes or words, a key's names or expressions.
    behind = rest[1:2]
    return rest[:1] == [Token("sign", "(")] and not (
        behind and (behind[0].kind == "string" or behind[0].text.isdigit())
    )


def _word(tokens: list[Token]) -> str:
    return tokens[0].text.upper() if tokens and tokens[0].kind == "word" else ""


def _outside_brackets(tokens: list[Token]) -> list[Token]:
    found, depth = [], 0
    for token in tokens:
        sign = token.text if token.kind == "sign" else ""
        if depth == 0:
            found.append(token)
        depth += {"(": 1, ")": -1}.get(sign, 0)
    return found


def _column(element: list[Token]) -> Column:
    if len(element) < 2 or element[0].kind not in ("word", "name") or element[1].kind != "word":
        raise NotReadableError("no column")
    kind = KIND_OF.get(element[1].text.lower())
    if kind is None:
        raise NotReadableError("an unknown type")
    rest, sizes = element[2:], ()
    if rest and rest[0] == Token("sign", "("):
        inner, end = _elements(rest, 0)
        sizes = tuple(int(part[0].text) for part in inner if part and part[0].kind == "word" and part[0].text.isdigit())
        rest = rest[end:]
    rest = _outside_brackets(rest)
    words = [token.text.upper() if token.kind == "word" else "" for token in rest]
    default, computed = _default(rest, words)
    nullable = ("NOT", "NULL") not in set(zip(words, words[1:], strict=False))
    declared = element[1].text.lower()
    generated, instant = "AS" in words, declared == "timestamp"
    return Column(element[0].text, kind, sizes, declared == "bit", nullable, default, computed, generated, instant)


def _default(rest: list[Token], words: list[str]) -> tuple[str | None, bool]:
    if "DEFAULT" not in words:
        return None, False
    value = [*rest[words.index("DEFAULT") + 1 :], Token("sign", ""), Token("sign", "")]
    if value[0] == Token("sign", "-") and value[1].kind == "word":
        return "-" + value[1].text, False
    if value[0].kind == "word" and value[0].text.startswith("_") and value[1].kind == "string":
        return utf8(value[1].text), False
    if value[0].kind == "string":
        return utf8(value[0].text), False
    if value[0].kind == "word" and value[0].text[:1].isdigit():
        return value[0].text, False
    return None, value[0].text.upper() != "NULL"
