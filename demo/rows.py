"""A company as rows: each table's, with the columns that matter. What a row leaves out has the default of the source's schema."""

from __future__ import annotations

import datetime as dt
from typing import Any

Rows = list[dict[str, Any]]


def company(**changes: Rows) -> dict[str, Rows]:
    """A company of one property with three rooms and no tenants; pass a table's rows to replace it."""
    base: dict[str, Rows] = {
        "apartments": [
            {
                "id": 1,
                "unique_number": "J0000001",
                "apartment_name": "ベータ荘",
                "prefecture": "東京都",
                "municipality": "新宿区",
                "latitude": 35.69,
                "longitude": 139.70,
                "room_count": 3,
            }
        ],
        "rooms": [{"id": n, "apartment_id": 1, "room_number": f"10{n}"} for n in (1, 2, 3)],
        "tenants": [tenant(1)],
        "movings": [moving(1)],
        "inquiries": [],
        "m_nationalities": [{"id": 1, "nationality_name": "日本"}, {"id": 200, "nationality_name": "レソト"}],
    }
    return {**base, **changes}


def tenant(number: int, **values: Any) -> dict[str, Any]:
    """A tenant in residence whose current contract has the same number."""
    return {
        "id": number,
        "last_name": "試験",
        "first_name": str(number),
        "full_name": None,  # where nobody says, it is the text 'NULL'
        "nationality": "日本",
        "status": 9,
        "contract_type": 1,
        "moving_id": number,
        "age": 30,
        "created_at": dt.datetime(2025, 1, 10, 9),
    } | values


def moving(number: int, **values: Any) -> dict[str, Any]:
    """A valid, running contract of the tenant with the same number, for room 1 of property 1."""
    return {
        "id": number,
        "tenant_id": number,
        "apartment_id": 1,
        "room_id": 1,
        "movein_date": dt.date(2025, 2, 1),
        "movein_decided_date": dt.datetime(2025, 1, 20, 15),
        "rent": 50000,
        "moving_agreement_type": 1,
        "cancel_flag": 0,
        "is_moveout": 0,
        "created_at": dt.datetime(2025, 1, 20, 15),
        "updated_at": dt.datetime(2025, 1, 20, 15),
    } | values
