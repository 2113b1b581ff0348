"""Landed dumps: each in a schema of its own, its home, and one of them shown in `landing`. See docs/decisions/0020."""

import datetime as dt
from dataclasses import astuple, dataclass

from loader.errors import LoaderError
from loader.landing import ledger, load_report
from loader.sources.daily_file_kinds import DATASETS
from loader.warehouse.base import Warehouse
from loader.warehouse.own_tables import MARKER, MARKER_COLUMNS

_SPENT = ("loading", "rejected", "rolled_back", "historical")
KEPT = 3  # earlier generations to roll back to, besides the live one


@dataclass(frozen=True)
class Generation:
    """A dump and the schema that is its home."""

    load_id: int
    schema: str
    day: dt.date
    state: str


def recorded(warehouse: Warehouse) -> list[Generation]:
    """All generations on record, oldest load first."""
    sql = "SELECT load_id, schema_name, business_date, state FROM landing.generations ORDER BY load_id"
    return [Generation(*row) for row in warehouse.query(sql)]


def live(warehouse: Warehouse) -> Generation | None:
    """The generation that `landing` shows, None before the first."""
    return next((one for one in recorded(warehouse) if one.state == "live"), None)


def begin(warehouse: Warehouse, day: dt.date) -> Generation:
    """An empty schema for a dump, on record before it exists so that a killed load can be cleaned up after."""
    load_id = ledger.next_load_id(warehouse)
    schema = f"landing_{day:%Y%m%d}"
    if warehouse.has_schema(schema):  # an earlier generation's, or not ours: what is on record here is dropped one day
        schema = f"{schema}_{load_id}"
    if warehouse.has_schema(schema):
        raise LoaderError(f"there is a schema {schema} that no load made: move it away; nothing was changed")
    generation = Generation(load_id, schema, day, "loading")
    warehouse.insert("landing.generations", [astuple(generation)])
    warehouse.create_schema(schema)
    return generation


def publish(warehouse: Warehouse, generation: Generation, entry: ledger.Entry) -> None:
    """Shows a landed generation in place of the live one, and records it.

    The swap is one step; a kill behind it is made good by `reconcile`, which reads the entry that was swapped in with the tables.
    """
    marker = f"{warehouse.quote(generation.schema)}.{MARKER}"
    warehouse.execute(f"CREATE TABLE {marker} ({MARKER_COLUMNS})")
    ledger.write(warehouse, marker, generation.load_id, entry)
    shown = live(warehouse)
    warehouse.publish(generation.schema, shown.schema if shown else None)
    reconcile(warehouse)


def roll_back(warehouse: Warehouse) -> tuple[Generation, Generation]:
    """Shows the newest kept generation in place of the live one, and records it; the swap is one step.

    Returns the one that was live and the one that is, or raises a LoaderError where none is kept.
    """
    shown = live(warehouse)
    kept = [one for one in recorded(warehouse) if one.state == "kept"]
    if shown is None or not kept:
        raise LoaderError("no earlier generation is kept, so there is nothing to roll back to; nothing was changed")
    warehouse.publish(kept[-1].schema, shown.schema)
    reconcile(warehouse)
    return shown, kept[-1]


def reconcile(warehouse: Warehouse) -> None:
    """Makes states and ledger say what `landing` shows. Does nothing when they do; safe to kill and to repeat."""
    if not warehouse.has_table("landing", MARKER):
        return
    shown = ledger.read(warehouse, f"landing.{MARKER}")
    before = live(warehouse)
    if before is not None and before.load_id == shown.load_id:
        return
    day = shown.business_date
    with warehouse.transaction():
        if before is not None:
            newer = before.load_id < shown.load_id
            set_state(warehouse, before.load_id, "kept" if newer else "rolled_back")
            if not newer:
                first = day if before.day == day else day + dt.timedelta(days=1)
                ledger.withdraw_from(warehouse, first, before.day)
            if before.day == day:
                for dataset in DATASETS:  # they say what the other dump of the day said
                    ledger.withdraw_file(warehouse, dataset, day)
            if day <= before.day:
                # Days from this one on may have been computed from the other dump: `run` computes them again.
                warehouse.insert("landing.days_to_reopen", [(day,)])
        set_state(warehouse, shown.load_id, "live")
        ledger.record(warehouse, shown.load_id, shown)


def drop_unused(warehouse: Warehouse) -> None:
    """Drops the generations that are of no more use: dead, rejected, rolled back and past ones, and kept ones beyond the newest KEPT.

    Which these are is on record; no schema is ever dropped by the look of its name.
    """
    on_record = recorded(warehouse)
    kept = [one for one in on_record if one.state == "kept"]
    unused = [one for one in on_record if one.state in _SPENT] + kept[:-KEPT]
    for one in unused:
        warehouse.drop_schema(one.schema)
        with warehouse.transaction():
            if one.state == "loading":
                load_report.forget(warehouse, one.load_id)
            warehouse.execute("DELETE FROM landing.generations WHERE load_id = ?", one.load_id)


def set_state(warehouse: Warehouse, load_id: int, state: str) -> None:
    """Says what a generation is by now. Within the caller's transaction."""
    warehouse.execute("UPDATE landing.generations SET state = ? WHERE load_id = ?", state, load_id)
