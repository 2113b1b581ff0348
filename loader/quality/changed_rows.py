"""What changed between two dumps: rows added, removed and changed, table by table, for the load report. See docs/decisions/0002."""

from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from loader.quality.data_contract import DataContract
from loader.warehouse.base import Columns, Warehouse


@dataclass(frozen=True)
class Changes:
    """What changed in one table, by its key."""

    added: int  # rows whose key was not there
    removed: int  # rows whose key is no longer there
    changed: int  # rows with another value in any column that both dumps have, of the same type

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def __str__(self) -> str:
        return f"+{self.added:,} -{self.removed:,} ~{self.changed:,}"


def between(
    warehouse: Warehouse, shown: str, coming: str, before: Columns, after: Columns, contract: DataContract
) -> dict[str, Changes]:
    """What changed, table by table, from the dump in the schema `shown` to the one in `coming`, whose columns are `before` and `after`.

    Compares the tables that both have and the contract gives a key. Keys are unique in both, for the gate asks for it.
    """
    found: dict[str, Future[Changes]] = {}
    with ThreadPoolExecutor(2, thread_name_prefix="changed-rows") as workers:
        for table, rules in contract.tables.items():
            if not rules.key or table not in before or table not in after:
                continue
            # Values of two types can't be compared, or would be equal where they are not; the gate reports a new type.
            columns = {
                name: kind for name, kind in after[table].items() if _base(kind) == _base(before[table].get(name, ""))
            }
            if set(rules.key) <= set(columns):
                old, new = (f"{warehouse.quote(schema)}.{warehouse.quote(table)}" for schema in (shown, coming))
                found[table] = workers.submit(_compare, warehouse, old, new, rules.key, columns)
    return {table: changes.result() for table, changes in found.items()}


def _compare(warehouse: Warehouse, old: str, new: str, key: Collection[str], columns: dict[str, str]) -> Changes:
    keys = [warehouse.quote(name) for name in key]
    digests = warehouse.digests({name: kind for name, kind in columns.items() if name not in key})
    selected = ", ".join([*keys, *(f"{one} AS d{at}" for at, one in enumerate(digests))])
    on = " AND ".join(f"n.{name} = o.{name}" for name in keys)
    same = " AND ".join(f"n.d{at} {warehouse.equals} o.d{at}" for at in range(len(digests))) or "1 = 1"
    with warehouse.second() as own:
        ((added, changed),) = own.query(
            f"""SELECT COALESCE(SUM(CASE WHEN o.{keys[0]} IS NULL THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN o.{keys[0]} IS NOT NULL AND NOT ({same}) THEN 1 ELSE 0 END), 0)
            FROM (SELECT {selected} FROM {new}) n LEFT JOIN (SELECT {selected} FROM {old}) o ON {on}"""
        )
        ((removed,),) = own.query(f"SELECT COUNT(*) FROM {old} o LEFT JOIN {new} n ON {on} WHERE n.{keys[0]} IS NULL")
    return Changes(int(added), int(removed), int(changed))


def _base(kind: str) -> str:
    """A type without its length: varchar(9) and varchar(99) hold the same words."""
    return kind.partition("(")[0]
