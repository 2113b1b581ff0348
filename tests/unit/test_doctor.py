"""`doctor`: each part by itself, well and not."""

from __future__ import annotations

import datetime as dt
import shutil
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from loader import dates
from loader.landing.access import open_warehouse
from loader.monitoring import doctor
from loader.monitoring.doctor import Answer
from loader.settings import Settings

DAY = dt.date(2026, 2, 10)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(dates, "business_today", lambda: DAY)
    monkeypatch.setenv("WAREHOUSE_DUCKDB", str(tmp_path / "warehouse.duckdb"))
    (tmp_path / "bucket" / "dumps").mkdir(parents=True)
    (tmp_path / "bucket" / "dumps" / "gghouse_20260210.sql").write_text("--")
    return Settings("duckdb", tmp_path / "warehouse.duckdb", str(tmp_path / "bucket"))


def answer(settings: Settings, part: str) -> Answer:
    return next(one for one in doctor.examine(settings) if one.part == part)


def test_what_is_there_is_well(settings: Settings) -> None:
    with open_warehouse(settings):
        pass
    found = {one.part: one.is_well for one in doctor.examine(settings)}
    assert found == {
        "Python": True,
        "data contract": True,
        "bucket": True,
        "disk": True,
        "database": True,
        "prod": False,
    }


def test_doctor_checks_every_part_despite_earlier_failures(settings: Settings, tmp_path: Path) -> None:
    lost = Settings("duckdb", settings.duckdb_file, None, data_contract=tmp_path / "none.yaml")
    found = {one.part: one.text for one in doctor.examine(lost) if not one.is_well}
    assert found.keys() == {"data contract", "bucket", "database", "prod"}
    assert "python -m loader load" in found["database"]


def test_todays_dump_is_missing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "business_today", lambda: DAY + dt.timedelta(days=1))
    found = answer(settings, "bucket")
    assert not found.is_well
    assert "is of 2026-02-10, and today is 2026-02-11 in Japan" in found.text


def test_a_disk_without_room_for_two_dumps(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=(1 << 30) - 1))
    found = answer(settings, "disk")
    assert not found.is_well
    assert "may need 1.0 GiB: free some" in found.text


def test_a_package_of_another_version(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "version", lambda name: "0.1" if name == "sqlmesh" else metadata.version(name))
    found = answer(settings, "Python")
    assert not found.is_well
    assert found.text == "packages are other than requirements.lock says (sqlmesh 0.1, not 0.236.4): make clean venv"
