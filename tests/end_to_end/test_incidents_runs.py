"""Incidents of runs that no other test file shows: what a morning costs, and which warehouse it writes."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from demo.rows import company, moving, tenant
from loader.settings import PROJECT
from loader.transform import context
from loader.transform.run import assert_fresh, run
from tests.conftest import FIRST_DAY, settings_for
from tests.support.landing import land_dump, land_rooms, land_snapshot
from tests.support.places import Place, Servers, contents

NEXT_DAY = FIRST_DAY + dt.timedelta(days=1)


def test_one_more_day_computes_that_day_alone(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """I21, I26, I47: the status history was built from all snapshots every morning, until an hour was not enough."""
    computed: dict[str, set[tuple[dt.date, dt.date]]] = {}
    plain = context._console

    def console() -> Any:
        made = plain()
        told = made.update_snapshot_evaluation_progress

        def tell(snapshot: Any, interval: tuple[int, int], *rest: Any, **more: Any) -> None:
            if snapshot.is_incremental_by_time_range:
                first, end = (dt.datetime.fromtimestamp(at / 1000, tz=dt.timezone.utc).date() for at in interval)
                computed.setdefault(snapshot.model.name, set()).add((first, end))
            told(snapshot, interval, *rest, **more)

        made.update_snapshot_evaluation_progress = tell
        return made

    monkeypatch.setattr(context, "_console", console)
    both = company(tenants=[tenant(1), tenant(2, status=14)], movings=[moving(1), moving(2, room_id=2)])
    land_dump(warehouse, NEXT_DAY, both)
    land_snapshot(warehouse, NEXT_DAY, {1: 9, 2: 14})
    land_rooms(warehouse, NEXT_DAY)
    result = run(settings_for(warehouse))
    assert_fresh(result)
    assert result.restated == {}
    that_day = {(NEXT_DAY, NEXT_DAY + dt.timedelta(days=1))}
    assert computed == dict.fromkeys(
        (
            "silver.business_calendar",
            "silver.occupancy_facts",
            "silver.tenant_room_snapshot_daily",
            "silver.tenant_status_changes",
            "silver.occupancy_property_facts",
            "silver.room_totals_daily",
            "gold.occupancy_tenant_type_daily",
            "gold.daily_activity_summary",
            "gold.moveout_notices",
            "gold.moveouts",
            "gold.new_contracts",
        ),
        that_day,
    )


CONNECTS = """
import json
from loader.warehouse.mysql import connection, session

class Stopped(Exception):
    pass

def connect(**arguments):
    asked.append([arguments[name] for name in ("host", "port", "user", "password")])
    raise Stopped

asked = []
session.connect = connection.connect = connect
from sqlmesh.core.config import Config
from sqlmesh.core.config.loader import load_configs
from loader.transform import aurora
aurora.register()
(config,) = load_configs(None, Config, ["."]).values()
from loader.settings import Settings
from loader.landing.access import read_warehouse
for attempt in (
    lambda: config.get_connection("aurora").create_engine_adapter().cursor,
    lambda: read_warehouse(Settings.resolve()).__enter__(),
):
    try:
        attempt()
    except Stopped:
        pass
print(json.dumps(asked))
"""


def test_loader_and_sqlmesh_connect_to_the_same_configured_warehouse() -> None:
    """I9: the job wrote one cluster, and the dashboards read another."""
    said = os.environ | {
        "WAREHOUSE_GATEWAY": "aurora",
        "WAREHOUSE_MYSQL_URL": "mysql://etl:p%40ss@db.example:3307",
        "WAREHOUSE_STATE_URL": "postgresql://u@state.example/sqlmesh",
    }
    done = subprocess.run(
        [sys.executable, "-c", CONNECTS], cwd=PROJECT, env=said, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [["db.example", 3307, "etl", "p@ss"]] * 2
    # And nothing else in the code looks for an address.
    packages = ("loader", "enrichment", "report", "jobs", "macros")
    python = [file for one in packages for file in (PROJECT / one).rglob("*.py")]
    looks = {
        file.relative_to(PROJECT).as_posix() for file in python if re.search(r"os\.environ|getenv", file.read_text())
    }
    # A deployed job sets, from its secrets, what the settings read; whom to ask for nationalities is no warehouse's address; advice looks
    # whether the shell says it already; a release hands pip the environment on.
    assert looks == {
        "loader/settings.py",
        "jobs/common.py",
        "jobs/release.py",
        "enrichment/config.py",
        "loader/commands.py",
    }


@pytest.mark.server
def test_database_restored_to_yesterday_is_recomputed_despite_newer_state(
    aurora: Place, servers: Servers, tmp_path: Path
) -> None:
    """I9: SQLMesh's state lies in another database, which was not restored and knows of a day that is gone."""
    settings = aurora.settings()
    run(settings)
    servers.mysql.save(tmp_path / "yesterday")
    shown = []
    for _ in range(2):
        changed = company(
            tenants=[tenant(1), tenant(2)],
            movings=[moving(1), moving(2, room_id=2, movein_decided_date=dt.datetime(2025, 6, 11))],
        )
        land_dump(settings, NEXT_DAY, changed)
        land_snapshot(settings, NEXT_DAY, {1: 14, 2: 5})
        land_rooms(settings, NEXT_DAY)
        assert_fresh(run(settings))
        signed = "SELECT contract_date FROM gold.new_contracts ORDER BY 1 DESC LIMIT 1"
        assert aurora.query(signed) == [(NEXT_DAY,)]
        assert aurora.query("SELECT MAX(change_date) FROM silver.tenant_status_changes") == [(NEXT_DAY,)]
        assert aurora.query("SELECT MAX(snapshot_date) FROM silver.tenant_room_snapshot_daily") == [(NEXT_DAY,)]
        shown.append(
            {name: rows for name, rows in contents(aurora).items() if not name.startswith("staging.")}
        )  # those say when
        servers.mysql.restore(tmp_path / "yesterday")
        assert aurora.query("SELECT MAX(change_date) FROM silver.tenant_status_changes") == [(FIRST_DAY,)]
    assert shown[0] == shown[1]
