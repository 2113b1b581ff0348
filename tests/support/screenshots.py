"""`python -m tests.support.screenshots`: the README's pictures, of the warehouse and pages that `make demo` left, in docs/images."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from loader.console import step
from loader.settings import PROJECT
from tests.support.browser import chromium, until
from tests.support.servers import Missing
from tests.support.ui import NODES, ui

IMAGES = PROJECT / "docs" / "images"
_DRAWN = "document.querySelectorAll('svg.plot').length >= 2"
Browser = Any


def report(browser: Browser, page: Path, file: Path) -> None:
    """The report's beginning, in English, as a wide screen shows it."""
    _size(browser, 1180, 900)
    _look(browser, "light")
    _open_report(browser, page, "en")
    browser.save_screenshot(str(file))


def report_page(browser: Browser, page: Path, file: Path) -> None:
    """A whole page of it: the move-outs."""
    _size(browser, 1180, 900)
    _look(browser, "light")
    _open_report(browser, page, "en", "moveouts")
    height = browser.execute_script("return document.documentElement.scrollHeight")
    _size(browser, 1180, height)
    browser.save_screenshot(str(file))


def report_on_a_phone(browser: Browser, page: Path, file: Path) -> None:
    """The report on a phone that is set to dark, in Japanese."""
    _size(browser, 390, 844, mobile=True)
    _look(browser, "dark")
    _open_report(browser, page, "ja")
    browser.save_screenshot(str(file))


def dictionary(browser: Browser, page: Path, file: Path) -> None:
    """A table of gold in the dictionary: its columns, and where they come from."""
    _size(browser, 1180, 700)
    _look(browser, "light")
    browser.get(f"{page.as_uri()}#gold.occupancy_daily_metrics")
    until(browser, "document.getElementById('gold.occupancy_daily_metrics')").click()
    browser.execute_script("document.getElementById('gold.occupancy_daily_metrics').scrollIntoView()")
    browser.save_screenshot(str(file))


def lineage(browser: Browser, address: str, file: Path) -> None:
    """A table of gold in SQLMesh's UI, with its way back to landing."""
    _size(browser, 1400, 800)
    browser.get(f"{address}/data-catalog/models/gold.daily_activity_summary")
    until(browser, f"{NODES}.includes('landing')")
    until(browser, "document.querySelector('.react-flow__controls-fitview')").click()
    # It glides there.
    left = "Math.min(...[...document.querySelectorAll('.react-flow__node')].map((node) => node.getBoundingClientRect().left))"
    pane = "document.querySelector('.react-flow').getBoundingClientRect().left"
    until(browser, f"{left} >= {pane}")
    browser.save_screenshot(str(file))


def _open_report(browser: Browser, page: Path, language: str, name: str = "index") -> None:
    browser.get("about:blank")
    browser.get(f"{page.as_uri()}#{name}")
    until(browser, f"document.querySelector('button[data-lang={language}]')").click()
    until(browser, _DRAWN)


def _size(browser: Browser, width: int, height: int, mobile: bool = False) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def _look(browser: Browser, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


PICTURES = (report, report_page, report_on_a_phone, dictionary, lineage)


def main() -> int:
    """Takes them all.

    Returns:
        0, or 2 where the demo or the browser is missing.
    """
    data = PROJECT / "data"
    if lacking := [one for one in ("report.html", "dictionary.html", "warehouse.duckdb") if not (data / one).exists()]:
        print(f"data/{lacking[0]} is missing: run `make demo` first", file=sys.stderr)
        return 2
    for name in [name for name in os.environ if name.startswith("WAREHOUSE_")]:
        del os.environ[name]  # the UI's warehouse is the pages' one
    IMAGES.mkdir(exist_ok=True)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="screenshots-") as folder,
            chromium(Path(folder)) as browser,
            step("screenshots", total=len(PICTURES), unit="pictures") as progress,
            ui(Path(folder) / "ui.log") as address,
        ):
            pages = (*[data / "report.html"] * 3, data / "dictionary.html", address)
            for take, of in zip(PICTURES, pages, strict=True):
                take(browser, of, IMAGES / f"{take.__name__.replace('_', '-')}.png")
                progress.advance(1)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
