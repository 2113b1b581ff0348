"""A dump's columns against those that the models read (external_models.yaml), and against those of the dump before."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from loader.errors import LoaderError
from loader.mysqldump.ddl.create_table import Column
from loader.quality.findings import BLOCKED, Finding
from loader.settings import PROJECT
from loader.warehouse.base import Warehouse
from loader.warehouse.own_tables import RESERVED

# Declared type -> the kinds of a source column (Column.kind) that DuckDB, MariaDB and MySQL all read the same. Left out, as measured:
# - A text as a number: '12.5'::BIGINT is 13 on DuckDB and 12 on MySQL, '' is an error on one and 0 on the other.
# - A text as a date: if it holds none, an error on one and NULL on the other.
# - A float: 35.6912 in a FLOAT differs from the eighth decimal place on, 1 as a text is '1.0' or '1'.
# - A timestamp as a text: a fraction of .900000 is .9 on DuckDB. Bytes as a text: DuckDB writes \x05 for that byte.
# - A date as a number and a number as a date: an error on DuckDB, on MySQL 20250610 and NULL.
# - A decimal as BIGINT: keys are read as they are, so the column's own type would go on to the next model.
_KINDS = {
    "BIGINT": ("a whole number", ("integer",)),
    "DECIMAL": ("a number", ("integer", "decimal")),
    "VARCHAR": ("a text", ("text", "integer", "decimal")),
    "DATE": ("a date or time", ("date", "timestamp")),
    "TIMESTAMP": ("a date or time", ("date", "timestamp")),
}
# The bits of a type's largest number, with or without a sign. One that is not named here is as large as any.
_BITS = {"year": 14, "tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "integer": 32}
# The longest text of a type without a length, in characters. One that is not named here has no bound that matters.
_LONGEST = {"tinytext": 255, "time": 17, "inet4": 15, "inet6": 45, "uuid": 36}


@dataclass(frozen=True)
class RequiredColumn:
    table: str  # as the warehouse is asked for it
    name: str
    type: str  # BIGINT, DECIMAL, VARCHAR, DATE or TIMESTAMP
    sizes: tuple[int, ...] = ()  # n of a VARCHAR(n), p and s of a DECIMAL(p, s)

    @property
    def model(self) -> str:
        """The model that reads it; the lint rule readsasdeclared holds that it is this one."""
        return f"staging.{self.table}"

    @property
    def keeps(self) -> tuple[int | None, int | None, int | None]:
        """The most characters of a text, the largest whole part of a number of either sign, and the most decimal places."""
        if self.type == "DECIMAL":
            return None, 10 ** (self.sizes[0] - self.sizes[1]) - 1, self.sizes[1]
        return self.sizes[0] if self.type == "VARCHAR" else None, 2**63 - 1 if self.type == "BIGINT" else None, None


@lru_cache
def required_columns(file: Path = PROJECT / "external_models.yaml") -> tuple[RequiredColumn, ...]:
    """The columns of the source that models read, by SQLMesh's own declaration. To import SQLMesh takes seconds, so this reads the file itself.

    A LoaderError where it can't be read, or declares a type that the loader does not know. That depends on the file alone, so a test finds it.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        declared = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
        found = tuple(
            _required(table.removeprefix("landing."), name, str(kind))
            for table, columns in ((one["name"], one["columns"]) for one in declared)
            if table.removeprefix("landing.") not in RESERVED
            for name, kind in columns.items()
        )
    except (OSError, YAMLError, TypeError, KeyError, AttributeError, ValueError) as error:
        raise LoaderError(
            f"{file} can't be read ({' '.join(str(error).split())}): put the project's own there again"
        ) from None
    if not found:
        raise LoaderError(f"{file} declares no table of the source: put the project's own there again")
    return found


def _required(table: str, name: str, kind: str) -> RequiredColumn:
    form = re.fullmatch(r"(BIGINT|DATE|TIMESTAMP)|(VARCHAR)\((\d+)\)|(DECIMAL)\((\d+), ?(\d+)\)", kind)
    if not form:
        raise ValueError(f"{table}.{name} is {kind}, not BIGINT, DATE, TIMESTAMP, VARCHAR(n) or DECIMAL(p, s)")
    name_of_type, *sizes = filter(None, form.groups())
    return RequiredColumn(table, name, name_of_type, tuple(map(int, sizes)))


def incompatible_columns(required: Iterable[RequiredColumn], tables: Mapping[str, Sequence[Column]]) -> list[str]:
    """What models read and a dump does not hold, or not in a type that they can read: each a sentence."""
    return list(dict.fromkeys(sentence for one in required if (sentence := _incompatible(one, tables))))


