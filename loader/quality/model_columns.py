"""How the staging models read the dump's columns: the contract on columns, taken from where it is written.

sqlglot's parser, not SQLMesh: importing that takes seconds, and the loader runs every morning.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from loader.errors import LoaderError
from loader.settings import PROJECT
from loader.warehouse.own_tables import RESERVED

# What each way of reading takes: kinds of a Column (loader/mysqldump/ddl/create_table.py) that give the same on DuckDB, MariaDB and MySQL.
# Left out, as measured:
# - A text as a number: '12.5'::BIGINT is 13 on DuckDB and 12 on MySQL, '' is an error on one and 0 on the other.
# - A text as a date: where it holds none, an error on one and NULL on the other.
# - A float: 35.6912 in a FLOAT differs from the eighth decimal place on, 1 as a text is '1.0' or '1'.
# - A timestamp as a text: a fraction of .900000 is .9 on DuckDB. Bytes as a text: DuckDB writes \x05 for that byte.
# - A date as a number and a number as a date: an error on DuckDB, on MySQL 20250610 and NULL.
_INTEGERS = frozenset(("integer",))
_NUMBERS = frozenset(("integer", "decimal"))
_TEXTS = frozenset(("text", "integer", "decimal"))
_DATES = frozenset(("date", "timestamp"))

_MACROS = ("clean_text", "clean_date", "clean_timestamp")
_ADVICE = (
    "the loader can't tell what that takes; write @clean_text(column, n), @clean_date(column), @clean_timestamp(column), "
    "column::BIGINT, column::DECIMAL(p, s), or the column alone where columns (...) says BIGINT, DATE or VARCHAR(n)"
)
_How = tuple[frozenset[str], int | None, int | None, int | None]  # kinds, scale, longest, largest
_LARGEST_BIGINT = 2**63 - 1


@dataclass(frozen=True)
class Reading:
    """How a model reads a column of the dump.

    Attributes:
        table: the table, as the warehouse is asked for it.
        column: the column, as the model spells it.
        model: name of the model.
        kinds: what the column may be, in the words of loader.mysqldump.ddl.create_table.Column.kind.
        scale: the most decimal places that the model keeps, None where that is no question.
        longest: the most characters of a text that the model keeps, None where that is no question.
        largest: the largest whole part of a number that it keeps, either sign, None where that is no question.
    """

    table: str
    column: str
    model: str
    kinds: frozenset[str]
    scale: int | None = None
    longest: int | None = None
    largest: int | None = None


def readings(folder: Path = PROJECT / "models" / "staging") -> tuple[Reading, ...]:
    """Every column of the dump that models read, and how.

    Args:
        folder: of the models.

    Returns:
        One for each model, column and way of reading, by file.

    Raises:
        LoaderError: a model can't be parsed, or reads the dump in a way of which the loader can't tell what it takes, or
            no model reads the dump. That depends on the models alone, so a test finds it before any morning does.
    """
    found = tuple(reading for file in sorted(folder.glob("*.sql")) for reading in _of_file(file))
    if not found:
        raise LoaderError(f"no model in {folder} reads a table of the dump: put the project's models there again")
    return found


def _of_file(file: Path) -> Iterator[Reading]:
    text = file.read_text(encoding="utf-8")
    try:
        statements = _statements(Postgres().tokenize(text))
        tables = {table for statement in statements for table in _dump_tables(statement)}
        if not tables:
            return
        table = min(tables)
        if len(statements) != 2 or _dump_tables(statements[0]):
            raise _error(file, f"reads landing.{table} outside of its one query", "move that into a model of its own")
        head, body = statements
        model = _name(head)
        if not model:
            raise _error(file, f"reads landing.{table} under no name", "begin it with MODEL (name ...)")
        declared = _declared(head, text)
        # Without its @ a macro's call is a function's, which the parser knows. Not left to the parser: SQLMesh, once imported, changes it.
        plain = [token for token in body if token.token_type != TokenType.PARAMETER]
        query = Postgres().parser().parse(plain, text)[0]
    except SqlglotError as error:
        raise _error(file, "is no SQL that can be parsed", f"correct it: {str(error).splitlines()[0]}") from None
    if len(list(query.find_all(exp.Table, exp.Query))) != 2:
        raise _error(file, f"reads landing.{table} and more", "read one table a model and join them in silver")
    found: dict[Reading, None] = {}
    for node in query.find_all(exp.Column, exp.Star):
        if isinstance(node, exp.Star) and isinstance(node.parent, exp.Count):
            continue
        how = _how(node, query, declared) if isinstance(node, exp.Column) else None
        if how is None:
            raise _error(file, f"reads {table}.{node.name} as {_around(node)}", _ADVICE)
        found[Reading(table, node.name, model, *how)] = None
    # What any other macro reads is written inside of it, unseen here.
    macros = {
        name.text.lower() for sign, name in zip(body, body[1:], strict=False) if sign.token_type == TokenType.PARAMETER
    }
    if unknown := macros - {*_MACROS}:
        raise _error(file, f"reads {table} by the macro @{min(unknown)}", _ADVICE)
    yield from found


def _error(file: Path, what: str, advice: str) -> LoaderError:
    return LoaderError(f"the model {file} {what}: {advice}")


def _statements(tokens: Sequence[Token]) -> list[list[Token]]:
    statements: list[list[Token]] = [[]]
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:
            statements.append([])
        else:
            statements[-1].append(token)
    return [statement for statement in statements if statement]


def _dump_tables(tokens: Sequence[Token]) -> set[str]:
    """The tables of `landing` that are named, without the pipeline's own."""
    named = {
        # SQLMesh asks in lower case for a name without quotes.
        table.text if table.token_type == TokenType.IDENTIFIER else table.text.lower()
        for schema, dot, table in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if schema.text.lower() == "landing" and dot.token_type == TokenType.DOT
    }
    return named - RESERVED


