"""The enrichment in the morning: gold follows its answers exactly, a rebuild from the bucket has them, and nothing of it stops a morning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.objects import put_dump
from demo.rows import company, moving
from enrichment import config
from enrichment import step as enrich_step
from enrichment.step import enrich
from loader import dates
from loader.daily import load_only
from loader.landing import enrichment_cache
from loader.landing.access import open_warehouse
from loader.landing.enrichment_cache import KEY as FILE_KEY
from loader.landing.load import land, load
from loader.landing.load_steps import LoadRequest
from loader.transform.run import run
from tests.support import bedrock_stub, enrichment, places
from tests.support.bedrock_stub import Stub, tool
from tests.support.enrichment import NAMES
from tests.support.places import FILE, Place, duckdb_place

DAY = dt.date(2025, 6, 10)
NEXT = dt.date(2025, 6, 11)
GOLD = "SELECT contract_id, nationality FROM gold.new_contracts WHERE contract_id > 10 ORDER BY 1"


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    with bedrock_stub.bedrock() as stub:
        monkeypatch.setattr(dates, "business_today", lambda: NEXT)
        yield stub


def signed(number: int, day: dt.date) -> dict:
    return moving(number, movein_decided_date=dt.datetime.combine(day, dt.time(9)))


def source() -> dict:
    """Tenants who lack a nationality, with contracts signed on days far apart."""
    days = {12: dt.date(2025, 3, 1), 13: dt.date(2025, 5, 20), 21: dt.date(2025, 6, 9), 22: dt.date(2025, 6, 10)}
    movings = [signed(number, day) | {"room_id": 1 + number % 3} for number, day in days.items()]
    return company(tenants=enrichment.tenants(), movings=movings, m_nationalities=enrichment.masters())


@pytest.fixture
def morning(planned_place: Place, tmp_path: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A planned warehouse with tenants who lack a nationality and their contracts, computed; the step is configured."""
    place = places.copied(planned_place, tmp_path)
    for name, value in place.variables.items():
        monkeypatch.setenv(name, value)
    enrichment.fill(place)
    with open_warehouse(place.settings()) as warehouse:
        for row in source()["movings"]:
            marks = ", ".join("?" * len(row))
            warehouse.execute(
                f"INSERT INTO landing_20250610.movings ({', '.join(row)}) VALUES ({marks})", *row.values()
            )
    run(place.settings())
    enrichment.configure(monkeypatch, stub.variables)
    return place


def test_morning_run_brings_answers_into_gold_on_affected_days(morning: Place, bucket: Path, stub: Stub) -> None:
    assert morning.query(GOLD) == [(12, "その他"), (13, "その他"), (21, "韓国"), (22, "日本")]
    stub.behave = lambda name: tool("ミャンマー" if name.startswith("VEXMORE") else "", 0.9)
    enrich(morning.settings(bucket))
    result = run(morning.settings())
    assert morning.query(GOLD) == [(12, "ミャンマー"), (13, "その他"), (21, "韓国"), (22, "日本")]
    # The one day of the one contract; answers that say nothing touch nothing.
    assert result.restated == {"gold.new_contracts": 1}
    assert run(morning.settings()).restated == {}
    assert morning.query("SELECT COUNT(*) FROM landing.enrichment_to_run") == [(0,)]


def test_first_load_of_new_database_restores_answers_without_asking(
    planned_place: Place, tmp_path: Path, bucket: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = places.copied(planned_place, tmp_path)
    with place.chosen(), monkeypatch.context() as configured:
        enrichment.fill(place)
        enrichment.configure(configured, stub.variables)
        enrich(place.settings(bucket))
    put_dump(bucket, DAY, source())
    (tmp_path / "new").mkdir()
    fresh = duckdb_place(tmp_path / "new" / FILE)
    with fresh.chosen():
        load(fresh.settings(bucket), DAY)  # with no model and no key
    rows = "SELECT * FROM landing.llm_enrichment_cache ORDER BY tenant_id"
    assert fresh.query(rows) == place.query(rows) and len(stub.names) == 4
    # Whatever a later file corrects is brought in too, and is something to compute, dump or none.
    with fresh.chosen(), open_warehouse(fresh.settings()) as warehouse, warehouse.transaction():
        enrichment_cache.followed_by_run(warehouse)
    filed = bucket / FILE_KEY
    filed.write_bytes(filed.read_bytes().replace(b"\r\n13,", b"\r\n113,"))
    with fresh.chosen():
        loaded = land(fresh.settings(bucket), LoadRequest(NEXT, 0))
    assert (loaded.refused, loaded.changed) == (True, True)
    assert len(fresh.query(rows)) == 5


def broken(stub: Stub, bucket: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Breaks the step in some way."""
    if how == "nobody there":
        stub.close()
    elif how == "no key":
        monkeypatch.delenv(config.NAME_KEY)
    elif how == "another region":
        monkeypatch.setenv(config.MODEL, "apac." + enrichment.MODEL)
    elif how == "bad file":
        (bucket / FILE_KEY).parent.mkdir()
        (bucket / FILE_KEY).write_text("not what the pipeline wrote")
    elif how == "a bug":

        def fails(*_: object, **__: object) -> None:
            raise RuntimeError("ZORBLATT QUIXANA")

        monkeypatch.setattr(enrich_step, "judge", fails)


@pytest.mark.parametrize("how", ["nobody there", "no key", "another region", "bad file", "a bug"])
def test_enrichment_failure_only_warns_and_morning_stays_green(
    planned_place: Place, tmp_path: Path, bucket: Path, stub: Stub, monkeypatch, capsys, how: str
) -> None:
    """Of `load_only`, the job that asks: it ends well, and so does what follows; of `daily` the same function decides."""
    place = places.copied(planned_place, tmp_path)
    with place.chosen():
        enrichment.fill(place)
        enrichment.configure(monkeypatch, stub.variables)
        broken(stub, bucket, monkeypatch, how)
        put_dump(bucket, NEXT, source())
        load_only(place.settings(bucket), LoadRequest(NEXT, 0, catch_up=True))
    said = capsys.readouterr().out
    assert '"warning": "nationalit' in said and not any(name in said for name in NAMES)
    assert place.query("SELECT MAX(business_date) FROM landing.load_ledger WHERE dataset = 'dump'") == [(NEXT,)]
    if how == "bad file":
        assert (bucket / FILE_KEY).read_text() == "not what the pipeline wrote"
    if how in ("no key", "another region", "bad file"):
        assert stub.names == []


def test_without_a_model_enrichment_asks_and_writes_nothing(
    planned_place: Place, tmp_path: Path, bucket: Path, stub: Stub, monkeypatch
) -> None:
    place = places.copied(planned_place, tmp_path)
    with place.chosen():
        for name, value in stub.variables.items():
            monkeypatch.setenv(name, value)
        put_dump(bucket, NEXT, source())
        load_only(place.settings(bucket), LoadRequest(NEXT, 0, catch_up=True))
    assert stub.names == [] and not (bucket / FILE_KEY).exists()
    assert place.query("SELECT COUNT(*) FROM landing.enrichment_runs") == [(0,)]
