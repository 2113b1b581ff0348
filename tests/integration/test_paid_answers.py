"""Answers paid for in another system: taken once, judged, known by the names of now, in the bucket, never over a newer one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from enrichment import candidates, config
from enrichment.backend import Offline
from enrichment.paid_answers import COLUMNS, take
from loader.cli import cli
from loader.errors import UsageError
from loader.landing import enrichment_cache
from loader.landing.access import open_warehouse
from loader.landing.enrichment_cache import Cached
from tests.support import enrichment
from tests.support.enrichment import KEY, LACKING
from tests.support.places import Place, duckdb_place

HEADER = ",".join(COLUMNS)
ROW = "11,ネパール,0.8,2026-01-05 12:00:00,old-model"
MOMENT = dt.datetime(2026, 1, 5, 12)


@pytest.fixture
def filled(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A planned warehouse with tenants who lack a nationality, and the key."""
    monkeypatch.setenv(config.NAME_KEY, KEY)
    place = duckdb_place(warehouse)
    enrichment.fill(place)
    return place


def file(folder: Path, *rows: str) -> Path:
    path = folder / "answers.csv"
    path.write_text("\r\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return path


def asked(place: Place) -> list[int]:
    with open_warehouse(place.settings()) as warehouse:
        return [one.tenant_id for one in candidates.to_ask(warehouse, KEY.encode(), Offline()).tenants]


def test_imported_answer_is_not_asked_again_until_name_changes(filled: Place, bucket: Path, tmp_path: Path) -> None:
    settings = filled.settings(bucket)
    there = Cached(13, None, "日本", Decimal("0.90000"), MOMENT, "newer", "日本")
    with open_warehouse(settings) as warehouse, warehouse.transaction():
        enrichment_cache.put(warehouse, [there])
        enrichment_cache.followed_by_run(warehouse)
    before = asked(filled)
    rows = file(
        tmp_path, ROW, "12,Atlantis,0.8,2026-01-05 12:00:00,old-model", "13,ネパール,0.8,2026-01-05 12:00:00,old-model",
        "23,ベトナム,1,2026-01-05 12:00:00,old-model", "999,,0.5,2026-01-05 12:00:00,old-model",
    )  # fmt: skip
    words = ["enrich", "--import", str(rows), "--bucket", str(bucket)]
    typed = CliRunner().invoke(cli, words)
    assert typed.exit_code == 0, typed.output
    assert typed.output == (
        "4 answers were taken. 1 were not: the warehouse has one as new. Of those taken do not count: not_in_master 1, unknown 1. 2 are of "
        "tenants without a name in the newest dump: asked again once there is one. Now type\n  python -m loader run\n"
    )
    known, key = candidates.key_id(KEY.encode()), KEY.encode()
    hashes = {number: candidates.digest(key, number, LACKING[number]["full_name"]) for number in (11, 12)}
    old = (MOMENT, "old-model")
    with open_warehouse(settings) as warehouse:
        assert enrichment_cache.waits_for_run(warehouse)
        assert enrichment_cache.rows(warehouse) == {
            11: Cached(11, hashes[11], "ネパール", Decimal("0.80000"), *old, "ネパール", key_id=known),
            12: Cached(12, hashes[12], None, Decimal("0.80000"), *old, None, "not_in_master", key_id=known),
            13: there,
            23: Cached(23, None, "ベトナム", Decimal("1.00000"), *old, "ベトナム", key_id=known),
            999: Cached(999, None, None, Decimal("0.50000"), *old, None, "unknown", key_id=known),
        }
    assert set(before) - set(asked(filled)) == {11, 12}
    written = (bucket / enrichment_cache.KEY).read_bytes()
    assert CliRunner().invoke(cli, words).output.startswith("0 answers were taken. 5 were not: ")
    assert (bucket / enrichment_cache.KEY).read_bytes() == written
    with open_warehouse(settings) as warehouse:
        warehouse.execute("UPDATE landing_20250610.tenants SET full_name = 'ANOTHER NAME' WHERE id IN (11, 23)")
    assert {11, 23} <= set(asked(filled)) and 12 not in asked(filled)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((ROW, ROW), ", line 3: its tenant_id is in the file twice"),
        ((ROW.replace("0.8", "1.8"),), ", line 2: llm_confidence is not a number from 0 to 1"),
        ((ROW.replace("2026-01-05 12:00:00", ""),), ", line 2: enriched_at is not a moment like"),
        ((ROW.replace("old-model", ""),), ", line 2: model_version is not a text of 1 to 128 characters"),
        ((ROW + ",ZORBLATT",), ", line 2: 6 fields instead of 5"),
    ],
)
def test_a_bad_file_changes_nothing(
    bucket: Path, empty_warehouse: Path, tmp_path: Path, monkeypatch, rows: tuple[str, ...], said: str
) -> None:
    monkeypatch.setenv(config.NAME_KEY, KEY)
    with pytest.raises(UsageError) as refused:
        take(duckdb_place(empty_warehouse).settings(bucket), file(tmp_path, *rows))
    assert str(refused.value).startswith(f"{tmp_path / 'answers.csv'}{said}")
    assert "ZORBLATT" not in str(refused.value)


def test_it_needs_a_key_and_a_plan(bucket: Path, empty_warehouse: Path, tmp_path: Path, monkeypatch) -> None:
    settings = duckdb_place(empty_warehouse).settings(bucket)
    with pytest.raises(UsageError, match="WAREHOUSE_NAME_KEY must be a secret"):
        take(settings, file(tmp_path, ROW))
    monkeypatch.setenv(config.NAME_KEY, KEY)
    with pytest.raises(UsageError, match="Plan it first\n  sqlmesh plan"):
        take(settings, file(tmp_path, ROW))
