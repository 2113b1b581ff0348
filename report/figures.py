"""The report's figures: queries on gold, and plain data that goes into a page as JSON. Figures of people are counts; no name is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from loader.warehouse.base import Warehouse

FACT_DAYS = 365  # of the occupancy's trend
CONTRACT_DAYS = 90  # of new contracts by channel and nationality
RENT_DAYS = 365  # of the rents in new contracts
RENT_BIN = 5_000  # yen
WEEKS_AHEAD = 13
LARGEST = 12  # nationalities named, the rest are one bar


def figures(warehouse: Warehouse, progress: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """What the report shows of the business, as of the newest landed dump.

    Args:
        warehouse: with gold planned in prod.
        progress: told of 1 more section each time.

    Returns:
        Name -> value, all of JSON's types; days are YYYY-MM-DD, rates are shares of 1, rents yen a month. None is "not known".
    """
    as_of = warehouse.query("SELECT as_of_date FROM silver.as_of")[0][0]
    found: dict[str, Any] = {"as_of": str(as_of)}
    for name, section in SECTIONS.items():
        found[name] = section(warehouse, as_of)
        progress(1)
    return found


def rows(warehouse: Warehouse, sql: str, names: str, *values: Any) -> list[dict[str, Any]]:
    """The rows of a query as JSON's types.

    Args:
        names: what the columns are called, in their order, separated by spaces.
        values: for the query's question marks.
    """
    found = warehouse.query(sql, *values)
    return [dict(zip(names.split(), map(_plain, row), strict=True)) for row in found]


def _occupancy(warehouse: Warehouse, as_of: dt.date) -> list[dict[str, Any]]:
    """A row a day: facts, gaps, then the projection."""
    return rows(
        warehouse,
        """SELECT snapshot_date, day_kind, period_end_rooms, total_physical_rooms, occupancy_rate, new_moveins, new_moveouts,
                  occupancy_delta, application_rooms
           FROM gold.occupancy_daily_metrics WHERE snapshot_date > ? ORDER BY snapshot_date""",
        "day kind rooms total rate moveins moveouts net applications",
        as_of - dt.timedelta(days=FACT_DAYS),
    )


def _types(warehouse: Warehouse, _: dt.date) -> list[dict[str, Any]]:
    """Occupied rooms by type of tenant on the newest day with files."""
    return rows(
        warehouse,
        """SELECT tenant_type, occupied_rooms, other_contract_rooms FROM gold.occupancy_tenant_type_daily
           WHERE snapshot_date = (SELECT MAX(snapshot_date) FROM gold.occupancy_tenant_type_daily) ORDER BY tenant_type""",
        "type rooms other",
    )


def _activity(warehouse: Warehouse, as_of: dt.date) -> dict[str, Any]:
    """The as-of day, over all types of tenant."""
    return rows(
        warehouse,
        """SELECT SUM(contracts_signed_count), SUM(tenant_registrations_count), SUM(confirmed_moveins_count), SUM(confirmed_moveouts_count)
           FROM gold.daily_activity_summary WHERE activity_date = ?""",
        "signed registered starts ends",
        as_of,
    )[0]


def _contracts(warehouse: Warehouse, as_of: dt.date) -> dict[str, Any]:
    first = as_of - dt.timedelta(days=CONTRACT_DAYS - 1)
    counted = """SELECT {0}, COUNT(*) FROM gold.new_contracts WHERE contract_date BETWEEN ? AND ?
                 GROUP BY {0} ORDER BY COUNT(*) DESC, {0}"""
    channels = rows(warehouse, counted.format("contract_channel"), "name count", first, as_of)
    nations = rows(warehouse, counted.format("nationality"), "name count", first, as_of)
    return {
        "from": str(first),
        "count": sum(row["count"] for row in channels),
        "channels": channels,
        "nationalities": nations[:LARGEST],
        "nationalities_other": sum(row["count"] for row in nations[LARGEST:]),
    }


def _notices(warehouse: Warehouse, as_of: dt.date) -> dict[str, Any]:
    """Pending notices by the week of the move-out; weeks begin on Monday."""
    pending = warehouse.query(
        """SELECT planned_moveout_date, is_overdue, COUNT(*) FROM gold.moveout_notices
           WHERE moveout_status = 'Pending' GROUP BY planned_moveout_date, is_overdue"""
    )
    monday = as_of - dt.timedelta(days=as_of.weekday())
    weeks = {monday + dt.timedelta(weeks=number): 0 for number in range(WEEKS_AHEAD)}
    elsewhere = {"no_day": 0, "overdue": 0, "later": 0}
    for day, is_overdue, count in pending:
        if day is None:
            elsewhere["no_day"] += count
        elif is_overdue:
            elsewhere["overdue"] += count
        elif (week := day - dt.timedelta(days=day.weekday())) in weeks:
            weeks[week] += count
        else:
            elsewhere["later"] += count
    return {
        "pending": sum(count for *_, count in pending),
        "weeks": [{"week": str(week), "count": count} for week, count in weeks.items()],
        **elsewhere,
    }


def _rents(warehouse: Warehouse, as_of: dt.date) -> dict[str, Any]:
    """Monthly rents of the contracts signed in the last year; a bin is named by its lower bound."""
    first = as_of - dt.timedelta(days=RENT_DAYS - 1)
    found = warehouse.query(
        """SELECT monthly_rent, COUNT(*) FROM gold.new_contracts WHERE contract_date BETWEEN ? AND ?
           GROUP BY monthly_rent ORDER BY monthly_rent""",
        first,
        as_of,
    )
    known = [(int(rent), count) for rent, count in found if rent is not None]
    bins: dict[int, int] = {}
    if known:
        bins = dict.fromkeys(range(known[0][0] // RENT_BIN * RENT_BIN, known[-1][0] + 1, RENT_BIN), 0)
    for rent, count in known:
        bins[rent // RENT_BIN * RENT_BIN] += count
    return {
        "from": str(first),
        "bin": RENT_BIN,
        "bins": [{"yen": lower, "count": count} for lower, count in bins.items()],
        "median": _median(known),
        "unknown": sum(count for rent, count in found if rent is None),
    }


def _median(counted: list[tuple[int, int]]) -> int | None:
    """The lower median of ascending (value, count)."""
    half = (sum(count for _, count in counted) + 1) // 2
    for value, count in counted:
        half -= count
        if half <= 0:
            return value
    return None


def _properties(warehouse: Warehouse, _: dt.date) -> list[dict[str, Any]]:
    """Each property on the newest day with files."""
    return rows(
        warehouse,
        """SELECT asset_id_hj, apartment_name, municipality, latitude, longitude, occupied_rooms, total_rooms, occupancy_rate
           FROM gold.occupancy_property_daily
           WHERE snapshot_date = (SELECT MAX(snapshot_date) FROM gold.occupancy_property_daily)
           ORDER BY asset_id_hj, apartment_id""",
        "asset name place latitude longitude occupied total rate",
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value) if isinstance(value, dt.date | dt.datetime) else value


SECTIONS: dict[str, Callable[[Warehouse, dt.date], Any]] = {
    "occupancy": _occupancy,
    "types": _types,
    "activity": _activity,
    "contracts": _contracts,
    "notices": _notices,
    "rents": _rents,
    "properties": _properties,
}
