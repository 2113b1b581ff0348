"""What `status` puts on its screen of what it knows, and how far the layers reach."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from rich.console import Console

from loader import status_screen as screen
from loader.calendar import Day, Waiver
from loader.changes import Changes
from loader.freshness import Layer, by_layer
from loader.status import Status

TODAY = dt.date(2025, 6, 10)
FILES = ("tenant_status", "room_assignment", "property")
WHOLE = dict.fromkeys(FILES, "loaded")
NONE = dict.fromkeys(FILES, "missing")
NOTHING: dict[str, Any] = {
    "loaded": [("dump", 1, TODAY, TODAY, 5)],
    "newest": TODAY,
    "days": [],
    "rejected": [],
    "waits_for_run": False,
    "findings": [],
    "changes": {},
    "nulled": [],
    "enriched": None,
    "kept": [],
    "withdrawn": [],
}


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


def shown(*parts: Any) -> str:
    console = Console(file=io.StringIO(), width=300, highlight=False, emoji=False)
    console.print(*parts, sep="\n")
    return re.sub(r" +", " ", console.file.getvalue())  # type: ignore[attr-defined]


def wrong(everything: bool = False, today: dt.date = TODAY, **known: Any) -> list[str]:
    return [line.strip() for line in shown(*screen._wrong(Status(**NOTHING | known), today, everything)).splitlines()]


def test_nothing_is_wrong_of_a_good_day() -> None:
    assert wrong(days=[Day(TODAY, "loaded", WHOLE)]) == ["Nothing is wrong."]


def test_a_dump_that_is_not_todays_is_wrong() -> None:
    assert wrong(today=day(2)) == [
        "Wrong: 1",
        "today is 2025-06-12 in Japan, and the newest loaded dump is of 2025-06-10, 2 days old: python -m loader daily",
    ]


def test_no_dump_at_all_is_wrong_with_every_refusal() -> None:
    found = wrong(newest=None, loaded=[], rejected=[(day(0), "cut [/x]"), (day(-1), "foreign")])
    assert found == [
        "Wrong: 3",
        "no dump is loaded: python -m loader load",
        "2025-06-10: refused; cut [/x]",
        "2025-06-09: refused; foreign",
    ]


def test_a_refused_reference_file_is_wrong() -> None:
    assert wrong(coordinates="coordinates [/x]: has no rows") == ["Wrong: 1", "coordinates [/x]: has no rows"]


def test_a_run_that_is_yet_to_come_is_wrong() -> None:
    assert wrong(waits_for_run=True)[1].endswith("what was computed from it still stands: python -m loader run")


OF_DAYS = [
    (Day(TODAY, "missing", WHOLE), "2025-06-10: dump missing, snapshots loaded"),
    (Day(TODAY, "rejected", NONE, ("cut",)), "2025-06-10: dump rejected, snapshots missing; cut"),
    (
        Day(TODAY, "loaded", WHOLE | {"property": "rejected"}, ("no rows",)),
        "2025-06-10: dump loaded, snapshots property rejected; no rows",
    ),
    (
        Day(TODAY, "loaded", WHOLE, ("cut",)),
        "2025-06-10: what is loaded stands, but a newer file of it was refused; cut",
    ),
    (
        Day(TODAY, "missing", NONE, (), Waiver("sato", "lost", day(-1))),
        "2025-06-10: dump missing, snapshots missing; waived by sato until 2025-06-09: lost",
    ),
]


@pytest.mark.parametrize(("one", "line"), OF_DAYS)
def test_a_day_that_is_wrong_says_how(one: Day, line: str) -> None:
    assert wrong(days=[one]) == ["Wrong: 1", line]


GOOD = [
    Day(TODAY, "loaded", WHOLE),
    Day(TODAY, "missing", NONE, ("cut",), Waiver("sato", "lost", day(0))),
    Day(day(-5), "missing", NONE, (), Waiver("sato", "lost", day(0))),
]


@pytest.mark.parametrize("one", GOOD)
def test_a_day_that_is_loaded_or_waived_is_not_wrong(one: Day) -> None:
    assert wrong(days=[one]) == ["Nothing is wrong."]


def test_a_waiver_that_is_over_by_the_newest_dumps_day_excuses_nothing() -> None:
    assert wrong(days=[Day(day(-5), "missing", NONE, (), Waiver("sato", "lost", day(-1)))])[0] == "Wrong: 1"


def test_days_are_told_newest_first_and_the_rest_is_counted() -> None:
    days = [Day(day(n), "missing", NONE) for n in range(-5, 0)]
    found = wrong(days=days)
    assert [line[:10] for line in found[:4]] == ["Wrong: 5", "2025-06-09", "2025-06-08", "2025-06-07"]
    assert found[4:] == ["and 2 more: python -m loader status --all"]
    assert len(wrong(days=days[1:])) == 5  # a line that says "one more" would be no shorter
    assert len(wrong(everything=True, days=days)) == 6


def test_the_days_that_are_not_wrong_and_worth_a_word() -> None:
    days = [
        Day(day(-2), "loaded", WHOLE, has_manifest=False),
        Day(day(-1), "missing", NONE, (), Waiver("sato", "lost", day(1))),
        Day(day(0), "loaded", WHOLE),
    ]
    lines = shown(*screen._days(Status(**NOTHING | {"days": days}), False)).splitlines()
    assert [line.strip() for line in lines] == [
        "Days 2025-06-08 to 2025-06-10: 2 of 3 loaded, dump and daily files",
        "2025-06-09: dump missing, snapshots missing; waived by sato until 2025-06-11: lost",
        "2025-06-08: loaded; loaded by hand, without a manifest: nobody vouches for it",
    ]
    assert len(shown(*screen._days(Status(**NOTHING | {"days": days}), True)).splitlines()) == 4
    assert shown(*screen._days(Status(**NOTHING), False)) == "\n"


def test_loaded_files_are_counted_with_the_days_between_that_lack() -> None:
    found = shown(screen._loaded(Status(**NOTHING | {"loaded": [("dump", 3, day(-9), day(0), 1_234)]})))
    assert "dump 3 2025-06-01 2025-06-10 7 1,234" in found


def test_the_newest_dump_says_what_it_changed_lost_and_left() -> None:
    known = {
        "changes": {"tenants": Changes(1, 0, 2)},
        "nulled": [("movings", "movein_date", "zero_date", 3), ("tenants", "birth_date", "impossible_date", 1)],
        "findings": [("warned", "rows:x", "5 [red]")],
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


def test_a_long_reason_is_cut_by_its_width_and_put_on_one_line() -> None:
    assert screen._cut("a\n  b", False) == "a b"
    assert screen._cut("x" * 150, False) == "x" * 150
    assert screen._cut("x" * 151, False) == "x" * 146 + " ..."
    assert screen._cut("日" * 76, False) == "日" * 73 + " ..."
    assert screen._cut("x" * 151, True) == "x" * 151


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


def test_without_a_day_to_reach_only_what_has_computed_nothing_is_behind() -> None:
    assert [one.behind for one in by_layer({"gold.a": day(-9), "gold.b": None}, None)] == [[], [], ["b (nothing)"]]
