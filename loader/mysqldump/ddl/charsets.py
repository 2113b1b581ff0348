"""The character set of a text column, as far as the CREATE TABLE says it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.tokens import Token, TokenType

_TEXTS = frozenset("char varchar tinytext text mediumtext longtext enum set".split())
# Character sets with signs that take four bytes in UTF-8, such as emoji.
_WITH_ALL_SIGNS = frozenset("utf8mb4 utf16 utf16le utf32 gb18030".split())


def charset_of(tokens: Sequence[Token]) -> str:
    """The character set that a table's options or a column's attributes name in lower case, "" if none."""
    depth, collation = 0, ""
    for at, token in enumerate(tokens):
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        if depth == 0 and token.token_type in (TokenType.CHARACTER_SET, TokenType.COLLATE):
            value = next((one.text.lower() for one in tokens[at + 1 : at + 3] if one.token_type != TokenType.EQ), "")
            if token.token_type == TokenType.CHARACTER_SET:
                return value
            collation = collation or value.partition("_")[0]
    return collation


def charset_of_column(type_name: str, attributes: Sequence[Token], of_table: str) -> str:
    """The character set of a column, "" if it has none or the CREATE TABLE does not say it."""
    if type_name == "json":
        return "utf8mb4"
    return (charset_of(attributes) or of_table) if type_name in _TEXTS else ""


def holds_all_signs(charset: str) -> bool:
    """Whether a column of that character set can hold signs of four bytes."""
    return charset in _WITH_ALL_SIGNS
