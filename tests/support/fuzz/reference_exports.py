"""What the daily files of a dump must say, put together row by row from the dump's own tables, as the reference reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.support.fuzz.reference import Table
from tests.support.fuzz.reference_files import FILES, LONGEST, kept

Row = dict[str, Any]
_NO_ROW: Row = {}
_ONE_MONTH = dt.timedelta(days=31)


def exported(kind: str, tables: dict[str, Table], day: dt.date) -> list[tuple[Any, ...]] | None:
    """The rows of the file of a kind, sorted; None where no file can hold them, so that it is refused as a whole."""
    columns = FILES[kind]
    rows = []
    for row in _ROWS[kind](tables, day):
        values = [_value(what, row.get(name)) for name, what in columns.items() if name != "snapshot_date"]
        if any(value is None and what.endswith("!") for value, what in zip(values, columns.values(), strict=False)):
            return None
        if any(value is NotImplemented for value in values):
            return None
        rows.append((*values, day))
    if not rows or len({row[0] for row in rows}) < len(rows):
        return None
    return sorted(rows, key=repr)


def _rows(tables: dict[str, Table], name: str) -> list[Row]:
    columns = [column.name.lower() for column in tables[name].columns]
    return [dict(zip(columns, row, strict=True)) for row in tables[name].rows]


def _tenant_status(tables: dict[str, Table], _: dt.date) -> Iterator[Row]:
    for row in _rows(tables, "tenants"):
        yield row | {"tenant_id": row["id"]}


def _room_assignment(tables: dict[str, Table], day: dt.date) -> Iterator[Row]:
    tenants, rooms = _rows(tables, "tenants"), _rows(tables, "rooms")
    for row in _rows(tables, "movings"):
        if row["cancel_flag"]:
            continue
        left = [
            row[name]
            for name in ("moveout_date_integrated", "moveout_plans_date", "moveout_date")
            if row[name] is not None
        ]
        if row["is_moveout"] and (not left or _day(left[0]) < day - _ONE_MONTH):
            continue
        (tenant,) = [one for one in tenants if one["id"] == row["tenant_id"]] or [_NO_ROW]
        for room in [one for one in rooms if one["id"] is not None and one["id"] == row["room_id"]] or [_NO_ROW]:
            current = tenant.get("moving_id") is not None and tenant["moving_id"] == row["id"]
            yield row | {
                "moving_id": row["id"],
                "room_apartment_id": room.get("apartment_id"),
                "room_number": room.get("room_number"),
                "tenant_status": tenant.get("status"),
                "is_current_contract": int(current),
            }


def _property(tables: dict[str, Table], _: dt.date) -> Iterator[Row]:
    of_rooms = [room["apartment_id"] for room in _rows(tables, "rooms")]
    for row in _rows(tables, "apartments"):
        yield row | {"apartment_id": row["id"], "room_rows": 0 if row["id"] is None else of_rooms.count(row["id"])}


_ROWS = {"tenant_status": _tenant_status, "room_assignment": _room_assignment, "property": _property}


def _day(value: Any) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _value(what: str, value: Any) -> Any:
    """A value as the file has it; NotImplemented where it can have none like it."""
    kind = what.removesuffix("!")
    if value is None:
        return None
    if kind == "text":
        return str(value)[:LONGEST] or None
    if kind == "date":
        return _day(value)
    if kind == "moment":
        return value.replace(microsecond=0)
    number = Decimal(str(value))
    if kind == "number":
        return int(number) if number == int(number) and abs(number) < 2**53 else NotImplemented
    return kept(number) if abs(kept(number)) < 10**12 else NotImplemented
