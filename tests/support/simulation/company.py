"""The simulated company as its property system holds it: rows of tables, and the few questions that happenings ask of them."""

from __future__ import annotations

import copy
import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from demo.rows import Rows, tenant

Row = dict[str, Any]
WARDS = ("新宿区", "中野区", "杉並区", "練馬区", "北区")
APPLIED, LIVING, RENEWING, NOTICE, LEFT = (4, 5), (7, 9), 10, (14, 15), (16, 17)


@dataclass
class Company:
    """Five properties, forty rooms and some sixty tenants, the oldest of 2018.

    Attributes:
        rng: where chance comes from; the same seed is the same company.
        today: the day that stamps what is changed.
        tables: name -> rows, as they would be dumped now.
    """

    rng: random.Random
    today: dt.date
    tables: dict[str, Rows] = field(default_factory=dict)
    _ids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        nationalities = ((1, "日本"), (2, "韓国"), (3, "ネパール"), (200, "レソト"))
        self.tables = {
            name: [] for name in ("apartments", "rooms", "tenants", "movings", "inquiries", "m_nationalities")
        }
        self.tables["m_nationalities"] = [{"id": number, "nationality_name": name} for number, name in nationalities]
        for number in range(1, 6):
            self.add(
                "apartments",
                unique_number=f"J{number:07}",
                apartment_name=f"ベータ荘{number}",
                prefecture="東京都",
                municipality=WARDS[number - 1],
                full_address=f"東京都{WARDS[number - 1]}{number}丁目",
                latitude=round(35.60 + number / 100, 6),
                longitude=round(139.60 + number / 100, 6),
                room_count=8,
            )
            for room in range(8):
                self.add_room(number, f"{room // 4 + 1}0{room % 4 + 1}")
        for _ in range(60):
            long_ago = dt.date(2018, 1, 1) + dt.timedelta(days=self.rng.randrange((self.today.year - 2018) * 365))
            person = self.add_tenant(self.rng.choice((9, 9, 9, 9, 10, 14, 15, 17, 17, 7, 5)), long_ago)
            self.add_contract(person, self.rng.choice(self.tables["rooms"]), long_ago)
        for _ in range(8):
            asked = dt.datetime(2022, self.rng.randint(1, 12), self.rng.randint(1, 28), 12)
            self.add("inquiries", tenant_id=self.rng.randint(1, 60), inquiry_date=asked.date(), created_at=asked)

    def add(self, table: str, **values: Any) -> Row:
        """A new row with the next id, which no row has had before."""
        self._ids[table] = self._ids.get(table, 0) + 1
        stamp = self.stamp()
        row = {"id": self._ids[table], "created_at": stamp, "updated_at": stamp} | values
        self.tables[table].append(row)
        return row

    def add_room(self, property_id: int, number: str) -> Row:
        """A new room of a property."""
        rent = self.rng.randrange(30, 60) * 1000
        return self.add("rooms", apartment_id=property_id, room_number=number, rent=rent, capacity=1, status=1)

    def add_tenant(self, status: int, since: dt.date) -> Row:
        """A new tenant, without a contract."""
        number = self._ids.get("tenants", 0) + 1
        birth = dt.date(1970 + self.rng.randrange(35), self.rng.randint(1, 12), self.rng.randint(1, 28))
        values = tenant(
            number,
            full_name=f"試験 {number}",
            gender_type=self.rng.choice((1, 2, None)),
            birth_date=birth,
            age=self.rng.choice((None, None, 2023 - birth.year)),
            m_nationality_id=self.rng.choice((1, 2, 3, 200, None)),
            nationality=self.rng.choice(("日本", "韓国", None, "レソト")),
            status=status,
            contract_type=self.rng.choice((1, 1, 2, 6, 4)),
            moving_id=None,
            created_at=dt.datetime.combine(since, dt.time(10)),
        )
        return self.add("tenants", **values)

    def add_contract(self, tenant: Row, room: Row, signed: dt.date, **values: Any) -> Row:
        """A new contract of a tenant for a room, which becomes the current one."""
        start = signed + dt.timedelta(days=self.rng.randrange(30))
        gone = tenant["status"] in LEFT
        leaves = tenant["status"] in NOTICE or gone
        notice = min(self.today, start + dt.timedelta(days=self.rng.randrange(90, 900))) if leaves else None
        moving = self.add(
            "movings",
            tenant_id=tenant["id"],
            apartment_id=room["apartment_id"],
            room_id=room["id"],
            movein_date=start,
            movein_decided_date=dt.datetime.combine(signed, dt.time(15)),
            original_movein_date=start,
            moveout_receipt_date=notice,
            moveout_plans_date=notice + dt.timedelta(days=0 if gone else 31) if notice else None,
            rent=room["rent"],
            moving_agreement_type=self.rng.choice((1, 1, 1, 2, 3, 6, 7, 4)),
            cancel_flag=0,
            is_moveout=int(gone),
            move_renew_flag=0,
        )
        moving.update(values)
        tenant["moving_id"] = moving["id"]
        return moving

    def stamp(self) -> dt.datetime:
        """Some moment of the day before today."""
        return dt.datetime.combine(self.today - dt.timedelta(days=1), dt.time(self.rng.randrange(24), 30))

    def change(self, row: Row, **values: Any) -> None:
        """Changes a row, and its stamp, as the source does it."""
        row.update(values, updated_at=self.stamp())

    def one(self, table: str, **wanted: Any) -> Row | None:
        """One of the rows whose columns have one of these values, None where there is none."""
        found = [row for row in self.tables[table] if all(row.get(name) in among for name, among in wanted.items())]
        return self.rng.choice(found) if found else None

    def contract_of(self, tenant: Row) -> Row | None:
        """The current contract of a tenant."""
        return next((row for row in self.tables["movings"] if row["id"] == tenant.get("moving_id")), None)

    def copied(self) -> dict[str, Rows]:
        """The tables as they are now."""
        return copy.deepcopy(self.tables)
