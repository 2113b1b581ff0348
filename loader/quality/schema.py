"""The dump's columns against what the models read, and against the dump before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from loader.mysqldump.ddl.create_table import Column
from loader.quality.model_columns import Reading
from loader.warehouse.base import Warehouse

# The largest number of a type, with or without a sign. One that is not named here is as large as any.
_LARGEST = {
    "tinyint": 2**8 - 1,
    "smallint": 2**16 - 1,
    "mediumint": 2**24 - 1,
    "int": 2**32 - 1,
    "integer": 2**32 - 1,
    "year": 9999,
}
# The longest text of a type without a length, in characters. One that is not named here has no bound that matters.
_LONGEST = {"tinytext": 255, "time": 17, "inet4": 15, "inet6": 45, "uuid": 36}


class Overflow(NamedTuple):
    """Values that a model can't keep.

    Attributes:
        how: longer (a text), larger or finer (a number).
        table, column: where they are, as the dump spells it.
        model: the model.
        keeps: what it can, in words.
        values: how many are beyond that.
    """

    how: str
    table: str
    column: str
    model: str
    keeps: str
    values: int = 0


def incompatible_columns(readings: Iterable[Reading], tables: Mapping[str, Sequence[Column]]) -> list[str]:
    """What models read and a dump does not hold, or not as they read it."""
    # Sentences that differ in the model alone become one: what stands before the models, what stands behind the verb, the models.
    found: dict[tuple[str, str], dict[str, None]] = {}
    for reading in readings:
        if misfit := _misfit(reading, tables):
            found.setdefault(misfit, {})[reading.model] = None
    return [
        f"{before}{' and '.join(models)} read{'s' if len(models) == 1 else ''}{behind}"
        for (before, behind), models in found.items()
    ]


def overflowing_values(
    warehouse: Warehouse, schema: str, readings: Iterable[Reading], tables: Mapping[str, Sequence[Column]]
) -> list[Overflow]:
    """Counts the values that a model can't keep, with one query a table that may hold any: texts that are too long, numbers that
    are too large or have too many places. On a large one DuckDB raises, MySQL makes another of it; the others both cut."""
    asked: dict[str, list[tuple[Overflow, str]]] = {}
    for reading in readings:
        column = _column(tables.get(reading.table, ()), reading.column)
        if column is None:
            continue
        name, where = warehouse.quote(column.name), (reading.table, column.name, reading.model)
        if reading.longest is not None and _may_be_longer(column, reading.longest):
            found = Overflow("longer", *where, f"{reading.longest:,} characters")
            asked.setdefault(reading.table, []).append((found, f"CHAR_LENGTH({name}) > {reading.longest}"))
        if reading.largest is not None and _largest(column) > reading.largest:
            # One of more than 38 digits is a text on DuckDB.
            name = f"CAST({name} AS DOUBLE)" if column.type == "VARCHAR" else name
            found, first = Overflow("larger", *where, f"up to {reading.largest:,}"), reading.largest + 1
            asked.setdefault(reading.table, []).append((found, f"{name} >= {first} OR {name} <= -{first}"))
        if _finer(column, reading.scale) and column.type != "VARCHAR":
            found = Overflow("finer", *where, f"{reading.scale} decimal places")
            asked.setdefault(reading.table, []).append((found, f"{name} <> ROUND({name}, {reading.scale})"))
    lost = []
    for table, questions in asked.items():
        counts = ", ".join(f"COUNT(CASE WHEN {condition} THEN 1 END)" for _, condition in questions)
        (row,) = warehouse.query(f"SELECT {counts} FROM {warehouse.quote(schema)}.{warehouse.quote(table)}")
        lost += [found._replace(values=count) for (found, _), count in zip(questions, row, strict=True) if count]
    return lost


def schema_changes(before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What is new, gone or of another type since the dump before, whether or not a model reads it."""
    said = [f"table {table} is new" for table in sorted(now.keys() - before.keys())]
    said += [f"table {table} is gone" for table in sorted(before.keys() - now.keys())]
    for table in sorted(now.keys() & before.keys()):
        was, has = _folded(before[table]), _folded(now[table])
        said += [f"column {table}.{has[key][0]} is new ({has[key][1]})" for key in has if key not in was]
        said += [f"column {table}.{was[key][0]} is gone" for key in was if key not in has]
        said += [
            f"column {table}.{name} was {was[key][1]} and is {kind}"
            for key, (name, kind) in has.items()
            if key in was and was[key][1] != kind
        ]
    return said


