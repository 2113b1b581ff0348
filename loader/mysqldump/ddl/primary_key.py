"""The primary key that a CREATE TABLE declares, and what is said of rows that repeat it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot.tokens import Token, TokenType

from loader.mysqldump.ddl.table_elements import outside_brackets, split
from loader.mysqldump.errors import Defect, tellable

_NO_WORDS = (TokenType.STRING, TokenType.IDENTIFIER)


@dataclass(frozen=True)
class KeyPart:
    """One part of a primary key.

    Attributes:
        name: its column's, as the column spells it.
        length: of how many characters (bytes of a binary column) from its start, as in `PRIMARY KEY (name(10))`; None for all.
    """

    name: str
    length: int | None = None


def repeated(table: str, key: Sequence[KeyPart], rows: int) -> Defect:
    """What is wrong with a table in which that many rows have the key of another row."""
    names = ", ".join(tellable(part.name) for part in key)
    return Defect(f"{rows:,} rows repeat a primary key ({names})", table=table)


def declared_key(
    table: str, keys: Sequence[Sequence[Token]], columns: Sequence[Sequence[Token]]
) -> tuple[KeyPart, ...]:
    """Read the primary key."""
    found = [_of_table(one, keys) for one in keys if any(token.token_type == TokenType.PRIMARY_KEY for token in one)]
    found += [[KeyPart(one[0].text)] for one in columns if _inline(one)]
    if not found:
        return ()
    if len(found) > 1:
        raise Defect("CREATE TABLE with two primary keys", table=table)
    names = {one[0].text.lower(): one[0].text for one in columns}
    for part in found[0]:
        if part.name.lower() not in names:
            raise Defect(f"PRIMARY KEY names {tellable(part.name)}, which is no column of it", table=table)
    return tuple(KeyPart(names[part.name.lower()], part.length) for part in found[0])


def _of_table(key: Sequence[Token], keys: Sequence[Sequence[Token]]) -> list[KeyPart]:
    parts: list[KeyPart] = []
    for part in _bracket(key):
        name, numbers = part[0].text, [token.text for token in part if token.token_type == TokenType.NUMBER]
        if part[-1].text.upper() == "OVERLAPS":  # MariaDB: not a column's name, but a PERIOD's
            parts += _period(name, keys)
        else:
            parts.append(KeyPart(name, int(numbers[0]) if numbers else None))
    return parts


def _period(name: str, keys: Sequence[Sequence[Token]]) -> list[KeyPart]:
    """The columns of PERIOD FOR name (start, end)."""
    for key in keys:
        words = [token.text.lower() for token in key[:3]]
        if words[0].startswith("period") and words[-1] == name.lower():
            return [KeyPart(part[0].text) for part in _bracket(key)]
    return [KeyPart(name)]


def _bracket(key: Sequence[Token]) -> list[list[Token]]:
    """What stands between the commas of a key's first bracket."""
    opening = next((at for at, token in enumerate(key) if token.token_type == TokenType.L_PAREN), None)
    parts = split(key, opening)[0] if opening is not None else [[]]
    if not all(parts):
        raise Defect("a key without columns, or with a comma too many")
    return parts


def _inline(column: Sequence[Token]) -> bool:
    """Whether a column's own attributes make it the key: PRIMARY KEY, or KEY alone."""
    outside = outside_brackets(column)
    for before, token in zip(outside, outside[1:], strict=False):
        if token.token_type in _NO_WORDS:
            continue
        if token.token_type == TokenType.PRIMARY_KEY:
            return True
        if token.text.upper() == "KEY" and before.text.upper() != "UNIQUE":
            return True
    return False
