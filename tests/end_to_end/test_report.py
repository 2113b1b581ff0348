"""The report: what is drawn in a browser is what gold holds; it fetches nothing, fits a phone, and shows no tenant's name."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from loader.landing.access import read_warehouse
from loader.transform.run import current_result
from report import text
from report.figures import figures
from report.page import LIBRARY, page
from report.quality import quality
from tests.conftest import FIRST_DAY
from tests.support.browser import complaints, until
from tests.support.places import Place

AS_OF = dt.date(2026, 2, 10)  # the demo's last morning
CHARTS = ("occupancy", "moves", "channels", "nationalities", "notices", "rents", "map")
SERIES = "echarts.getInstanceByDom(document.getElementById(arguments[0])).getOption().series"


@pytest.fixture
def report(demo: Path, browser) -> Any:
    """The browser, on the report that the demo's last `daily` put into the bucket."""
    browser.get((demo.parent / "bucket" / "reports" / f"{AS_OF:%Y%m%d}.html").as_uri())
    until(browser, "document.querySelectorAll('.chart svg').length === arguments[0]", len(CHARTS))
    return browser


def drawn(browser: Any, chart: str, series: str) -> list[Any]:
    """The values of one series of a chart, as the library holds them."""
    script = f"return {SERIES}.find((one) => one.id === arguments[1]).data.map((one) => one?.value ?? one)"
    return [value if not isinstance(value, dict) else None for value in browser.execute_script(script, chart, series)]


