"""The projection of 90 days is what a person would reckon day by day, with a list of who is in which room."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import duckdb
import pytest

from loader.settings import PROJECT

if TYPE_CHECKING:
    from sqlmesh import Context


AS_OF = dt.date(2026, 1, 30)
LEAVING, IN, APPLIED = 14, 9, 5


@dataclass(frozen=True)
class Stay:
    """A row of the newest day: who holds which room, whether by living there, and the dates that are known."""

    tenant: int
    room: int
    lives_there: bool
    first_movein: dt.date | None
    moveout: dt.date | None
    known_room: bool


def some_stays(rng: random.Random) -> tuple[list[Stay], list[int]]:
    """Stays of five tenants in two rooms on dates so few that they meet, and each tenant's status."""
    days = [None, *(AS_OF + dt.timedelta(days=n) for n in (0, 1, 2, 3, 90, 91))]
    found = [
        Stay(
            rng.randint(1, 5),
            rng.randint(1, 2),
            rng.random() < 0.5,
            rng.choice(days),
            rng.choice(days),
            rng.random() < 0.9,
        )
        for _ in range(rng.randint(1, 7))
    ]
    return found, rng.choices((LEAVING, IN, APPLIED), (3, 1, 1), k=5)


@pytest.fixture(scope="module")
def projected(project: Context) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view `projected`, the model's query, on tables of what it reads."""
    newest, moves, projection = (
        project.get_model(f"silver.{name}").render_query_or_raise().sql("duckdb")
        for name in ("occupancy_newest_day", "occupancy_dated_moves", "occupancy_projection")
    )
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS warehouse; USE warehouse; CREATE SCHEMA silver; CREATE SCHEMA seeds")
        connection.execute(
            f"CREATE TABLE seeds.code_tenant_status AS FROM read_csv('{PROJECT}/seeds/code_tenant_status.csv')"
        )
        connection.execute("CREATE TABLE seeds.numbers AS SELECT UNNEST(RANGE(1000)) AS number")
        connection.execute(
            "CREATE TABLE silver.occupancy_facts (snapshot_date DATE, day_kind VARCHAR, period_end_rooms BIGINT)"
        )
        connection.execute(
            """CREATE TABLE silver.tenant_room_snapshot_daily (snapshot_date DATE, tenant_id BIGINT, room_id BIGINT,
                management_status BIGINT, original_movein_date DATE, moveout_date DATE, is_known_room BIGINT, is_occupying BIGINT)"""
        )
        connection.execute(f"CREATE VIEW silver.occupancy_newest_day AS {newest}")
        connection.execute(f"CREATE VIEW silver.occupancy_dated_moves AS {moves}")
        connection.execute(f"CREATE VIEW projected AS {projection}")
        yield connection


def reckoned(found: list[Stay], status: list[int]) -> list[int]:
    """Occupied rooms at the end of the newest day and of each of the 90 days behind it."""
    known = [stay for stay in found if stay.known_room]
    stay_on = {stay.tenant for stay in known if stay.lives_there and status[stay.tenant - 1] != LEAVING}

    def is_in(stay: Stay, day: dt.date) -> bool:
        left = status[stay.tenant - 1] == LEAVING and stay.moveout is not None and AS_OF < stay.moveout <= day
        if stay.lives_there:
            return not left
        comes = stay.first_movein is not None and AS_OF < stay.first_movein <= day
        return comes and not left and stay.tenant not in stay_on

    return [len({stay.room for stay in known if is_in(stay, AS_OF + dt.timedelta(days=n))}) for n in range(91)]


@pytest.mark.parametrize("seed", range(200))
def test_rooms_ahead_are_those_with_somebody_in(projected: duckdb.DuckDBPyConnection, seed: int) -> None:
    found, status = some_stays(random.Random(seed))
    expected = reckoned(found, status)
    projected.execute("DELETE FROM silver.occupancy_facts; DELETE FROM silver.tenant_room_snapshot_daily")
    projected.execute("INSERT INTO silver.occupancy_facts VALUES (?, 'fact', ?)", [AS_OF, expected[0]])
    for one in found:
        projected.execute(
            "INSERT INTO silver.tenant_room_snapshot_daily VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                AS_OF,
                one.tenant,
                one.room,
                status[one.tenant - 1],
                one.first_movein,
                one.moveout,
                int(one.known_room),
                int(one.lives_there),
            ],
        )
    rows = projected.execute(
        "SELECT period_start_rooms, period_end_rooms, new_moveins - new_moveouts FROM projected ORDER BY snapshot_date"
    ).fetchall()
    assert [(start, end) for start, end, _ in rows] == list(pairwise(expected))
    assert all(start + moves == end for start, end, moves in rows)
