"""The report in a browser: its pages, and the rows and cards on them as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from tests.support.browser import until

Rows = list[tuple[str, ...]]
_ROWS = """const section = document.getElementById(arguments[0]), details = section.querySelector('details');
    if (details && !details.open) { details.open = true; details.dispatchEvent(new Event('toggle')); }
    section.querySelector('[data-act=show_all]')?.click();
    return [...section.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent));"""


def open_page(browser: Any, file: Path, address: str, language: str = "en") -> None:
    """Opens a page of the report.

    Args:
        address: what follows `#`: the page, and after `?` from, to, type and place.
    """
    browser.get("about:blank")
    browser.get(f"{file.as_uri()}#{address}")
    until(browser, "document.querySelector(`button[data-lang=${arguments[0]}]`)", language).click()
    until(browser, "document.getElementById('page').dataset.page === arguments[0]", address.partition("?")[0])


def rows(browser: Any, panel: str) -> Rows:
    """All rows of a panel's table, as they are written."""
    return [tuple(row) for row in browser.execute_script(_ROWS, panel)]


def card(browser: Any, key: str) -> tuple[str, list[str]]:
    """The figure of a card, and what it is compared with."""
    script = """const card = document.getElementById('card-' + arguments[0]);
        return [card.querySelector('b').textContent, [...card.querySelectorAll('small')].slice(1).map((one) => one.textContent)]"""
    value, notes = browser.execute_script(script, key)
    return value, notes


def bars(browser: Any, panel: str, series: str) -> list[float]:
    """The values of the bars of a series, each checked to be as high as its value says."""
    script = """return [...document.querySelectorAll(`#${arguments[0]} rect[data-series=${arguments[1]}]`)]
        .map((one) => [+one.dataset.value, +one.getAttribute('height')])"""
    found = browser.execute_script(script, panel, series)
    largest, height = max(found, key=lambda one: abs(one[0]))
    for value, high in found:
        assert abs(high - height * abs(value / (largest or 1))) < 0.01, (panel, series)
    return [value for value, _ in found]


def written(rows: Iterable[Sequence[Any]], *formats: str) -> Rows:
    """Rows of SQL as the report writes them.

    Args:
        formats: count, change, rate, points, yen or text, of each column.
    """
    return [tuple(_written(value, form) for value, form in zip(row, formats, strict=True)) for row in rows]


def _written(value: Any, form: str) -> str:
    if value is None:
        return "–"
    if form in ("text", "day"):
        return str(value)
    if form in ("rate", "points"):
        text = f"{_rounded(float(value) * 100, '0.1'):.1f}"
        return f"{text}%" if form == "rate" else f"{'+' if value > 0 else ''}{text} points"
    if form == "yen":
        return f"¥{_rounded(float(value), '1'):,}"
    return f"{'+' if form == 'change' and value > 0 else ''}{int(value):,}"


def _rounded(value: float, to: str) -> Decimal:
    """As JavaScript rounds: halves away from zero."""
    return Decimal(value).quantize(Decimal(to), ROUND_HALF_UP)
