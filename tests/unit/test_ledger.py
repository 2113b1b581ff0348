"""The ledger and the generations: numbers of loads, days, what is kept, shown, rolled back and dropped."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from loader.errors import LoaderError
from loader.landing import generations, ledger, load_report
from loader.landing.ledger import Entry
from loader.sources.daily_file_kinds import PROPERTY
from loader.warehouse.base import Warehouse

FIRST = dt.date(2025, 6, 10)
FILES = ("tenant_status", "room_assignment", "property")


def day(offset: int) -> dt.date:
    return FIRST + dt.timedelta(days=offset)


def entry(dataset: str, offset: int, sha256: str = "0") -> Entry:
    return Entry(dataset, day(offset), f"{dataset}/{offset}", 3, 5, sha256, "v1", 1, 0.5)


def test_new_load_id_differs_from_dead_and_withdrawn_loads(own: Warehouse) -> None:
    assert ledger.next_load_id(own) == 1
    own.execute("INSERT INTO landing.generations VALUES (1, 'a', '2025-06-10', 'loading')")
    assert ledger.next_load_id(own) == 2
    own.execute("INSERT INTO landing.load_tables VALUES (2, 't', 1, 1)")
    assert ledger.next_load_id(own) == 3
    own.execute("INSERT INTO landing.rejections VALUES (3, 'dump', '2025-06-10', 'k', 'r', '2025-06-10')")
    assert ledger.next_load_id(own) == 4
    ledger.record(own, 4, entry("dump", 0))
    assert ledger.next_load_id(own) == 5
    own.execute("INSERT INTO landing.withdrawn_files VALUES (5, 'dump', '2025-06-10', 'k', '0', '2025-06-10')")
    assert ledger.next_load_id(own) == 6


def test_newest_ledger_entry_of_a_day_and_kind_counts(own: Warehouse) -> None:
    for load_id, (dataset, offset) in enumerate([("dump", 1), ("dump", 0), ("property", 0), ("dump", 1)], 1):
        ledger.record(own, load_id, entry(dataset, offset))
    found = ledger.entries(own, "dump")
    assert [(at, one.load_id) for at, one in found.items()] == [(day(0), 2), (day(1), 4)]
    assert found[day(1)] == entry("dump", 1)
    assert (ledger.newest(own, "dump"), ledger.newest(own, "tenant_status")) == (day(1), None)
    assert ledger.newest_load(own) == 4


def test_day_has_its_daily_files_when_every_kind_landed(own: Warehouse) -> None:
    for dataset in FILES:
        ledger.record(own, 1, entry(dataset, 0))
    for dataset in FILES[:2]:
        ledger.record(own, 2, entry(dataset, 1))
    assert ledger.days_with_files(own) == {day(0)}


def test_another_name_of_the_same_content_is_noted(own: Warehouse) -> None:
    for dataset in FILES:
        ledger.record(own, 1, entry(dataset, 0))
    ledger.set_version(own, "property", day(0), "v2")
    versions = [ledger.entries(own, name)[day(0)].object_version for name in FILES]
    assert versions == ["v1", "v1", "v2"]


def test_rollback_withdraws_later_days_and_suspects_only_one_day(own: Warehouse) -> None:
    for offset in (-1, 0, 1):
        ledger.record(own, 10 + offset, entry("dump", offset, sha256=f"d{offset}"))
        ledger.record(own, 10 + offset, entry("property", offset, sha256=f"p{offset}"))
        own.execute(
            f"INSERT INTO landing.property_snapshots (apartment_id, room_rows, snapshot_date) VALUES (1, 1, '{day(offset)}')"
        )
    ledger.withdraw_from(own, day(0), suspect=day(1))
    assert [*ledger.entries(own, "dump")] == [*ledger.entries(own, "property")] == [day(-1)]
    assert own.query("SELECT snapshot_date FROM landing.property_snapshots") == [(day(-1),)]
    assert (ledger.withdrawn(own, "dump"), ledger.withdrawn(own, "property")) == ({(day(1), "d1")}, {(day(1), "p1")})
    ledger.admit_again(own, "dump", day(0))
    assert ledger.withdrawn(own, "dump")
    ledger.admit_again(own, "dump", day(1))
    assert (ledger.withdrawn(own, "dump"), ledger.withdrawn(own, "property")) == (set(), {(day(1), "p1")})


def test_rollback_ends_the_waiver_of_its_dumps_day(own: Warehouse) -> None:
    for offset in (0, 1):
        own.execute(
            "INSERT INTO landing.waivers VALUES (?, 'sato', 'lost', ?, ?)",
            day(offset),
            day(9),
            dt.datetime(2025, 6, 10, 9),
        )
    ledger.withdraw_from(own, day(0), suspect=day(1))
    assert own.query("SELECT business_date FROM landing.waivers") == [(day(0),)]


def test_withdrawing_one_daily_file_leaves_all_others_loaded(own: Warehouse) -> None:
    for dataset, offset in itertools.product(FILES, (0, 1)):
        ledger.record(own, 1, entry(dataset, offset))
    ledger.withdraw_file(own, PROPERTY, day(1))
    assert [len(ledger.days(own, name)) for name in FILES] == [2, 2, 1]


def loaded(own: Warehouse, offset: int) -> generations.Generation:
    """A generation with a table that holds its offset, shown."""
    made = generations.begin(own, day(offset))
    own.execute(f"CREATE TABLE {made.schema}.t AS SELECT {offset} AS n")
    generations.publish(own, made, entry("dump", offset, sha256=f"d{offset}"))
    return made


def states(own: Warehouse) -> list[tuple[int, str]]:
    return [((one.day - FIRST).days, one.state) for one in generations.recorded(own)]


def test_new_dump_goes_live_and_the_previous_is_kept(own: Warehouse) -> None:
    assert generations.live(own) is None
    loaded(own, 0)
    assert (own.query("SELECT n FROM landing.t"), states(own)) == ([(0,)], [(0, "live")])
    second = loaded(own, 1)
    assert (own.query("SELECT n FROM landing.t"), states(own)) == ([(1,)], [(0, "kept"), (1, "live")])
    assert generations.live(own) == generations.Generation(2, "landing_20250611", day(1), "live") != second
    assert [*ledger.entries(own, "dump")] == [day(0), day(1)]


def test_occupied_schema_name_gets_the_load_number_appended(own: Warehouse) -> None:
    own.create_schema("landing_20250610")
    assert generations.begin(own, day(0)).schema == "landing_20250610_1"
    own.create_schema("landing_20250610_2")
    with pytest.raises(LoaderError, match="there is a schema landing_20250610_2 that no load made: move it away"):
        generations.begin(own, day(0))


def test_three_kept_generations_remain_and_dead_ones_are_dropped(own: Warehouse) -> None:
    for offset in range(5):
        loaded(own, offset)
    dead, refused = generations.begin(own, day(5)), generations.begin(own, day(6))
    own.execute("INSERT INTO landing.load_tables VALUES (?, 't', 1, 1), (?, 't', 1, 1)", dead.load_id, refused.load_id)
    generations.set_state(own, refused.load_id, "rejected")
    generations.drop_unused(own)
    assert states(own) == [(1, "kept"), (2, "kept"), (3, "kept"), (4, "live")]
    assert [own.has_schema(f"landing_2025061{n}") for n in range(7)] == [False, True, True, True, True, False, False]
    # The report of what was refused stays, that of a load that died says nothing.
    assert (load_report.rows_of(own, dead.load_id), load_report.rows_of(own, refused.load_id)) == ({}, {"t": 1})


def test_rollback_restores_previous_generation_and_clears_the_ledger_day(own: Warehouse) -> None:
    for offset in (0, 1, 2):
        loaded(own, offset)
    was, now = generations.roll_back(own)
    assert ((was.day, now.day), own.query("SELECT n FROM landing.t")) == ((day(2), day(1)), [(1,)])
    assert [*ledger.entries(own, "dump")] == [day(0), day(1)]
    assert ledger.withdrawn(own, "dump") == {(day(2), "d2")}
    assert own.query("SELECT COUNT(*) FROM landing.days_to_reopen") != [(0,)]
    generations.roll_back(own)
    with pytest.raises(LoaderError, match="no earlier generation is kept, so there is nothing to roll back to"):
        generations.roll_back(own)
    assert own.query("SELECT n FROM landing.t") == [(0,)]


def test_replacing_a_days_dump_reopens_it_and_withdraws_files(own: Warehouse) -> None:
    loaded(own, 0)
    loaded(own, 1)
    assert own.query("SELECT first_day FROM landing.days_to_reopen") == []
    for offset in (0, 1):
        ledger.record(own, 2, entry("property", offset))
    loaded(own, 1)
    assert own.query("SELECT first_day FROM landing.days_to_reopen") == [(day(1),)]
    assert ledger.days(own, "property") == {day(0)}


def test_interrupted_generation_swap_is_reconciled_idempotently(own: Warehouse) -> None:
    loaded(own, 0)
    made = generations.begin(own, day(1))
    own.execute(f"CREATE TABLE {made.schema}.t AS SELECT 1 AS n")
    reconcile, generations.reconcile = generations.reconcile, lambda _: None  # dies there
    try:
        generations.publish(own, made, entry("dump", 1))
    finally:
        generations.reconcile = reconcile
    assert (own.query("SELECT n FROM landing.t"), states(own)) == ([(1,)], [(0, "live"), (1, "loading")])
    for _ in range(2):
        generations.reconcile(own)
        assert states(own) == [(0, "kept"), (1, "live")]
        assert [*ledger.entries(own, "dump")] == [day(0), day(1)]
