"""What one load takes of the bucket: the wanted day's dump, those of the days before it, each once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from demo.objects import put_dump
from loader.errors import DumpRejectedError, NoDumpError
from loader.landing import calendar, generations, ledger
from loader.landing.daily_exports import digest
from loader.landing.ledger import Entry
from loader.landing.load_steps import LoadJob, LoadRequest
from loader.quality.data_contract import DataContract
from loader.sources.dump_selection import Dump, DumpSelector
from loader.sources.storage import open_bucket
from loader.warehouse.base import Warehouse

TODAY = dt.date(2025, 6, 10)
FILES = ("tenant_status", "room_assignment", "property")
DATA_CONTRACT = DataContract.model_validate(
    {"source": {"allowed": ["gghouse-db.internal/basis"]}, "continuity_days": 5, "tables": {}, "daily_files": {}}
)


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


def put(bucket: Path, offset: int, body: bytes = b"-- Dump completed\n", **changes: Any) -> None:
    put_dump(bucket, day(offset), body + b"-- %d\n" % offset, **changes)


class Landing:
    """Lands no tables, and records what it was given as the real one does."""

    def __init__(self, own: Warehouse, bucket: Path) -> None:
        self.warehouse, self.bucket, self.contract, self.accepted = own, open_bucket(str(bucket)), DATA_CONTRACT, ()
        self.landed: list[tuple[int, str]] = []

    def land(self, dump: Dump, *, historical: bool = False) -> None:
        made = generations.begin(self.warehouse, dump.day)
        of_day = Entry(
            "dump", dump.day, dump.key, 1, dump.size_bytes, dump.sha256 or digest(self.bucket, dump.key), "", 1, 0.0
        )
        if historical:
            ledger.record(self.warehouse, made.load_id, of_day)
            generations.set_state(self.warehouse, made.load_id, "historical")
        else:
            generations.publish(self.warehouse, made, of_day)
        self.landed.append(((dump.day - TODAY).days, "historical" if historical else "shown"))
        for name in FILES:  # the export's, landed
            ledger.record(self.warehouse, made.load_id, Entry(name, dump.day, "", 1, 1, "0", "", 1, 0.0))


@pytest.fixture
def load(own: Warehouse, bucket: Path) -> Any:
    """`load(request)`: what a load landed, and its problems."""
    landing = Landing(own, bucket)

    def done(today: int = 0, **request: Any) -> tuple[list[tuple[int, str]], list[str]]:
        selector = DumpSelector(
            landing.bucket,
            DATA_CONTRACT.manifest,
            day(today),
            ledger.withdrawn(own, "dump"),
            request.get("by_hand", False),
        )
        job = LoadJob(selector, landing, LoadRequest(**request))  # type: ignore[arg-type]
        landing.landed = []
        job.dumps()
        return landing.landed, [f"{type(one).__name__}: {one}" for one in job.result.problems]

    return done


def test_the_newest_dump_is_taken_once(load: Any, bucket: Path) -> None:
    put(bucket, -1)
    put(bucket, 0)
    assert load() == ([(0, "shown")], [])
    assert load() == ([], [])
    assert load(day=day(0)) == ([], [])


def test_same_dump_reloads_on_request_other_bytes_by_themselves(load: Any, bucket: Path) -> None:
    put(bucket, 0)
    load()
    assert load(again=True) == ([(0, "shown")], [])
    put(bucket, 0, b"-- corrected\n-- Dump completed\n")
    assert load() == ([(0, "shown")], [])


def test_too_old_dump_does_not_count_as_todays(load: Any, bucket: Path) -> None:
    put(bucket, -2)
    for stale in (0, 1):
        landed, (problem,) = load(max_stale_days=stale)
        assert (landed, problem.split(":")[0]) == ([], "NoDumpError")
    assert "holds no dump of 2025-06-09 to 2025-06-10; the newest is of 2025-06-08" in problem
    assert load(max_stale_days=2) == ([(-2, "shown")], [])


def test_a_named_day_is_that_day_or_nothing(load: Any, bucket: Path) -> None:
    put(bucket, 0)
    put(bucket, -2)
    assert load(day=day(-1))[1][0].startswith("NoDumpError: ")
    assert load(day=day(-2)) == ([(-2, "shown")], [])


def test_older_dump_is_ignored_unless_its_day_is_named(load: Any, bucket: Path) -> None:
    put(bucket, 0)
    load()
    put(bucket, -1)
    put(bucket, 0, valid_for_etl=False)
    assert load() == ([], [])
    assert load(day=day(-1)) == ([(-1, "historical")], [])
    assert load(day=day(-1)) == ([], [])


def test_past_day_without_daily_files_is_landed_again(load: Any, bucket: Path, own: Warehouse) -> None:
    put(bucket, 0)
    put(bucket, -1)
    load()
    load(day=day(-1))
    own.execute("DELETE FROM landing.load_ledger WHERE dataset = 'property' AND business_date = ?", day(-1))
    assert load(day=day(-1)) == ([(-1, "historical")], [])


def test_passed_over_dump_is_recorded_as_rejected_once(
    load: Any, bucket: Path, own: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    put(bucket, -1)
    put(bucket, 0, valid_for_etl=False, reason="source_mismatch")
    put(bucket, 1)
    for _ in range(2):
        load()
    assert [row[:2] for row in own.query("SELECT business_date, load_id FROM landing.rejections")] == [(day(0), 1)]
    said = capsys.readouterr().out
    assert "not taken: dumps-manifest/gghouse_20250610.json says that the dump is not valid" in said
    assert "2025-06-11 lies in the future" in said


def test_rejected_or_missing_dump_is_a_problem(load: Any, bucket: Path) -> None:
    put(bucket, 0, valid_for_etl=False)
    landed, (problem,) = load(day=day(0))
    assert (landed, problem.split(":")[0]) == ([], DumpRejectedError.__name__)
    assert load(day=day(-3))[1][0].startswith(f"{NoDumpError.__name__}: ")


def test_missed_days_are_caught_up_in_order(load: Any, bucket: Path) -> None:
    put(bucket, -3)
    load(day=day(-3))
    for offset in (0, -1, -2):
        put(bucket, offset)
    assert load(catch_up=True) == ([(-2, "shown"), (-1, "shown"), (0, "shown")], [])


def test_the_first_load_of_all_catches_up_with_nothing(load: Any, bucket: Path) -> None:
    for offset in (0, -1):
        put(bucket, offset)
    assert load(catch_up=True) == ([(0, "shown")], [])


def test_catchup_skips_days_outside_window_or_before_first_dump(load: Any, bucket: Path) -> None:
    put(bucket, -6)
    load(day=day(-6))
    for offset in (-7, -5, -1):
        put(bucket, offset)
    put(bucket, 0)
    assert load(catch_up=True) == ([(-5, "shown"), (-1, "shown"), (0, "shown")], [])
    put(bucket, 1)
    assert load(today=1, catch_up=True) == ([(1, "shown")], [])


def test_late_dump_lands_as_history_unless_rejected_before(load: Any, bucket: Path, own: Warehouse) -> None:
    put(bucket, -4)
    load(day=day(-4))
    put(bucket, 0)
    load(catch_up=True)
    put(bucket, -2)
    put(bucket, -1)
    calendar.reject(own, 99, "dump", day(-1), "k", "cut")
    assert load(catch_up=True) == ([(-2, "historical")], [])
    assert load(catch_up=True) == ([], [])


def test_catchup_records_a_rejected_dump_and_continues(load: Any, bucket: Path, own: Warehouse) -> None:
    put(bucket, -3)
    load(day=day(-3))
    put(bucket, -2, valid_for_etl=False)
    put(bucket, -1)
    put(bucket, 0)
    assert load(catch_up=True) == ([(-1, "shown"), (0, "shown")], [])
    assert own.query("SELECT business_date FROM landing.rejections") == [(day(-2),)]


def test_rolled_back_dump_loads_again_only_with_other_bytes(load: Any, bucket: Path, own: Warehouse) -> None:
    put(bucket, -1)
    put(bucket, 0)
    load(day=day(-1))
    load()
    generations.roll_back(own)
    landed, (problem,) = load(day=day(0))
    assert (landed, "was rolled back and is still the same file" in problem) == ([], True)
    put(bucket, 0, b"-- corrected\n-- Dump completed\n")
    assert load() == ([(0, "shown")], [])


def test_by_hand_other_bytes_are_another_dump(load: Any, bucket: Path) -> None:
    put(bucket, 0)
    (bucket / "dumps-manifest" / "gghouse_20250610.json").unlink()
    assert load(day=day(0))[1]
    assert load(day=day(0), by_hand=True) == ([(0, "shown")], [])
    assert load(day=day(0), by_hand=True) == ([], [])
    put(bucket, 0, b"-- other\n-- Dump completed\n")
    assert load(day=day(0), by_hand=True) == ([(0, "shown")], [])
