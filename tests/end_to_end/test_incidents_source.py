"""One morning of a company whose every row is an incident of the past: through the real loader and a run, looked at in gold and silver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from demo.dump import dump_sql
from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader.landing.load import load
from loader.transform.run import assert_fresh, run
from tests.conftest import FIRST_DAY
from tests.support.places import DATA_CONTRACT, Place, copied

DAY = FIRST_DAY + dt.timedelta(days=1)
SIGNED = dt.datetime(2025, 3, 3, 12)
PERSON = {
    "full_name": "個人 全名",
    "last_name": "個人姓",
    "first_name": "個人名",
    "full_name_kana": "コジンカナ",
    "email_1": "first@person.example",
    "email_2": "second@person.example",
    "tel_1": "000-1111-2222",
    "tel_2": "000-3333-4444",
    "account_number": "55556666",
}
TENANTS = [
    tenant(1, **PERSON),
    # Names that are none, in each of the ways in which the source writes that.
    tenant(2, full_name="NULL", last_name="--", first_name="null"),
    tenant(3, full_name="null", last_name="試験", first_name="　"),
    tenant(4, status=17),
    tenant(5),
    tenant(6, nationality="レソト　", m_nationality_id=200),
    tenant(7),
    tenant(8),
    tenant(9),
    tenant(10, status=5, nationality="NULL", m_nationality_id=0),
]
# The contract type of the tenant's row was merged at the source: all of them are corporate there, and none is by the contract.
TENANTS = [one | {"contract_type": 2, "inquiry_id": 1 if one["id"] < 3 else None} for one in TENANTS]


def signed(number: int, **values: Any) -> dict[str, Any]:
    return moving(number, **{"movein_decided_date": SIGNED} | values)


MOVINGS = [
    signed(1),
    signed(2, room_id=2),
    signed(3, room_id=3),
    # Done, with a zero date that stands before the real one.
    signed(4, moveout_date_integrated="0000-00-00", moveout_plans_date=dt.date(2025, 5, 1), is_moveout=1),
    signed(5, cancel_flag=None),
    signed(6),
    signed(7, moving_agreement_type=4),
    signed(8, movein_decided_date=dt.datetime(2025, 6, 12)),  # tomorrow
    signed(9, moveout_plans_date="2302-01-28", expiration_date="5300-11-12", movein_date="2200-01-01"),
    signed(10, moveout_plans_date=dt.date(2025, 1, 1), is_moveout=1),  # out before in
    signed(11, tenant_id=999),
    signed(12, tenant_id=1, apartment_id=99),
    signed(13, tenant_id=1, room_id=99),
    # Newer than contract 1, for the same tenant and room, and cancelled.
    signed(14, tenant_id=1, movein_date=dt.date(2025, 4, 1), cancel_flag=1),
]
INQUIRED = dt.datetime(2020, 5, 5, 23, 30)

Ask = Callable[[str], list[tuple]]


@pytest.fixture(scope="module")
def ask(planned_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """`ask(sql)`: the rows of a query on a warehouse after that morning."""
    folder = tmp_path_factory.mktemp("incidents")
    place = copied(planned_place, folder)
    tables = company(tenants=TENANTS, movings=MOVINGS, inquiries=[{"id": 1, "tenant_id": 1, "created_at": INQUIRED}])
    with place.chosen(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DATA_CONTRACT", str(DATA_CONTRACT))
        put_dump(folder / "bucket", DAY, dump_sql(tables))
        load(place.settings(folder / "bucket"))
        assert_fresh(run(place.settings()))
    with duckdb.connect(place.variables["WAREHOUSE_DUCKDB"], read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def texts(ask: Ask) -> dict[tuple[str, str], set[str]]:
    """Every text in staging, silver and gold: (view, column) -> its values."""
    columns = ask(
        "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns "
        "WHERE table_schema IN ('staging', 'silver', 'gold') AND data_type = 'VARCHAR'"
    )
    assert len(columns) > 100
    return {
        (view, column): {value for (value,) in ask(f'SELECT DISTINCT "{column}" FROM {view}') if value is not None}
        for view, column in columns
    }


def test_zero_date_never_wins_over_the_real_date(ask: Ask) -> None:
    """R35, R47: more than half of the move-outs with one fell out of the mart."""
    assert ask("SELECT contract_id, moveout_date FROM gold.moveouts WHERE contract_id = 4") == [
        (4, dt.date(2025, 5, 1))
    ]
    assert ask("SELECT reason, value_count FROM landing.load_nulled WHERE column_name = 'moveout_date_integrated'") == [
        ("zero_date", 1)
    ]


def test_a_placeholder_far_ahead_is_no_date_anywhere(ask: Ask) -> None:
    """R36: stays of 280 years."""
    days = ask(
        "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns "
        "WHERE table_schema IN ('staging', 'silver', 'gold') AND data_type IN ('DATE', 'TIMESTAMP')"
    )
    assert len(days) > 50
    for view, column in days:
        ((first, last),) = ask(f'SELECT MIN("{column}")::DATE, MAX("{column}")::DATE FROM {view}')
        assert first is None or dt.date(1900, 1, 1) < first <= last < dt.date(2100, 1, 1), (view, column)
    assert ask(
        "SELECT contract_start_date, moveout_date, contract_expiration_date FROM silver.int_contracts WHERE contract_id = 9"
    ) == [(None, None, None)]


def test_no_stay_is_negative(ask: Ask) -> None:
    """R43: 257 stays were, and one contract ends before it begins."""
    assert ask("SELECT contract_id, total_stay_days FROM gold.moveouts ORDER BY 1") == [(4, 89), (10, None)]
    assert ask("SELECT MIN(days_stayed) FROM silver.tokyo_beta_tenant_room_info") == [(130,)]


def test_missing_cancel_flag_means_the_same_in_every_table(ask: Ask) -> None:
    """R33: such contracts were in one table and not in the next."""
    for table, column in (("gold.new_contracts", "contract_id"), ("silver.tokyo_beta_tenant_room_info", "moving_id")):
        assert ask(f"SELECT COUNT(*) FROM {table} WHERE {column} = 5") == [(1,)], table


def test_a_cancelled_contract_hides_no_valid_one(ask: Ask) -> None:
    """R23: the newest was taken first, and then thrown away for being cancelled."""
    assert ask("SELECT contract_id FROM gold.new_contracts WHERE contract_id IN (1, 14)") == [(1,)]


def test_every_contract_is_kept_or_rejected_with_a_reason(ask: Ask) -> None:
    """R41: inner joins dropped contracts without a word."""
    assert ask("SELECT moving_id, reason FROM silver.int_contracts_rejected ORDER BY 1") == [
        (11, "tenant missing"),
        (12, "property missing"),
        (13, "room missing"),
        (14, "other contract of the same room kept"),
    ]
    ((contracts,),) = ask("SELECT COUNT(*) FROM silver.int_contracts")
    assert contracts + 4 == len(MOVINGS)


def test_types_of_tenant_add_up_to_all_contracts(ask: Ask) -> None:
    """R44, I48: there was no place for the unknown, so the parts were less than the whole."""
    by_type = "SELECT tenant_type, SUM(contracts_signed_count) FROM gold.daily_activity_summary GROUP BY 1 ORDER BY 1"
    assert ask(by_type) == [("corporate", 0), ("individual", 8), ("unknown", 1)]
    # Ten of fourteen are no rejected ones; one of these is signed tomorrow.
    assert ask("SELECT COUNT(*) FROM gold.new_contracts") == [(9,)]


def test_contract_signed_tomorrow_is_in_no_daily_mart(ask: Ask) -> None:
    """R24, R46: marts held rows up to the year 9999."""
    assert ask("SELECT contract_date FROM silver.int_contracts WHERE contract_id = 8") == [(dt.date(2025, 6, 12),)]
    assert ask("SELECT COUNT(*) FROM gold.new_contracts WHERE contract_id = 8") == [(0,)]
    assert ask("SELECT MAX(activity_date) FROM gold.daily_activity_summary") == [(DAY,)]


def test_tenant_row_contract_type_decides_nothing_in_gold(ask: Ask) -> None:
    """I3: the source merged its codes on one day, and 7 % of the contracts changed their kind."""
    assert ask("SELECT DISTINCT contract_type FROM landing.tenants") == [(2,)]
    assert ask("SELECT DISTINCT tenant_type, contract_system FROM gold.new_contracts ORDER BY 1") == [
        ("individual", "一般"),
        ("unknown", "Airbnb1"),
    ]
    registered = (
        "SELECT SUM(tenant_registrations_count) FROM gold.daily_activity_summary WHERE tenant_type = 'corporate'"
    )
    assert ask(registered) == [(0,)]


def test_inquiries_are_counted_once_and_tenants_are_none(ask: Ask) -> None:
    """I4: rows of tenants were called inquiries. And two tenants name this one."""
    counted = "SELECT activity_date, SUM(inquiries_count) FROM gold.daily_activity_summary GROUP BY 1 HAVING SUM(inquiries_count) > 0"
    assert ask(counted) == [(dt.date(2020, 5, 5), 1)]
    assert ask("SELECT SUM(tenant_registrations_count) FROM gold.daily_activity_summary") == [(10,)]


def test_a_null_that_is_a_word_is_shown_nowhere(ask: Ask, texts: dict[tuple[str, str], set[str]]) -> None:
    """R34: it was cleaned in one table, and the name of a tenant in the next."""
    words = {"NULL", "null", "--", "", "　"}
    of_the_source = {where: values for where, values in texts.items() if not where[0].startswith("staging.load_")}
    assert not {where: values & words for where, values in of_the_source.items() if values & words}
    names = "SELECT tenant_id, tenant_name FROM silver.tokyo_beta_tenant_room_info WHERE tenant_id < 4 ORDER BY 1"
    assert ask(names) == [(1, PERSON["full_name"]), (2, "（氏名なし）"), (3, "試験")]


def test_the_placeholder_nationality_is_nobodys(ask: Ask, texts: dict[tuple[str, str], set[str]]) -> None:
    """I35: a bulk import took the last row of the master for "none"."""
    assert {view for (view, _), values in texts.items() if "レソト" in values} == {
        "staging.m_nationalities",
        "staging.tenants",
    }
    shown = "SELECT nationality, nationality_data_source FROM silver.stg_tenants WHERE tenant_id IN (6, 10) ORDER BY tenant_id"
    assert ask(shown) == [("その他", "lesotho_placeholder"), ("その他", "missing")]


def test_no_status_is_without_its_label(ask: Ask) -> None:
    """I10, I16: 59 % were "Unknown"; then the code tables were empty."""
    for column in ("status_ja", "status_en", "tenant_type"):
        assert ask(f"SELECT COUNT(*) FROM silver.tenant_status_history WHERE {column} IS NULL") == [(0,)]
    assert ask("SELECT COUNT(*) FROM silver.stg_tenants WHERE tenant_status_ja IS NULL") == [(0,)]
    assert ask("SELECT DISTINCT status_en FROM silver.tenant_status_history WHERE status = 17") == [("Moved Out",)]


def test_gold_has_no_personal_data_names_only_where_needed(ask: Ask, texts: dict[tuple[str, str], set[str]]) -> None:
    """R32, I44: full names and contacts were in a table for dashboards."""
    names = dict.fromkeys(("last_name", "first_name", "full_name_kana"), {"silver.stg_tenants"})
    names["full_name"] = {"silver.stg_tenants", "silver.tokyo_beta_tenant_room_info"}
    for field, value in PERSON.items():
        views = {view for (view, _), values in texts.items() if any(value in one for one in values)}
        assert views == {"staging.tenants"} | names.get(field, set()), field
    shown = "SELECT tel_1, email_2, account_number FROM silver.tokyo_beta_tenant_room_info WHERE tenant_id = 1"
    assert ask(shown) == [("***2222", "***3@person.example", "***6666")]
