"""Each number on each page of the report, read in a browser, is what SQL finds in gold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import complaints
from tests.support.pages import bars, card, compared, open_page, rows, written

AS_OF = dt.date(2026, 2, 10)  # the demo's last morning
NAMED = "apartment_name || ' (' || asset_id_hj || ')'"
PROPERTIES = f"""
    SELECT {NAMED}, municipality, occupancy_rate, total_rooms - occupied_rooms, occupied_rooms, total_rooms, occupancy_rate_delta
    FROM gold.occupancy_property_map_latest {{}} ORDER BY occupancy_rate {{}}, total_rooms DESC, asset_id_hj"""
PROPERTY = ("text", "text", "rate", "count", "count", "count", "points")


@pytest.fixture
def opened(demo: Path, browser, query) -> Any:
    """`opened(address)`: the report's page; returns `sql(text)` for the same warehouse."""
    file = demo.parent / "bucket" / "reports" / f"{AS_OF:%Y%m%d}.html"

    def to(address: str) -> Any:
        open_page(browser, file, address)
        assert complaints(browser) == []
        return lambda text: query(demo, text)

    return to


LEVEL = """
    SELECT d.occupancy_rate, period_end_rooms, d.total_physical_rooms - period_end_rooms, (d.total_physical_rooms - period_end_rooms) * rent_jpy
    FROM gold.occupancy_daily_metrics AS d JOIN gold.kpi_month_end_metrics AS k ON k.as_of_date = snapshot_date
    WHERE snapshot_date = DATE '{}'"""
# Of seven days with files: with fewer, the week is not known.
WEEK = """
    SELECT CASE WHEN COUNT(new_moveins) = 7 THEN SUM(new_moveins) END, CASE WHEN COUNT(new_moveouts) = 7 THEN SUM(new_moveouts) END,
      CASE WHEN COUNT(occupancy_delta) = 7 THEN SUM(occupancy_delta) END, CASE WHEN COUNT(application_rooms) = 7 THEN SUM(application_rooms) END
    FROM gold.occupancy_daily_metrics WHERE day_kind = 'fact' AND snapshot_date BETWEEN DATE '{0}' - 6 AND DATE '{0}'"""
WARD = """
    SELECT SUM(occupied_rooms) / SUM(total_rooms), SUM(occupied_rooms), SUM(total_rooms) - SUM(occupied_rooms)
    FROM gold.occupancy_property_daily WHERE municipality = '{}' AND snapshot_date = DATE '{}' HAVING COUNT(*) > 0"""
BEFORE = {"7 days ago": "2026-02-03", "a month ago": "2026-01-10", "a year ago": "2025-02-10"}
ROOMS = {"rate": "rate", "rooms": "count", "empty": "count"}
KEYS = {**ROOMS, "vacancy": "yen", "moveins": "count", "moveouts": "count", "net": "change", "applications": "count"}


def cards_match(sql: Any, browser: Any, keys: dict[str, str], of: Callable[[str], Sequence[Any]]) -> None:
    """Each card of the overview has the figure of the newest day, and of each day that it is compared with, or why there is none."""
    first = sql("SELECT MIN(snapshot_date) FROM gold.occupancy_daily_metrics WHERE day_kind = 'fact'")[0][0]
    figures = {day: of(day) for day in ("2026-02-10", *BEFORE.values())}
    for number, (key, form) in enumerate(keys.items()):
        shown, now = card(browser, f"now_{key}"), figures["2026-02-10"][number]
        assert (shown.value,) == written([(now,)], form)[0], key
        days = dt.timedelta(0 if number < 4 else 6)
        why = {
            day: f"no data before {first}"
            if dt.date.fromisoformat(day) - days < first
            else "some of these days have no data"
            for day in BEFORE.values()
        }
        assert shown.was == [compared(word, now, figures[day][number], form, why[day]) for word, day in BEFORE.items()]


def test_overview_cards_compare_the_day_with_gold(opened, browser) -> None:
    sql = opened("index")
    cards_match(sql, browser, KEYS, lambda day: (sql(LEVEL.format(day)) or [(None,) * 4])[0] + sql(WEEK.format(day))[0])
    assert "some of these days have no data" in str(card(browser, "now_moveins").was)
    ahead = sql("SELECT occupancy_rate FROM gold.occupancy_daily_metrics WHERE snapshot_date = DATE '2026-02-10' + 30")
    shown = card(browser, "in_30_days")
    assert ((shown.value,), shown.said) == (written(ahead, "rate")[0], ["2026-03-12 · Projection"])


