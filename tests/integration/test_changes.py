"""What changed between two dumps is counted, table by table, and told."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from demo.dump import dump_sql
from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader.cli import cli
from loader.landing.load import load
from tests.support.places import Place

DAY = dt.date(2025, 6, 10)
NEXT = dt.date(2025, 6, 11)
RULES = """
source: {allowed: [gghouse-db.internal/basis]}
continuity_days: 14
tables:
  tenants: {key: [id]}
  movings: {key: [tenant_id, room_id]}
  rooms: {key: [id]}
  inquiries: {}
daily_files: {}
"""


@pytest.fixture(autouse=True)
def _rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = tmp_path / "rules.yaml"
    contract.write_text(RULES)
    monkeypatch.setenv("WAREHOUSE_DATA_CONTRACT", str(contract))


def changes(place: Place) -> dict[str, tuple[int, int, int]]:
    found = place.query(
        """SELECT table_name, rows_added, rows_removed, rows_changed FROM landing.load_changes
           WHERE load_id = (SELECT load_id FROM landing.generations WHERE state = 'live')"""
    )
    return {name: tuple(counts) for name, *counts in found}


def people(*changed: dict[str, Any]) -> list[dict[str, Any]]:
    return [tenant(number) | values for number, values in enumerate(changed, 1)]


def test_rows_added_removed_and_changed_are_counted_by_key(bucket: Path, empty_place: Place) -> None:
    settings = empty_place.settings(bucket)
    before = people({}, {"affiliation": "a"}, {}, {"full_name": "x"}, {"full_name": "A"}, {}, {"birth_date": None})
    contracts = [moving(1), moving(2, room_id=2), moving(3, tenant_id=1, room_id=2)]
    put_dump(bucket, DAY, company(tenants=before, movings=contracts, inquiries=[{"id": 1, "created_at": DAY}]))
    load(settings)
    assert changes(empty_place) == {}  # there is none before the first
    after = people(
        {},
        {"affiliation": None},  # a value is gone
        {"affiliation": "a"},  # and one has come
        {"full_name": "x "},  # the same to a collation
        {"full_name": "a", "status": 14, "age": 31},  # a row, not its values, is counted
        {},
        {"birth_date": dt.date(2000, 1, 1)},
    )
    after = [row for row in after if row["id"] != 6] + [tenant(8), tenant(9)]
    # By both columns of the key: contract 1 goes on under another number, the others change places.
    contracts = [moving(9, tenant_id=1), moving(2, room_id=3), moving(3, tenant_id=1, room_id=2)]
    put_dump(
        bucket,
        NEXT,
        company(tenants=list(reversed(after)), movings=contracts, inquiries=[{"id": 2, "created_at": DAY}]),
    )
    load(settings)
    assert changes(empty_place) == {"tenants": (2, 1, 5), "movings": (1, 1, 1), "rooms": (0, 0, 0)}


def test_column_missing_or_retyped_between_dumps_is_no_change(bucket: Path, empty_place: Place) -> None:
    settings = empty_place.settings(bucket)
    body = dump_sql(company(tenants=[tenant(1), tenant(2)]))
    put_dump(bucket, DAY, with_memo(body, "int", b"7"))
    load(settings)
    put_dump(bucket, NEXT, with_memo(body, "varchar(9)", b"'seven'").replace(b"`id` int unsigned", b"`id` bigint"))
    load(settings)
    assert changes(empty_place)["tenants"] == (0, 0, 0)
    put_dump(bucket, NEXT + dt.timedelta(days=1), with_memo(body, "varchar(99)", b"'eight'"))
    load(settings)
    assert changes(empty_place)["tenants"] == (0, 0, 2)
    put_dump(bucket, NEXT + dt.timedelta(days=2), body)
    load(settings)
    assert changes(empty_place)["tenants"] == (0, 0, 0)


def with_memo(body: bytes, kind: str, value: bytes) -> bytes:
    """A dump with one more column of the tenants."""
    created = re.search(rb"CREATE TABLE `tenants` .*?\n\)", body, re.S)[0]
    body = body.replace(created, created.replace(b"\n)", f",\n  `memo` {kind} DEFAULT NULL\n)".encode()))
    rows = re.search(rb"INSERT INTO `tenants` VALUES .*?;\n", body)[0]
    return body.replace(rows, rows.replace(b"),(", b"," + value + b"),(").replace(b");", b"," + value + b");"))


@pytest.mark.twin
def test_the_counts_are_told_by_load_and_by_status(bucket: Path, place: Place, capsys) -> None:
    settings = place.settings(bucket)
    put_dump(bucket, NEXT, company(tenants=[tenant(1), tenant(3)], movings=[moving(1, rent=1), moving(2, room_id=2)]))
    load(settings)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = [line["changes"] for line in lines if line.get("step") == f"load dump {NEXT}"]
    assert lines[-1] == {"next": "python -m loader run"}
    assert told == {"tenants": "+1 -1 ~0", "movings": "+0 -0 ~1"}
    shown = re.sub(r"\s+", " ", CliRunner().invoke(cli, ["status", "--all"]).output)
    assert "changed 2 tables (rows added, removed, changed) movings: +0 -0 ~1 tenants: +1 -1 ~0" in shown
    assert "rooms: +" not in shown


def test_rejected_or_historical_dump_keeps_no_change_counts(bucket: Path, embedded: Place) -> None:
    settings = embedded.settings(bucket)
    put_dump(bucket, NEXT, company())
    load(settings)
    put_dump(bucket, DAY, company(tenants=[tenant(2)]))
    load(settings, DAY)
    assert embedded.query("SELECT * FROM landing.load_changes") == []
