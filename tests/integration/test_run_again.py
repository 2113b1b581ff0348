"""A run behind a run: with nothing new it computes and compares nothing; whatever is new, it does."""

from __future__ import annotations

import logging

import pytest

from loader.errors import LoaderError
from loader.landing.access import open_warehouse
from loader.transform import fingerprint
from loader.transform.context import sqlmesh_context
from loader.transform.prod import Prod
from loader.transform.run import run
from tests.conftest import FIRST_DAY
from tests.support.places import Place, duckdb_place

# Of each table that the fingerprint is made of, what a command writes into it.
CHANGES = {
    "a load": "UPDATE landing.load_ledger SET load_id = load_id + 1 WHERE dataset = 'dump'",
    "the same load again": "UPDATE landing.load_ledger SET finished_at = '2030-01-01'",
    "a rejection": "INSERT INTO landing.rejections VALUES (9, 'dump', '2025-06-11', 'k', 'why', '2025-06-11 06:00:00')",
    "a file taken out": "INSERT INTO landing.withdrawn_files VALUES (9, 'dump', '2025-06-11', 'k', 's', '2025-06-11 06:00:00')",
    "a waiver": "INSERT INTO landing.waivers VALUES ('2025-06-11', 'me', 'why', '2025-06-12', '2025-06-11 06:00:00')",
    "days to reopen": "INSERT INTO landing.days_to_reopen VALUES ('2025-06-10')",
    "answers": "INSERT INTO landing.enrichment_to_run VALUES (1)",
}


def is_done(place: Place) -> bool:
    """Whether a run has nothing to do."""
    settings = place.settings()
    with (
        open_warehouse(settings) as warehouse,
        sqlmesh_context(settings) as (context, console),
        Prod(context, console) as prod,
    ):
        return fingerprint.is_unchanged_since_last_run(warehouse, prod, FIRST_DAY)


def test_a_run_with_nothing_new_asks_no_model(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    first = run(place.settings(), FIRST_DAY)
    with caplog.at_level(logging.INFO, logger="sqlmesh.core.engine_adapter.base"):
        again = run(place.settings(), FIRST_DAY)
    assert (again.day, again.fresh_to, again.audits, again.restated) == (first.day, first.fresh_to, first.audits, {})
    assert not [record for record in caplog.records if "sqlmesh_md5__" in record.getMessage()]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_new_makes_it_compute(warehouse: object, change: str) -> None:
    place = duckdb_place(warehouse)
    run(place.settings(), FIRST_DAY)
    assert is_done(place)
    with open_warehouse(place.settings()) as opened:
        opened.execute(CHANGES[change])
    assert not is_done(place)


def test_another_plan_or_another_day_makes_it_compute(warehouse: object) -> None:
    settings = duckdb_place(warehouse).settings()
    run(settings, FIRST_DAY)
    with open_warehouse(settings) as opened, sqlmesh_context(settings) as (context, console):
        with Prod(context, console) as prod:
            before = fingerprint.fingerprint(opened, prod, FIRST_DAY)
            prod.plan_id = "another"
            assert fingerprint.fingerprint(opened, prod, FIRST_DAY) != before
        with Prod(context, console) as prod:
            assert fingerprint.fingerprint(opened, prod, FIRST_DAY) == before
            assert fingerprint.fingerprint(opened, prod, FIRST_DAY.replace(day=9)) != before
            next(iter(prod.models.values())).intervals.clear()
            assert fingerprint.fingerprint(opened, prod, FIRST_DAY) != before


def test_a_plan_that_was_interrupted_is_said_at_once(place: Place) -> None:
    with sqlmesh_context(place.settings()) as (context, _):
        state = context.state_sync.state_sync
        state.engine_adapter.execute("UPDATE sqlmesh._environments SET finalized_ts = NULL")
    with pytest.raises(LoaderError, match="the last plan was interrupted"):
        run(place.settings(), FIRST_DAY)