def test_cards_follow_a_filter_or_say_that_they_do_not(opened, browser) -> None:
    sql = opened("index?type=corporate")
    unfiltered = "whole company: the filter does not apply"
    for key in KEYS:
        assert card(browser, f"now_{key}").said[0] == unfiltered, key
    ward = sql("SELECT MIN(municipality) FROM gold.occupancy_property_map_latest")[0][0]
    opened(f"index?place={ward}")
    cards_match(sql, browser, ROOMS, lambda day: (sql(WARD.format(ward, day)) or [(None,) * 3])[0])
    for key in [f"now_{key}" for key in KEYS] + ["in_30_days", "in_90_days"]:
        assert card(browser, key).said[0] == (ward if key.removeprefix("now_") in ROOMS else unfiltered), key
    opened(f"index?place={ward}&type=corporate")
    assert card(browser, "now_rate").said[:2] == ["all tenant types: no split by type", ward]
    opened(f"pricing?place={ward}")
    assert [card(browser, key).said[0] for key in ("signed_count", "now_rent")] == [ward, unfiltered]


# The first and last day of the sums: the end of the day before the range, or of the first day with files.
@pytest.mark.parametrize(
    ("address", "first", "last"),
    [("", "MIN", "2026-02-10"), ("?from=2025-12-20&to=2026-01-20", "2025-12-19", "2026-01-20")],
)
def test_rooms_at_the_end_are_explained_from_those_at_the_start(
    opened, browser, address: str, first: str, last: str
) -> None:
    sql = opened("occupancy" + address)
    facts = "FROM gold.occupancy_daily_metrics WHERE day_kind = 'fact'"
    if first == "MIN":
        first = sql(f"SELECT MIN(snapshot_date) {facts}")[0][0]
    (start,), (end,) = (
        sql(f"SELECT period_end_rooms {facts} AND snapshot_date = DATE '{day}'")[0] for day in (first, last)
    )
    moveins, moveouts, unexplained = sql(
        f"""SELECT SUM(new_moveins), SUM(new_moveouts), SUM(unexplained_rooms) {facts}
            AND snapshot_date > DATE '{first}' AND snapshot_date <= DATE '{last}'"""
    )[0]
    gaps = sql(
        f"""SELECT COUNT(*) FROM gold.occupancy_daily_metrics WHERE day_kind = 'gap' AND snapshot_date BETWEEN DATE '{first}' AND DATE '{last}'"""
    )[0][0]
    assert gaps or end - start - moveins + moveouts == unexplained
    expected = (f"{first} – {last}", start, moveins, moveouts, end - start - moveins + moveouts, end)
    assert rows(browser, "balance") == written([expected], "text", "count", "count", "count", "change", "count")


def test_overview_tables_match_gold(opened, browser) -> None:
    sql = opened("index")
    months = sql(
        """SELECT STRFTIME(snapshot_date, '%Y-%m'), MAX_BY(occupancy_rate, snapshot_date) FILTER (day_kind = 'fact'),
             SUM(new_moveins), SUM(new_moveouts), SUM(occupancy_delta), SUM(application_rooms), ANY_VALUE(signed), COUNT(*) FILTER (day_kind = 'gap')
           FROM gold.occupancy_daily_metrics JOIN (SELECT STRFTIME(activity_date, '%Y-%m') AS month, SUM(contracts_signed_count) AS signed
             FROM gold.daily_activity_summary WHERE activity_date <= DATE '2026-02-10' GROUP BY month) ON month = STRFTIME(snapshot_date, '%Y-%m')
           WHERE day_kind <> 'projection' GROUP BY 1 ORDER BY 1 DESC LIMIT 13"""
    )
    months = [(f"{months[0][0]} (so far)", *months[0][1:]), *months[1:]]
    assert rows(browser, "months") == written(
        months, "text", "rate", "count", "count", "change", "count", "count", "count"
    )
    for panel, order in (("worst", ""), ("best", "DESC")):
        assert rows(browser, panel) == written(sql(PROPERTIES.format("", order) + " LIMIT 10"), *PROPERTY)
    late = sql(
        f"""SELECT p.{NAMED.replace("asset_id_hj", "p.asset_id_hj")}, room_number, contract_id, planned_moveout_date,
              DATE '2026-02-10' - planned_moveout_date
            FROM gold.moveout_notices AS n JOIN gold.occupancy_property_map_latest AS p USING (asset_id_hj)
            WHERE is_overdue = 1 AND moveout_status = 'Pending' ORDER BY planned_moveout_date DESC, contract_id"""
    )
    assert late
    assert rows(browser, "overdue") == written(late, "text", "text", "text", "text", "count")


