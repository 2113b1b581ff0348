"""What stands between the commas of a CREATE TABLE: which of them are columns, and which are keys and other constraints.

A server takes most keywords for a column's name without quotes, so an element is a key by its whole shape, not by its first word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot.tokens import Token, TokenType

from loader.mysqldump.errors import Defect

_NAME = r"(?:`|[^ ()']+)"
# The bracket of a type begins with a literal (a size, or a word of an ENUM), that of a key never does.
_PARTS = rf"(?: IF NOT EXISTS)?(?: {_NAME})?(?: USING {_NAME})? \((?! ')"
_KEY = re.compile(
    rf"(?:CONSTRAINT (?:{_NAME} )?)?(?:CHECK \(|(?:PRIMARY KEY|FOREIGN KEY|UNIQUE(?: KEY| INDEX)?){_PARTS})"
    rf"|(?:KEY|INDEX|(?:FULLTEXT|SPATIAL)(?: KEY| INDEX)?|(?:VECTOR|CLUSTERING) (?:KEY|INDEX)){_PARTS}"
    rf"|PERIOD FOR {_NAME} \("
)


def split(tokens: Sequence[Token], opening: int) -> tuple[list[list[Token]], int]:
    """Split a bracket at its commas.

    Args:
        tokens: a statement's.
        opening: place of the token that opens the bracket.

    Returns:
        What stands between the commas, and the place behind the bracket.

    Raises:
        Defect: the bracket is not closed.
    """
    elements: list[list[Token]] = [[]]
    depth = 0
    for at in range(opening, len(tokens)):
        token = tokens[at]
        if token.token_type == TokenType.L_PAREN:
            depth += 1
            if depth == 1:
                continue
        elif token.token_type == TokenType.R_PAREN:
            depth -= 1
            if depth == 0:
                return elements, at + 1
        if depth == 1 and token.token_type == TokenType.COMMA:
            elements.append([])
        else:
            elements[-1].append(token)
    raise Defect("a CREATE TABLE statement ends within its column list")


def outside_brackets(tokens: Sequence[Token]) -> list[Token]:
    """The tokens that no bracket holds; each bracket leaves its opening token."""
    found, depth = [], 0
    for token in tokens:
        depth -= token.token_type == TokenType.R_PAREN
        if depth == 0 and token.token_type != TokenType.R_PAREN:
            found.append(token)
        depth += token.token_type == TokenType.L_PAREN
    return found


def is_key(element: Sequence[Token]) -> bool:
    """Whether it is a key, a constraint or a period, and no column."""
    return _KEY.match(" ".join(_sign(token) for token in element)) is not None


def _sign(token: Token) -> str:
    """A token as `_KEY` knows it: a word, "`" for any name in quotes, "'" for any literal."""
    if token.token_type == TokenType.IDENTIFIER:
        return "`"
    return "'" if token.token_type in (TokenType.STRING, TokenType.NUMBER) else token.text.upper()
