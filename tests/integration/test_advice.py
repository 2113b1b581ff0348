"""Bad mornings: each message's advice is typed as it stands, in a shell that has no variable of ours, and leads on."""

from __future__ import annotations

import datetime as dt
import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from demo.dump import dump_sql
from demo.objects import dump_key, manifest_key, put_dump, put_snapshot, snapshot_key
from demo.rows import company, tenant
from loader import commands
from loader.cli import cli
from loader.landing.load import land
from loader.landing.load_steps import LoadRequest
from tests.support.places import Place

DAY = dt.date(2025, 6, 10)
BEFORE = DAY - dt.timedelta(days=1)


def typed(command: str) -> Result:
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "loader"], command
    return CliRunner().invoke(cli, words[3:], prog_name="python -m loader")


def put(bucket: Path, day: dt.date = DAY, status: int = 9) -> None:
    """A good dump of the day, another each day."""
    put_dump(bucket, day, company(tenants=[tenant(1, status=status, age=day.day)]))


@pytest.fixture
def loaded(bucket: Path, embedded: Place) -> Callable[[], str]:
    """A warehouse with the dump of the day before. `loaded()` types the load of the day: what it says, and it must fail."""
    put(bucket, BEFORE)
    assert typed(f"python -m loader load --date {BEFORE} --bucket {bucket}").exit_code == 0

    def fails() -> str:
        answer = typed(f"python -m loader load --date {DAY} --bucket {bucket}")
        assert answer.exit_code in (3, 4), answer.output
        return answer.stderr

    return fails


def missing(bucket: Path) -> None:
    """Nothing of the day."""


def without_manifest(bucket: Path) -> None:
    put(bucket)
    (bucket / manifest_key(DAY)).unlink()


def yesterdays(bucket: Path) -> None:
    put_dump(bucket, DAY, (bucket / dump_key(BEFORE)).read_bytes())


def cut(bucket: Path) -> None:
    put(bucket)
    (bucket / dump_key(DAY)).write_bytes((bucket / dump_key(DAY)).read_bytes()[:999])


def cut_at_the_source(bucket: Path) -> None:
    put_dump(bucket, DAY, dump_sql(company(), DAY)[:-200])


def other_bytes(bucket: Path) -> None:
    put(bucket)
    body = (bucket / dump_key(DAY)).read_bytes()
    (bucket / dump_key(DAY)).write_bytes(body.replace("ベータ荘".encode(), "ベータ館".encode()))


def without_a_column(bucket: Path) -> None:
    put_dump(bucket, DAY, dump_sql(company(), DAY).replace(b"`affiliation`", b"`affil`"))


def repeated_key(bucket: Path) -> None:
    put_dump(bucket, DAY, company(tenants=[tenant(1), tenant(1)]))


def not_for_etl(bucket: Path) -> None:
    put_dump(bucket, DAY, company(), valid_for_etl=False, reason="source_mismatch")


def manifest_of_another_day(bucket: Path) -> None:
    put(bucket)
    said = json.loads((bucket / manifest_key(DAY)).read_text())
    (bucket / manifest_key(DAY)).write_text(json.dumps(said | {"dump_date": str(BEFORE)}))


# What is wrong -> whether it may be taken all the same, by the last command that the message names.
BAD = {
    missing: True,
    without_manifest: True,
    yesterdays: True,
    cut: False,
    cut_at_the_source: False,
    other_bytes: False,
    without_a_column: False,
    repeated_key: False,
    not_for_etl: False,
    manifest_of_another_day: False,
}


@pytest.mark.parametrize("spoil", BAD, ids=lambda spoil: spoil.__name__)
def test_advised_command_loads_the_dump_once_it_is_right(
    spoil: Callable[[Path], None], loaded: Callable[[], str], bucket: Path, embedded: Place
) -> None:
    spoil(bucket)
    said = loaded()
    again = f"python -m loader load --date {DAY} --bucket {bucket}"
    assert f"{commands.ask_producer(DAY)}\n" in said + "\n" or f"then type\n    {again}\n" in said
    assert "--accept key" not in said
    put(bucket)
    assert typed(again).exit_code == 0
    assert embedded.query("SELECT MAX(business_date) FROM landing.load_ledger WHERE dataset = 'dump'") == [(DAY,)]


