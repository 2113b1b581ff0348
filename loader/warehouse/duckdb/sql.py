"""Names and values as DuckDB's SQL writes them."""

import datetime as dt
from typing import Any


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def string(text: str) -> str:
    """A text; DuckDB knows no escapes in one."""
    return "'" + text.replace("'", "''") + "'"


def literal(value: Any) -> str | None:
    """A value, None where it has to be bound, as a text with a NUL has, at which a statement ends."""
    if value is None:
        return "NULL"
    if isinstance(value, dt.datetime):
        return f"TIMESTAMP '{value}'" if value.tzinfo is None else None
    if isinstance(value, dt.date):
        return f"DATE '{value}'"
    if isinstance(value, str) and "\0" not in value:
        return string(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return f"({value})"  # a sign behind a minus would begin a comment
    if isinstance(value, float):
        return f"CAST('{value!r}' AS DOUBLE)"
    return None


def with_values(sql: str, values: tuple[Any, ...]) -> tuple[str] | tuple[str, list[Any]]:
    """A statement with its values written in place of its question marks, or beside it where they have to be bound.

    To bind a value DuckDB imports pandas, which takes half a second and 80 MB of a load that needs none of it."""
    written = [literal(value) for value in values]
    if None in written or sql.count("?") != len(values):
        return sql, list(values)
    first, *rest = sql.split("?")
    return (first + "".join(value + part for value, part in zip(written, rest, strict=True)),)
