"""The invented company: its size, its faults, and that its past never changes without a trace."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from demo import company, queries, schema
from demo.days import Request

END = date(2026, 2, 10)
SCALE = 0.1
OCCUPIED = "(7, 9, 10, 11, 12, 13, 14, 15)"
POPULATION = f"""tenants_at(DATE '{END}') t JOIN movings_at(DATE '{END}') m ON m.id = t.moving_id
  WHERE t.status IN (4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15) AND m.is_moveout = 0 AND coalesce(m.cancel_flag, 0) = 0"""


@pytest.fixture(scope="module")
def db() -> duckdb.DuckDBPyConnection:
    days = [END - timedelta(days=n) for n in range(30)] + [date(2025, 6, 15), date(2025, 9, 28), date(2025, 9, 29)]
    built = company.build(seed=1, scale=SCALE, end=END, first_dump=END - timedelta(days=2), days=days)
    queries.install(built)
    return built


def number(db: duckdb.DuckDBPyConnection, sql: str) -> float:
    row = db.execute(f"SELECT {sql}").fetchone()
    assert row is not None
    return row[0]


def test_inquiry_of_same_day_registrants_is_deterministic_across_threads(
    db: duckdb.DuckDBPyConnection,
) -> None:
    sql = """count(*) FROM inquiries AS i JOIN tenants AS t USING (tenant_ix)
      WHERE EXISTS (SELECT 1 FROM tenants AS o WHERE o.created_day = t.created_day AND o.tenant_ix <> t.tenant_ix {})"""
    assert number(db, sql.format("")) > 0
    first = "AND coalesce(o.final_end, DATE '1900-01-01') < coalesce(t.final_end, DATE '1900-01-01')"
    assert number(db, sql.format(first)) == 0


# At scale 1, from the magnitudes of the real company; the last figure is the tolerance.
@pytest.mark.parametrize(
    ("sql", "expected", "tolerance"),
    [
        (f"count(*) FROM movings_at(DATE '{END}')", 62_506, 0.005),
        (f"count(*) FROM tenants_at(DATE '{END}')", 50_425, 0.005),
        (f"count(*) FROM rooms_at(DATE '{END}')", 16_401, 0.005),
        (f"count(*) FROM apartments_at(DATE '{END}')", 1_202, 0.005),
        (f"count(*) FROM inquiries_at(DATE '{END}')", 719, 0.005),
        (f"count(*) FROM {POPULATION}", 12_100, 0.03),
        (f"count(DISTINCT room_ref) FILTER (t.status IN {OCCUPIED}) FROM {POPULATION}", 11_271, 0.03),
        (f"count(*) FROM tenants_at(DATE '{END}') WHERE status = 17", 29_167, 0.03),
        (f"count(*) FROM tenants_at(DATE '{END}') WHERE status = 9", 10_543, 0.05),
        (f"count(*) FROM tenants_at(DATE '{END}') WHERE status = 8", 5_292, 0.03),
        (f"count(*) FROM tenants_at(DATE '{END}') WHERE status = 16", 3_510, 0.1),
        (f"count(*) FROM tenants_at(DATE '{END}') WHERE status = 14", 732, 0.25),
        (f"count(*) FROM tenants_at(DATE '{END}') WHERE nationality = 'レソト'", 802, 0.25),
        (f"count(*) FROM tenants_at(DATE '{END}') WHERE nationality = 'ミャンマー'", 6_512, 0.1),
        ("count(*) / 10 FROM tenant_days WHERE day > DATE '2026-01-14' AND day < DATE '2026-01-25'", 41_500, 0.03),
        (f"count(*) / 28 FROM tenants WHERE created_day >= DATE '{END}' - 28", 21, 0.3),
        (
            f"""count(DISTINCT (tenant_ref, apartment_ref, room_ref)) FROM movings_at(DATE '{END}')
            WHERE tenant_ref IN (SELECT id FROM tenants_at(DATE '{END}')) AND room_ref IN (SELECT id FROM rooms)""",
            40_179,
            0.03,
        ),
    ],
)
def test_magnitude(db: duckdb.DuckDBPyConnection, sql: str, expected: float, tolerance: float) -> None:
    assert number(db, sql) == pytest.approx(expected * SCALE, rel=tolerance)


@pytest.mark.parametrize(
    ("sql", "low", "high"),
    [
        ("avg((movein_decided_date IS NOT NULL)::INT)", 0.77, 0.83),
        ("avg((moveout_receipt_date IS NOT NULL)::INT)", 0.56, 0.64),
        ("avg((moveout_date IS NOT NULL)::INT)", 0.26, 0.34),
        ("avg((expiration_date IS NULL)::INT)", 0.6, 0.67),
        ("avg((rent <= 0)::INT)", 0.025, 0.045),
        ("avg((agreement_type IN (0, 4, 5, 8))::INT)", 0.0001, 0.01),
    ],
)
def test_share_of_contracts(db: duckdb.DuckDBPyConnection, sql: str, low: float, high: float) -> None:
    assert low <= number(db, f"{sql} FROM movings_at(DATE '{END}')") <= high


def test_rent_of_occupied_rooms(db: duckdb.DuckDBPyConnection) -> None:
    assert number(db, f"avg(m.rent) FROM {POPULATION}") == pytest.approx(56_195, abs=2_500)


def test_daily_changes_of_status(db: duckdb.DuckDBPyConnection) -> None:
    days = db.execute("""
        WITH told AS (SELECT *, lag(status) OVER (PARTITION BY tenant_ix ORDER BY day) AS before FROM tenant_events)
        SELECT day, count(*) FROM told WHERE before >= 0 AND status >= 0 AND status <> before AND day > DATE '2025-06-01'
        GROUP BY day""").fetchall()
    assert 50 * SCALE < sum(count for _, count in days) / len(days) < 200 * SCALE


def test_faults_are_there(db: duckdb.DuckDBPyConnection) -> None:
    faults = {fault for (fault,) in db.execute(f"SELECT DISTINCT dirt FROM movings_at(DATE '{END}')").fetchall()}
    wanted = {fault for kinds in company.MOVING_DIRT.values() for fault in kinds} - {"deleted"}
    assert wanted <= faults
    people = {fault for (fault,) in db.execute(f"SELECT DISTINCT dirt FROM tenants_at(DATE '{END}')").fetchall()}
    assert set(company.TENANT_DIRT) <= people


@pytest.mark.parametrize(
    "sql",
    [
        f"count(*) > 0 FROM movings_at(DATE '{END}') WHERE moveout_date_integrated = '0000-00-00' AND moveout_plans_date > '2000'",
        f"count(*) > 0 FROM movings_at(DATE '{END}') WHERE moveout_date = '2024-02-30'",
        f"count(*) = 1 FROM movings_at(DATE '{END}') WHERE dirt = 'out_before_in' AND moveout_plans_date < movein_date",
        f"count(*) > 0 FROM movings_at(DATE '{END}') WHERE created_at > '{END}'",
        f"max(moveout_plans_date) = '2302-01-28' FROM movings_at(DATE '{END}')",
        f"count(*) > 0 FROM movings_at(DATE '{END}') m WHERE NOT EXISTS (FROM tenants t WHERE t.id = m.tenant_ref)",
        f"count(*) > 0 FROM tenants_at(DATE '{END}') t WHERE t.moving_id > (SELECT max(id) FROM movings)",
        f"count(*) > count(DISTINCT inquiry_id) FROM tenants_at(DATE '{END}') WHERE inquiry_id IS NOT NULL",
        f"count(*) > 0 FROM tenants_at(DATE '{END}') WHERE nationality = '' AND m_nationality_id = 52",
        f"count(*) = 2 FROM tenants_at(DATE '{END}') WHERE nationality = 'Myanmar'",
        f"count(DISTINCT nationality) = 5 FROM tenants_at(DATE '{END}')"
        " WHERE nationality IN ('日本　', 'American', 'Indonesia', '台灣', '女性')",
        f"count(*) > 0 FROM tenants_at(DATE '{END}') WHERE full_name IN ('NULL', '--', 'null')",
        # a contract that was there two days ago is deleted
        f"count(*) > 0 FROM movings_at(DATE '{END}' - 2) m ANTI JOIN movings_at(DATE '{END}') USING (id)",
        "count(*) = 200 AND max(name) FILTER (id = 200) = 'レソト' FROM nationalities",
        # a cancelled renewal is the newest contract of a room whose valid one is older
        f"count(*) > 0 FROM movings_at(DATE '{END}') v JOIN movings_at(DATE '{END}') m USING (tenant_id, room_id)"
        " WHERE v.kind = 'void' AND v.cancel_flag = 1 AND m.cancel_flag = 0 AND m.is_moveout = 0 AND v.id > m.id",
    ],
)
def test_fault_as_it_reads(db: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert number(db, sql)


def test_some_rooms_are_registered_twice(db: duckdb.DuckDBPyConnection) -> None:
    sql = f"count(*) FROM (SELECT room_ref FROM {POPULATION} AND t.status IN {OCCUPIED} GROUP BY 1 HAVING count(*) > 1)"
    assert 5 <= number(db, sql) <= 20


@pytest.mark.parametrize("table", ["movings", "tenants"])
@pytest.mark.parametrize("back", [1, 2, 20])
def test_no_change_without_a_newer_stamp(db: duckdb.DuckDBPyConnection, table: str, back: int) -> None:
    row = next(entry for entry in schema.load(bulk=False) if entry.name == table).row
    texts = " JOIN ".join(
        f"(SELECT id, updated_at, {row} AS text FROM (SELECT *, DATE '{d}' AS d FROM {table}_at(DATE '{d}'))) AS {alias}"
        for alias, d in (("a", END - timedelta(days=back)), ("b", END))
    )
    texts += " USING (id)"
    assert number(db, f"count(*) FROM {texts} WHERE a.text <> b.text AND a.updated_at < b.updated_at") > 0
    assert number(db, f"count(*) FROM {texts} WHERE a.text <> b.text AND a.updated_at >= b.updated_at") == 0


@pytest.mark.parametrize("table", ["movings", "tenants", "rooms", "apartments"])
def test_a_dump_shows_nothing_of_its_own_day(db: duckdb.DuckDBPyConnection, table: str) -> None:
    for back in (0, 1, 10):
        day = END - timedelta(days=back)
        newest = number(db, f"max(updated_at) FROM {table}_at(DATE '{day}')")
        assert f"{day - timedelta(days=14)}" < str(newest) < f"{day}"


def test_tenants_vanish_and_some_return(db: duckdb.DuckDBPyConnection) -> None:
    gone, back = db.execute("""
        SELECT count(*) FILTER (NOT after), count(*) FILTER (after) FROM (
          SELECT bool_or(e.day > gone.day) AS after FROM tenant_events e
          JOIN (SELECT tenant_ix, day FROM tenant_events WHERE status = -1) gone USING (tenant_ix) GROUP BY tenant_ix)
    """).fetchall()[0]
    assert gone >= 3
    assert back >= 3


def test_archive_is_restored_just_before_the_first_dump(db: duckdb.DuckDBPyConnection) -> None:
    counts = dict(db.execute("SELECT day, count(*) FROM tenant_days GROUP BY day").fetchall())
    before, after = counts[END - timedelta(days=6)], counts[END - timedelta(days=5)]
    assert after - before > 0.15 * after


def test_contract_types_are_merged_on_their_day(db: duckdb.DuckDBPyConnection) -> None:
    types = [
        {
            code
            for (code,) in db.execute(
                "SELECT DISTINCT contract_type FROM tenant_days WHERE day = $d", {"d": day}
            ).fetchall()
        }
        for day in (date(2025, 9, 28), date(2025, 9, 29))
    ]
    assert {3, 7, 9} <= types[0]
    assert not {3, 6, 7, 9} & types[1]


def test_names_are_masked_in_june_2025(db: duckdb.DuckDBPyConnection) -> None:
    share = "avg((full_name = '*')::INT) FROM tenant_days WHERE day = DATE '{}'"
    assert number(db, share.format("2025-06-15")) == pytest.approx(0.46, abs=0.03)
    assert number(db, share.format(END)) == 0


@pytest.mark.parametrize("days", [1, 4, 5, 10])
def test_one_dump_is_missing_from_five_days_on(days: int) -> None:
    request = Request(END, days, 0, 0.01, 1, False, False)
    found = request.dump_days()
    assert len(found) == days - (1 if days >= 5 else 0)
    assert (found[0], found[-1]) == (END - timedelta(days=days - 1), END)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 40, 261])
def test_snapshots_end_before_the_first_dump_and_have_gaps(count: int) -> None:
    for seed in range(30):
        request = Request(END, 3, count, 0.01, seed, False, False)
        found = request.snapshot_days()
        assert len(set(found)) == count
        if count:
            assert found[-1] == request.first_dump - timedelta(days=1)
            assert (found[-1] - found[0]).days + 1 - count == (max(1, round(count * 0.015)) if count >= 10 else 0)


def test_demo_tables_match_the_sources_width_and_count() -> None:
    tables = {table.name: table for table in schema.load(bulk=True)}
    assert len(tables) == 81
    widths = {"movings": 101, "tenants": 114, "apartments": 87, "rooms": 35, "m_nationalities": 11}
    assert {name: len(tables[name].columns) for name in widths} == widths
    assert sum(1 for table in tables.values() if table.rows == 0) >= 10
