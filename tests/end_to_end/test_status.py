"""`status`: one screen, whatever there is to say; all of it with --all."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner

from loader import commands
from loader.cli import cli
from loader.landing import calendar
from loader.landing.access import open_warehouse
from tests.conftest import FIRST_DAY, settings_for
from tests.support import places
from tests.support.places import duckdb_place


@pytest.fixture(autouse=True)
def _small_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def shown(*words: str) -> list[str]:
    answer = CliRunner().invoke(cli, ["status", *words])
    assert answer.exit_code == 0, answer.output
    return answer.output.splitlines()


def test_status_of_a_normal_day_fits_one_screen(demo: Path, tmp_path: Path, query) -> None:
    copy = places.copied(duckdb_place(demo), tmp_path)
    with copy.chosen():
        screen, everything = shown(), shown("--all")
    assert len(screen) <= 24
    assert max(len(line) for line in screen if not commands.commands(line)) <= 80
    words = [line.split() for line in screen]
    for dataset, days, first, last, rows in query(
        demo,
        """SELECT dataset, COUNT(*), MIN(business_date), MAX(business_date), SUM(row_count)
           FROM landing.load_ledger GROUP BY dataset""",
    ):
        missing = (last - first).days + 1 - days
        assert [dataset, f"{days:,}", str(first), str(last), f"{missing:,}", f"{rows:,}"] in words
    for layer in ("staging", "silver", "gold"):
        assert [found[2:] for found in words if found[:1] == [layer]] == [["2026-02-10", "none"]]
    # What the screen sums up is all there with --all.
    nulled = query(
        demo,
        """SELECT 'landing.' || table_name || '.' || column_name, value_count FROM landing.load_nulled
           WHERE load_id = (SELECT load_id FROM landing.generations WHERE state = 'live')""",
    )
    assert nulled
    for column, count in nulled:
        assert any(line.startswith(f"  {column}: {count:,} (") for line in everything)
    assert f"{sum(count for _, count in nulled):,} values of it were nulled" in " ".join(" ".join(screen).split())


def test_status_shows_newest_bad_days_and_counts_the_rest(warehouse: Path) -> None:
    bad = [FIRST_DAY + dt.timedelta(days=n) for n in range(1, 11)]
    reason = "dumps-manifest/x.json: " + "a long story " * 30 + "with an end"
    with open_warehouse(settings_for(warehouse)) as opened, opened.transaction():
        for number, day in enumerate(bad):
            calendar.reject(opened, 100 + number, "dump", day, "x", reason)
    screen, everything = shown(), " ".join(" ".join(shown("--all")).split())
    # The last of them: the newest loaded dump is old.
    assert screen[0] == "Problems: 11"
    rejected = [line for line in screen if " was rejected: " in line]
    assert [line.split()[0] for line in rejected] == [str(day) for day in bad[:-4:-1]]
    assert rejected[0].startswith(f"  {bad[-1]} was rejected: dumps-manifest/x.json:")
    assert f"      python -m loader waive {bad[-1]} --reason '…'" in screen
    assert len(screen) <= 40
    assert "  and 8 more: python -m loader status --all" in screen
    assert "with an end" not in " ".join(screen)
    assert all(f"{day} was rejected" in everything for day in bad)
    assert everything.count(" ".join(reason.split())) == 2 * len(bad)


def test_a_reason_is_text_whatever_is_written_in_it(warehouse: Path) -> None:
    """Japanese has no spaces to cut at, brackets are markup to the library that prints, and :house: is a picture to it."""
    day = FIRST_DAY + dt.timedelta(days=1)
    reason = "見つからないので後で探す" * 20
    with open_warehouse(settings_for(warehouse)) as opened, opened.transaction():
        calendar.reject(opened, 100, "dump", day, "x", "[/red]:house: of [bold")
        calendar.reject(opened, 100, "property", day, "x", f"] {reason}")
    screen = "".join("".join(shown()).split())
    assert "[/red]:house:of[bold]見つからない" in screen
    assert reason not in screen
    assert reason in "".join("".join(shown("--all")).split())


def test_status_without_a_loaded_dump_is_wrong_with_reason(empty_warehouse: Path) -> None:
    with open_warehouse(settings_for(empty_warehouse)) as opened, opened.transaction():
        calendar.reject(opened, 1, "dump", FIRST_DAY, "x", "it is cut")
    answer = CliRunner().invoke(cli, ["status"])
    assert answer.exit_code == 1
    said = [line.rstrip() for line in answer.output.splitlines()]
    assert said[:4] == [
        "Problems: 2", "  no dump is loaded", "      python -m loader load --bucket BUCKET", f"  {FIRST_DAY} was refused: it is cut",
    ]  # fmt: skip
