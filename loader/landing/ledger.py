"""The load ledger: what has landed. A daily file's row is written with its rows; a dump's is swapped in with its tables."""

import datetime as dt
from dataclasses import astuple, dataclass, field

from loader.dates import utc_now
from loader.sources.daily_file_kinds import COORDINATES, DATASETS, DAY, Dataset
from loader.warehouse.base import Warehouse

DUMP = "dump"  # the other datasets are the daily files and COORDINATES, see loader/sources/daily_file_kinds.py
_LEDGER = "landing.load_ledger"


@dataclass(frozen=True)
class Entry:
    dataset: str  # DUMP, the name of a kind of daily file, or COORDINATES
    # Its day (JST); of COORDINATES, which is of no day, that of the dump that was live when it landed.
    business_date: dt.date
    object_key: str  # where it came from in the bucket
    row_count: int  # rows landed
    size_bytes: int  # bytes of the file, as stored
    sha256: str  # lower-case hex digest of those bytes
    object_version: str  # what the bucket's listing called that version of the object
    has_manifest: int  # 1; 0 for a dump that was loaded by hand, without one
    seconds: float  # wall seconds that landing it took
    load_id: int = field(default=0, compare=False)  # its load, once it is written
    finished_at: dt.datetime = field(default_factory=utc_now, compare=False)  # UTC, naive


def next_load_id(warehouse: Warehouse) -> int:
    """A number no load has used, a dead or rolled back one included."""
    tables = ("load_ledger", "generations", "load_tables", "rejections", "withdrawn_files")
    used = " UNION ALL ".join(f"SELECT MAX(load_id) AS load_id FROM landing.{table}" for table in tables)
    return (warehouse.query(f"SELECT MAX(load_id) FROM ({used}) AS used")[0][0] or 0) + 1


def newest(warehouse: Warehouse, dataset: str) -> dt.date | None:
    return warehouse.query(f"SELECT MAX(business_date) FROM {_LEDGER} WHERE dataset = ?", dataset)[0][0]


def newest_load(warehouse: Warehouse) -> int | None:
    """The last load that brought something that is in by now, None where nothing has landed."""
    return warehouse.query(f"SELECT MAX(load_id) FROM {_LEDGER}")[0][0]


def days(warehouse: Warehouse, dataset: str) -> set[dt.date]:
    return set(entries(warehouse, dataset))


def days_with_files(warehouse: Warehouse) -> set[dt.date]:
    """The days of which every kind of daily file has landed."""
    return set.intersection(*(days(warehouse, dataset.name) for dataset in DATASETS))


def entries(warehouse: Warehouse, dataset: str) -> dict[dt.date, Entry]:
    """All entries of a dataset, by day, oldest first."""
    rows = warehouse.query(f"SELECT * FROM {_LEDGER} WHERE dataset = ? ORDER BY business_date", dataset)
    return {row[2]: _written(row) for row in rows}


def write(warehouse: Warehouse, table: str, load_id: int, entry: Entry) -> None:
    """Writes an entry into the ledger or a table of its shape."""
    *values, _, finished_at = astuple(entry)
    warehouse.insert(table, [(load_id, *values, finished_at)])


def read(warehouse: Warehouse, table: str) -> Entry:
    (row,) = warehouse.query(f"SELECT * FROM {table}")
    return _written(row)


def _written(row: tuple) -> Entry:
    load_id, *values, finished_at = row
    return Entry(*values, load_id, finished_at)


def record(warehouse: Warehouse, load_id: int, entry: Entry) -> None:
    """Writes an entry into the ledger, in place of an older one of that day; of COORDINATES, which is of no day, of any older one. Within the
    caller's transaction."""
    day = entry.business_date
    sql = f"DELETE FROM {_LEDGER} WHERE dataset = ? AND (business_date = ? OR dataset = ?)"
    warehouse.execute(sql, entry.dataset, day, COORDINATES)
    write(warehouse, _LEDGER, load_id, entry)


def set_version(warehouse: Warehouse, dataset: str, day: dt.date, version: str) -> None:
    """Notes that the bucket's listing has another name for the same content."""
    sql = f"UPDATE {_LEDGER} SET object_version = ? WHERE dataset = ? AND business_date = ?"
    warehouse.execute(sql, version, dataset, day)


def withdraw_from(warehouse: Warehouse, day: dt.date, suspect: dt.date) -> None:
    """Takes the dumps and daily files from a day on out of the ledger, and remembers the files of the one that was rolled back.

    Those of other days are good: the next load lands them again. Within the caller's transaction."""
    warehouse.execute(
        f"""INSERT INTO landing.withdrawn_files
            SELECT load_id, dataset, business_date, object_key, sha256, ? FROM {_LEDGER}
            WHERE business_date = ? AND dataset <> ?""",
        utc_now(),
        suspect,
        COORDINATES,
    )
    for dataset in DATASETS:
        warehouse.execute(f"DELETE FROM landing.{dataset.table} WHERE {DAY} >= ?", day)
    warehouse.execute(f"DELETE FROM {_LEDGER} WHERE business_date >= ? AND dataset <> ?", day, COORDINATES)
    # One was for a dump that was lost. That dump came, and its day is to be missed again.
    warehouse.execute("DELETE FROM landing.waivers WHERE business_date = ?", suspect)


def withdraw_file(warehouse: Warehouse, dataset: Dataset, day: dt.date) -> None:
    """Takes a day's file of one kind out, to be landed again. Within the caller's transaction."""
    warehouse.execute(f"DELETE FROM landing.{dataset.table} WHERE {DAY} = ?", day)
    warehouse.execute(f"DELETE FROM {_LEDGER} WHERE dataset = ? AND business_date = ?", dataset.name, day)


def withdrawn(warehouse: Warehouse, dataset: str) -> set[tuple[dt.date, str]]:
    """Day and sha256 of the files that a rollback took out of the ledger."""
    sql = "SELECT business_date, sha256 FROM landing.withdrawn_files WHERE dataset = ?"
    return set(warehouse.query(sql, dataset))


def admit_again(warehouse: Warehouse, dataset: str, day: dt.date) -> None:
    """Forgets that files of a day were withdrawn: whatever their bytes, they are good from now on."""
    warehouse.execute("DELETE FROM landing.withdrawn_files WHERE dataset = ? AND business_date = ?", dataset, day)