def _name(head: Sequence[Token]) -> str:
    if [token.text for token in head[:3]] != ["MODEL", "(", "name"]:
        return ""
    ends = (TokenType.COMMA, TokenType.R_PAREN)
    return "".join(token.text for token in itertools.takewhile(lambda token: token.token_type not in ends, head[3:]))


def _declared(head: Sequence[Token], text: str) -> dict[str, exp.DataType]:
    """The types in the MODEL block's `columns (...)`, by name in lower case."""
    start = next((at for at, word in enumerate(head[:-1]) if word.text == "columns" and head[at + 1].text == "("), None)
    if start is None:
        return {}
    depth = 0
    for token in head[start + 1 :]:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if not depth:
            break
    block = f"CREATE TABLE t {text[head[start + 1].start : token.end + 1]}"
    columns = Postgres().parse(block)[0].find_all(exp.ColumnDef)
    return {column.name.lower(): column.kind for column in columns}


def _how(column: exp.Column, query: exp.Select, declared: dict[str, exp.DataType]) -> _How | None:
    """How a column is read where it stands, None if that is not known."""
    around = column.parent
    if type(around) is exp.Cast:
        return _cast(around.to)
    if isinstance(around, exp.Anonymous):
        name, arguments = around.name.lower(), around.expressions[1:]
        if name == "clean_text" and len(arguments) == 1 and arguments[0].is_int:
            return _TEXTS, None, int(arguments[0].name), None
        return (_DATES, None, None, None) if name in ("clean_date", "clean_timestamp") and not arguments else None
    output = around if isinstance(around, exp.Alias) else column
    if output.parent is query:
        return _as_it_is(declared.get(output.alias_or_name.lower()))
    return None


def _cast(kind: exp.DataType) -> _How | None:
    if kind.this == exp.DataType.Type.BIGINT:
        return _NUMBERS, 0, None, _LARGEST_BIGINT
    if kind.this == exp.DataType.Type.DECIMAL and kind.expressions:
        digits, scale = (*(int(size.name) for size in kind.expressions), 0)[:2]
        return _NUMBERS, scale, None, 10 ** (digits - scale) - 1
    return None


def _as_it_is(kind: exp.DataType | None) -> _How | None:
    # The column's own type goes on to the next model, so it is the declared one or wrong. No TIMESTAMP: a table of DATETIMEs rounds
    # a fraction on MySQL. No DECIMAL: one of more than 38 digits is a text on DuckDB.
    if kind is not None and kind.this == exp.DataType.Type.BIGINT:
        return _INTEGERS, 0, None, _LARGEST_BIGINT
    if kind is not None and kind.this == exp.DataType.Type.DATE:
        return frozenset(("date",)), None, None, None
    if kind is not None and kind.this == exp.DataType.Type.VARCHAR and kind.expressions:
        return frozenset(("text",)), None, int(kind.expressions[0].name), None
    return None


def _around(node: exp.Expression) -> str:
    """The smallest expression that says how it is read."""
    whole = node.parent if node.parent and not isinstance(node.parent, exp.Select | exp.Alias) else node
    return whole.sql("postgres", comments=False, normalize_functions=False)