def test_every_chart_is_drawn_from_gold(demo: Path, report: Any, query) -> None:
    assert complaints(report) == []
    occupancy = query(
        demo,
        "SELECT day_kind, occupancy_rate FROM gold.occupancy_daily_metrics WHERE snapshot_date > DATE '2025-02-10' ORDER BY ALL",
    )
    for kind in ("fact", "projection"):
        expected = sorted(float(rate) for of, rate in occupancy if of == kind)
        assert expected
        assert sorted(value for value in drawn(report, "occupancy", kind) if value is not None) == expected
    days = query(
        demo,
        "SELECT new_moveins, -new_moveouts, occupancy_delta FROM gold.occupancy_daily_metrics "
        "WHERE snapshot_date > DATE '2026-02-10' - 90 AND snapshot_date <= DATE '2026-02-10' + 30 ORDER BY snapshot_date",
    )
    assert list(zip(*(drawn(report, "moves", one) for one in ("moveins", "moveouts", "net")), strict=True)) == days

    contracts = query(demo, "SELECT contract_channel, nationality, monthly_rent, contract_date FROM gold.new_contracts")
    recent = [row for row in contracts if row[3] > AS_OF - dt.timedelta(days=90)]
    assert drawn(report, "channels", "channels") == sorted(Counter(row[0] for row in recent).values(), reverse=True)
    nations = sorted(Counter(row[1] for row in recent).values(), reverse=True)
    shown = drawn(report, "nationalities", "nationalities")
    assert shown == nations[:12] + ([sum(nations[12:])] if nations[12:] else [])
    rents = [int(row[2]) for row in contracts if row[2] is not None and row[3] > AS_OF - dt.timedelta(days=365)]
    assert drawn(report, "rents", "rents") == [
        sum(lower <= rent < lower + 5_000 for rent in rents)
        for lower in range(min(rents) // 5_000 * 5_000, max(rents) + 1, 5_000)
    ]
    ahead = query(
        demo,
        "SELECT DATE_TRUNC('week', planned_moveout_date)::DATE, COUNT(*) FROM gold.moveout_notices "
        "WHERE moveout_status = 'Pending' AND planned_moveout_date >= DATE '2026-02-10' GROUP BY 1",
    )
    weeks = {AS_OF - dt.timedelta(days=AS_OF.weekday()) + dt.timedelta(weeks=n): 0 for n in range(13)}
    weeks.update((week, count) for week, count in ahead if week in weeks)
    assert sum(weeks.values()) > 0
    assert drawn(report, "notices", "notices") == list(weeks.values())

    placed = query(
        demo,
        "SELECT longitude::DOUBLE, latitude::DOUBLE FROM gold.occupancy_property_daily "
        "WHERE snapshot_date = DATE '2026-02-10' AND latitude IS NOT NULL ORDER BY ALL",
    )
    points = [point for name in (1, 2, 3, 4) for point in drawn(report, "map", f"rate-{name}")]
    assert sorted(map(tuple, points)) == placed
    # Not only held but drawn: a mark for each figure that has one, and each point a circle of its own.
    for chart in CHARTS:
        marks = until(report, "document.querySelectorAll(`#${arguments[0]} svg path[fill]`).length", chart)
        assert marks >= {"map": len(placed), "channels": len(drawn(report, "channels", "channels"))}.get(chart, 2), (
            chart
        )


def test_report_cards_and_data_page_match_gold(demo: Path, report: Any, query) -> None:
    rate, rooms, moveins = query(
        demo,
        "SELECT occupancy_rate, period_end_rooms, new_moveins FROM gold.occupancy_daily_metrics WHERE snapshot_date = DATE '2026-02-10'",
    )[0]
    card = {
        name: report.execute_script("return document.querySelector(`#card-${arguments[0]} b`).textContent", name)
        for name in ("occupancy_rate", "occupied_rooms", "moveins")
    }
    assert card == {"occupancy_rate": f"{rate * 100:.2f} %", "occupied_rooms": f"{rooms:,}", "moveins": f"{moveins:,}"}
    types = "return [...document.querySelectorAll('#types tbody tr')].map((row) => [...row.cells].slice(1).map((cell) => +cell.textContent))"
    by_type = query(
        demo,
        "SELECT occupied_rooms, other_contract_rooms FROM gold.occupancy_tenant_type_daily WHERE snapshot_date = DATE '2026-02-10'",
    )
    assert sorted(map(tuple, report.execute_script(types))) == sorted(by_type)
    embedded = json.loads(report.execute_script("return document.getElementById('figures').textContent"))["data"]
    tables, landed = query(
        demo,
        "SELECT COUNT(*), SUM(rows_landed) FROM landing.load_tables "
        "WHERE load_id = (SELECT load_id FROM landing.generations WHERE state = 'live')",
    )[0]
    assert (embedded["landed"]["tables"], embedded["landed"]["landed"]) == (tables, landed)
    assert f"{landed:,}" in report.execute_script("return document.getElementById('data').innerText")
    assert {one["layer"]: one["reaches"] for one in embedded["layers"]} == dict.fromkeys(
        ("staging", "silver", "gold"), str(AS_OF)
    )
    assert min(embedded["audits"].values()) > 0
    shown = report.execute_script(
        "return [...document.querySelectorAll('#calendar time')].map((one) => one.textContent)"
    )
    assert shown == [str(day) for (day,) in query(demo, "SELECT check_date FROM gold.data_quality_calendar ORDER BY 1")]


def test_report_fits_a_phone_dark_mode_and_both_languages(report: Any) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    line = "document.querySelector('#occupancy svg path[stroke-dasharray]').getAttribute('stroke')"
    light = report.execute_script(f"return [{ground}, {line}]")
    report.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    )
    dark = until(report, f"{line} !== arguments[0] && [{ground}, {line}]", light[1])
    assert light[0] != dark[0]
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    report.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    until(report, "document.querySelector('#occupancy svg').clientWidth < 390")
    assert report.execute_script("return document.documentElement.scrollWidth") <= 390
    heading = "document.getElementById('rents-title').innerText"
    for language, at in (("ja", 0), ("en", 1)):
        report.execute_script("document.querySelector(`[data-lang=${arguments[0]}]`).click()", language)
        assert report.execute_script(f"return {heading}") == text.TEXT["rents"][at]
    assert complaints(report) == []


def test_it_needs_nothing_and_holds_no_name(demo: Path, report: Any, query) -> None:
    assert report.execute_script("return performance.getEntriesByType('resource').length") == 0
    html = (demo.parent / "bucket" / "reports" / f"{AS_OF:%Y%m%d}.html").read_text().replace(LIBRARY.read_text(), "")
    assert not re.search(r"""(src|href)=["'](?!data:)""", html)
    names = query(
        demo, "SELECT DISTINCT full_name FROM landing.tenants WHERE LENGTH(full_name) > 4 AND full_name IS NOT NULL"
    )
    assert len(names) > 100
    assert [name for (name,) in names if name in html] == []


