"""The signals of staging: which days may be processed, by what has landed."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from sqlmesh.core.config import DuckDBConnectionConfig

from signals import ready_days

DAYS = [dt.datetime(2025, 6, number, tzinfo=dt.timezone.utc) for number in range(8, 14)]
BATCH = list(zip(DAYS, DAYS[1:], strict=False))


@pytest.mark.parametrize(
    ("files", "dumps", "snapshots", "rooms"),
    [
        ({}, 0, 0, 0),
        ({"dump": 10}, 3, 0, 0),
        ({"dump": 10, "tenant_status": 9}, 3, 2, 0),
        ({"room_assignment": 11}, 0, 0, 0),
        ({"room_assignment": 11, "property": 9}, 0, 0, 2),
        ({"room_assignment": 9, "property": 11}, 0, 0, 2),
        ({"room_assignment": 20, "property": 20}, 0, 0, 5),
    ],
)
def test_the_days_up_to_the_newest_file_are_open(files: dict[str, int], dumps: int, snapshots: int, rooms: int) -> None:
    adapter = DuckDBConnectionConfig().create_engine_adapter()
    adapter.execute("CREATE SCHEMA landing; CREATE TABLE landing.load_ledger (dataset VARCHAR, business_date DATE)")
    for dataset, number in files.items():
        adapter.execute(
            f"INSERT INTO landing.load_ledger VALUES ('{dataset}', '2025-06-{number:02}'), ('{dataset}', '2025-06-01')"
        )
    context = SimpleNamespace(engine_adapter=adapter)
    for signal, count in (
        (ready_days.dump_landed, dumps),
        (ready_days.snapshot_landed, snapshots),
        (ready_days.rooms_landed, rooms),
    ):
        # A signal may say all or none in a word.
        assert signal(BATCH, context) in (BATCH[:count], {0: False, len(BATCH): True}.get(count))
