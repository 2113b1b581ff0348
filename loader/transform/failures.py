"""What failed in a run, in words: which model or audit, and the command that shows the rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from loader import commands

if TYPE_CHECKING:
    from sqlmesh.core.snapshot import Snapshot
    from sqlmesh.utils.errors import AuditError

_NULL_REFUSED = re.compile(r"Column '(\w+)' cannot be null")  # MySQL, of a unique index; elsewhere an audit finds it
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def in_words(error: BaseException, models: Mapping[str, Snapshot]) -> Iterator[str]:
    """Lines for one failed model: each audit with the command that shows what it found, or the database's own first line."""
    from sqlmesh.utils.errors import NodeAuditsErrors

    cause = error.__cause__ or error
    if isinstance(cause, NodeAuditsErrors):
        for audit in cause.errors:
            yield f"{audit.model_name}: audit {audit.audit_name} found {audit.count:,} rows; see them with"
            yield f"  {commands.sqlmesh('fetchdf', query_of(audit, models))}"
        return
    name = getattr(getattr(error, "node", None), "snapshot_name", "")
    reason = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
    if refused := _NULL_REFUSED.search(reason):
        reason = (
            f"{refused[1]} of the grain is NULL in a row of its query, so no row was written; "
            "mend the query, or the data that it reads"
        )
    yield f"{bare(name)}: {reason}" if name else reason


def bare(name: str) -> str:
    """A model's name without quotes and catalog."""
    return ".".join(re.sub(r'["`]', "", name).split(".")[-2:])


def query_of(audit: AuditError, models: Mapping[str, Snapshot]) -> str:
    """The query of a failed audit as a person would write it: tables by the names that prod shows, and the grain of each row found."""
    query, model = audit.query.copy(), audit.model
    names = {exp.to_table(one.table_name()).name: name for name, one in models.items()}
    if model and model.name in models:
        grain = [column.name for one in model.grains for column in one.find_all(exp.Column)]
        _add_grain(query, exp.to_table(models[model.name].table_name()).name, list(dict.fromkeys(grain)))
    referenced = {column.table for column in query.find_all(exp.Column)}
    for table in list(query.find_all(exp.Table)):
        known = names.get(table.name)
        name_in_prod = exp.to_table(known) if known else exp.table_(table.name, db=table.db)
        used = table.alias and (table.alias != table.name or table.alias in referenced)
        table.replace(exp.alias_(name_in_prod, table.alias, table=True) if used else name_in_prod)
    for word in query.find_all(exp.Identifier):
        word.set("quoted", not _PLAIN.fullmatch(word.name))  # reserved words are quoted all the same
    return query.sql(audit.adapter_dialect, comments=False)


def _add_grain(query: exp.Query, table: str, grain: list[str]) -> None:
    """Puts the grain, and the columns that the conditions name, in front of what a query gives of each row of a table.

    One whose rows stand for several of the table's stays as it is, but for the columns that it groups by.
    """
    source = query.args["from_"].this if isinstance(query, exp.Select) and query.args.get("from_") else None
    first = source.find(exp.Table) if source else None
    if first is None or first.name != table or query.args.get("distinct"):
        return
    alias = source.alias or None
    if group := query.args.get("group"):
        added = [one.copy() for one in group.expressions if isinstance(one, exp.Column)]
    elif any(one.find(exp.AggFunc) for one in query.expressions if not one.find(exp.Window)):
        return
    elif isinstance(source, exp.Subquery) and not source.this.is_star:
        _add_grain(source.this, table, grain)
        return
    else:
        parts = [*query.expressions, *([query.args["where"]] if query.args.get("where") else [])]
        named = [column.name for part in parts for column in _columns_of(part, alias)]
        added = [exp.column(name, table=alias, quoted=True) for name in dict.fromkeys([*grain, *named])]
    kept = [one for one in query.expressions if not one.is_star and one not in added]
    query.set("expressions", added + [one for one in kept if one.alias_or_name not in {name.name for name in added}])


def _columns_of(part: exp.Expression, alias: str | None) -> Iterable[exp.Column]:
    """The columns of a source that an expression names itself, not within a query of its own."""
    for node in part.walk(prune=lambda one: isinstance(one, exp.Query)):
        if isinstance(node, exp.Column) and (node.table == (alias or "") or not node.table) and not node.is_star:
            yield node