def _incompatible(required: RequiredColumn, tables: Mapping[str, Sequence[Column]]) -> str | None:
    if required.table not in tables:
        # MySQL on Linux tells the two apart, DuckDB does not: what works on one would fail on the other.
        other = [name for name in tables if name.lower() == required.table.lower()]
        instead = f" (it has {other[0]}, and capitals count)" if other else ""
        return f"the dump has no table {required.table}{instead}, which {required.model} reads"
    column = _column(tables[required.table], required.name)
    if column is None:
        return f"the dump has no column {required.table}.{required.name}, which {required.model} reads"
    noun, kinds = _KINDS[required.type]
    # More places than the model keeps are counted as overflow; but not of what DuckDB holds as a text.
    _, _, scale = required.keeps
    countable = column.type != "VARCHAR" or not _may_be_finer(column, scale)
    if column.kind in kinds and (column.kind != "decimal" or countable):
        return None
    noun = "a whole number" if scale == 0 else noun
    # Without the words of an ENUM or SET, which may be many.
    sizes = ",".join(argument for argument in column.arguments if argument.isdigit())
    declared = (column.declared or column.kind) + (f"({sizes})" if sizes else "")
    return f"column {required.table}.{column.name} is {declared} at the source; {required.model} reads {noun} ({', '.join(kinds)})"


def overflowing_values(
    warehouse: Warehouse, schema: str, required: Iterable[RequiredColumn], tables: Mapping[str, Sequence[Column]]
) -> list[Finding]:
    """Findings on values that a model can't keep, with one query a table that may hold any. On a number that is too large DuckDB raises, and
    MySQL makes another of it; longer texts and finer numbers both cut."""
    asked: dict[str, list[tuple[Finding, str]]] = {}
    for one in required:
        if column := _column(tables.get(one.table, ()), one.name):
            asked.setdefault(one.table, []).extend(_overflows(one, column, warehouse.quote(column.name)))
    found = []
    for table, questions in asked.items():
        if questions:
            counts = ", ".join(f"COUNT(CASE WHEN {condition} THEN 1 END)" for _, condition in questions)
            (row,) = warehouse.query(f"SELECT {counts} FROM {warehouse.quote(schema)}.{warehouse.quote(table)}")
            for (finding, _), count in zip(questions, row, strict=True):
                found += [replace(finding, figure=f"{count:,} {finding.figure}")] if count else []
    return found


def _overflows(required: RequiredColumn, column: Column, name: str) -> Iterator[tuple[Finding, str]]:
    """Of each way in which a column's values may be too much: the finding, but for how many they are, and its condition in SQL."""

    def finding(how: str, keeps: str) -> Finding:
        rule, figure = f"{how}:{required.table}.{column.name}", f"values are {how} than {required.model} keeps"
        return Finding(rule, figure, keeps, BLOCKED)

    longest, largest, scale = required.keeps
    if longest is not None and _may_be_longer(column, longest):
        yield finding("longer", f"{longest:,} characters"), f"CHAR_LENGTH({name}) > {longest}"
    if largest is not None and _largest(column) > largest:
        # One of more than 38 digits is a text on DuckDB.
        number = f"CAST({name} AS DOUBLE)" if column.type == "VARCHAR" else name
        yield finding("larger", f"up to {largest:,}"), f"{number} >= {largest + 1} OR {number} <= -{largest + 1}"
    if _may_be_finer(column, scale) and column.type != "VARCHAR":
        yield finding("finer", f"{scale} decimal places"), f"{name} <> ROUND({name}, {scale})"


def schema_changes(before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What is new, missing or of another type since the dump before, whether or not a model reads it."""
    changes = [f"table {table} is new" for table in sorted(now.keys() - before.keys())]
    changes += [f"table {table} is missing" for table in sorted(before.keys() - now.keys())]
    for table in sorted(now.keys() & before.keys()):
        was, has = ({name.lower(): (name, kind) for name, kind in one[table].items()} for one in (before, now))
        changes += [f"column {table}.{has[key][0]} is new ({has[key][1]})" for key in has if key not in was]
        changes += [f"column {table}.{was[key][0]} is missing" for key in was if key not in has]
        changes += [
            f"column {table}.{name} was {was[key][1]} and is {kind}"
            for key, (name, kind) in has.items()
            if key in was and was[key][1] != kind
        ]
    return changes


def _column(columns: Sequence[Column], name: str) -> Column | None:
    # In whatever case: neither MySQL nor DuckDB asks for it, also of a quoted name.
    return next((column for column in columns if column.name.lower() == name.lower()), None)


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
        digits, scale = (*map(int, column.arguments), *(10, 0)[len(column.arguments) :])
        return 10 ** (digits - scale) - 1
    if column.kind != "integer":
        return 0
    return 2 ** (_BITS.get(column.declared, 63) if column.type == "BIGINT" else 64) - 1  # 64 where it is unsigned


def _may_be_finer(column: Column, scale: int | None) -> bool:
    """Whether a decimal may have more places than these."""
    return column.kind == "decimal" and scale is not None and int((*column.arguments, 0, 0)[1]) > scale
