"""The pieces of a bracket in a CREATE TABLE statement."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.tokens import Token, TokenType

from loader.dump.defect import Defect


def split(tokens: Sequence[Token], opening: int) -> tuple[list[list[Token]], int]:
    """Split the bracket that opens at token `opening` at its commas; also return the place behind it.

    Raises:
        Defect: it does not close.
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
