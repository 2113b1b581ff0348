"""The report in a browser: it fetches nothing, fits a phone, can be read in both languages and colour schemes, and shows no tenant's name."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from loader.landing.access import read_warehouse
from loader.transform.run import current_result
from report.figures import figures
from report.page import page
from report.quality import quality
from tests.conftest import FIRST_DAY
from tests.support.browser import complaints
from tests.support.crash import wait_until
from tests.support.pages import open_page, open_tables, rows
from tests.support.places import Place
from tests.support.readable import unreadable

AS_OF = dt.date(2026, 2, 10)  # the demo's last morning
PAGES = ("index", "occupancy", "moveins", "moveouts", "geography", "pricing", "funnel")


@pytest.fixture
def file(demo: Path) -> Path:
    """The report that the demo's last `daily` put into the bucket."""
    return demo.parent / "bucket" / "reports" / f"{AS_OF:%Y%m%d}.html"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_page_can_be_read(file: Path, browser, width: int, scheme: str, language: str) -> None:
    screen = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    for name in PAGES:
        open_page(browser, file, name, language)
        open_tables(browser)
        assert unreadable(browser) == [], name
        assert complaints(browser) == [], name


def test_dates_stand_apart_in_a_chart_of_any_width(file: Path, browser) -> None:
    open_page(browser, file, "index")
    overlaps = browser.execute_script("""const found = [];
        for (const days of [1, 2, 7, 30, 121, 365]) for (let width = 240; width < 1300; width += 53) {
          const rows = span(plusDays(AS_OF, 1 - days), AS_OF).map((day) => ({ day, count: 1 }));
          const chart = timeChart(rows, { x: "day", width, format: "count", series: [bar("count", "blue")] });
          pageOf.replaceChildren(chart);
          const boxes = [...chart.querySelectorAll(".date")].map((text) => text.getBoundingClientRect());
          if (!boxes.length || boxes.some((box, index) => index && box.left < boxes[index - 1].right + 2)) found.push([days, width]);
        }
        return found;""")
    assert overlaps == []


def test_state_of_the_data_is_folded_and_matches_the_warehouse(demo: Path, file: Path, browser, query) -> None:
    open_page(browser, file, "index")
    assert not browser.execute_script("return document.querySelector('#data details').open")
    landed = query(
        demo,
        "SELECT SUM(rows_landed) FROM landing.load_tables "
        "WHERE load_id = (SELECT load_id FROM landing.generations WHERE state = 'live')",
    )[0][0]
    browser.execute_script("document.querySelector('#data details').open = true")
    assert f"{landed:,}" in browser.execute_script("return document.getElementById('data').innerText")
    days = "return [...document.querySelectorAll('#calendar time')].map((one) => one.textContent)"
    calendar = query(demo, "SELECT check_date FROM gold.data_quality_calendar ORDER BY 1")
    assert browser.execute_script(days) == [str(day) for (day,) in calendar]


def test_it_begins_in_japanese_where_the_browser_does(file: Path, browser) -> None:
    for accepted, expected in (("ja-JP", "ja"), ("en-US", "en"), ("fr-FR", "en")):
        agent = {"userAgent": "test", "acceptLanguage": accepted}
        browser.execute_cdp_cmd("Emulation.setUserAgentOverride", agent)
        browser.get("about:blank")
        browser.get(file.as_uri())
        assert browser.execute_script("return document.documentElement.lang") == expected
        days = {"ja": "2025年11月13日 – 2026年2月10日", "en": "2025-11-13 – 2026-02-10"}[expected]
        assert browser.execute_script("return document.getElementById('range').textContent") == days


