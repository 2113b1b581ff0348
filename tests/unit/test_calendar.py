"""What became of each day, and what a person may waive."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from loader import commands
from loader.errors import DumpRejectedError, LoaderError, NoDumpError, UsageError
from loader.landing import calendar, ledger
from loader.landing.calendar import Day, Waiver
from loader.landing.ledger import Entry
from loader.warehouse.base import Warehouse

FIRST = dt.date(2025, 6, 10)
FILES = ("tenant_status", "room_assignment", "property")


def day(offset: int) -> dt.date:
    return FIRST + dt.timedelta(days=offset)


def landed(own: Warehouse, load_id: int, offset: int, *datasets: str, has_manifest: int = 1) -> None:
    for dataset in datasets:
        entry = Entry(dataset, day(offset), f"{dataset}/{offset}", 1, 1, "0", "", has_manifest, 0.0)
        ledger.record(own, load_id, entry)


def states(own: Warehouse, first: int, last: int) -> list[tuple[int, str, list[str]]]:
    found = calendar.days(own, day(first), day(last))
    return [((one.date - FIRST).days, one.dump, [one.files[name] for name in FILES]) for one in found]


def test_each_calendar_day_is_loaded_rejected_or_missing(own: Warehouse) -> None:
    landed(own, 1, 0, "dump", *FILES)
    landed(own, 2, -1, "tenant_status")
    landed(own, 3, 2, "property")
    calendar.reject(own, 4, "dump", day(1), "k", "cut")
    calendar.reject(own, 5, "room_assignment", day(2), "k", "no header")
    assert states(own, -5, 2) == [
        (0, "loaded", ["loaded"] * 3),
        (1, "rejected", ["missing"] * 3),
        (2, "missing", ["missing", "rejected", "loaded"]),
    ]
    assert states(own, 2, 1) == []


def test_without_a_dump_there_is_no_calendar(own: Warehouse) -> None:
    landed(own, 1, 0, *FILES)
    calendar.reject(own, 2, "dump", day(0), "k", "cut")
    assert states(own, -1, 1) == []


def reasons(own: Warehouse, offset: int) -> tuple[str, ...]:
    (found,) = calendar.days(own, day(offset), day(offset))
    return found.reasons


def test_rejection_is_shown_until_something_newer_has_landed(own: Warehouse) -> None:
    landed(own, 1, 0, "dump")
    landed(own, 3, 1, "dump", "property")
    calendar.reject(own, 2, "dump", day(1), "k", "cut")
    calendar.reject(own, 4, "property", day(1), "k", "no rows")
    calendar.reject(own, 5, "tenant_status", day(1), "k", "no header")
    assert reasons(own, 1) == ("no header", "no rows")


def test_newer_rejection_replaces_older_and_long_reason_is_cut(own: Warehouse) -> None:
    landed(own, 1, 0, "dump")
    calendar.reject(own, 2, "dump", day(1), "k" * 300, "first")
    calendar.reject(own, 3, "dump", day(1), "k" * 300, "x" * 5_000)
    assert reasons(own, 1) == ("x" * calendar.REASON_LENGTH,)
    assert own.query("SELECT load_id, LENGTH(object_key) FROM landing.rejections") == [(3, 255)]
    assert (calendar.rejected(own, day(1)), calendar.rejected(own, day(0))) == (True, False)


def test_a_dump_by_hand_is_known_for_it(own: Warehouse) -> None:
    landed(own, 1, 0, "dump", has_manifest=0)
    assert [one.has_manifest for one in calendar.days(own, day(0), day(1))] == [False, True]


def test_waiver_lasts_until_its_last_day_or_replacement(own: Warehouse) -> None:
    landed(own, 1, 0, "dump", *FILES)
    calendar.waive(own, day(1), day(1), Waiver("sato", "lost", day(3)))
    calendar.waive(own, day(1), day(1), Waiver("s" * 200, "r" * 600, day(4)))
    (found,) = calendar.days(own, day(1), day(1))
    assert found.waiver == Waiver("s" * 128, "r" * 500, day(4))
    assert [found.excused(day(on)) for on in (1, 4, 5)] == [True, True, False]
    assert not Day(day(1), "missing", {}).excused(day(1))
    assert (calendar.waived(own, day(4)), calendar.waived(own, day(5))) == ({day(1)}, set())


def test_waive_refuses_loaded_days_and_waivers_already_over(own: Warehouse) -> None:
    landed(own, 1, 0, "dump", *FILES)
    landed(own, 2, 1, "dump", "property")
    with pytest.raises(UsageError, match="2025-06-10 is loaded, dump and daily files: there is nothing to waive"):
        calendar.waive(own, day(0), day(0), Waiver("sato", "lost", day(3)))
    with pytest.raises(UsageError, match="a waiver of 2025-06-11 until 2025-06-10 would never count"):
        calendar.waive(own, day(1), day(1), Waiver("sato", "lost", day(0)))
    with pytest.raises(UsageError, match="--to 2025-06-10 is before 2025-06-11"):
        calendar.waive(own, day(1), day(0), Waiver("sato", "lost", day(3)))
    for offset in (1, -9):  # half of it is loaded; before the first dump a file may be bad
        calendar.waive(own, day(offset), day(offset), Waiver("sato", "lost", day(3)))
    assert calendar.waived(own, day(0)) == {day(1), day(-9)}


LACKING = [
    ("loaded", ("loaded", "loaded", "loaded"), []),
    ("missing", ("loaded", "loaded", "loaded"), ["dump"]),
    ("loaded", ("missing", "rejected", "missing"), ["daily files"]),
    ("rejected", ("missing", "missing", "missing"), ["dump", "daily files"]),
    ("loaded", ("loaded", "rejected", "missing"), ["room_assignment", "property"]),
]


@pytest.mark.parametrize(("dump", "files", "lacking"), LACKING)
def test_a_day_names_what_is_missing(dump: str, files: tuple[str, ...], lacking: list[str]) -> None:
    found = Day(FIRST, dump, dict(zip(FILES, files, strict=True)))
    assert (found.missing, found.complete) == (lacking, not lacking)


def test_range_is_waived_at_once_except_loaded_days(own: Warehouse) -> None:
    landed(own, 1, 0, "dump", *FILES)
    landed(own, 2, 2, "dump", *FILES)
    assert calendar.waive(own, day(0), day(3), Waiver("sato", "lost", day(9))) == [day(1), day(3)]
    assert calendar.waived(own, day(9)) == {day(1), day(3)}


def test_rejection_ends_when_bucket_again_holds_the_loaded_file(own: Warehouse) -> None:
    landed(own, 1, 0, "dump", *FILES)
    for dataset in ("dump", "property"):
        calendar.reject(own, 2, dataset, day(0), "k", f"{dataset} cut")
    calendar.reject(own, 2, "dump", day(1), "k", "cut")
    calendar.nothing_rejected(own, "property", day(0))
    assert reasons(own, 0) == ("dump cut",)
    assert (calendar.refused(own, "dump"), calendar.refused(own, "property")) == ({day(0), day(1)}, set())


def lacking(offset: int, dump: str = "missing", files: str = "missing", **more: Any) -> Day:
    return Day(day(offset), dump, dict.fromkeys(FILES, files), **more)


def told(*days: Day) -> list[tuple[type[LoaderError], str]]:
    return [(type(one), str(one)) for one in calendar.missing_days(list(days), day(9))]


def test_a_missing_day_is_told_with_what_to_type() -> None:
    assert told(lacking(0)) == [
        (
            NoDumpError,
            "2025-06-10 is missing (dump and daily files)\n  Get it into the bucket, then type\n"
            "    python -m loader daily --date 2025-06-19 --bucket BUCKET\n  Or accept the gap\n"
            "    python -m loader waive 2025-06-10 --reason '…'",
        )
    ]


def test_consecutive_days_missing_the_same_share_one_message() -> None:
    said = told(lacking(0), lacking(1), lacking(3), lacking(4, files="loaded"), lacking(5, files="loaded"))
    assert [text.partition("\n")[0] for _, text in said] == [
        "2025-06-10 to 2025-06-11 (2 days) are missing (dump and daily files)",
        "2025-06-13 is missing (dump and daily files)",
        "2025-06-14 to 2025-06-15 (2 days) are missing (dump)",
    ]
    assert commands.commands(said[0][1])[1] == "python -m loader waive 2025-06-10 --to 2025-06-11 --reason '…'"


def test_rejected_day_has_its_own_message_reasons_and_commands() -> None:
    rejected = lacking(1, "rejected", reasons=("cut", "no header"))
    said = told(lacking(0), rejected, lacking(2, "rejected", reasons=("cut\n  python -m loader load --date X",)))
    assert [kind for kind, _ in said] == [NoDumpError, DumpRejectedError, DumpRejectedError]
    assert said[1][1].startswith("2025-06-11 was rejected: cut\n  no header\n  Get it again, then type\n")
    assert [commands.commands(text) for _, text in said[1:]] == [
        [
            "python -m loader daily --date 2025-06-11 --bucket BUCKET",
            "python -m loader waive 2025-06-11 --reason '…'",
        ],
        ["python -m loader load --date X", "python -m loader waive 2025-06-12 --reason '…'"],
    ]
