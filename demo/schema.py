"""The source's tables as data: what a dump says about each (`CREATE TABLE`) and how a row is written (`VALUES`)."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "schema"
_CONSTANT = re.compile(r"-?\d+|'[^']*'")
# As mysql_real_escape_string does it; the backslash first, so that it does not escape the others' backslashes.
ESCAPES = {"\\": r"\\", "\0": r"\0", "\n": r"\n", "\r": r"\r", "'": r"\'", '"': r"\"", "\x1a": r"\Z"}
_ESCAPED = str.maketrans(ESCAPES)


def quoted(text: str) -> str:
    """A text as it stands in VALUES."""
    return f"'{text.translate(_ESCAPED)}'"


@dataclass(frozen=True)
class Column:
    """One column as `schema/<table>.csv` declares it.

    `default` is empty for a nullable column, `x` for a nullable one with a default, `!` for NOT NULL, `!x` for NOT NULL
    with a default, and `!auto` for the key. `value` is SQL over the table's state, `=` for the state's column of the
    same name, and empty for a column that nobody uses, which holds its default.
    """

    name: str
    type: str
    default: str
    value: str
    comment: str

    @property
    def ddl(self) -> str:
        """The column's line of the CREATE TABLE, as the server would print it."""
        line = f"`{self.name}` {self.type}"
        if self.type.startswith(("varchar", "text")):
            line += " COLLATE utf8mb4_unicode_ci"
        if self.default == "!auto":
            line += " NOT NULL AUTO_INCREMENT"
        elif self.default.startswith("!"):
            line += " NOT NULL" + (f" DEFAULT '{self.default[1:]}'" if self.default != "!" else "")
        elif self.type != "text":
            line += f" DEFAULT '{self.default}'" if self.default else " DEFAULT NULL"
        return line + _comment(self.comment)

    @property
    def literal(self) -> str | None:
        """The SQL text that stands in every row, or None if rows differ."""
        value = self.value or (f"'{self.default.lstrip('!')}'" if self.default.strip("!") else "NULL")
        if value == "NULL":
            return value
        if _CONSTANT.fullmatch(value):
            return value.strip("'") if self._bare else f"'{value.strip(chr(39))}'"
        return None

    @property
    def piece(self) -> str:
        """A SQL expression for the text of this column in one row of VALUES."""
        value = self.name if self.value == "=" else self.value
        if self._bare:
            return f"coalesce(({value})::VARCHAR, 'NULL')"
        text = f"({value})::VARCHAR" if self.type.startswith("date") else f"escaped({value})"
        return f"coalesce('''' || {text} || '''', 'NULL')"

    def text(self, value: Any) -> str:
        """A value of Python's as it stands in one row of VALUES."""
        if value is None:
            return "NULL"
        return str(value) if self._bare else quoted(str(value))

    @functools.cached_property
    def absent(self) -> str | None:
        """What stands in a row that says nothing of the column; None where every row must."""
        if self.default in ("!", "!auto"):
            return None
        return self.text(self.default.removeprefix("!") or None)

    @property
    def _bare(self) -> bool:
        """Whether mysqldump writes the type without quotes."""
        return not self.type.startswith(("varchar", "text", "date"))


@dataclass(frozen=True)
class Table:
    """One table of the dump. `rows` is its count at scale 1, or None for a table of the company itself."""

    name: str
    columns: tuple[Column, ...]
    rows: int | None
    keys: tuple[str, ...]
    comment: str

    def create(self, auto_increment: int | None) -> str:
        """The CREATE TABLE statement.

        Args:
            auto_increment: the next id, or None for an empty table.

        Returns:
            The statement with its semicolon.
        """
        lines = [f"  {column.ddl}" for column in self.columns] + ["  PRIMARY KEY (`id`)"]
        lines += [f"  KEY `idx_{self.name}_{key}` (`{key}`)" for key in self.keys]
        counter = f" AUTO_INCREMENT={auto_increment}" if auto_increment else ""
        tail = f") ENGINE=InnoDB{counter} DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"
        comment = _comment(self.comment).replace(" COMMENT ", " COMMENT=")
        return f"CREATE TABLE `{self.name}` (\n" + ",\n".join(lines) + f"\n{tail}{comment};"

    @property
    def row(self) -> str:
        """A SQL expression for one row, `(1,'a',NULL)`; the constant columns between two others are one string."""
        parts: list[str] = []
        text = "("
        for number, column in enumerate(self.columns):
            text += "," if number else ""
            if column.literal is not None:
                text += column.literal
                continue
            parts += ["'" + text.replace("'", "''") + "'", column.piece]
            text = ""
        return f"concat({', '.join([*parts, chr(39) + (text + ')').replace(chr(39), chr(39) * 2) + chr(39)])})"

    def values(self, row: Mapping[str, Any]) -> str:
        """One row, `(1,'a',NULL)`, from the columns that matter; the rest holds its defaults.

        Raises:
            ValueError: a column is not the table's, or is left out and has no default.
        """
        texts = {
            column.name: column.text(row[column.name]) if column.name in row else column.absent
            for column in self.columns
        }
        wrong = sorted(row.keys() - texts.keys()) + [name for name, text in texts.items() if text is None]
        if wrong:
            raise ValueError(f"a row of {self.name}: no such column, or no value for it: {', '.join(wrong)}")
        return f"({','.join(texts.values())})"

    def expression(self, name: str) -> str:
        """The SQL expression of one column over the table's state."""
        value = next(column.value for column in self.columns if column.name == name)
        return name if value == "=" else value


@functools.cache
def narrow() -> dict[str, Table]:
    """All tables of the source by their names, those that models read with only the columns that they read: a fifth, and as quick to load."""
    from loader.quality.columns import required_columns

    read = {(one.table, one.name) for one in required_columns()}
    tables = {}
    for table in load(bulk=True):
        columns = tuple(one for one in table.columns if (table.name, one.name) in read) or table.columns
        keys = tuple(key for key in table.keys if key in {column.name for column in columns})
        tables[table.name] = replace(table, columns=columns, keys=keys)
    return tables


def load(*, bulk: bool) -> list[Table]:
    """The tables of a dump, in the order a dump has them.

    Args:
        bulk: all 81 tables instead of the ones the company needs and a few of the others.

    Returns:
        Tables by name, capitals first.
    """
    columns: dict[str, tuple[Column, ...]] = {}
    tables = []
    for entry in _read("tables"):
        if not (bulk or entry["always"] == "1"):
            continue
        if entry["columns"] not in columns:
            columns[entry["columns"]] = tuple(Column(**row) for row in _read(entry["columns"]))
        rows = int(entry["rows"]) if entry["rows"] else None
        keys = tuple(entry["keys"].split())
        tables.append(Table(entry["name"], columns[entry["columns"]], rows, keys, entry["comment"]))
    return sorted(tables, key=lambda table: table.name)


def _read(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _comment(text: str) -> str:
    return " COMMENT '" + text.replace("'", "''") + "'" if text else ""
