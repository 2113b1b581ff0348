"""Move-ins, move-outs, geography, pricing and the funnel: each number that the report shows is what SQL finds in gold."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from report.text import VALUES
from tests.support.browser import complaints
from tests.support.pages import bars, card, compared, open_page, rows, written

WEEKS = "from=2025-11-17&to=2026-02-08"  # twelve whole weeks of the demo, as the weekly marts have them
IN_WEEKS = "BETWEEN DATE '2025-11-17' AND DATE '2026-02-08'"
MOVES = {
    "moveins": ("movein", "gold.movein_analysis", "movein_date", "contract_starts"),
    "moveouts": ("moveout", "gold.moveout_analysis", "moveout_date", "contract_ends"),
}


@pytest.fixture
def opened(demo: Path, browser, query) -> Any:
    """`opened(address)`: the report's page; returns `sql(text)` for the same warehouse."""
    file = demo.parent / "bucket" / "reports" / "20260210.html"

    def to(address: str) -> Any:
        open_page(browser, file, address)
        assert complaints(browser) == []
        return lambda text: query(demo, text)

    return to


def label(value: str | None) -> str:
    return "Unknown" if value is None else VALUES.get(value, ("", value))[1]


@pytest.mark.parametrize("page", MOVES)
def test_moves_by_time_match_the_weekly_marts(opened, browser, page: str) -> None:
    event, table, day, key = MOVES[page]
    sql = opened(f"{page}?{WEEKS}")
    weeks = sql(
        f"""SELECT week_start, COALESCE(SUM(event_count), 0)
            FROM (SELECT UNNEST(RANGE(DATE '2025-11-17', DATE '2026-02-09', INTERVAL 7 DAY))::DATE AS week_start)
            LEFT JOIN (FROM gold.move_events_weekly WHERE event_type = '{event}') USING (week_start) GROUP BY 1 ORDER BY 1"""
    )
    assert sum(count > 0 for _, count in weeks) > 6
    assert rows(browser, f"{page}_time") == written(weeks, "day", "count")
    assert bars(browser, f"{page}_time", "count") == [count for _, count in weeks]
    counted = f"SELECT COUNT(*) FROM {table} WHERE {day} BETWEEN DATE '{{}}' AND DATE '{{}}'"
    now, before, year = (
        sql(counted.format(*days))[0][0]
        for days in (("2025-11-17", "2026-02-08"), ("2025-08-25", "2025-11-16"), ("2024-11-17", "2025-02-08"))
    )
    shown = card(browser, key)
    assert shown.value == f"{now:,}"
    words = {"same length before": before, "same days a year ago": year}
    assert shown.was == [compared(word, now, then, "count", "") for word, then in words.items()]
    assert "Overview" in shown.said[0]
    months = sql(
        f"""SELECT STRFTIME({day}, '%Y-%m'), COUNT(*), COUNT(*) FILTER ({day} <= DATE '2025-02-10' OR {day} > DATE '2025-02-28')
            FROM {table} WHERE {day} BETWEEN DATE '2024-02-01' AND DATE '2026-02-10' GROUP BY 1"""
    )
    whole, cut = {month: count for month, count, _ in months}, {month: count for month, _, count in months}
    found = rows(browser, f"{page}_months")
    expected = [f"{2025 + (month > 12)}-{(month - 1) % 12 + 1:02}" for month in range(14, 1, -1)]
    assert [row[0] for row in found] == [f"{expected[0]} (so far)", *expected[1:]]
    for month, (_, *figures) in zip(expected, found, strict=True):
        last = f"{int(month[:4]) - 1}{month[4:]}"
        of_last = (cut if month == "2026-02" else whole).get(last, 0)
        count = whole.get(month, 0)
        assert [tuple(figures)] == written([(count, of_last, count - of_last)], "count", "count", "change"), month


@pytest.mark.parametrize("page", MOVES)
def test_moves_by_group_match_gold(opened, browser, page: str) -> None:
    event, table, day, _ = MOVES[page]
    sql = opened(f"{page}?{WEEKS}&type=individual")
    groups = {"moveins": ["renewal_flag", "lead_time_bucket", "age_group", "rent_range", "contract_channel"]}.get(
        page, ["moveout_reason_en", "tenure_category", "age_group", "rent_range"]
    )
    for column in [*groups, "nationality"]:
        found = sql(
            f"SELECT {column}, COUNT(*) FROM {table} WHERE {day} {IN_WEEKS} AND tenant_type = 'individual' GROUP BY 1"
        )
        panel = {"contract_channel": "channel", "moveout_reason_en": "reason"}.get(column, column)
        shown = {name: count for name, count, _ in rows(browser, f"{event}_{panel}")}
        if column == "nationality":  # in English, as the browser knows the countries
            assert sorted(shown.values()) == sorted(f"{count:,}" for _, count in found)
            assert shown["Japan"] == f"{dict(found)['日本']:,}"
            continue
        named = "Channel {}" if column == "contract_channel" else "{}"
        assert shown == {named.format(label(value)): f"{count:,}" for value, count in found}, column
    of_type = sql(f"SELECT COUNT(*) FROM {table} WHERE {day} {IN_WEEKS} AND tenant_type = 'individual'")[0][0]
    assert rows(browser, f"{page}_type") == [("Individual", f"{of_type:,}", "100.0%")]


