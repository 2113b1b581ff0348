"""What `status` puts on its screen of what it knows, and how far the layers reach."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from rich.console import Console

from loader.landing.calendar import Day, Waiver
from loader.landing.load_report import LiveFigures
from loader.monitoring import status_screen as screen
from loader.monitoring.status import Layer, Status, by_layer
from loader.quality.changed_rows import Changes

TODAY = dt.date(2025, 6, 10)
FILES = ("tenant_status", "room_assignment", "property")
WHOLE = dict.fromkeys(FILES, "loaded")
NONE = dict.fromkeys(FILES, "missing")
NOTHING: dict[str, Any] = {"loaded": [("dump", 1, TODAY, TODAY, 5)], "newest": TODAY}


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


def shown(*parts: Any) -> str:
    console = Console(file=io.StringIO(), width=300, highlight=False, emoji=False)
    console.print(*parts, sep="\n")
    return re.sub(r" +", " ", console.file.getvalue())  # type: ignore[attr-defined]


def test_status_lists_waived_days_and_loads_without_manifest() -> None:
    days = [
        Day(day(-2), "loaded", WHOLE, has_manifest=False),
        Day(day(-1), "missing", NONE, (), Waiver("sato", "lost", day(1))),
        Day(day(0), "loaded", WHOLE),
    ]
    lines = shown(*screen._days(Status(**NOTHING | {"days": days}), False)).splitlines()
    assert [line.strip() for line in lines] == [
        "Days 2025-06-08 to 2025-06-10: 2 of 3 loaded, dump and daily files",
        "2025-06-09: dump missing, daily files missing; waived by sato until 2025-06-11: lost",
        "2025-06-08: loaded; loaded by hand, without a manifest: unverified",
    ]
    assert len(shown(*screen._days(Status(**NOTHING | {"days": days}), True)).splitlines()) == 4
    assert shown(*screen._days(Status(**NOTHING), False)) == "\n"


def test_status_counts_loaded_files_and_missing_days_between() -> None:
    found = shown(screen._loaded(Status(**NOTHING | {"loaded": [("dump", 3, day(-9), day(0), 1_234)]})))
    assert "dump 3 2025-06-01 2025-06-10 7 1,234" in found


def test_status_shows_what_the_newest_dump_changed_and_nulled() -> None:
    known = {
        "live": LiveFigures(
            (2, 9, 9),
            [("warned", "rows:x", "5 [red]", "6")],
            {"tenants": Changes(1, 0, 2), "rooms": Changes(0, 0, 0)},
            [("movings", "movein_date", "zero_date", 3), ("tenants", "birth_date", "impossible_date", 1)],
        ),
        "enriched": "nationalities: 5 answered",
        "kept": [day(-1), day(-2)],
        "withdrawn": [(day(0), dt.datetime(2025, 6, 10, 1))],
    }
    lines = shown(*screen._newest_dump(Status(**NOTHING | known), False)).splitlines()
    assert lines == [
        "The newest dump: changed 1 table (rows added, removed, changed): tenants: +1 -0 ~2",
        "The newest dump: 4 values of it were nulled in 2 columns: landing.movings.movein_date: 3 (zero date); "
        "landing.tenants.birth_date: 1 (impossible date)",
        "The newest dump: 1 finding of the gate: warned: rows:x: 5 [red]",
        "Nationalities: 5 answered",
        "To roll back to: 2025-06-09, 2025-06-08",
        "Rolled back, and not loaded again by itself: the dump of 2025-06-10, at 2025-06-10 01:00:00 UTC",
    ]
    assert len(shown(*screen._newest_dump(Status(**NOTHING | known), True)).splitlines()) == 10


def test_long_reason_is_cut_to_width_on_one_line() -> None:
    assert screen._cut("a\n  b", False) == "a b"
    assert screen._cut("x" * 150, False) == "x" * 150
    assert screen._cut("x" * 151, False) == "x" * 146 + " ..."
    assert screen._cut("日" * 76, False) == "日" * 73 + " ..."
    assert screen._cut("x" * 151, True) == "x" * 151
    assert screen._cut("x" * 99 + ". Get it again, then type that " + "y" * 99, False) == "x" * 99 + ". ..."


LAYERS = {
    "all there": (
        {"staging.a": day(0), "silver.b": day(0), "gold.c": day(1)},
        [("staging", 1, day(0), []), ("silver", 1, day(0), []), ("gold", 1, day(1), [])],
    ),
    "one stale": (
        {"gold.a": day(0), "gold.b": day(-1)},
        [("staging", 0, None, []), ("silver", 0, None, []), ("gold", 2, day(-1), ["b (2025-06-09)"])],
    ),
    "one never": (
        {"gold.a": day(0), "gold.b": None},
        [("staging", 0, None, []), ("silver", 0, None, []), ("gold", 2, None, ["b (nothing)"])],
    ),
}


@pytest.mark.parametrize("case", LAYERS)
def test_a_layer_reaches_as_far_as_its_stalest_model(case: str) -> None:
    fresh, layers = LAYERS[case]
    assert by_layer(fresh, day(0)) == [Layer(*one) for one in layers]


def test_without_a_target_day_only_empty_models_are_behind() -> None:
    assert [one.behind for one in by_layer({"gold.a": day(-9), "gold.b": None}, None)] == [[], [], ["b (nothing)"]]
