"""What a warehouse must hold after a load, worked out from what was there, the ledger's word on what landed, and the reference."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import NamedTuple

from demo.objects import dump_key, manifest_key, snapshot_key
from tests.support.fuzz import reference, reference_exports, reference_files
from tests.support.fuzz.place import Contents, Ran
from tests.support.fuzz.reference_files import FILES
from tests.support.fuzz.reference_text import NotReadableError
from tests.support.fuzz.source import DAY, TODAY

LEDGER = "landing.load_ledger"
_TABLES = {
    "tenant_status": "landing.tenant_daily_snapshots",
    "room_assignment": "landing.room_assignment_snapshots",
    "property": "landing.property_snapshots",
}


class Wrong(AssertionError):
    """The load did what it must not do."""


class Entry(NamedTuple):
    """A row of the load ledger."""

    load_id: int
    dataset: str
    day: dt.date
    key: str
    rows: int
    size: int
    sha256: str
    version: str
    has_manifest: int
    seconds: float
    finished_at: dt.datetime


def entries(contents: Contents) -> dict[tuple[str, dt.date], Entry]:
    """The ledger, by dataset and day."""
    return {(entry.dataset, entry.day): entry for entry in map(Entry._make, contents[LEDGER][1])}


def landed(base: Contents, ran: Ran) -> dict[tuple[str, dt.date], Entry]:
    """What the ledger says has landed."""
    before = entries(base)
    now = entries(ran.contents)
    return {key: entry for key, entry in now.items() if key not in before or before[key].load_id != entry.load_id}


def expected(base: Contents, ran: Ran) -> Contents:
    """The contents that the warehouse must have.

    Raises:
        Wrong: something landed that is unverified or that the reference can't read.
    """
    now, new = entries(ran.contents), landed(base, ran)
    wanted = dict(base)
    wanted[LEDGER] = (base[LEDGER][0], _ledger(base, ran))
    rows = {kind: list(base[table][1]) for kind, table in _TABLES.items()}
    for (dataset, day), entry in sorted(new.items()):
        keys = [dump_key(day), dump_key(day, zipped=True)] if dataset == "dump" else [snapshot_key(day, dataset)]
        if entry.key not in keys:
            raise Wrong(f"the {dataset} of {day} landed from {entry.key!r}")
        body = ran.after.get(entry.key)
        if body is None or (entry.size, entry.sha256) != (len(body), hashlib.sha256(body).hexdigest()):
            raise Wrong(f"the ledger's {dataset} of {day} is not what the bucket holds under {entry.key!r}")
        try:
            if dataset != "dump":
                found = reference_files.daily(dataset, body, day)
                rows[dataset] = [*_without(rows[dataset], day), *found]
                count = len(found)
            else:
                count = _dump(wanted, ran, entry, body)
                for kind in FILES if day == DAY else ():
                    if (kind, DAY) not in now:
                        rows[kind] = _without(rows[kind], DAY)  # the live dump was replaced, and its own file refused
        except NotReadableError as error:
            raise Wrong(f"the {dataset} of {day} landed, and the reference can't read it: {error}") from None
        if entry.rows != count:
            raise Wrong(f"the ledger has {entry.rows} rows of the {dataset} of {day}, and it has {count}")
    wanted |= {table: (base[table][0], rows[kind]) for kind, table in _TABLES.items()}
    return wanted


def _without(rows: list[tuple], day: dt.date) -> list[tuple]:
    return [row for row in rows if row[-1] != day]


def _ledger(base: Contents, ran: Ran) -> list[tuple]:
    """The ledger as it is, once nothing is lost from it and what is not new is as before."""
    before, now, new = entries(base), entries(ran.contents), landed(base, ran)
    for key, entry in before.items():
        replaced = key[0] in FILES and key[1] == DAY and ("dump", DAY) in new
        if key not in now and not replaced:
            raise Wrong(f"the ledger lost its {key[0]} of {key[1]}")
        if key in now and key not in new and now[key]._replace(version="") != entry._replace(version=""):
            raise Wrong(f"the ledger's {key[0]} of {key[1]} changed, and nothing landed")
    return ran.contents[LEDGER][1]


def _dump(wanted: Contents, ran: Ran, entry: Entry, body: bytes) -> int:
    """Puts a landed dump into what is wanted; its number of rows."""
    manifest = ran.after.get(manifest_key(entry.day), b"")
    if why := reference_files.doubt(manifest, entry.key, body, entry.day, TODAY):
        raise Wrong(f"a dump landed that does not fit its manifest: {why}")
    body = reference_files.unzipped(body)
    tables = reference.read(body)
    said = re.match(rb"-- Dump completed on (\S+)", body.rstrip().rpartition(b"\n")[2])
    if said and said[1] != str(entry.day).encode():
        raise Wrong("a dump landed that says itself that it is another day's")
    if not {"tenants", "movings"} <= tables.keys():
        raise Wrong("a dump landed whose tables are dropped again")
    for name in ("tenants", "movings"):
        at = [column.name.lower() for column in tables[name].columns].index("id")
        ids = [row[at] for row in tables[name].rows]
        if None in ids or len(set(ids)) < len(ids):
            raise Wrong(f"{name} landed without a key")
    _report(ran, entry, tables)
    _exported(ran, entry.day, tables)
    if entry.day >= DAY:
        _shown(wanted, ran, entry, tables)
    return sum(len(table.rows) for table in tables.values())


def _shown(wanted: Contents, ran: Ran, entry: Entry, tables: dict[str, reference.Table]) -> None:
    """The dump is what `landing` shows; the one before it stays where it was."""
    generations = wanted["landing.generations"]
    kept = [(load_id, schema, day, "kept") for load_id, schema, day, _ in generations[1]]
    schema = next((row[1] for row in ran.contents["landing.generations"][1] if row[0] == entry.load_id), "none")
    wanted["landing.generations"] = (generations[0], [*kept, (entry.load_id, schema, entry.day, "live")])
    wanted["schemas"] = (("name",), sorted([*wanted["schemas"][1], (schema,)]))
    for name in [name for name in wanted if _is_view(name, wanted, kept[-1][1])]:
        del wanted[name]
    for name, table in tables.items():
        found = (tuple(column.name for column in table.columns), table.rows)
        wanted[f"{schema}.{name}"] = wanted[f"landing.{name}"] = found
    marker = (wanted[LEDGER][0], [tuple(entry)])
    wanted[f"{schema}.live_generation"] = wanted["landing.live_generation"] = marker
    if entry.day == DAY:
        wanted["landing.days_to_reopen"] = (("first_day",), [(DAY,)])


def _is_view(name: str, contents: Contents, schema: str) -> bool:
    own, _, table = name.partition(".")
    return own == "landing" and f"{schema}.{table}" in contents


def _report(ran: Ran, entry: Entry, tables: dict[str, reference.Table]) -> None:
    """The load report says what the reference counts."""
    found = {row[1]: row[2:] for row in ran.contents["landing.load_tables"][1] if row[0] == entry.load_id}
    if found != {name: (len(table.rows), len(table.rows)) for name, table in tables.items()}:
        raise Wrong("the load report has other numbers of rows")
    nulled: dict[tuple[str, str], int] = {}
    for load_id, name, column, _, count in ran.contents["landing.load_nulled"][1]:
        if load_id == entry.load_id:
            nulled[name, column] = nulled.get((name, column), 0) + count
    if nulled != {(name, column): n for name, table in tables.items() for column, n in table.nulled.items()}:
        raise Wrong("the load report has other dates that became NULL")


def _exported(ran: Ran, day: dt.date, tables: dict[str, reference.Table]) -> None:
    """The day's files, as far as this load wrote them, say what the dump's tables say."""
    for kind in FILES:
        key = snapshot_key(day, kind)
        if ran.before.get(key) == ran.after.get(key):
            if day > DAY and getattr(ran.error, "exit_code", 0) != 1:  # 1: the bucket can't be written
                raise Wrong(f"{key} was not exported")
            continue
        # One with a row that no file can hold, such as a tenant without a status, is refused as a whole.
        rows = reference_exports.exported(kind, tables, day)
        if rows is not None and reference_files.daily(kind, ran.after[key], day) != rows:
            raise Wrong(f"{key} is not what the dump says")