def test_shares_of_few_contracts_are_not_shown(opened, browser) -> None:
    sql = opened("moveins?from=2026-02-03")
    (count,) = sql(
        "SELECT COUNT(*) FROM gold.movein_analysis WHERE movein_date BETWEEN DATE '2026-02-03' AND DATE '2026-02-10'"
    )[0]
    assert 0 < count < 30
    shown = rows(browser, "movein_rent_range")
    assert (sum(int(row[1]) for row in shown), {len(row) for row in shown}) == (count, {2})
    note = browser.execute_script("return document.querySelector('#movein_rent_range > .note').textContent")
    assert note == f"Only {count} contracts: too few for shares."


def test_notices_ahead_match_gold(opened, browser) -> None:
    sql = opened("moveouts")
    ahead = sql(
        """SELECT DATE_TRUNC('week', planned_moveout_date)::DATE, COUNT(*) FROM gold.moveout_notices
           WHERE moveout_status = 'Pending' AND planned_moveout_date >= DATE '2026-02-10' GROUP BY 1"""
    )
    weeks = {dt.date(2026, 2, 9) + dt.timedelta(weeks=number): 0 for number in range(13)}
    weeks.update((week, count) for week, count in ahead if week in weeks)
    assert sum(weeks.values()) > 0
    assert rows(browser, "notices") == written(weeks.items(), "day", "count")
    pending, late, no_day = sql(
        """SELECT COUNT(*), SUM(is_overdue)::INT, COUNT(*) - COUNT(planned_moveout_date) FROM gold.moveout_notices
           WHERE moveout_status = 'Pending'"""
    )[0]
    note = browser.execute_script("return document.querySelector('#notices .note').textContent")
    later = sum(count for week, count in ahead if week not in weeks)
    assert note == (
        f"Pending notices: {pending:,}, past their day: {late:,}, after these weeks: {later:,}, without a day: {no_day:,}"
    )


def test_geography_matches_the_churn_marts_and_the_map(opened, browser) -> None:
    sql = opened(f"geography?{WEEKS}")
    churn = "SUM(movein_count), SUM(moveout_count), SUM(net_change)"
    places = sql(
        f"SELECT municipality, {churn} FROM gold.municipality_churn_weekly WHERE week_start {IN_WEEKS} GROUP BY 1"
    )
    assert sorted(rows(browser, "place_churn")) == sorted(written(places, "text", "count", "count", "change"))
    properties = sql(
        f"""SELECT MAX(p.apartment_name) || ' (' || asset_id_hj || ')', MAX(municipality), {churn} FROM gold.property_churn_weekly
            JOIN gold.occupancy_property_map_latest AS p USING (asset_id_hj) WHERE week_start {IN_WEEKS} GROUP BY asset_id_hj"""
    )
    shown = rows(browser, "property_churn")
    assert sorted(shown) == sorted(written(properties, "text", "text", "count", "count", "change"))
    net = [int(row[4].replace("−", "-")) for row in shown]
    assert net == sorted(net)
    placed = sql("SELECT asset_id_hj FROM gold.occupancy_property_map_latest WHERE latitude IS NOT NULL ORDER BY 1")
    dots = "return [...document.querySelectorAll('#map circle[data-asset]')].map((dot) => dot.dataset.asset).sort()"
    assert browser.execute_script(dots) == [asset for (asset,) in placed]


