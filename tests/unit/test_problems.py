"""What `status` begins with: what is wrong, the worst first, each with its rule and what to type."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pytest
from rich.console import Console

from loader import commands
from loader.landing.calendar import Day, Waiver
from loader.monitoring import status_screen as screen
from loader.monitoring.status import Status, problems
from tests.unit.test_status_screen import NONE, NOTHING, TODAY, WHOLE, day

FRESH = {"staging.a": TODAY, "silver.b": TODAY, "silver.c": TODAY, "gold.d": TODAY}
LATE = FRESH | {"silver.c": None, "gold.d": day(-1)}
RUN = "    python -m loader run"
WHY = f"  gold.d: audit x found 1 rows\n{RUN}"
FAILED = (TODAY, dt.datetime(2025, 6, 10, 1), f"the run for 2025-06-10 failed; the rest is open\n{WHY}")


def wrong(today: dt.date = TODAY, fresh: dict[str, Any] | None = None, **known: Any) -> list[str]:
    return problems(Status(**NOTHING | known), FRESH if fresh is None else fresh, today)


def first_lines(found: list[str]) -> list[str]:
    return [text.splitlines()[0] for text in found]


def test_nothing_is_wrong_of_a_good_day() -> None:
    assert wrong(days=[Day(TODAY, "loaded", WHOLE)]) == []
    assert wrong(fresh={}) == []


def test_a_dump_that_is_not_todays_is_wrong() -> None:
    assert wrong(today=day(2)) == [
        "today is 2025-06-12 in Japan, the newest loaded dump of 2025-06-10\n    python -m loader daily --bucket BUCKET"
    ]


ROLLED_BACK = [(day(1), dt.datetime(2025, 6, 11, 1))]


def test_a_rolled_back_dump_is_a_problem_until_a_later_one_is_loaded() -> None:
    (found,) = wrong(withdrawn=ROLLED_BACK)
    assert found.startswith(
        "the dump of 2025-06-11 was rolled back at 2025-06-11 01:00:00 UTC, and none of that day is loaded"
    )
    assert commands.commands(found) == [
        "python -m loader daily --date 2025-06-11 --bucket BUCKET",
        "python -m loader load --date 2025-06-11 --again --bucket BUCKET",
        "python -m loader waive 2025-06-11 --reason '…'",
    ]
    assert wrong(withdrawn=ROLLED_BACK, newest=day(1), today=day(1), fresh={}) == []


def test_a_refused_file_of_a_day_before_the_first_dump_is_a_problem() -> None:
    (found,) = wrong(rejected=[(day(-9), "tenant_status 20250601: has no rows")])
    assert found.startswith("2025-06-01 was refused: tenant_status 20250601: has no rows\n")
    assert commands.commands(found) == [
        "python -m loader load --bucket BUCKET",
        "python -m loader waive 2025-06-01 --reason '…'",
    ]


def test_no_dump_at_all_is_wrong_with_every_refusal() -> None:
    found = wrong(newest=None, loaded=[], rejected=[(day(0), "cut [/x]"), (day(-1), "foreign")], fresh={})
    assert found == [
        "no dump is loaded\n    python -m loader load --bucket BUCKET",
        "2025-06-10 was refused: cut [/x]",
        "2025-06-09 was refused: foreign",
    ]


def test_a_refused_reference_file_is_wrong() -> None:
    assert wrong(coordinates="coordinates: has no rows") == ["coordinates: has no rows"]


def test_a_run_that_is_yet_to_come_is_wrong() -> None:
    assert wrong(waits_for_run=True)[0].endswith(f"what was computed from it still stands\n{RUN}")


def test_models_ending_early_are_one_problem_by_layer() -> None:
    assert wrong(fresh=LATE) == [f"models that end before 2025-06-10: silver 1 of 2, gold 1 of 1\n{RUN}"]


def test_failed_run_problem_gives_reason_and_model_reach() -> None:
    (found,) = wrong(failed_run=FAILED, fresh=LATE, waits_for_run=True)
    assert found == (
        f"the run for 2025-06-10 failed at 2025-06-10 01:00:00 UTC\n{WHY}\n"
        "  models that end before 2025-06-10: silver 1 of 2, gold 1 of 1"
    )


def test_run_failure_before_any_model_is_shown_whole() -> None:
    (found,) = wrong(failed_run=(*FAILED[:2], "rows stand twice"))
    assert found == "the run for 2025-06-10 failed at 2025-06-10 01:00:00 UTC\n  rows stand twice"


def test_what_keeps_numbers_back_comes_first_and_age_last() -> None:
    days = [
        Day(day(-3), "missing", NONE),
        Day(day(-2), "missing", NONE),
        Day(day(-1), "loaded", WHOLE, ("no rows",)),
        Day(day(0), "rejected", NONE, ("cut",)),
    ]
    assert first_lines(wrong(today=day(1), days=days, failed_run=FAILED)) == [
        "the run for 2025-06-10 failed at 2025-06-10 01:00:00 UTC",
        "2025-06-10 was rejected: cut",
        "2025-06-07 to 2025-06-08 (2 days) are missing (dump and daily files)",
        "2025-06-09: the loaded file stays, but a newer one was refused",
        "today is 2025-06-11 in Japan, the newest loaded dump of 2025-06-10",
    ]


GOOD = [
    Day(TODAY, "loaded", WHOLE),
    Day(TODAY, "missing", NONE, ("cut",), Waiver("sato", "lost", day(0))),
    Day(day(-5), "missing", NONE, (), Waiver("sato", "lost", day(0))),
]


@pytest.mark.parametrize("one", GOOD)
def test_loaded_or_waived_day_is_no_problem(one: Day) -> None:
    assert wrong(days=[one]) == []


def test_waiver_expired_by_newest_dumps_day_excuses_nothing() -> None:
    assert len(wrong(days=[Day(day(-5), "missing", NONE, (), Waiver("sato", "lost", day(-1)))])) == 1


def printed(found: list[str], *, everything: bool = False) -> list[str]:
    console = Console(file=io.StringIO(), width=80, highlight=False, emoji=False)
    screen._print_problems(console, found, everything)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


LONG = f"    python -m loader daily --bucket {'x' * 200} --accept a:b"


def test_commands_are_never_cut_but_text_may_be() -> None:
    lines = printed([f"it is wrong [/red]\n  {'rule ' * 60}\n  {'make room ' * 20}\n{LONG}"])
    assert lines[:2] == ["Problems: 1", "  it is wrong [/red]"]
    assert lines[-1].strip() == LONG.strip()
    advice = [line for line in lines if "make room" in line]
    assert " ".join(" ".join(advice).split()) == ("make room " * 20).strip()
    assert lines[lines.index(advice[0]) - 1].endswith("...")
    assert "..." not in "".join(printed([f"it is wrong\n  {'rule ' * 60}\n{LONG}"], everything=True))


def test_status_shows_first_problems_and_counts_the_rest() -> None:
    many = [f"problem {number}" for number in range(6)]
    assert printed(many) == [
        "Problems: 6", "  problem 0", "  problem 1", "  problem 2", "  and 3 more: python -m loader status --all",
    ]  # fmt: skip
    assert len(printed(many[:4])) == 5  # a line that says "one more" would be no shorter
    assert len(printed(many, everything=True)) == 7
    assert printed([]) == ["No problems."]


def test_a_script_gets_problems_with_their_commands() -> None:
    known = Status(**NOTHING | {"failed_run": FAILED, "days": [Day(TODAY, "loaded", WHOLE)]})
    found = json.loads(json.dumps(screen._json(known, LATE, problems(known, LATE, TODAY)), default=str))
    (problem,) = found["problems"]
    assert problem["commands"] == [commands.loader("run")]
    assert problem["problem"].startswith("the run for 2025-06-10 failed")
    assert (found["newest"], found["days"][0]["dump"]) == ("2025-06-10", "loaded")
    assert found["fresh_to"]["gold.d"] == "2025-06-09"
