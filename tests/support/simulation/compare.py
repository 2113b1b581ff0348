"""Two warehouses side by side: which views differ, and by which rows. And what is left out of it, with the reasons."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from loader.landing.access import read_warehouse
from tests.support.places import Place

# What only the database knows: it is not in the bucket, so a warehouse built from the bucket alone can't have it. view -> columns, all of
# them if none is named. Nothing is left out where the landing data is the same.
LEFT_OUT: dict[str, tuple[str, ...]] = {
    # What was refused and when: a file that was replaced since, or a refusal of a past morning, has left no trace in the bucket.
    "staging.load_rejections": (),
    # What a person typed.
    "staging.load_waivers": (),
    # The day's outcome in words of those two. What landed is compared still: is_gap, is_rooms_gap, dump_key, has_manifest.
    "gold.data_quality_calendar": (
        "dump_status", "snapshot_status", "rooms_status", "dump_rejection", "snapshot_rejection", "rooms_rejection",
        "waived_by", "waiver_reason", "waived_until",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class View:
    """A view's columns and rows."""

    columns: tuple[str, ...]
    rows: list[tuple]


Contents = dict[str, View]


def contents(place: Place) -> Contents:
    """Every view of staging, silver and gold: `schema.name` -> what it shows."""
    columns: dict[str, list[str]] = {}
    with place.chosen(), read_warehouse(place.settings()) as warehouse:
        for name, column in warehouse.query(
            """SELECT CONCAT(t.table_schema, '.', t.table_name), c.column_name FROM information_schema.tables AS t
               JOIN information_schema.columns AS c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
               WHERE t.table_schema IN ('staging', 'silver', 'gold') AND t.table_type = 'VIEW' ORDER BY 1, c.ordinal_position"""
        ):
            columns.setdefault(name, []).append(column)
        return {name: View(tuple(of), warehouse.query(f"SELECT * FROM {name}")) for name, of in columns.items()}


@dataclass(frozen=True)
class Difference:
    """What differs in one view.

    Attributes:
        name: `schema.name`.
        columns: of the rows.
        here: rows that only the warehouse has.
        rebuilt: rows that only the rebuild has.
    """

    name: str
    columns: tuple[str, ...]
    here: list[str]
    rebuilt: list[str]

    def __str__(self) -> str:
        lines = [f"{self.name}: {len(self.here)} rows only here, {len(self.rebuilt)} only in the rebuild"]
        lines += [f"    ({', '.join(self.columns)})"]
        lines += [f"    here:    {row}" for row in self.here[:3]] + [f"    rebuilt: {row}" for row in self.rebuilt[:3]]
        return "\n".join(lines)


def differences(here: Contents, rebuilt: Contents, left_out: dict[str, tuple[str, ...]]) -> list[Difference]:
    """What is not the same, row by row; rows as text, so that 1 and Decimal('1') are not the same either."""
    found = []
    for name in sorted(here.keys() | rebuilt.keys()):
        if name in left_out and not left_out[name]:
            continue
        if name not in here or name not in rebuilt:
            found.append(Difference(name, (), ["there is such a view"] * (name in here), ["there is such a view"]))
            continue
        ours, theirs = (_texts(side[name], left_out.get(name, ())) for side in (here, rebuilt))
        if ours != theirs:
            only = (sorted((ours - theirs).elements()), sorted((theirs - ours).elements()))
            found.append(Difference(name, here[name].columns, *only))
    return found


def _texts(view: View, without: tuple[str, ...]) -> Counter[str]:
    kept = [place for place, column in enumerate(view.columns) if column not in without]
    return Counter(repr(tuple(row[place] for place in kept)) for row in view.rows)
