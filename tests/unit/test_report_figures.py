"""The report's figures: what is reckoned between gold and the page."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from typing import Any

import pytest

from loader.settings import PROJECT
from loader.warehouse.base import Warehouse
from report import figures
from report.page import _in_script, page
from report.quality import nulled
from report.text import TEXT

AS_OF = dt.date(2026, 2, 11)  # a Wednesday


def gold(own: Warehouse, table: str, rows: str) -> None:
    schema = table.partition(".")[0]
    own.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    own.execute(f"CREATE OR REPLACE TABLE {table} AS {rows}")


MEDIANS = [
    ([], None),
    ([(5, 1)], 5),
    ([(5, 1), (7, 1)], 5),  # the lower one
    ([(5, 1), (7, 1), (9, 1)], 7),
    ([(5, 3), (7, 1), (9, 1)], 5),
    ([(5, 1), (9, 3)], 9),
]


@pytest.mark.parametrize(("counted", "median"), MEDIANS)
def test_the_median_of_counted_values(counted: list[tuple[int, int]], median: int | None) -> None:
    assert figures._median(counted) == median


def test_rents_of_a_year_fall_in_gapless_bins(own: Warehouse) -> None:
    gold(
        own,
        "gold.new_contracts",
        """SELECT * FROM (VALUES (DATE '2026-02-11', 50000.0), ('2026-02-11', 54999), ('2025-02-12', 65000), ('2026-02-11', NULL),
           ('2025-02-11', 10000), ('2026-02-12', 10000)) AS t (contract_date, monthly_rent)""",
    )
    assert figures._rents(own, AS_OF) == {
        "from": "2025-02-12",
        "bin": 5_000,
        "bins": [
            {"yen": 50_000, "count": 2},
            {"yen": 55_000, "count": 0},
            {"yen": 60_000, "count": 0},
            {"yen": 65_000, "count": 1},
        ],
        "median": 54_999,
        "unknown": 1,
    }


def test_without_a_known_rent_there_are_no_bins(own: Warehouse) -> None:
    gold(own, "gold.new_contracts", "SELECT DATE '2026-02-11' AS contract_date, NULL::INT AS monthly_rent")
    found = figures._rents(own, AS_OF)
    assert (found["bins"], found["median"], found["unknown"]) == ([], None, 1)


def test_pending_notices_are_counted_by_move_out_week(own: Warehouse) -> None:
    gold(
        own,
        "gold.moveout_notices",
        """SELECT 'Pending' AS moveout_status, * FROM (VALUES (DATE '2026-02-10', 1), ('2026-02-11', 0), ('2026-02-15', 0), ('2026-02-16', 0),
           ('2026-05-10', 0), ('2026-05-11', 0), (NULL, 0)) AS t (planned_moveout_date, is_overdue)
           UNION ALL SELECT 'Completed', DATE '2026-02-11', 0""",
    )
    found = figures._notices(own, AS_OF)
    assert len(found["weeks"]) == figures.WEEKS_AHEAD == 13
    assert {one["week"]: one["count"] for one in found["weeks"] if one["count"]} == {
        "2026-02-09": 2,  # this week's Monday
        "2026-02-16": 1,
        "2026-05-04": 1,
    }
    assert {name: found[name] for name in ("pending", "no_day", "overdue", "later")} == {
        "pending": 7,
        "no_day": 1,
        "overdue": 1,
        "later": 1,
    }


def test_contracts_of_ninety_days_by_channel_and_top_nationalities(own: Warehouse) -> None:
    gold(
        own,
        "gold.new_contracts",
        """SELECT DATE '2026-02-11' - (CASE WHEN n = 0 THEN 90 WHEN n = 1 THEN 89 ELSE 0 END)::INT AS contract_date, 1 + n % 2 AS contract_channel,
           CASE WHEN n < 20 THEN '日本' ELSE 'n' || n END AS nationality FROM RANGE(35) AS t (n)""",
    )
    found = figures._contracts(own, AS_OF)
    assert (found["from"], found["count"]) == ("2025-11-14", 34)
    assert found["channels"] == [{"name": 1, "count": 17}, {"name": 2, "count": 17}]
    assert found["nationalities"][0] == {"name": "日本", "count": 19}
    assert [one["name"] for one in found["nationalities"][1:]] == [f"n{n}" for n in range(20, 31)]
    assert (len(found["nationalities"]), found["nationalities_other"]) == (figures.LARGEST, 4)


def test_occupancy_starts_a_year_back_and_includes_projection(own: Warehouse) -> None:
    days = "VALUES (DATE '2025-02-11', 'fact'), ('2025-02-12', 'gap'), ('2026-02-11', 'fact'), ('2026-05-12', 'projection')"
    gold(
        own,
        "gold.occupancy_daily_metrics",
        f"""SELECT snapshot_date, day_kind, CASE WHEN day_kind <> 'gap' THEN 30 END AS period_end_rooms, 40 AS total_physical_rooms,
            CASE WHEN day_kind <> 'gap' THEN 0.75::DECIMAL(10, 6) END AS occupancy_rate, 3 AS new_moveins, 2 AS new_moveouts,
            1 AS occupancy_delta, 4 AS application_rooms FROM ({days}) AS t (snapshot_date, day_kind)""",
    )
    found = figures._occupancy(own, AS_OF)
    assert [(one["day"], one["kind"], one["rooms"], one["rate"]) for one in found] == [
        ("2025-02-12", "gap", None, None),
        ("2026-02-11", "fact", 30, 0.75),
        ("2026-05-12", "projection", 30, 0.75),
    ]
    assert {name: found[1][name] for name in ("total", "moveins", "moveouts", "net", "applications")} == {
        "total": 40,
        "moveins": 3,
        "moveouts": 2,
        "net": 1,
        "applications": 4,
    }


def test_what_the_day_brought_is_over_all_types(own: Warehouse) -> None:
    gold(
        own,
        "gold.daily_activity_summary",
        """SELECT * FROM (VALUES (DATE '2026-02-11', 1, 5, 2, 7), ('2026-02-11', 2, 6, 3, 8), ('2026-02-10', 9, 9, 9, 9))
           AS t (activity_date, contracts_signed_count, tenant_registrations_count, confirmed_moveins_count, confirmed_moveouts_count)""",
    )
    assert figures._activity(own, AS_OF) == {"signed": 3, "registered": 11, "starts": 5, "ends": 15}


def test_rooms_by_type_come_from_newest_day_with_files(own: Warehouse) -> None:
    gold(
        own,
        "gold.occupancy_tenant_type_daily",
        """SELECT * FROM (VALUES (DATE '2026-02-10', 'individual', 3, 0), ('2026-02-10', 'corporate', 5, 2), ('2026-02-09', 'corporate', 9, 9))
           AS t (snapshot_date, tenant_type, occupied_rooms, other_contract_rooms)""",
    )
    assert figures._types(own, AS_OF) == [
        {"type": "corporate", "rooms": 5, "other": 2},
        {"type": "individual", "rooms": 3, "other": 0},
    ]


def test_placeholder_values_are_counted_beside_nulled_ones(own: Warehouse) -> None:
    own.execute(
        "INSERT INTO landing.generations VALUES (2, 'now', '2026-02-11', 'live'), (1, 'before', '2026-02-10', 'previous')"
    )
    own.execute(
        """INSERT INTO landing.load_nulled (load_id, table_name, column_name, reason, value_count)
           VALUES (2, 'movings', 'movein_date', 'zero_date', 2), (1, 'movings', 'movein_date', 'zero_date', 9)"""
    )
    gold(own, "landing.movings", "SELECT * FROM (VALUES (1, 0), (2, 5), (3, NULL)) AS t (id, rent)")
    gold(own, "staging.movings", "SELECT id, NULLIF(rent, 0) AS rent FROM landing.movings")
    gold(
        own,
        "staging.tenants",
        """SELECT * FROM (VALUES (1, 124, NULL), (2, NULL, DATE '1901-01-01'), (3, 0, NULL), (4, 30, NULL), (5, NULL, NULL))
           AS t (id, age, birth_date)""",
    )
    gold(
        own, "silver.stg_tenants", "SELECT id AS tenant_id, CASE WHEN age = 30 THEN 30 END AS age FROM staging.tenants"
    )
    assert [tuple(row.values()) for row in nulled(own)] == [
        ("tenants", "age", "placeholder", 3),
        ("movings", "movein_date", "zero_date", 2),
        ("movings", "rent", "placeholder", 1),
    ]


def test_properties_are_those_of_the_newest_day_with_files(own: Warehouse) -> None:
    gold(
        own,
        "gold.occupancy_property_daily",
        """SELECT DATE '2026-02-09' + n::INT AS snapshot_date, n AS apartment_id, 'J' || (9 - n) AS asset_id_hj, 'x' AS apartment_name,
           NULL::VARCHAR AS municipality, 35.5::DECIMAL(11, 8) AS latitude, 139::DECIMAL(11, 8) AS longitude, 1 AS occupied_rooms, 2 AS total_rooms,
           0.5::DECIMAL(10, 6) AS occupancy_rate FROM RANGE(2) AS t (n)""",
    )
    assert figures._properties(own, AS_OF) == [
        {
            "asset": "J8",
            "name": "x",
            "place": None,
            "latitude": 35.5,
            "longitude": 139,
            "occupied": 1,
            "total": 2,
            "rate": 0.5,
        }
    ]


PLAIN = [
    (Decimal("3.00"), 3),
    (Decimal("0.75"), 0.75),
    (dt.date(2026, 2, 11), "2026-02-11"),
    (None, None),
    ("東京", "東京"),
    (5, 5),
]


@pytest.mark.parametrize(("value", "plain"), PLAIN)
def test_a_value_is_one_of_jsons(value: Any, plain: Any) -> None:
    found = figures._plain(value)
    assert (found, type(found)) == (plain, type(plain))


def test_a_text_of_the_source_ends_no_script() -> None:
    text = "</script><!-- & 東京"
    written = _in_script({"name": text})
    assert not re.search("[<>&]", written)
    assert json.loads(written) == {"name": text}


LABEL = re.compile(r"\btext\.(\w+)|\bt\(\s*[\"'](\w+)[\"']")


def test_every_label_is_bilingual_and_used() -> None:
    used = "".join((PROJECT / "report" / name).read_text(encoding="utf-8") for name in ("page.html", "page.js"))
    for name, both in TEXT.items():
        assert len(both) == 2
        assert all(both), name
        assert re.search(rf"\b{name}\b", used), f"{name} is used nowhere"
    assert {first or second for first, second in LABEL.findall(used)} <= {*TEXT}


def test_a_page_is_made_of_figures_alone() -> None:
    with pytest.raises(Exception, match="as_of"):
        page({})