@pytest.mark.parametrize("spoil", [spoil for spoil, may in BAD.items() if may], ids=lambda spoil: spoil.__name__)
def test_last_advised_command_accepts_the_finding_and_loads(
    spoil: Callable[[Path], None], loaded: Callable[[], str], bucket: Path
) -> None:
    spoil(bucket)
    answer = typed(commands.commands(loaded())[-1])
    assert answer.exit_code == 0, answer.output
    if spoil is missing:
        assert f"there is no dump of {DAY} to take: what follows is of {BEFORE}" in answer.output


def test_advised_command_loads_a_rolled_back_dump_again(bucket: Path, loaded) -> None:
    put(bucket)
    assert typed(f"python -m loader load --date {DAY} --bucket {bucket}").exit_code == 0
    rolled_back = typed("python -m loader rollback")
    assert commands.commands(rolled_back.output) == ["python -m loader run"]
    first, forced = commands.commands(loaded())
    assert typed(first).exit_code == 4
    assert typed(forced).exit_code == 0


def refusals(place: Place) -> list[tuple]:
    return place.query("SELECT dataset, business_date FROM landing.rejections")


def test_advised_export_rewrites_cut_daily_file_and_ends_rejection(bucket: Path, loaded, embedded: Place) -> None:
    put(bucket)
    file = bucket / snapshot_key(BEFORE)
    good = file.read_bytes()
    file.write_bytes(good[:-9])
    said = loaded()
    assert refusals(embedded) == [("tenant_status", BEFORE)]
    export, again = commands.commands(said)
    assert "export" in export
    assert [typed(command).exit_code for command in (export, again)] == [0, 0]
    assert (file.read_bytes(), refusals(embedded)) == (good, [])


def test_hand_repaired_daily_file_without_dump_ends_its_rejection(bucket: Path, loaded, embedded: Place) -> None:
    put(bucket)
    early = BEFORE - dt.timedelta(days=9)
    put_snapshot(bucket, early, "not,a,file\r\n")
    (again,) = commands.commands(loaded())
    put_snapshot(bucket, early, (bucket / snapshot_key(BEFORE)).read_text().replace(str(BEFORE), str(early)))
    assert typed(again).exit_code == 0
    assert embedded.query("SELECT COUNT(*) FROM landing.tenant_daily_snapshots WHERE snapshot_date = '2025-05-31'") == [
        (1,)
    ]


def test_restored_dump_file_ends_the_rejection_of_its_replacement(bucket: Path, loaded, embedded: Place) -> None:
    put(bucket)
    words = f"python -m loader load --date {DAY} --bucket {bucket}"
    assert typed(words).exit_code == 0
    kept = {key: (bucket / key).read_bytes() for key in (dump_key(DAY), manifest_key(DAY))}
    cut(bucket)
    loaded()
    assert refusals(embedded) == [("dump", DAY)]
    for key, body in kept.items():
        (bucket / key).write_bytes(body)
    assert typed(words).exit_code == 0
    assert refusals(embedded) == []


def test_days_that_never_came_are_waived_by_one_command(bucket: Path, loaded, embedded: Place) -> None:
    last = DAY + dt.timedelta(days=13)
    put(bucket, last)
    request = LoadRequest(last, catch_up=True)
    (problem,) = land(embedded.settings(bucket), request).problems
    daily, waive = commands.commands(str(problem))
    assert daily == f"python -m loader daily --date {last} --bucket {bucket}"
    assert f"waive {DAY} --to {last - dt.timedelta(days=1)} " in waive
    assert typed(waive).exit_code == 2  # a reason is a person's own
    assert typed(waive.replace("…", "the producer was down")).exit_code == 0
    assert land(embedded.settings(bucket), request).problems == []


def test_advice_of_commands_without_bucket_option_names_the_bucket(bucket: Path, loaded) -> None:
    shown = CliRunner().invoke(cli, ["status"])
    assert f"python -m loader daily --bucket {bucket}" in shown.output
    answer = CliRunner().invoke(cli, ["run", "--date", str(DAY)])
    (load,) = commands.commands(answer.stderr)
    put(bucket)
    assert typed(load).exit_code == 0


def test_report_without_a_bucket_fails_before_being_made(loaded) -> None:
    answer = typed("python -m loader report")
    assert (answer.exit_code, answer.stdout) == (2, "")
