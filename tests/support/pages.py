"""The report in a browser: its pages, and the rows and cards on them as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

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


def open_tables(browser: Any) -> None:
    """Unfolds the tables below all charts."""
    script = "for (const one of document.querySelectorAll('.panel details')) { one.open = true; one.dispatchEvent(new Event('toggle')); }"
    browser.execute_script(script)


def rows(browser: Any, panel: str) -> Rows:
    """All rows of a panel's table, as they are written."""
    return [tuple(row) for row in browser.execute_script(_ROWS, panel)]


class Card(NamedTuple):
    """A figure in large type, what it is compared with, and what is said of it."""

    value: str
    was: list[str]
    said: list[str]


def card(browser: Any, key: str) -> Card:
    """A card of the page, as it is written."""
    script = """const card = document.getElementById('card-' + arguments[0]);
        const texts = (of) => [...card.querySelectorAll(of)].map((one) => one.textContent);
        return [texts('b')[0], texts('.was'), texts('.said')]"""
    return Card(*browser.execute_script(script, key))


def compared(word: str, now: Any, before: Any, form: str, why: str) -> str:
    """A line of a card: the figure of other days and the difference to it, or why there is none.

    Args:
        form: of the figure, as in `written`.
    """
    if before is None:
        return f"{word}: {why}"
    change = {"rate": "points", "yen": "yen_change"}.get(form, "change")
    ((value,), (difference,)) = (*written([(before,)], form), *written([(now - before,)], change))
    return f"{word}: {value} ({difference})"


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
        formats: count, change, rate, points, yen, yen_change, day or text, of each column.
    """
    return [tuple(_written(value, form) for value, form in zip(row, formats, strict=True)) for row in rows]


def _written(value: Any, form: str) -> str:
    if value is None:
        return "–"
    if form in ("text", "day"):
        return str(value)
    sign = "+" if value > 0 and form not in ("count", "rate", "yen") else "−" if value < 0 else ""
    size = abs(value)
    if form in ("rate", "points"):
        unit = "%" if form == "rate" else "\u00a0points"  # a space where no line breaks
        return f"{sign}{_rounded(float(size) * 100, '0.1'):.1f}{unit}"
    if form in ("yen", "yen_change"):
        return f"{sign}¥{_rounded(float(size), '1'):,}"
    return f"{sign}{int(size):,}"


def _rounded(value: float, to: str) -> Decimal:
    """As JavaScript rounds: halves away from zero."""
    return Decimal(value).quantize(Decimal(to), ROUND_HALF_UP)
