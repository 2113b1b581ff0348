"""What happens at the source from one day to the next: one function a kind, each says what it did, or None where it could not."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable

from tests.support.simulation.company import APPLIED, LEFT, LIVING, NOTICE, RENEWING, WARDS, Company

Happening = Callable[[Company], str | None]
HAPPENINGS: dict[str, Happening] = {}


def happening(function: Happening) -> Happening:
    """Lists a function under its name."""
    HAPPENINGS[function.__name__] = function
    return function


@happening
def new_tenant(company: Company) -> str:
    tenant = company.add_tenant(company.rng.choice(APPLIED), company.today)
    # A contract signed on the next days is typed in today already.
    signed = company.today + dt.timedelta(days=company.rng.choice((0, 0, -1, 2)))
    contract = company.add_contract(tenant, company.rng.choice(company.tables["rooms"]), signed)
    return f"tenant {tenant['id']}, contract {contract['id']}"


def _moves(company: Company, after: dict[int, int]) -> str | None:
    tenant = company.one("tenants", status=tuple(after))
    if tenant is None:
        return None
    status = after[tenant["status"]]
    contract = company.contract_of(tenant)
    company.change(tenant, status=status)
    if contract and status == 14:
        leaves = company.today + dt.timedelta(days=company.rng.randrange(5, 40))
        company.change(contract, moveout_receipt_date=company.today, moveout_plans_date=leaves)
    elif contract and status == 9:
        company.change(contract, moveout_receipt_date=None, moveout_plans_date=None)
    elif contract and status == 16:
        company.change(contract, is_moveout=1, moveout_date=company.today, moveout_date_integrated=company.today)
    elif contract and status == 8:
        company.change(contract, cancel_flag=1)
    return f"tenant {tenant['id']} to {status}"


# What a tenant goes through: name -> status before -> status after.
for _name, _steps in {
    "moves_in": {4: 6, 5: 6, 6: 7, 7: 9},
    "cancels_before": {4: 8, 5: 8},
    "renews_in_status": {9: 10, 10: 9},
    "gives_notice": {9: 14, 10: 14},
    "takes_notice_back": {14: 9},
    "moves_out": {14: 15, 15: 16, 16: 17},
}.items():
    HAPPENINGS[_name] = functools.partial(_moves, after=_steps)


@happening
def rent_changes(company: Company) -> str | None:
    contract, room = company.one("movings"), company.one("rooms")
    company.change(contract, rent=contract["rent"] + 1000)
    company.change(room, rent=room["rent"] + 500)
    return f"contract {contract['id']}, room {room['id']}"


@happening
def renews(company: Company) -> str | None:
    tenant = company.one("tenants", status=(9, RENEWING))
    old = company.contract_of(tenant) if tenant else None
    if old is None:
        return None
    room = {"id": old["room_id"], "apartment_id": old["apartment_id"], "rent": old["rent"]}
    new = company.add_contract(tenant, room, company.today, move_renew_flag=1)
    return f"tenant {tenant['id']}, contract {old['id']} to {new['id']}"


@happening
def changes_rooms(company: Company) -> str | None:
    tenant = company.one("tenants", status=LIVING)
    old = company.contract_of(tenant) if tenant else None
    if old is None:
        return None
    company.change(old, is_moveout=1, moveout_plans_date=company.today)
    new = company.add_contract(tenant, company.rng.choice(company.tables["rooms"]), company.today)
    return f"tenant {tenant['id']}, room {old['room_id']} to {new['room_id']}"


def _late(company: Company, column: str) -> str | None:
    contract = company.one("movings")
    value = contract.get(column)
    if value is None:
        return None
    value = max(value, dt.datetime(2018, 2, 1)) if isinstance(value, dt.datetime) else max(value, dt.date(2018, 2, 1))
    back = company.rng.choice((1, 3, 40, 400, 1500, -2, -60))
    company.change(contract, **{column: value - dt.timedelta(days=back)})
    return f"contract {contract['id']}, {back} days back"


# Late corrections of any age.
for _name, _column in {
    "signing_corrected": "movein_decided_date",
    "start_corrected": "movein_date",
    "moveout_corrected": "moveout_plans_date",
    "notice_corrected": "moveout_receipt_date",
}.items():
    HAPPENINGS[_name] = functools.partial(_late, column=_column)


@happening
def date_blanked(company: Company) -> str | None:
    contract = company.one("movings")
    company.change(contract, movein_decided_date=None)
    return f"contract {contract['id']}"


@happening
def contract_cancelled(company: Company) -> str | None:
    contract = company.one("movings", cancel_flag=(0,))
    company.change(contract, cancel_flag=1)
    return f"contract {contract['id']}"


@happening
def contract_deleted(company: Company) -> str | None:
    contract = company.one("movings")
    company.tables["movings"].remove(contract)
    return f"contract {contract['id']}"


@happening
def tenant_vanishes(company: Company) -> str | None:
    tenant = company.one("tenants", status=(*LEFT, 8, *NOTICE))
    if tenant is None:
        return None
    company.tables["tenants"].remove(tenant)  # the contracts stay, and point nowhere
    return f"tenant {tenant['id']}"


@happening
def tenant_corrected(company: Company) -> str | None:
    tenant = company.one("tenants")
    company.change(
        tenant,
        nationality=company.rng.choice(("日本", "韓国", "レソト", None)),
        contract_type=company.rng.choice((1, 2, 6)),
        birth_date=dt.date(1980, company.rng.randint(1, 12), company.rng.randint(1, 28)),
    )
    return f"tenant {tenant['id']}"


@happening
def contract_type_corrected(company: Company) -> str | None:
    contract = company.one("movings")
    company.change(contract, moving_agreement_type=company.rng.choice((0, 1, 2, 6, 9)))
    return f"contract {contract['id']}"


@happening
def property_moves(company: Company) -> str | None:
    place = company.one("apartments")
    # Out of range, nowhere, and back.
    latitude = company.rng.choice((0.0, None, round(35.60 + place["id"] / 100, 6), 35.7, 53.5))
    company.change(place, latitude=latitude)
    return f"property {place['id']} to {latitude}"


@happening
def property_renamed(company: Company) -> str | None:
    place = company.one("apartments")
    company.change(
        place,
        apartment_name_old=place["apartment_name"],
        apartment_name=f"新荘{company.today}",
        municipality=company.rng.choice(WARDS),
    )
    return f"property {place['id']}"


@happening
def property_grows(company: Company) -> str | None:
    place = company.one("apartments")
    room = company.add_room(place["id"], f"90{company.today.day}")
    company.change(place, room_count=place["room_count"] + company.rng.choice((0, 1)))
    return f"property {place['id']}, room {room['id']}"


@happening
def room_refitted(company: Company) -> str | None:
    room = company.one("rooms")
    company.change(room, capacity=company.rng.choice((1, 1, 2)), status=company.rng.choice((1, 4, 6)))
    return f"room {room['id']}"
