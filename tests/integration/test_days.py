"""Days: which dump is today's, what a day before may still bring, what is missing, and who accepts the gap."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from demo.dump import dump_sql
from demo.objects import put_dump, put_snapshot, snapshot_file
from demo.rows import company, tenant
from loader import commands, dates
from loader.cli import cli
from loader.errors import DumpRejectedError, NoDumpError, UsageError
from loader.landing import calendar
from loader.landing.access import open_warehouse
from loader.landing.load import land, load
from loader.landing.load_steps import LoadRequest
from tests.support.places import Place, everything

DAY = dt.date(2025, 6, 10)
HEADER = snapshot_file("tenant_status", [])
FILES = ("tenant_status", "room_assignment", "property")


def day(offset: int) -> dt.date:
    return DAY + dt.timedelta(days=offset)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch):
    """`today(offset)`: makes that day today in Japan, for the loader's one clock."""

    def be(offset: int) -> None:
        monkeypatch.setattr(dates, "business_today", lambda: day(offset))

    be(0)
    return be


def put(bucket: Path, offset: int, status: int = 9, **changes: object) -> None:
    put_dump(bucket, day(offset), company(tenants=[tenant(1, status=status)]), **changes)


def typed(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def dumps_of(place: Place) -> list[dt.date]:
    sql = "SELECT business_date FROM landing.load_ledger WHERE dataset = 'dump' ORDER BY 1"
    return [found for (found,) in place.query(sql)]


def test_today_is_japans_whatever_the_machines_clock_says() -> None:
    utc = dt.datetime.now(dt.timezone.utc)
    assert dates.business_today() in {
        (utc + dt.timedelta(hours=9)).date(),
        (utc + dt.timedelta(hours=9, seconds=1)).date(),
    }


def test_dump_of_a_future_day_is_not_loaded(bucket, embedded, today, capsys) -> None:
    put(bucket, 0)
    put(bucket, 1)
    with pytest.raises(UsageError, match="2025-06-11 lies in the future: today is 2025-06-10 in Japan"):
        load(embedded.settings(bucket), day(1))
    assert load(embedded.settings(bucket)) == day(0)
    assert "2025-06-11 lies in the future" in capsys.readouterr().out
    assert embedded.query("SELECT COUNT(*) FROM landing.rejections") == [(0,)]  # else the calendar would reach that far


def test_foreign_dump_is_rejected_before_it_is_read(bucket, embedded, today, capsys) -> None:
    put(bucket, 0, source_host="replica.elsewhere")
    with pytest.raises(DumpRejectedError, match="the dump is of replica.elsewhere/basis; allowed"):
        load(embedded.settings(bucket), max_stale_days=0)
    assert "load dump" not in capsys.readouterr().out
    ((reason,),) = embedded.query("SELECT reason FROM landing.rejections")
    assert "the dump is of replica.elsewhere/basis" in reason


def test_dump_by_hand_needs_no_manifest_and_is_marked(bucket, embedded, today) -> None:
    put(bucket, 0)
    (bucket / "dumps-manifest/gghouse_20250610.json").unlink()
    assert typed("load", "--bucket", bucket, "--no-manifest").exit_code == 2
    done = typed("load", "--bucket", bucket, "--no-manifest", "--date", day(0))
    assert done.exit_code == 0, done.output
    assert embedded.query("SELECT has_manifest FROM landing.load_ledger WHERE dataset = 'dump'") == [(0,)]
    (found,) = calendar_of(embedded, 0, 0)
    assert not found.has_manifest
    # Without a manifest, its own closing line is all that says it is whole.
    body = dump_sql(company())
    put_dump(bucket, day(-1), body[: body.index(b"-- Dump completed")].replace(b"-- MySQL dump", b"-- a dump"))
    with pytest.raises(DumpRejectedError, match="nothing else says that it is whole"):
        load(embedded.settings(bucket), day(-1), by_hand=True)


def calendar_of(place: Place, first: int, last: int) -> list[calendar.Day]:
    with open_warehouse(place.settings()) as warehouse:
        return list(calendar.days(warehouse, day(first), day(last)))


def test_the_calendar_knows_what_became_of_each_day(bucket, embedded, today) -> None:
    settings = embedded.settings(bucket)
    put(bucket, -5)
    load(settings, day(-5))
    put(bucket, -4, valid_for_etl=False, reason="source_mismatch")
    put(bucket, 0)
    put_snapshot(bucket, day(-2), HEADER + "1,9,1,,2025-06-01\r\n")
    loaded = land(settings, LoadRequest(catch_up=True))
    assert [type(problem) for problem in loaded.problems] == [
        DumpRejectedError, NoDumpError, DumpRejectedError, NoDumpError,
    ]  # fmt: skip
    days = calendar_of(embedded, -10, 0)
    none, whole = dict.fromkeys(FILES, "missing"), dict.fromkeys(FILES, "loaded")
    assert [(found.date, found.dump, found.files) for found in days] == [
        (day(-5), "loaded", whole),
        (day(-4), "rejected", none),
        (day(-3), "missing", none),
        (day(-2), "missing", none | {"tenant_status": "rejected"}),
        (day(-1), "missing", none),
        (day(0), "loaded", whole),
    ]
    assert "source_mismatch" in days[1].reasons[0]
    assert "are of another day" in days[3].reasons[0]


def test_waived_day_is_not_reported_until_waiver_ends(bucket, embedded, today) -> None:
    settings = embedded.settings(bucket)
    put(bucket, -2)
    load(settings, day(-2))
    put(bucket, 0)
    assert [str(one) for one in land(settings, LoadRequest(catch_up=True)).problems] == [
        "2025-06-09 is missing (dump and daily files)\n  Get it into the bucket, then type\n"
        f"    python -m loader daily --date 2025-06-10 --bucket {bucket}\n  Or accept the gap\n"
        "    python -m loader waive 2025-06-09 --reason '…'"
    ]
    words = ("waive", day(-1), "--reason", "the server was moved", "--by", "sato")
    assert typed(*words, "--until", day(-2)).exit_code == 2
    assert typed("waive", day(0), "--reason", "x").exit_code == 2  # it is loaded
    assert typed(*words, "--until", day(1)).output == "Waived until 2025-06-11: 2025-06-09\n"
    assert land(settings, LoadRequest(catch_up=True)).problems == []
    (found,) = calendar_of(embedded, -1, -1)
    assert found.waiver == calendar.Waiver("sato", "the server was moved", day(1))
    today(2)
    put(bucket, 2)
    put(bucket, 1)
    problems = land(settings, LoadRequest(catch_up=True)).problems
    assert [str(one)[:10] for one in problems] == ["2025-06-09"]


def test_the_days_between_are_caught_up_with_before_today(bucket, embedded, today) -> None:
    settings = embedded.settings(bucket)
    put(bucket, -3, status=5)
    load(settings, day(-3))
    for offset, status in ((-2, 6), (-1, 7), (0, 9)):
        put(bucket, offset, status)
    loaded = land(settings, LoadRequest(catch_up=True, max_stale_days=0))
    assert loaded.problems == []
    assert dumps_of(embedded) == [day(-3), day(-2), day(-1), day(0)]
    assert embedded.query("SELECT snapshot_date, status FROM landing.tenant_daily_snapshots ORDER BY 1") == [
        (day(-3), 5), (day(-2), 6), (day(-1), 7), (day(0), 9),
    ]  # fmt: skip


def test_daily_reports_a_bad_file_of_a_loaded_day(bucket, embedded, today) -> None:
    settings = embedded.settings(bucket)
    put(bucket, -1)
    load(settings, day(-1))
    put(bucket, 0)
    put_snapshot(bucket, day(-1), "not,a,snapshot\r\n")
    (problem,) = land(settings, LoadRequest(catch_up=True)).problems
    assert "20250609.csv: the first line must name" in str(problem)
    assert embedded.query("SELECT COUNT(*) FROM landing.tenant_daily_snapshots") == [(2,)]


def test_past_day_lands_its_history_and_keeps_live_tables(bucket, empty_place, today) -> None:
    settings = empty_place.settings(bucket)
    put(bucket, 0, status=14)
    load(settings)
    shown = {name: rows for name, rows in everything(empty_place).items() if "tenants" in name or "movings" in name}
    put(bucket, -3, status=5)
    assert load(settings, day(-3)) == day(-3)
    assert empty_place.query("SELECT snapshot_date, status FROM landing.tenant_daily_snapshots ORDER BY 1") == [
        (day(-3), 5), (day(0), 14),
    ]  # fmt: skip
    assert dumps_of(empty_place) == [day(-3), day(0)]
    after = everything(empty_place)
    assert {name: after[name] for name in shown} == shown
    assert empty_place.query("SELECT business_date, state FROM landing.generations") == [(day(0), "live")]
    # Again: nothing. Corrected: its snapshot follows. And a file that somebody wrote back then is not written over.
    before = everything(empty_place)
    load(settings, day(-3))
    assert everything(empty_place) == before
    put(bucket, -3, status=6)
    load(settings, day(-3))
    put_snapshot(bucket, day(-2), HEADER + "1,1,1,,2025-06-08\r\n")
    load(settings)
    put(bucket, -2, status=8)
    load(settings, day(-2))
    assert empty_place.query("SELECT snapshot_date, status FROM landing.tenant_daily_snapshots ORDER BY 1") == [
        (day(-3), 6), (day(-2), 1), (day(0), 14),
    ]  # fmt: skip


def test_corrected_same_day_dump_replaces_dump_and_daily_files(bucket, empty_place, today) -> None:
    settings = empty_place.settings(bucket)
    put(bucket, 0, status=5)
    load(settings)
    put(bucket, 0, status=9)
    load(settings)
    statuses = ("SELECT status FROM landing.tenants", "SELECT status FROM landing.tenant_daily_snapshots")
    assert [empty_place.query(sql) for sql in statuses] == [[(9,)], [(9,)]]
    # Forced, the same file gives the same tables.
    tables = {name: rows for name, rows in everything(empty_place).items() if "landing.tenant" in name.replace('"', "")}
    load(settings, again=True)
    after = everything(empty_place)
    assert {name: after[name] for name in tables} == tables
    # Rolled back twice: the first file's state, and neither file is taken again by itself.
    for expected in (9, 5):
        assert typed("rollback").exit_code == 0
        assert empty_place.query(statuses[0]) == [(expected,)]
    with pytest.raises(DumpRejectedError, match="was rolled back and is still the same file"):
        load(settings, day(0))
    assert [empty_place.query(sql) for sql in statuses] == [[(5,)], [(5,)]]


@pytest.mark.twin
def test_daily_computes_good_days_and_fails_for_bad_ones(bucket, place, today) -> None:
    today(2)
    # Yesterday's dump is bad, today's is good: the numbers are there at 08:00, and so is the alarm.
    put(bucket, 1, valid_for_etl=False, reason="source_mismatch")
    put(bucket, 2, status=14)
    morning = typed("daily", "--bucket", bucket)
    assert morning.exit_code == 4, morning.output
    assert "2025-06-11 was rejected" in morning.output
    reached = "SELECT MAX(activity_date) FROM gold.daily_activity_summary"
    assert place.query(reached) == [(day(2),)]
    calendar_sql = "SELECT check_date, dump_status, snapshot_status, is_gap FROM gold.data_quality_calendar ORDER BY 1"
    assert place.query(calendar_sql) == [
        (day(0), "loaded", "loaded", 0),
        (day(1), "rejected", "missing", 1),
        (day(2), "loaded", "loaded", 0),
    ]
    gap = "SELECT DISTINCT applications_count FROM gold.daily_activity_summary WHERE activity_date = '2025-06-11'"
    assert place.query(gap) == [(None,)]
    shown = re.sub(r"\s+", " ", typed("status").output)
    assert "2025-06-11 was rejected: dumps-manifest/gghouse_20250611.json" in shown
    assert typed("waive", day(1), "--reason", "lost for good", "--by", "sato").exit_code == 0
    assert "waived by sato until 2025-06-25: lost for good" in re.sub(r"\s+", " ", typed("status").output)
    assert typed("daily", "--bucket", bucket).exit_code == 0
    # No dump at all: nothing new to compute, and it says so at once.
    today(3)
    none = typed("daily", "--bucket", bucket)
    assert none.exit_code == 3
    assert "no dump of 2025-06-13; the newest is of 2025-06-12" in none.output
    # The rejected day turns up after all: it is loaded aside, its numbers appear, its waiver is moot.
    put(bucket, 1, status=9)
    put(bucket, 3, status=14)
    assert typed("load", "--bucket", bucket, "--date", day(1)).exit_code == 0
    assert typed("daily", "--bucket", bucket).exit_code == 0
    assert place.query(calendar_sql) == [(day(n), "loaded", "loaded", 0) for n in (0, 1, 2, 3)]
    assert place.query(gap) == [(0,)]
    assert "sato" not in typed("status").output


def test_load_survives_unwritable_daily_files_and_retries_them(bucket, embedded, today) -> None:
    settings = embedded.settings(bucket)
    put(bucket, -1, status=5)
    (bucket / "snapshots").write_text("a file where the folder should be")
    (problem,) = land(settings, LoadRequest(day(-1), catch_up=True)).problems
    assert "can't be written" in str(problem)
    put(bucket, 0)
    loaded = land(settings, LoadRequest(catch_up=True))
    assert (loaded.day, loaded.changed) == (day(0), True)
    assert [type(one).__name__ for one in loaded.problems] == ["LoaderError", "LoaderError", "NoDumpError"]
    (bucket / "snapshots").unlink()
    assert land(settings, LoadRequest(catch_up=True)).problems == []
    assert embedded.query("SELECT snapshot_date, status FROM landing.tenant_daily_snapshots ORDER BY 1") == [
        (day(-1), 5), (day(0), 9),
    ]  # fmt: skip
    assert embedded.query("SELECT status FROM landing.tenants") == [(9,)]


def test_a_waiver_ends_where_the_day_is_loaded(bucket, embedded, today) -> None:
    settings = embedded.settings(bucket)
    put(bucket, -2)
    load(settings, day(-2))
    assert typed("waive", day(-1), "--reason", "late", "--by", "sato").exit_code == 0
    put(bucket, -1)
    put(bucket, 0)
    assert land(settings, LoadRequest(catch_up=True)).problems == []
    put_snapshot(bucket, day(-1), "no snapshot any more\r\n")
    (problem,) = land(settings, LoadRequest(catch_up=True)).problems
    assert "20250609.csv" in str(problem)
    (found,) = calendar_of(embedded, -1, -1)
    assert found.complete
    assert found.reasons == (str(problem),)
    assert commands.commands(str(problem))


def test_late_dump_catches_up_and_survives_another_dumps_rollback(bucket, empty_place, today) -> None:
    settings = empty_place.settings(bucket)
    put(bucket, -3)
    load(settings, day(-3))
    put(bucket, 0)
    land(settings, LoadRequest(catch_up=True))
    put(bucket, -2, status=5)
    put_snapshot(bucket, day(-1), HEADER + "1,9,1,,2025-06-09\r\n")
    loaded = land(settings, LoadRequest(catch_up=True))
    assert [str(one)[:65] for one in loaded.problems] == [
        "2025-06-09 is missing (dump and room_assignment and property)\n  Get it"[:65]
    ]
    for kind in ("room_assignment", "property"):
        body = (bucket / f"snapshots/{kind}/20250610.csv").read_bytes().decode()
        put_snapshot(bucket, day(-1), body.replace("2025-06-10", "2025-06-09"), kind)
    loaded = land(settings, LoadRequest(catch_up=True))
    assert [str(one)[:35] for one in loaded.problems] == ["2025-06-09 is missing (dump)\n  Get "]
    assert dumps_of(empty_place) == [day(-3), day(-2), day(0)]
    # Only the dump that was rolled back is suspect: the days between come back by themselves.
    assert typed("rollback").exit_code == 0
    assert dumps_of(empty_place) == [day(-3)]
    put(bucket, 0, status=14)
    assert len(land(settings, LoadRequest(catch_up=True)).problems) == 1
    assert dumps_of(empty_place) == [day(-3), day(-2), day(0)]
    assert empty_place.query("SELECT snapshot_date, status FROM landing.tenant_daily_snapshots ORDER BY 1") == [
        (day(-3), 9), (day(-2), 5), (day(-1), 9), (day(0), 14),
    ]  # fmt: skip


def test_bad_file_from_before_first_dump_can_be_waived(bucket, embedded, today) -> None:
    settings = embedded.settings(bucket)
    put(bucket, 0)
    put_snapshot(bucket, day(-9), "no snapshot\r\n")
    with pytest.raises(DumpRejectedError, match="20250601.csv"):
        load(settings)
    assert typed("waive", day(-9), "--reason", "lost", "--by", "sato").exit_code == 0
    load(settings)
