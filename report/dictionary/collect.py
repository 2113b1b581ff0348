"""What SQLMesh knows of the project's models, as plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlmesh.core.lineage import column_dependencies, column_description

from loader.settings import PROJECT

if TYPE_CHECKING:
    from sqlmesh import Context
    from sqlmesh.core.model import Model

LANDING = "landing"


def collected(context: Context, progress: Callable[[int], None] = lambda _: None) -> list[dict[str, Any]]:
    """Every model, and every table of landing that one reads.

    Args:
        context: with the project's models; no warehouse is asked.
        progress: told of 1 more model each time.

    Returns:
        A dict a table, by name: columns each with type, description and `from`, the [table, column] pairs that it is made of; parents
        and children by name. A table of landing has the columns that models read, without more, for it belongs to the source.
    """
    models = {}
    for model in context.models.values():
        if not model.kind.is_external:
            models[model.name] = _model(context, model)
        progress(1)
    tables = {**_landing(models), **models}
    for table in tables.values():
        for parent in table["parents"]:
            tables[parent]["children"].append(table["name"])
    return [tables[name] for name in sorted(tables)]


def _model(context: Context, model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "layer": model.name.partition(".")[0],
        "description": model.description or "",
        "kind": model.kind.name.value,
        "by": model.time_column.column.name if model.time_column else None,
        "owner": model.owner,
        "grain": [", ".join(column.name for column in grain.find_all(exp.Column)) for grain in model.grains],
        "tags": list(model.tags),
        "audits": [_audit(name, arguments) for name, arguments in model.audits],
        "signals": [name for name, _ in model.signals],
        "file": model._path.relative_to(PROJECT).as_posix(),
        "sql": model._path.read_text(encoding="utf-8").strip(),
        "parents": sorted(map(_bare, model.depends_on)),
        "children": [],
        "columns": [
            {
                "name": column,
                "type": kind.sql(dialect=model.dialect),
                "description": column_description(context, model.name, column) or "",
                "from": _sources(context, model, column),
            }
            for column, kind in model.columns_to_types_or_raise.items()
        ],
    }


def _sources(context: Context, model: Model, column: str) -> list[list[str]]:
    """The columns that a column is made of, one step up."""
    if not model.is_sql:
        return []  # a seed: its CSV is the source
    found = column_dependencies(context, model.name, exp.column(column, quoted=True))
    return sorted([_bare(table), source] for table, sources in found.items() for source in sources if source != "*")


def _landing(models: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The tables that models read and no model makes."""
    tables = {parent for model in models.values() for parent in model["parents"]} - models.keys()
    read: dict[str, set[str]] = {table: set() for table in tables}
    for model in models.values():
        for column in model["columns"]:
            for table, source in column["from"]:
                if table in read:
                    read[table].add(source)
    empty: dict[str, Any] = {
        "by": None,
        "owner": "",
        "grain": [],
        "tags": [],
        "audits": [],
        "signals": [],
        "file": None,
        "sql": None,
    }
    return {
        table: {
            **empty,
            "name": table,
            "layer": LANDING,
            "description": "As the loader landed it: a dump's table, a kind of daily file, or a record of its own.",
            "kind": "LANDED",
            "parents": [],
            "children": [],
            "columns": [{"name": name, "type": "", "description": "", "from": []} for name in sorted(columns)],
        }
        for table, columns in read.items()
    }


def _audit(name: str, arguments: dict[str, exp.Expression]) -> str:
    return f"{name}({', '.join(f'{key}: {value.sql()}' for key, value in arguments.items())})"


def _bare(name: str) -> str:
    """`"db"."schema"."table"` as `schema.table`."""
    return ".".join(part.name for part in exp.to_table(name).parts[-2:])
