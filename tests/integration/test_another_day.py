"""A dump of another day under this day's name: by the times that it says itself, and by what changed since the one before."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from demo.dump import dump_sql
from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader import commands
from loader.cli import cli
from loader.errors import DumpRejectedError
from loader.landing.load import export, load
from loader.mysqldump.structure.timestamps import times
from loader.quality.dump_checks import dated, unchanged
from loader.quality.findings import BLOCKED
from tests.support.places import Place, everything

DAY, NEXT = dt.date(2026, 2, 9), dt.date(2026, 2, 10)
TAKEN = dt.datetime(2026, 2, 10, 5, 45)
RULES = """
source: {allowed: [gghouse-db.internal/basis]}
continuity_days: 14
tables:
  tenants: {key: [id]}
  movings: {key: [id]}
  inquiries: {}
daily_files: {}
"""

SAYS = {
    "-- Dump completed on 2026-02-09  5:45:10\n": "2026-02-09T05:45:10",
    "-- Dump completed on 2026-02-09 15:45:10\r\n": "2026-02-09T15:45:10",
    "-- Dump completed on: Tue, 10 Feb 2026 05:40:00 +0900": "2026-02-10T05:40:00+09:00",  # mysqldump-php
    "-- Date: Mon, 09 Feb 2026 20:40:00 +0000\n": "2026-02-10T05:40:00+09:00",
    "-- Dump end time: Tue Feb 10 05:40:00 2026\n": "2026-02-10T05:40:00",  # mysqlpump
    "-- Generation Time: Feb 10, 2026 at 05:40 AM\n": "2026-02-10T05:40:00",  # phpMyAdmin
    "-- 2026-02-09 20:40:00 UTC\n": "2026-02-10T05:40:00+09:00",  # Adminer
}
SAYS_NO_TIME = (
    "-- Dump completed on 2026-02-30  5:40:00\n",
    "-- Dump completed on 2026-02-10\n",
    "-- Dump completed on 今日\n",
    "-- Dump completed on: Fri, 31 Dec 9999 23:59:59 -0900\n",
    "-- Dump completed on 2026-02-10  5:40:00 at last\n",
)
SAYS_NOTHING = ("-- Dump completed\n", "-- Dump completed", "--\n", "-- Generation Time: 本日\n", "-- Date of birth\n")


@pytest.mark.parametrize("line", SAYS)
def test_dump_creation_time_is_read_from_its_line(line: str) -> None:
    assert times(line.encode()) == [dt.datetime.fromisoformat(SAYS[line])]


def test_closing_line_with_invalid_time_differs_from_no_line() -> None:
    assert [times(line.encode()) for line in SAYS_NO_TIME] == [[None]] * len(SAYS_NO_TIME)
    assert [times(line.encode()) for line in SAYS_NOTHING] == [[]] * len(SAYS_NOTHING)


# What the closing line says, and when the manifest of 2026-02-10 was made.
FITS = {
    "Japan's time": ("2026-02-10 05:40", "2026-02-10 05:45"),
    "UTC": ("2026-02-09 20:40", "2026-02-10 05:45"),
    "with an offset": ("2026-02-10 05:40+09:00", "2026-02-10 05:45"),
    "midnight, Japan's time": ("2026-02-10 00:10", "2026-02-10 00:15"),
    "midnight, UTC": ("2026-02-09 15:10", "2026-02-10 00:15"),
    "ended after midnight": ("2026-02-11 00:10", "2026-02-11 00:15"),
    "ended after midnight, UTC": ("2026-02-10 15:10", "2026-02-11 00:15"),
    "a manifest written later that day": ("2026-02-10 05:40", "2026-02-10 17:00"),
    "a past day, taken later": ("2026-02-12 10:00", "2026-02-12 10:30"),
    "a past day's dump, its manifest written later": ("2026-02-10 05:40", "2026-02-20 09:00"),
    "clocks that differ": ("2026-02-11 00:05", "2026-02-10 23:58"),
    "a manifest with the day alone": ("2026-02-10 05:40", "2026-02-10 00:00"),
}
STRANGE = {
    "yesterday's": ("2026-02-09 05:40", "2026-02-10 05:45"),
    "yesterday's, UTC": ("2026-02-08 20:40", "2026-02-10 05:45"),
    "yesterday's, taken again in the afternoon": ("2026-02-09 16:00", "2026-02-10 05:45"),
    "yesterday's, taken again in the afternoon, UTC": ("2026-02-09 07:00", "2026-02-10 05:45"),
    "yesterday evening's, with an offset": ("2026-02-09 20:40+09:00", "2026-02-10 05:45"),
    "last week's": ("2026-02-03 05:40", "2026-02-10 05:45"),
    "last year's": ("2025-02-10 05:40", "2026-02-10 05:45"),
    "tomorrow's": ("2026-02-11 05:40", "2026-02-10 05:45"),
    "of a zone of America": ("2026-02-09 15:40", "2026-02-10 05:45"),
    "the first day of all": ("0001-01-01 00:00", "2026-02-10 05:45"),
    "the last day of all": ("9999-12-31 23:59", "2026-02-10 05:45"),
}


def judged(said: str, taken: str, has_manifest: bool = True) -> bool:
    finding = dated([dt.datetime.fromisoformat(said)], NEXT, dt.datetime.fromisoformat(taken), has_manifest)
    assert (finding.outcome == BLOCKED) == ("another day" in finding.figure)
    return finding.outcome != BLOCKED


def test_dump_creation_time_is_compared_with_its_day() -> None:
    assert [name for name, case in FITS.items() if not judged(*case)] == []
    assert [name for name, case in STRANGE.items() if judged(*case)] == []


def test_dump_by_hand_matches_its_japanese_or_utc_day() -> None:
    fits = {
        said: judged(said, "2026-02-10 23:59", has_manifest=False) for said, _ in (*FITS.values(), *STRANGE.values())
    }
    assert [said for said, good in fits.items() if not good] == [
        "2026-02-11 00:10", "2026-02-12 10:00", "2026-02-11 00:05",
        *[said for said, _ in STRANGE.values() if said not in ("2026-02-09 16:00", "2026-02-09 15:40")],
    ]  # fmt: skip


def test_each_dump_time_must_fit_undated_dump_not_compared() -> None:
    good, old = dt.datetime(2026, 2, 10, 5, 40), dt.datetime(2026, 2, 9, 5, 40)
    found = dated([good, old, good], NEXT, TAKEN, has_manifest=True)
    assert (found.outcome, "2026-02-09 05:40:00, its manifest says 2026-02-10 05:45:00" in found.figure) == (
        BLOCKED,
        True,
    )
    assert dated([good, None], NEXT, TAKEN, has_manifest=True).outcome == BLOCKED
    assert str(dated([], NEXT, TAKEN, has_manifest=True)) == "dated: the dump does not say when it was made"


@pytest.fixture(autouse=True)
def _rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = tmp_path / "rules.yaml"
    contract.write_text(RULES)
    monkeypatch.setenv("WAREHOUSE_DATA_CONTRACT", str(contract))


def typed(*words: Any) -> str:
    """What a command prints; its exit code before that."""
    answer = CliRunner().invoke(cli, [str(word) for word in words])
    return f"{answer.exit_code} {answer.stdout}{answer.stderr}"


def undated(**tables: Any) -> bytes:
    """A dump as of --skip-dump-date; the space is for `put_dump` to leave it so."""
    return dump_sql(company(**tables)).replace(b"-- Dump completed\n", b"-- Dump completed \n")


def test_yesterdays_dump_under_todays_name_is_rejected_until_accepted(bucket: Path, embedded: Place) -> None:
    load(embedded.settings(bucket), put_and_name(bucket, DAY, company()))
    before = everything(embedded)
    yesterdays = (bucket / "dumps/gghouse_20260209.sql").read_bytes()
    put_dump(bucket, NEXT, yesterdays)
    words = ["load", "--bucket", bucket, "--date", NEXT]
    told = typed(*words)
    assert told.startswith("4 ")
    assert "Ask the producer for the dump of 2026-02-10 again" in told
    assert (
        "dated: the dump says itself that it was made at 2026-02-09 05:40:00, its manifest says 2026-02-10 05:45:00"
        in told
    )
    assert "unchanged: its bytes are those of the dump of 2026-02-09: is it that dump again?" in told
    assert everything(embedded) == before
    advised = commands.commands(told)[-1]
    assert advised == f"python -m loader load --date 2026-02-10 --accept dated --accept unchanged --bucket {bucket}"
    assert typed(*words, "--accept", "dated").startswith("4 ")
    assert typed(*shlex.split(advised)[3:]).startswith("0 ")
    found = "SELECT DISTINCT rule_name FROM landing.load_findings WHERE outcome = 'accepted' ORDER BY 1"
    assert embedded.query(found) == [("dated",), ("unchanged",)]
    assert embedded.query("SELECT DISTINCT rows_added + rows_removed + rows_changed FROM landing.load_changes") == [
        (0,)
    ]


def put_and_name(bucket: Path, day: dt.date, tables: Any) -> dt.date:
    put_dump(bucket, day, tables)
    return day


def test_dump_is_rejected_if_no_data_contract_table_changed(bucket: Path, empty_place: Place) -> None:
    settings = empty_place.settings(bucket)
    load(settings, put_and_name(bucket, DAY, company()))
    # Other tables, and one that has no key, tell nothing.
    put_dump(bucket, NEXT, company(inquiries=[{"id": 1, "created_at": DAY}], rooms=[{"id": 9, "apartment_id": 1}]))
    with pytest.raises(
        DumpRejectedError, match="unchanged: no table of the data contract changed since the dump of 2026-02-09"
    ):
        load(settings, NEXT)
    # Two days later, too. And one value is a change, or the type of a column.
    later = NEXT + dt.timedelta(days=1)
    with pytest.raises(DumpRejectedError, match="since the dump of 2026-02-09"):
        load(settings, put_and_name(bucket, later, company()))
    put_dump(bucket, NEXT, company(tenants=[tenant(1, age=31)]))
    load(settings, NEXT)
    altered = dump_sql(company(tenants=[tenant(1, age=31)])).replace(b"`rent` int", b"`rent` decimal(12)")
    load(settings, put_and_name(bucket, later, altered))
    found = "SELECT figure FROM landing.load_findings WHERE rule_name = 'unchanged' AND outcome = 'passed' ORDER BY 1"
    assert empty_place.query(found) == [
        ("changed since the dump of 2026-02-09: tenants",),
        ("changed since the dump of 2026-02-10: movings",),
    ]


def test_same_or_earlier_day_is_compared_only_by_bytes(bucket: Path, embedded: Place) -> None:
    settings, past = embedded.settings(bucket), DAY - dt.timedelta(days=1)
    load(settings, put_and_name(bucket, DAY, undated()))
    load(settings, DAY, again=True)
    load(settings, put_and_name(bucket, DAY, undated().replace(b"NAMES utf8mb4 */;", b"NAMES utf8mb4 */;\n")))
    load(settings, put_and_name(bucket, past, company()))  # aside
    body = (bucket / "dumps/gghouse_20260209.sql").read_bytes()
    with pytest.raises(DumpRejectedError, match="unchanged: its bytes are those of the dump of 2026-02-09"):
        load(settings, put_and_name(bucket, past, body))
    # Last week's again, which says no time: the live dump is another one.
    load(settings, put_and_name(bucket, NEXT, company(movings=[moving(1, rent=1)])))
    with pytest.raises(DumpRejectedError, match="unchanged: its bytes are those of the dump of 2026-02-09"):
        load(settings, put_and_name(bucket, NEXT + dt.timedelta(days=1), body))


def test_export_or_by_hand_dump_must_match_its_day(bucket: Path, embedded: Place) -> None:
    settings = embedded.settings(bucket)
    yesterdays = dump_sql(company()).replace(b"-- Dump completed", f"-- Dump completed on {DAY}  5:40:00".encode())
    put_dump(bucket, NEXT, yesterdays)
    with pytest.raises(
        DumpRejectedError, match="dated: the dump says itself that it was made at 2026-02-09 05:40:00: "
    ):
        load(settings, NEXT, by_hand=True)
    with pytest.raises(DumpRejectedError, match="dated: "):
        export(settings, NEXT, NEXT)
    assert load(settings, put_and_name(bucket, DAY, yesterdays), by_hand=True) == DAY


def test_tables_without_a_key_are_reported_as_not_compared() -> None:
    assert str(unchanged(None, DAY, {}, ())) == (
        "unchanged: no table of the data contract has a key here and in the dump of 2026-02-09: not compared"
    )