def test_report_runs_only_its_own_scripts_and_sends_nothing(report: Any) -> None:
    for chart in CHARTS:  # the library's own tooltips have styles in them
        report.execute_script(
            """const element = document.getElementById(arguments[0]), middle = { x: element.clientWidth / 2, y: element.clientHeight / 2 };
            const point = arguments[0] === "map" ? { seriesIndex: 3, dataIndex: 0 } : middle;
            echarts.getInstanceByDom(element).dispatchAction({ type: "showTip", ...point });""",
            chart,
        )
        until(report, "[...document.querySelectorAll(`#${arguments[0]} > div`)].at(-1).innerText", chart)
    assert complaints(report) == []
    added = {
        "Object.assign(document.createElement('script'), {textContent: 'document.title = 1'})": "script-src",
        "Object.assign(document.createElement('p'), {innerHTML: '<b style=\"color: red\">'})": "style-src",
        "Object.assign(document.createElement('base'), {href: 'https://example.invalid/'})": "base-uri",
    }
    for element, directive in added.items():
        report.execute_script(f"document.head.append({element})")
        assert any(f"{directive} " in said for said in complaints(report)), directive
    form = "Object.assign(document.createElement('form'), {action: 'https://example.invalid/'})"
    report.execute_script(f"const form = {form}; document.body.append(form); form.submit()")
    assert any("form-action 'none'" in said for said in complaints(report))


def test_whatever_the_source_calls_a_property_it_is_text(tmp_path: Path, planned_place: Place, browser) -> None:
    with planned_place.chosen():
        settings = planned_place.settings()
        result = current_result(settings)
        with read_warehouse(settings) as warehouse:
            found, data = figures(warehouse), quality(warehouse, result)
    hostile = "</script><img src=x onerror=document.title='owned'>&amp;"
    found["properties"] = [
        {
            "asset": "J1",
            "name": hostile,
            "place": hostile,
            "latitude": 35.6,
            "longitude": 139.7,
            "occupied": 1,
            "total": 2,
            "rate": 0.5,
        }
    ]
    found["contracts"]["nationalities"] = [{"name": hostile, "count": 3}]
    data["calendar"][0]["dump_reason"] = hostile
    file = tmp_path / "report.html"
    file.write_text(page({**found, "data": data}))
    browser.get(file.as_uri())
    until(browser, "document.querySelectorAll('#map svg path').length > 0")
    browser.execute_script(
        "echarts.getInstanceByDom(document.getElementById('map')).dispatchAction({type: 'showTip', seriesIndex: 1, dataIndex: 0})"
    )
    until(browser, "document.querySelector('#map').innerText.includes(arguments[0])", hostile)
    assert hostile in browser.execute_script("return document.querySelector('#emptiest').innerText")
    assert browser.execute_script("return document.images.length") == 0
    assert "owned" not in browser.title
    assert complaints(browser) == []


def test_figures_are_the_same_on_either_engine(place: Place) -> None:
    with place.chosen(), read_warehouse(place.settings()) as warehouse:
        found = figures(warehouse)
    assert json.loads(json.dumps(found)) == found
    assert found["as_of"] == str(FIRST_DAY)
    today = next(row for row in found["occupancy"] if row["day"] == str(FIRST_DAY))
    assert (today["kind"], today["rooms"], today["total"]) == ("fact", 2, 16_108)
    assert len([row for row in found["occupancy"] if row["kind"] == "projection"]) == 90
    assert found["properties"] and sum(one["occupied"] for one in found["properties"]) == 2
    assert found["contracts"]["count"] == sum(row["count"] for row in found["contracts"]["channels"])


def test_the_library_is_the_one_that_was_looked_at() -> None:
    """It is code that everybody runs who opens a report: another one comes with a change of this line, and of decision 0008."""
    digest = hashlib.sha256(LIBRARY.read_bytes()).hexdigest()
    assert digest == "61f13280aba3161f77fc801bf5f9c786f55f10432153a0683fc5cc0700b013d5"
    assert "</script" not in LIBRARY.read_text().lower()


def test_every_label_is_there_in_both_languages() -> None:
    """And none is left over. One that is missing is an error where it is drawn."""
    here = Path(text.__file__).parent
    used = (here / "page.html").read_text() + (here / "page.js").read_text()
    assert [key for key in text.TEXT if f'"{key}"' not in used] == []
    assert all(japanese and english for japanese, english in text.TEXT.values())