def test_occupancy_page_matches_gold(opened, browser) -> None:
    sql = opened("occupancy")
    days = sql(
        """SELECT snapshot_date, CASE WHEN day_kind = 'fact' THEN occupancy_rate END, CASE WHEN day_kind = 'projection' THEN occupancy_rate END,
             period_end_rooms, total_physical_rooms FROM gold.occupancy_daily_metrics WHERE snapshot_date > DATE '2026-02-10' - 90 ORDER BY ALL"""
    )
    assert rows(browser, "rate") == written(days, "day", "rate", "rate", "count", "count")
    facts = [day[0] for day in days if day[1] is not None]
    scope = "return document.querySelector('#rate .scope').textContent"
    assert browser.execute_script(scope) == f"{facts[0]} – {facts[-1]} · data on {len(facts)} of the 90 chosen days"
    parts = "return [...document.querySelectorAll(`#rate [data-series=${arguments[0]}]`)].reduce((sum, one) => sum + +one.dataset.points, 0)"
    for series, column in (("fact", 1), ("projection", 2)):
        assert browser.execute_script(parts, series) == sum(day[column] is not None for day in days)
    moves = sql(
        """SELECT snapshot_date, CASE day_kind WHEN 'fact' THEN 'Fact' WHEN 'gap' THEN 'No data' ELSE 'Projection' END,
             new_moveins, new_moveouts, occupancy_delta FROM gold.occupancy_daily_metrics
           WHERE snapshot_date > DATE '2026-02-10' - 90 AND snapshot_date <= DATE '2026-02-10' + 30 ORDER BY ALL"""
    )
    assert rows(browser, "moves") == written(moves, "day", "text", "count", "count", "change")
    assert bars(browser, "moves", "moveouts") == [-row[3] for row in moves if row[3] is not None]
    types = sql(
        """PIVOT (SELECT snapshot_date, tenant_type, occupied_rooms, SUM(other_contract_rooms) OVER (PARTITION BY snapshot_date) AS other
           FROM gold.occupancy_tenant_type_daily) ON tenant_type IN ('individual', 'corporate', 'unknown')
           USING SUM(occupied_rooms) ORDER BY snapshot_date"""
    )
    assert [row for row in rows(browser, "types") if row[1] != "–"] == written(
        [(day, individual, corporate, unknown or 0, other) for day, other, individual, corporate, unknown in types],
        "day", *["count"] * 4,
    )  # fmt: skip
    assert rows(browser, "properties") == written(sql(PROPERTIES.format("", "")), *PROPERTY)
    assert sorted(rows(browser, "places")) == sorted(written(sql(
        """SELECT municipality, n.rooms / n.total, n.total - n.rooms, n.rooms, n.total, n.rooms / n.total - b.rooms / b.total
           FROM (SELECT municipality, SUM(occupied_rooms) AS rooms, SUM(total_rooms) AS total FROM gold.occupancy_property_daily
             WHERE snapshot_date = DATE '2026-02-10' GROUP BY 1) AS n
           LEFT JOIN (SELECT municipality, SUM(occupied_rooms) AS rooms, SUM(total_rooms) AS total FROM gold.occupancy_property_daily
             WHERE snapshot_date = DATE '2026-02-03' GROUP BY 1) AS b USING (municipality)"""
    ), "text", "rate", "count", "count", "count", "points"))  # fmt: skip


def test_rooms_without_a_change_say_why(opened, browser) -> None:
    opened("geography")
    note = "return document.querySelector('#places > .note')?.textContent"
    assert browser.execute_script(note) is None
    browser.execute_script(
        "for (const row of table('places')) if (row.day === '2026-02-03') row.day = '2026-02-02'; draw()"
    )
    assert browser.execute_script(note) == "Change over 7 days: some of these days have no data"


def test_filters_leave_what_they_say_and_a_figure_says_what_it_cannot_follow(opened, browser) -> None:
    sql = opened("occupancy?type=corporate&from=2026-02-08&to=2026-02-09")
    ward = sql("SELECT MIN(municipality) FROM gold.occupancy_property_map_latest")[0][0]
    assert [row[0] for row in rows(browser, "rate")] == ["2026-02-08", "2026-02-09"]
    scope = "return document.querySelector('#rate .scope').textContent"
    assert browser.execute_script(scope) == "2026-02-08 – 2026-02-09 · whole company: the filter does not apply"
    assert [row[1] for row in rows(browser, "types") if row[1] != "–"] == [
        f"{count:,}" for (count,) in sql(
            """SELECT occupied_rooms FROM gold.occupancy_tenant_type_daily WHERE tenant_type = 'corporate'
               AND snapshot_date BETWEEN DATE '2026-02-08' AND DATE '2026-02-09' ORDER BY snapshot_date""")
    ]  # fmt: skip
    opened(f"occupancy?place={ward}")
    of_ward = PROPERTIES.format(f"WHERE municipality = '{ward}'", "")
    assert rows(browser, "properties") == written(sql(of_ward), *PROPERTY)
    shares = sql(
        f"""SELECT snapshot_date, SUM(occupied_rooms) / SUM(total_rooms), NULL, SUM(occupied_rooms), SUM(total_rooms)
            FROM gold.occupancy_property_daily WHERE municipality = '{ward}' AND snapshot_date > DATE '2026-02-10' - 90 GROUP BY 1 ORDER BY 1"""
    )
    found = [row for row in rows(browser, "rate") if row[1] != "–"]
    assert found == written(shares, "day", "rate", "rate", "count", "count")
    opened("occupancy?from=yesterday&to=2026-13-01&type=<b>&place=nowhere")
    assert (
        browser.execute_script("return [state.from, state.to, state.type, state.place].join()")
        == "2025-11-13,2026-02-10,,"
    )