def _misfit(reading: Reading, tables: Mapping[str, Sequence[Column]]) -> tuple[str, str] | None:
    if reading.table not in tables:
        # MySQL on Linux tells the two apart, DuckDB does not: what works on one would fail on the other.
        other = [name for name in tables if name.lower() == reading.table.lower()]
        instead = f" (it has {other[0]}, and capitals count)" if other else ""
        return f"the dump lacks table {reading.table}{instead}, which ", ""
    column = _column(tables[reading.table], reading.column)
    if column is None:
        return f"the dump lacks column {reading.table}.{reading.column}, which ", ""
    # More places than the model keeps are counted (`beyond`), but for what DuckDB holds as a text.
    countable = column.type != "VARCHAR" or not _finer(column, reading.scale)
    if column.kind in reading.kinds and (column.kind != "decimal" or countable):
        return None
    return f"column {reading.table}.{column.name} is {_type(column)} at the source; ", f" {_needed(reading)}"


def _column(columns: Sequence[Column], name: str) -> Column | None:
    # In whatever case: neither MySQL nor DuckDB asks for it, also of a quoted name.
    return next((column for column in columns if column.name.lower() == name.lower()), None)


def _type(column: Column) -> str:
    # Without the words of an ENUM or SET, which may be many.
    sizes = ",".join(argument for argument in column.arguments if argument.isdigit())
    return (column.declared or column.kind) + (f"({sizes})" if sizes else "")


def _needed(reading: Reading) -> str:
    nouns = {"text": "a text", "timestamp": "a date or time", "date": "a date", "decimal": "a number"}
    noun = next((noun for kind, noun in nouns.items() if kind in reading.kinds), "a whole number")
    kinds = [kind for kind in ("text", "integer", "decimal", "date", "timestamp") if kind in reading.kinds]
    words = ", ".join(kinds)
    if reading.scale == 0:
        noun = "a whole number"
    return f"{noun} ({words})"


def _may_be_longer(column: Column, longest: int) -> bool:
    if column.kind != "text":
        return False
    if column.declared in ("char", "varchar"):
        return int(column.arguments[0] if column.arguments else 1) > longest
    if column.declared == "enum":
        return max(map(len, column.arguments)) > longest
    if column.declared == "set":
        return len(",".join(column.arguments)) > longest
    return _LONGEST.get(column.declared, longest + 1) > longest


def _largest(column: Column) -> int:
    """The largest number that a column may hold, 0 if it holds none."""
    if column.kind == "decimal":
        digits, scale = (
            (*map(int, column.arguments), 10, 0)[:2] if len(column.arguments) != 1 else (int(column.arguments[0]), 0)
        )
        return 10 ** (digits - scale) - 1
    if column.kind != "integer":
        return 0
    unsigned_bigint = column.type != "BIGINT"
    return 2**64 - 1 if unsigned_bigint else _LARGEST.get(column.declared, 2**63 - 1)


def _finer(column: Column, scale: int | None) -> bool:
    """Whether a decimal may have more places than these."""
    if column.kind != "decimal" or scale is None:
        return False
    return len(column.arguments) > 1 and int(column.arguments[1]) > scale


def _folded(columns: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {name.lower(): (name, kind) for name, kind in columns.items()}