def test_pricing_matches_gold(opened, browser) -> None:
    sql = opened(f"pricing?{WEEKS}")
    rents = f"FROM gold.new_contracts WHERE contract_date {IN_WEEKS}"
    middle = "QUANTILE_DISC(monthly_rent, 0.5), AVG(monthly_rent)"
    half, mean, count, priced = sql(f"SELECT {middle}, COUNT(*), COUNT(monthly_rent) {rents}")[0]
    assert card(browser, "median_signed") == (f"¥{half:,.0f}", [], [f"Mean rent: ¥{int(mean + 0.5):,}"])
    assert card(browser, "signed_count") == (f"{count:,}", [], [f"without a rent: {count - priced:,}"])
    bins = dict(
        sql(f"SELECT monthly_rent::INT // 5000 * 5000, COUNT(*) {rents} AND monthly_rent IS NOT NULL GROUP BY 1")
    )
    expected = [(rent, bins.get(rent, 0)) for rent in range(min(bins), max(bins) + 1, 5000)]
    assert rows(browser, "rents") == written(expected, "yen", "count")
    weeks = sql(f"SELECT DATE_TRUNC('week', contract_date)::DATE, {middle}, COUNT(*) {rents} GROUP BY 1 ORDER BY 1")
    assert [row for row in rows(browser, "rents_time") if row[3] != "0"] == written(weeks, "day", "yen", "yen", "count")
    places = sql(f"SELECT municipality, {middle}, COUNT(*) {rents} GROUP BY 1")
    assert sorted(rows(browser, "rents_place")) == sorted(written(places, "text", "yen", "yen", "count"))
    kpis = "SELECT as_of_date, occupancy_rate, rent_jpy, revpar_jpy, recpar_cash_jpy FROM gold.kpi_month_end_metrics"
    formats = ("day", "rate", "yen", "yen", "yen")
    found = [row for row in rows(browser, "kpis") if row[1] != "–"]
    assert found == written(sql(f"{kpis} WHERE as_of_date {IN_WEEKS} ORDER BY 1"), *formats)
    ends = sql(f"{kpis} WHERE is_month_end = 1 OR as_of_date = DATE '2026-02-10' ORDER BY 1 DESC LIMIT 14")
    months = [f"{day:%Y-%m}{' (so far)' if day == dt.date(2026, 2, 10) else ''}" for day, *_ in ends]
    named = [(month, *figures) for month, figures in zip(months, ends, strict=True)]
    assert rows(browser, "month_ends") == written(named, "text", *formats)
    before = {"7 days ago": "2026-02-03", "a month ago": "2026-01-10", "a year ago": "2025-02-10"}
    then = {word: (sql(f"{kpis} WHERE as_of_date = DATE '{day}'") or [(None,) * 5])[0] for word, day in before.items()}
    (since,) = sql("SELECT MIN(as_of_date) FROM gold.kpi_month_end_metrics")[0]
    for number, key in enumerate(("rent", "revpar", "recpar"), start=2):
        shown, now = card(browser, f"now_{key}"), ends[0][number]
        assert shown.value == f"¥{now:,.0f}"
        assert shown.was == [
            compared(word, now, figures[number], "yen", f"no data before {since}") for word, figures in then.items()
        ]


@pytest.mark.parametrize(
    "times", [1, 10]
)  # the demo has few inquiries: shares and the curve are shown of ten times as many
def test_funnel_matches_its_marts(opened, browser, times: int) -> None:
    sql = opened("funnel")
    browser.execute_script(
        "for (const row of table('funnel')) { row.applications *= arguments[0]; row.moveins *= arguments[0]; } draw()",
        times,
    )
    first = sql("SELECT MAX(activity_date) - INTERVAL 23 MONTH FROM gold.funnel_application_to_movein_daily")[0][0]
    since = f"period_grain = 'monthly' AND period_start >= DATE '{first:%Y-%m}-01'"
    sums = f"{times} * SUM(application_count), {times} * SUM(movein_count), SUM(movein_count) / SUM(application_count)"
    mart = "gold.funnel_application_to_movein_periodized"
    total = sql(f"SELECT {sums} FROM {mart} WHERE {since}")[0]
    kept = 3 if total[0] >= 30 else 2  # of few, no shares
    assert kept == (2 if times == 1 else 3)
    formats = ("count", "count", "rate")[:kept]
    assert written([total[:kept]], *formats) == [
        tuple(card(browser, key).value for key in ("applied", "moved", "conversion")[:kept])
    ]
    assert browser.execute_script("return document.querySelectorAll('#funnel_months svg.plot').length") == kept - 2
    note = "return document.getElementById('funnel_place').textContent"
    assert (f"Only {total[0]} inquiries: too few for shares." in browser.execute_script(note)) == (kept == 2)
    months = sql(f"SELECT STRFTIME(period_start, '%Y-%m'), {sums} FROM {mart} WHERE {since} GROUP BY 1 ORDER BY 1")
    found = [row for row in rows(browser, "funnel_months") if row[1] != "0"]
    assert found == written([row[: kept + 1] for row in months], "text", *formats)
    for panel, segment in (("funnel_place", "municipality"), ("funnel_nation", "nationality")):
        parts = sql(
            f"""SELECT segment_value, {sums}, SUM(application_count) / SUM(SUM(application_count)) OVER ()
                FROM gold.funnel_application_to_movein_segment_share WHERE {since} AND segment_type = '{segment}' GROUP BY 1"""
        )
        shown = rows(browser, panel)
        expected = written(parts, "text", "count", "count", "rate", "rate")
        assert sorted(row[1:] for row in shown) == sorted(row[1 : 5 if kept == 3 else 3] for row in expected)
        if segment == "municipality":
            assert {row[0] for row in shown} == {label(row[0]) for row in parts}
