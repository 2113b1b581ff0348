"""Warehouses with tenants who lack a nationality, and what the enrichment step needs: for its tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from demo.rows import tenant
from enrichment import config
from enrichment.run import Timer
from loader.landing.access import open_warehouse
from tests.support.places import DATA_CONTRACT, Place

KEY = "a key of the tests, which is no secret"
MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
MASTER = dict(enumerate("日本 韓国 中国 台湾 アメリカ インドネシア ネパール ベトナム ミャンマー".split(), 1)) | {
    52: "その他"
}
# Who lacks a nationality in every way there is, and who does not. The names are looked for wherever none belongs.
LACKING = {
    11: {"full_name": "ZORBLATT QUIXANA", "nationality": None, "status": 17},
    12: {"full_name": "VEXMORE PLUNTH", "nationality": "レソト", "status": 9},
    13: {"full_name": "GRIMSWALD OKTAVE", "nationality": "--", "status": 14},
    14: {
        "full_name": None,
        "last_name": "HOLBRINE",
        "first_name": "YSOLDE",
        "nationality": "",
        "m_nationality_id": 200,
        "status": 1,
    },
}
OTHERS = {
    21: {"full_name": "NIMBLETON FARQ", "nationality": "韓国", "status": 9},
    22: {"full_name": "DRAXEL UMBRIO", "nationality": None, "m_nationality_id": 1, "status": 9},
    23: {"full_name": "*", "last_name": "", "first_name": "", "nationality": None, "status": 9},
}
NAMES = ("ZORBLATT", "QUIXANA", "VEXMORE", "PLUNTH", "GRIMSWALD", "OKTAVE", "HOLBRINE", "YSOLDE")


def tenants() -> list[dict[str, Any]]:
    """The tenants above, as rows of the source."""
    return [tenant(number, **values) for number, values in (LACKING | OTHERS).items()]


def masters() -> list[dict[str, Any]]:
    """The source's list of nationalities, with the placeholder."""
    return [{"id": number, "nationality_name": name} for number, name in (MASTER | {200: "レソト"}).items()]


def fill(place: Place) -> None:
    """Puts the tenants and the list into the dump that `place` shows."""
    where = "landing" if place.on_mysql else "landing_20250610"
    with open_warehouse(place.settings()) as warehouse:
        warehouse.execute(f"DELETE FROM {where}.m_nationalities")
        for table, rows in (("tenants", tenants()), ("m_nationalities", masters())):
            for row in rows:
                marks = ", ".join("?" * len(row))
                warehouse.execute(f"INSERT INTO {where}.{table} ({', '.join(row)}) VALUES ({marks})", *row.values())


def configure(patch: pytest.MonkeyPatch, variables: dict[str, str], model: str = MODEL) -> None:
    """Configures the step, with an endpoint's variables."""
    for name, value in {config.MODEL: model, config.NAME_KEY: KEY, **variables}.items():
        patch.setenv(name, value)


def bounded(patch: pytest.MonkeyPatch, folder: Path, **changes: Any) -> None:
    """Other bounds than those of tests/support/data_contract.yaml."""
    contract = YAML(typ="safe", pure=True).load(DATA_CONTRACT)
    contract["enrichment"] |= changes
    file = folder / "data_contract.yaml"
    YAML().dump(contract, file)
    patch.setenv("WAREHOUSE_DATA_CONTRACT", str(file))


class Clock:
    """A clock that stands still but for what is waited, and what each call is said to take."""

    def __init__(self, call_seconds: float = 0) -> None:
        self.seconds, self.call_seconds, self.waits = 0.0, call_seconds, []

    def now(self) -> float:
        self.seconds += self.call_seconds
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.seconds += seconds

    @property
    def timer(self) -> Timer:
        """As the step takes it."""
        return Timer(self.now, self.wait)