def test_a_table_sorts_and_downloads_with_formulas_disarmed(file: Path, browser, tmp_path: Path) -> None:
    open_page(browser, file, "occupancy")
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    for order in (-1, 1):
        browser.execute_script("document.querySelectorAll('#properties .sort')[3].click()")
        empty = [int(row[3]) for row in rows(browser, "properties")]
        assert empty == sorted(empty, key=lambda rooms: order * rooms)
        assert len({*empty}) > 2
    browser.execute_script("document.querySelector('#properties [data-act=csv]').click()")
    typed = "[{property: '=HYPERLINK(\"x\")', empty: -3}, {property: 'a, \"b\"', empty: null}]"
    browser.execute_script(f"download('typed', [['property', 'text'], ['empty', 'count']], {typed})")
    written, properties = (_downloaded(tmp_path / f"{name}-{AS_OF}.csv") for name in ("typed", "properties"))
    assert written == '\ufeffProperty,Empty\r\n"\'=HYPERLINK(""x"")",-3\r\n"a, ""b""",'
    assert len(properties.split("\r\n")) == len(empty) + 1
    assert complaints(browser) == []


def _downloaded(path: Path) -> str:
    wait_until(path.exists, f"no file {path.name} came")
    return path.read_bytes().decode()


def test_it_needs_nothing_and_holds_no_name(demo: Path, file: Path, browser, query) -> None:
    open_page(browser, file, "index")
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    html = file.read_text()
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", html)
    names = query(
        demo, "SELECT DISTINCT full_name FROM landing.tenants WHERE LENGTH(full_name) > 4 AND full_name IS NOT NULL"
    )
    assert len(names) > 100
    assert [name for (name,) in names if name in html] == []


def test_report_runs_only_its_own_scripts_and_sends_nothing(file: Path, browser) -> None:
    open_page(browser, file, "index")
    added = {
        "Object.assign(document.createElement('script'), {textContent: 'document.title = 1'})": "script-src",
        "Object.assign(document.createElement('p'), {innerHTML: '<b style=\"color: red\">'})": "style-src",
        "Object.assign(document.createElement('base'), {href: 'https://example.invalid/'})": "base-uri",
    }
    for element, directive in added.items():
        browser.execute_script(f"document.head.append({element})")
        assert any(f"{directive} " in said for said in complaints(browser)), directive
    form = "Object.assign(document.createElement('form'), {action: 'https://example.invalid/'})"
    browser.execute_script(f"const form = {form}; document.body.append(form); form.submit()")
    assert any("form-action 'none'" in said for said in complaints(browser))


def test_whatever_the_source_calls_a_property_it_is_text(tmp_path: Path, planned_place: Place, browser) -> None:
    with planned_place.chosen():
        settings = planned_place.settings()
        result = current_result(settings)
        with read_warehouse(settings) as warehouse:
            found, data = figures(warehouse), quality(warehouse, result)
    hostile = "</script><img src=x onerror=document.title='owned'>&amp;"
    for columns in found["tables"].values():  # each text of each table, but for days and codes that the page reads
        for name, column in columns.items():
            if isinstance(column, dict) and name in ("name", "place", "asset", "room", "nation", "value", "japanese"):
                column["texts"] = [text and f"{text}{hostile}" for text in column["texts"]]
    data["calendar"][0]["dump_reason"] = hostile
    report = tmp_path / "report.html"
    report.write_text(page({**found, "data": data}))
    for name in PAGES:
        open_page(browser, report, name)
        assert hostile in browser.execute_script("return document.body.textContent"), name
        assert browser.execute_script("return document.images.length") == 0
        assert "owned" not in browser.title
        assert complaints(browser) == []


def test_figures_are_the_same_on_either_engine(place: Place) -> None:
    with place.chosen(), read_warehouse(place.settings()) as warehouse:
        found = figures(warehouse)
    assert json.loads(json.dumps(found)) == found
    assert found["as_of"] == str(FIRST_DAY)
    tables = found["tables"]
    assert sum(tables["properties"]["rooms"]) == 2
    kinds = tables["occupancy"]["kind"]
    assert sum(kinds["texts"][at] == "projection" for at in kinds["index"]) == 90
    assert all(type(count) is int for count in tables["rents"]["count"] + tables["moves"]["count"])
