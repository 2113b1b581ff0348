"""How many rows break each audit, asked in one statement: one scan of what several audits read. Only sqlglot, no database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlmesh.core.audit.builtin import BUILT_IN_AUDITS

if TYPE_CHECKING:
    from sqlmesh.core.audit import Audit

REPEATS = BUILT_IN_AUDITS["unique_combination_of_columns"]


def counted(queries: Sequence[exp.Query]) -> exp.Select:
    """One query of one row: how many rows each query gives, in their order; of one for repeats a number that is 0 only where there are none.

    What filters rows of the same table, or looks for repeats among them, is counted in one scan of it: a view is evaluated once.
    """
    scans: dict[exp.Expression, list[exp.Expression]] = {}
    counts: list[exp.Expression] = []
    for at, query in enumerate(queries):
        number_of = repeats(query) or _broken(query)
        if number_of is None:
            counts.append(exp.alias_(count_of(query).subquery(), f"c{at}"))
            continue
        scan = scans.setdefault(query.args["from_"], [])
        number = list(scans).index(query.args["from_"])
        scan.append(exp.alias_(number_of, f"c{at}"))
        counts.append(exp.column(f"c{at}", table=f"scan_{number}"))
    whole = exp.select(*counts)
    for number, (source, numbers) in enumerate(scans.items()):
        scanned = exp.select(*numbers).from_(source.this.copy()).subquery(f"scan_{number}")
        whole = whole.join(scanned, join_type="cross") if number else whole.from_(scanned)
    return whole


def count_of(query: exp.Query) -> exp.Select:
    return exp.select("COUNT(*)").from_(query.subquery("audit"))


def of_one_column(audit: Audit, args: dict[str, Any]) -> bool:
    """Whether an audit finds rows where REPEATS does: SQLMesh's own for one column sorts them by a window."""
    return audit.name == "unique_values" and len(list(args["columns"].find_all(exp.Column))) == 1


def _broken(query: exp.Query) -> exp.Expression | None:
    """The count of a query that gives a row for each row of one source that fulfils a condition on that row alone."""
    if not _consists_of(query, "expressions", "from_", "where"):
        return None
    condition = query.args["where"].this
    return _how_many(condition) if all(map(_is_of_one_row, (condition, *query.expressions))) else None


def repeats(query: exp.Query) -> exp.Expression | None:
    """How many more rows than different ones there are, of a query for columns that stand twice: `... GROUP BY columns HAVING COUNT(*) > 1`.

    COUNT(DISTINCT) leaves out a row with a NULL: where there are some, it is more than none.
    """
    if not _consists_of(query, "expressions", "from_", "where", "group", "having"):
        return None
    condition, columns = query.args["where"].this, query.args["group"].expressions
    plain = all(isinstance(one, exp.Column) for one in columns) and _is_of_one_row(condition)
    if not plain or query.args["having"].this.sql() != "COUNT(*) > 1":
        return None
    everywhere = condition == exp.true()
    columns = [one.copy() if everywhere else exp.case().when(condition, one.copy()) for one in columns]
    return exp.Sub(this=_how_many(condition), expression=exp.Count(this=exp.Distinct(expressions=columns)))


def _how_many(condition: exp.Expression) -> exp.Expression:
    fulfilled = exp.case().when(condition, exp.Literal.number(1)).else_(exp.Literal.number(0))
    return exp.func("COALESCE", exp.Sum(this=fulfilled), exp.Literal.number(0))


def _consists_of(query: exp.Query, *parts: str) -> bool:
    return isinstance(query, exp.Select) and {name for name, part in query.args.items() if part} == set(parts)


def _is_of_one_row(part: exp.Expression) -> bool:
    """Whether something is computed from one row, or from it and the highest value of a table.

    A row of the highest value itself, of the newest day, is better looked for by itself: an index leads to it.
    """
    part = part.copy()
    for above in list(part.find_all(exp.GT)):
        query = above.expression.unnest()
        if isinstance(query, exp.Select) and isinstance(query.selects[0], exp.Max) and not query.args.get("group"):
            above.set("expression", exp.null())
    return not part.find(exp.Query, exp.AggFunc, exp.Window, exp.UDTF)
