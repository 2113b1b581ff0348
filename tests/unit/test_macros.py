"""The macros' SQL: what it computes on DuckDB, and what it is on MySQL where that is another one."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlmesh.utils.errors import SQLMeshError

from macros import cleaning, dates, domain, guards, masking

DUCKDB = SimpleNamespace(dialect="postgres", var=lambda _: "duckdb", runtime_stage="evaluating")
MYSQL = SimpleNamespace(dialect="postgres", var=lambda _: "mysql", runtime_stage="evaluating")
UNIT_TEST_ON_MYSQL = SimpleNamespace(dialect="postgres", var=lambda _: "mysql", runtime_stage="testing")


def written(macro: Callable[..., Any], *arguments: str, evaluator: Any = DUCKDB) -> str:
    """The SQL that a macro writes of arguments in SQL."""
    parsed = [sqlglot.parse_one(argument, dialect="postgres") for argument in arguments]
    body = getattr(macro, "__wrapped__", macro)
    return body(evaluator, *parsed)


@pytest.fixture(scope="module")
def computed() -> Iterator[Callable[..., Any]]:
    """`computed(macro, arguments)`: the value of a macro's SQL on DuckDB."""
    with duckdb.connect() as connection:

        def value(macro: Callable[..., Any], *arguments: str) -> Any:
            sql = sqlglot.transpile(f"SELECT {written(macro, *arguments)}", read="postgres", write="duckdb")[0]
            return connection.execute(sql).fetchone()[0]

        yield value


TEXTS = {
    "'日本　'": "日本",
    "' 　 韓国 　 '": "韓国",
    "'　　a b　　'": "a b",
    "'NULL'": None,
    "'null'": None,
    "'--'": None,
    "''": None,
    "' 　'": None,
    "' NULL '": None,
    "'Null'": "Null",
    "'---'": "---",
    "'0'": "0",
    "'ｶﾞ'": "ｶﾞ",
    "NULL": None,
    "12": "12",
    "'123456789'": "12345678",
    "'1234567 9'": "1234567",
    "'a\u00a0'": "a\u00a0",  # a no-break space is a sign of the text
}


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_trimmed_cut_and_null_in_four_spellings(computed: Callable[..., Any], text: str) -> None:
    assert computed(cleaning.clean_text, text, "8") == TEXTS[text]


DATES = {
    "1900-01-01": None,
    "1900-01-02": dt.date(1900, 1, 2),
    "2028-02-29": dt.date(2028, 2, 29),
    "2099-12-31": dt.date(2099, 12, 31),
    "2100-01-01": None,
    "5300-11-12": None,
}


@pytest.mark.parametrize("day", DATES)
def test_a_date_far_from_any_real_day_is_none(computed: Callable[..., Any], day: str) -> None:
    assert computed(cleaning.clean_date, f"CAST('{day}' AS DATE)") == DATES[day]
    assert computed(cleaning.clean_date, f"CAST('{day} 23:59:59.9' AS TIMESTAMP)") == DATES[day]
    at = DATES[day] and dt.datetime.combine(DATES[day], dt.time(23, 59, 59))
    assert computed(cleaning.clean_timestamp, f"CAST('{day} 23:59:59.9' AS TIMESTAMP)") == at  # cut, not rounded


def test_no_date_is_none(computed: Callable[..., Any]) -> None:
    assert computed(cleaning.clean_date, "CAST(NULL AS DATE)") is None
    assert computed(cleaning.clean_timestamp, "CAST(NULL AS TIMESTAMP)") is None


CODES = {
    "8": 8,
    "08": 8,
    " 8 ": 8,
    "999999999": 999_999_999,
    "1234567890": None,
    "": None,
    " ": None,
    "8号": None,
    "12abc": None,
    "-1": None,
    "1.0": None,
    "8\n": None,
    "８": None,
}


@pytest.mark.parametrize("text", CODES)
def test_code_is_at_most_nine_digits(computed: Callable[..., Any], text: str) -> None:
    assert computed(cleaning.to_code, f"'{text}'") == CODES[text]


def test_a_code_that_is_null_is_none(computed: Callable[..., Any]) -> None:
    assert computed(cleaning.to_code, "CAST(NULL AS VARCHAR)") is None


CONTACTS = {
    "000-1234-5678": "***5678",
    "1234567": "***567",
    "12345": "***5",
    "1234": "***",
    "12": "***",
    "": "***",
    "０９０１２３４": "***２３４",
}


@pytest.mark.parametrize("contact", CONTACTS)
def test_masked_contact_shows_at_most_four_and_hides_four(computed: Callable[..., Any], contact: str) -> None:
    assert computed(masking.masked, f"CAST('{contact}' AS VARCHAR)") == CONTACTS[contact]
    assert computed(masking.masked, "CAST(NULL AS VARCHAR)") is None


