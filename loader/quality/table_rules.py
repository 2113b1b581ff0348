"""The rules of one landed table, each a query or a figure of the load report."""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from loader.mysqldump.dump_summary import TableSummary
from loader.quality.data_contract import Codes, Reference, TableRules
from loader.quality.findings import Finding, judged, on_rows
from loader.settings import PROJECT
from loader.warehouse.base import Warehouse

_FEW_CODES, _LONGEST_CODE = 5, 1_000


@dataclass(frozen=True)
class TableCheck:
    warehouse: Warehouse  # where it is
    schema: str  # in which schema
    name: str  # the table
    report: TableSummary  # what landing it found
    rows_before: int | None  # rows of the dump before, None for the first
    taken_at: dt.datetime  # when the dump was taken (JST, naive)
    read: Collection[str]  # the columns that models read, in lower case
    # The columns of the table that `landing` shows now, in lower case; empty where there is none.
    shown: Collection[str] = ()

    def source(self, table: str | None = None) -> str:
        """The table, or another one of the same dump, as SQL names it."""
        return f"{self.warehouse.quote(self.schema)}.{self.warehouse.quote(table or self.name)}"

    def ask(self, sql: str) -> tuple:
        return self.warehouse.query(sql)[0]


def findings_on(table: TableCheck, rules: TableRules) -> Iterator[Finding]:
    yield from on_rows(table.name, table.report.rows_landed, table.rows_before, rules.at_least, rules.change_percent)
    if rules.key:
        yield _key(table, rules.key)
    if rules.fresh_days is not None:
        yield _fresh(table, rules.fresh_days)
    if rules.nulled_percent is not None:
        yield _nulled(table, rules.nulled_percent)
    for column, codes in rules.codes.items():
        yield _codes(table, column, codes)
        if codes.shift_percent is not None and column.lower() in table.shown:
            yield _shift(table, column, codes.shift_percent)
    for column, reference in rules.references.items():
        yield _references(table, column, reference)


def _key(table: TableCheck, key: tuple[str, ...]) -> Finding:
    names = [table.warehouse.quote(name) for name in key]
    complete = " AND ".join(f"{name} IS NOT NULL" for name in names)
    distinct = f"SELECT DISTINCT {', '.join(names)} FROM {table.source()} WHERE {complete}"
    (different,) = table.ask(f"SELECT COUNT(*) FROM ({distinct}) AS k")
    bad = table.report.rows_landed - different
    return judged(f"key:{table.name}", f"{bad:,} rows repeat or miss their ({', '.join(key)})", "none", bad == 0)


def _fresh(table: TableCheck, days: int) -> Finding:
    # A stamp later than the dump is the source's mistake, and proves nothing about how fresh the table is.
    taken = table.taken_at.isoformat(sep=" ", timespec="seconds")
    newest, ahead = table.ask(
        f"""SELECT CAST(MAX(CASE WHEN updated_at <= '{taken}' THEN updated_at END) AS DATE),
                   COUNT(CASE WHEN updated_at > '{taken}' THEN 1 END) FROM {table.source()}"""
    )
    age = (table.taken_at.date() - newest).days if newest else None
    figure = f"{age} days" if newest else "no row has an updated_at before the dump was taken"
    figure += f"; {ahead:,} rows are stamped later than the dump" if ahead else ""
    fresh = age is not None and age <= days
    return judged(f"fresh:{table.name}", figure, f"{days} days before the dump", fresh)


def _nulled(table: TableCheck, percent: float) -> Finding:
    nulled: Counter[str] = Counter()
    for (column, _), count in table.report.nulled.items():
        if column.lower() in table.read:
            nulled[column] += count
    rule, bound = f"nulled:{table.name}", f"{percent:g} %"
    if not nulled:
        return judged(rule, "every date is one", bound, True)
    column, count = max(nulled.items(), key=lambda item: item[1])
    share = _percent(count, table.report.rows_landed)
    return judged(rule, f"{share:.3f} % of {column} are no dates", bound, share <= percent)


def _codes(table: TableCheck, column: str, codes: Codes) -> Finding:
    with (PROJECT / "seeds" / f"{codes.seed}.csv").open(encoding="utf-8", newline="") as file:
        known = ", ".join(str(int(row["code"])) for row in csv.DictReader(file))
    name = table.warehouse.quote(column)
    found = table.warehouse.query(
        f"SELECT {name}, COUNT(*) FROM {table.source()} WHERE {name} IS NOT NULL AND {name} NOT IN ({known}) GROUP BY {name} ORDER BY {name}"
    )
    unknown = sum(count for _, count in found)
    share, bound = _percent(unknown, table.report.rows_landed), codes.unknown_percent
    which = _named([code for code, _ in found])
    figure = f"{unknown:,} rows, {share:.3f} %, have {which}, not in seeds/{codes.seed}.csv"
    return judged(f"codes:{table.name}.{column}", figure, f"{bound:g} %", share <= bound)


def _shift(table: TableCheck, column: str, percent: float) -> Finding:
    """How far the shares of the codes moved: a source that merges known codes, or resets them, shows here."""
    name = table.warehouse.quote(column)

    def shares(source: str) -> Counter[int | None]:
        counts = dict(table.warehouse.query(f"SELECT {name}, COUNT(*) FROM {source} GROUP BY {name}"))
        whole = sum(counts.values())
        return Counter({code: _percent(count, whole) for code, count in counts.items()})

    now, before = shares(table.source()), shares(f"landing.{table.warehouse.quote(table.name)}")
    moved = sum((now - before).values()) if before else 0.0  # what some codes won, others lost
    figure = f"{moved:.3f} % of the rows moved to another code since the dump before"
    return judged(f"shift:{table.name}.{column}", figure, f"{percent:g} %", moved <= percent)


def _references(table: TableCheck, column: str, reference: Reference) -> Finding:
    parent, _, key = reference.to.partition(".")
    ids, keys = table.warehouse.quote(column), table.warehouse.quote(key)
    asked, dangling = table.ask(
        f"""SELECT COUNT(*), COUNT(CASE WHEN p.{keys} IS NULL THEN 1 END)
            FROM {table.source()} AS c LEFT JOIN {table.source(parent)} AS p ON p.{keys} = c.{ids}
            WHERE c.{ids} IS NOT NULL"""
    )
    share, bound = _percent(dangling, asked), reference.dangling_percent
    figure = f"{dangling:,} of {asked:,} ids, {share:.3f} %, are not in {reference.to}"
    return judged(f"references:{table.name}.{column}", figure, f"{bound:g} %", share <= bound)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _named(codes: list[int]) -> str:
    """Unknown codes as a message may show them: numbers that can be no personal data, and few."""
    shown = [str(code) for code in codes[:_FEW_CODES] if isinstance(code, int) and abs(code) < _LONGEST_CODE]
    if not shown or len(shown) < len(codes):
        return "a code"
    return f"the code {shown[0]}" if len(shown) == 1 else f"the codes {', '.join(shown)}"
