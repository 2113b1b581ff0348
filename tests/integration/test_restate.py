"""Which days of a table no longer equal their query, and opening them: each kind of drift by itself, on one planned warehouse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmesh import Context

from loader.transform import restate
from loader.transform.context import prod_snapshots, sqlmesh_context
from tests.conftest import FIRST_DAY, settings_for
from tests.support.places import Place

MART, FULL = "gold.new_contracts", "silver.tenant_status_history"


@pytest.fixture
def context(place: Place) -> Iterator[Context]:
    with sqlmesh_context(place.settings()) as (context, _):
        yield context


def table(context: Context, name: str = MART) -> str:
    return prod_snapshots(context)[name].table_name()


def differing(context: Context) -> list[dt.date]:
    return restate.differing_days(context, prod_snapshots(context), MART, FIRST_DAY)


def day_of(context: Context, contract: int = 1) -> dt.date:
    return context.engine_adapter.fetchone(f"SELECT contract_date FROM {MART} WHERE contract_id = {contract}")[0]


def test_a_table_that_equals_its_query_has_no_days(context: Context) -> None:
    assert context.engine_adapter.fetchone(f"SELECT COUNT(*) FROM {MART}") > (0,)
    assert differing(context) == []
    assert restate.differing_tables(context, prod_snapshots(context), FIRST_DAY) == []


def test_a_row_that_the_table_lacks(context: Context) -> None:
    day = day_of(context)
    context.engine_adapter.execute(f"DELETE FROM {table(context)} WHERE contract_id = 1")
    assert differing(context) == [day]


def test_a_row_on_another_day(context: Context) -> None:
    day, other = day_of(context), dt.date(2025, 1, 1)
    moved = f"UPDATE {table(context)} SET contract_date = DATE '{other}' WHERE contract_id = 1"
    context.engine_adapter.execute(moved)
    assert differing(context) == [other, day]


def test_a_row_that_stands_twice(warehouse: Path) -> None:  # on MySQL a key refuses it
    with sqlmesh_context(settings_for(warehouse)) as (context, _):
        context.engine_adapter.execute(
            f"INSERT INTO {table(context)} SELECT * FROM {table(context)} WHERE contract_id = 1"
        )
        assert differing(context) == [day_of(context)]


def test_one_value(context: Context) -> None:
    day = day_of(context)
    context.engine_adapter.execute(f"UPDATE {table(context)} SET monthly_rent = monthly_rent + 1 WHERE contract_id = 1")
    assert differing(context) == [day]


def test_a_table_that_is_made_whole(context: Context) -> None:
    context.engine_adapter.execute(f"DELETE FROM {table(context, FULL)} WHERE tenant_id = 1")
    ((day, opened),) = restate.differing_tables(context, prod_snapshots(context), FIRST_DAY)
    assert day == FIRST_DAY
    assert FULL in {one.model.name for one in opened}
    assert restate.differing_tables(context, prod_snapshots(context), FIRST_DAY, behind=True) == []


def test_restating_opens_only_the_named_days(context: Context) -> None:
    day = [FIRST_DAY - dt.timedelta(days=before) for before in range(10)]
    restate.open_days(context, [prod_snapshots(context)[MART]], [(day[9], day[8]), (day[6], day[6])])
    done = [(restate._day(start), restate._day(end)) for start, end in prod_snapshots(context)[MART].intervals]
    assert (done[0][1], done[1], done[2][0]) == (day[9], (day[7], day[6]), day[5])


def test_what_stands_on_a_table_is_opened_with_it(context: Context) -> None:
    found = {
        one.model.name for one in restate.with_downstream(prod_snapshots(context).values(), "silver.int_contracts")
    }
    assert {"silver.int_contracts", MART, "gold.moveouts"} <= found
    assert not {"silver.business_calendar", "gold.data_quality_calendar"} & found