ADDRESSES = {
    "ichi@example.com": "***7@example.com",
    "a@example.com": "***7@example.com",
    "東@例え.example": "***7@例え.example",
    "@example.com": "***7@example.com",
    "ichi@": "***7@",
    "no address": "***7",
    '"ichi@home"@example.com': "***7",
    "": "***7",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_masked_email_shows_only_the_domain_after_one_at(computed: Callable[..., Any], address: str) -> None:
    assert computed(masking.masked_email, f"CAST('{address}' AS VARCHAR)", "7") == ADDRESSES[address]
    assert computed(masking.masked_email, "CAST(NULL AS VARCHAR)", "7") is None


A, B, C = (f"DATE '2026-01-0{number}'" for number in (3, 2, 1))


@pytest.mark.parametrize(("dates_of_contract", "day"), [((A, B, C), 3), (("NULL", B, C), 2), (("NULL", "NULL", C), 1)])
def test_move_out_date_is_unified_else_planned_else_last_rent_day(
    computed: Callable[..., Any], dates_of_contract: tuple[str, ...], day: int
) -> None:
    assert computed(domain.moveout_date, *dates_of_contract) == dt.date(2026, 1, day)


@pytest.mark.parametrize(
    ("latitude", "longitude", "inside"),
    [
        ("35.0", "139.0", True),
        ("36.0", "140.5", True),
        ("34.99", "139.7", False),
        ("36.01", "139.7", False),
        ("35.6", "138.99", False),
        ("35.6", "140.51", False),
        ("35.6", "NULL", None),
        ("NULL", "NULL", None),
    ],
)
def test_tokyo_area_includes_its_edges(
    computed: Callable[..., Any], latitude: str, longitude: str, inside: bool | None
) -> None:
    assert computed(domain.in_tokyo_area, latitude, longitude) is inside


# Start, end, days, completed months, completed years.
STRETCHES = [
    ("2024-01-31", "2024-02-29", 29, 0, 0),
    ("2024-01-31", "2024-03-31", 60, 2, 0),
    ("2024-02-29", "2025-02-28", 365, 11, 0),
    ("2024-02-29", "2025-03-01", 366, 12, 1),
    ("2023-12-31", "2024-01-01", 1, 0, 0),
    ("2026-01-10", "2026-01-10", 0, 0, 0),
    ("2026-01-10", "2026-02-10", 31, 1, 0),
    ("2000-02-10", "2026-02-10", 9497, 312, 26),
    ("2000-02-11", "2026-02-10", 9496, 311, 25),
]


@pytest.mark.parametrize(("start", "end", "days", "months", "years"), STRETCHES)
def test_days_completed_months_and_years_between_two_dates(
    computed: Callable[..., Any], start: str, end: str, days: int, months: int, years: int
) -> None:
    both = (f"CAST('{start}' AS DATE)", f"CAST('{end}' AS DATE)")
    assert computed(dates.days_between, *both) == days
    assert computed(dates.days_between, *reversed(both)) == -days
    assert computed(dates.months_between, *both) == months
    assert computed(dates.years_between, *both) == years
    assert computed(dates.add_days, both[0], str(days)) == dt.date.fromisoformat(end)


def test_a_date_that_is_null_gives_null(computed: Callable[..., Any]) -> None:
    for macro in (dates.days_between, dates.months_between, dates.years_between):
        assert computed(macro, "CAST(NULL AS DATE)", "CAST('2026-01-10' AS DATE)") is None


ON_MYSQL = [
    (dates.days_between, ("a", "b"), "CAST(TO_DAYS(b) - TO_DAYS(a) AS BIGINT)"),
    (dates.add_days, ("a", "n"), "FROM_DAYS(TO_DAYS(a) + n)"),
    (
        cleaning.to_code,
        ("c",),
        "CAST(CASE WHEN NOT REGEXP_INSTR(TRIM(BOTH ' ' FROM c), '[^0-9]') > 0 AND LENGTH(TRIM(BOTH ' ' FROM c)) BETWEEN 1 AND 9 "
        "THEN TRIM(BOTH ' ' FROM c) END AS BIGINT)",
    ),
]


@pytest.mark.parametrize(("macro", "arguments", "sql"), ON_MYSQL)
def test_mysql_sql_differs_except_in_duckdb_unit_tests(
    macro: Callable[..., Any], arguments: tuple[str, ...], sql: str
) -> None:
    assert written(macro, *arguments, evaluator=MYSQL) == sql
    assert written(macro, *arguments, evaluator=UNIT_TEST_ON_MYSQL) == written(macro, *arguments) != sql


@pytest.mark.parametrize(
    "macro",
    [
        dates.months_between,
        dates.years_between,
        cleaning.clean_date,
        masking.masked,
        masking.masked_email,
        domain.moveout_date,
        domain.in_tokyo_area,
    ],
)
def test_all_other_macros_write_the_same_for_both(macro: Callable[..., Any]) -> None:
    arguments = ("a", "b", "c")[: len(inspect.signature(getattr(macro, "__wrapped__", macro)).parameters) - 1]
    assert written(macro, *arguments, evaluator=MYSQL) == written(macro, *arguments)


def at(stage: str, dialect: str, **adapter: Any) -> Any:
    return SimpleNamespace(runtime_stage=stage, engine_adapter=SimpleNamespace(dialect=dialect, **adapter))


def test_unloaded_database_is_refused_before_plan_or_run() -> None:
    asked: list[str] = []
    lacks = at("before_all", "duckdb", table_exists=lambda name: asked.append(name))
    with pytest.raises(SQLMeshError, match="Load a dump first: python -m loader load"):
        written(guards.require_landing, evaluator=lacks)
    assert asked == ["landing.load_ledger"]
    has = at("before_all", "duckdb", table_exists=lambda _: True)
    assert written(guards.require_landing, evaluator=has) == guards.NOTHING
    assert written(guards.require_landing, evaluator=at("loading", "duckdb")) == guards.NOTHING


def test_lock_is_taken_first_and_only_on_servers() -> None:
    held: list[str] = []
    tried = (("before_all", "duckdb"), ("loading", "mysql"), ("before_all", "mysql"), ("before_all", "spark"))
    for stage, dialect in tried:
        one = at(stage, dialect, hold_lock=lambda stage=stage, dialect=dialect: held.append(f"{stage} {dialect}"))
        assert written(guards.take_lock, evaluator=one) == guards.NOTHING
    assert held == ["before_all mysql", "before_all spark"]


AGES = {24: "Under 25", 25: "25-34", 35: "35-44", 45: "45-54", 54: "45-54", 55: "55+", None: "Unknown"}
RENTS = {0: "Unknown", 1: "Under 50K", 50_000: "50K-70K", 70_000: "70K-100K", 100_000: "100K-150K", 150_000: "150K+"}
PLACES = {-1: 6, 1: 1, 50_000: 2, 70_000: 3, 100_000: 4, 150_000: 5, None: 6}
STAYS = {-1: "Unknown", 0: "Short (<6mo)", 6: "Medium (6-12mo)", 12: "Long (1-2yr)", 24: "Very Long (2yr+)"}
LEADS = {-1: "Unknown", 0: "0-7", 7: "0-7", 8: "8-30", 30: "8-30", 31: "31-60", 60: "31-60", 61: "61+"}
NONE: dict[int | None, str] = {None: "Unknown"}
GROUPS = {
    domain.age_group: AGES,
    domain.rent_range: RENTS | NONE,
    domain.rent_range_order: PLACES,
    domain.tenure_category: STAYS | NONE,
    domain.lead_time_bucket: LEADS | NONE,
}


@pytest.mark.parametrize(("macro", "value"), [(macro, value) for macro, values in GROUPS.items() for value in values])
def test_groups_begin_at_their_lower_bound(computed: Callable[..., Any], macro: Callable[..., Any], value: int) -> None:
    number = "NULL" if value is None else str(value)
    assert computed(macro, f"CAST({number} AS BIGINT)") == GROUPS[macro][value]


STARTS = {
    "1899-12-31": (dt.date(1899, 12, 25), dt.date(1899, 12, 1)),
    "2026-02-23": (dt.date(2026, 2, 23), dt.date(2026, 2, 1)),
    "2026-03-01": (dt.date(2026, 2, 23), dt.date(2026, 3, 1)),
}


@pytest.mark.parametrize("day", STARTS)
def test_a_week_starts_on_monday_and_a_month_on_its_first(computed: Callable[..., Any], day: str) -> None:
    date = f"CAST('{day}' AS DATE)"
    assert (computed(dates.week_start, date), computed(dates.month_start, date)) == STARTS[day]


RATIOS = {
    (1, 3, 4): "0.3333",
    (1005, 1000, 2): "1.01",
    (123005, 1000, 2): "123.01",
    (3, 160, 4): "0.0188",
    (112391, 2, 0): "56196",
    (10000, 20001, 0): "0",
    (0, 7, 1): "0.0",
    (7, 0, 1): None,
}


@pytest.mark.parametrize("numbers", RATIOS)
def test_a_ratio_rounds_a_half_up(computed: Callable[..., Any], numbers: tuple[int, int, int]) -> None:
    value = computed(domain.ratio, *map(str, numbers))
    assert (value if value is None else str(value)) == RATIOS[numbers]
