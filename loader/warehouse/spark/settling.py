"""Settling: Iceberg is made to say what Postgres says. A kill leaves days open, and the next settling closes them. See docs/decisions/0039."""

import datetime as dt
from collections.abc import Collection, Iterable
from pathlib import Path

import duckdb

from loader.errors import LoaderError
from loader.sources.daily_file_kinds import DATASETS, DAY, Dataset
from loader.warehouse.own_tables import MARKER, OWN_TABLES
from loader.warehouse.spark.iceberg import Iceberg
from loader.warehouse.spark.postgres import Postgres

# The own tables that models read, besides the daily files. The ledger is the last: it is what "landed" means to them.
COPIED = ("rejections", "waivers", "llm_enrichment_cache", "property_geo_latlon_backup", "load_ledger")
_LEDGER = "load_ledger"
_ENTRIES = f"SELECT dataset, business_date, load_id, finished_at FROM landing.{_LEDGER}"
_Days = Collection[tuple[str, dt.date]]


def settle(own: Postgres, iceberg: Iceberg, folder: Path) -> None:
    """Makes Iceberg say what Postgres says. Asks Postgres alone where nothing changed.

    Args:
        own: where the pipeline's own tables are.
        iceberg: what models read.
        folder: for files on the way.

    Raises:
        LoaderError: rows of a daily file are neither here nor there.
    """
    now = _digests(own)
    known = dict(own.query("SELECT table_name, digest FROM landing.copied_to_iceberg"))
    changed = {name: digest for name, digest in now.items() if known.get(name) != digest}
    if not changed:
        return
    own.execute(f"DELETE FROM landing.copied_to_iceberg WHERE table_name IN ({_listed(changed)})")
    iceberg.create_landing(
        [(name, OWN_TABLES[name], "") for name in COPIED] + [(one.table, one.ddl, DAY) for one in DATASETS]
    )
    if _LEDGER in changed:
        days = _opened(own, iceberg)
        for dataset in DATASETS:
            _replace_days(own, iceberg, dataset, [day for name, day in days if name == dataset.name], folder)
    if changed.get(MARKER):
        ((home,),) = own.query("SELECT schema_name FROM landing.generations WHERE load_id = ?", int(changed[MARKER]))
        iceberg.show_dump(home)
    for name in COPIED:
        if name in changed:
            iceberg.replace(f"landing.{name}", exported(own, f"landing.{name}", OWN_TABLES[name], folder, name))
    with own.transaction():
        for dataset in DATASETS:
            own.execute(f"DELETE FROM landing.{dataset.table}")
        own.execute_many("INSERT INTO landing.copied_to_iceberg VALUES (?, ?)", changed.items())


def exported(own: Postgres, query: str, columns: str, folder: Path, name: str) -> Path:
    """A table's rows as a Parquet file.

    Args:
        query: a table of Postgres's, or a query in brackets.
        columns: as loader/warehouse/own_tables.py has them.
        name: of the file.
    """
    text, file = folder / f"{name}.csv", folder / f"{name}.parquet"
    own.copy_out(f"SELECT * FROM {query} AS rows", text)
    with duckdb.connect() as writer:
        writer.execute(f"CREATE TABLE rows ({columns})")
        writer.execute(
            rf"""COPY rows FROM '{text}' (FORMAT csv, HEADER false, AUTO_DETECT false, DELIMITER ',', QUOTE '"', ESCAPE '"',
            NULLSTR '\N', ALLOW_QUOTED_NULLS false)"""
        )
        writer.execute(f"COPY rows TO '{file}' (FORMAT parquet)")
    text.unlink()
    return file


def _digests(own: Postgres) -> dict[str, str]:
    """What there is to copy: table -> digest of its rows; and the load of the dump that is live, under the marker's name."""
    live = own.query(f"SELECT load_id FROM landing.{MARKER}") if own.has_table("landing", MARKER) else []
    found = {MARKER: str(live[0][0]) if live else ""}
    for name in COPIED:
        row = "CAST(one AS TEXT)"
        found[name] = own.query(
            f"SELECT MD5(COALESCE(STRING_AGG({row}, ',' ORDER BY {row}), '')) FROM landing.{name} one"
        )[0][0]
    return found


def _opened(own: Postgres, iceberg: Iceberg) -> _Days:
    """The days whose entries in the two ledgers differ, once Iceberg's has none of them."""
    now, there = set(own.query(_ENTRIES)), set(iceberg.query(_ENTRIES))
    old = {entry[:2] for entry in there - now}
    for name in sorted({name for name, _ in old}):
        days = _listed(day for dataset, day in old if dataset == name)
        iceberg.execute(f"DELETE FROM landing.{_LEDGER} WHERE dataset = '{name}' AND business_date IN ({days})")
    return {entry[:2] for entry in now ^ there}


def _replace_days(own: Postgres, iceberg: Iceberg, dataset: Dataset, days: list[dt.date], folder: Path) -> None:
    """Puts what Postgres has of these days in place of what Iceberg has. They are in no ledger of Iceberg's now."""
    if not days:
        return
    where = f"{DAY} IN ({_listed(days)})"
    waiting = dict(own.query(f"SELECT {DAY}, COUNT(*) FROM landing.{dataset.table} WHERE {where} GROUP BY {DAY}"))
    recorded = own.query(
        f"SELECT business_date, row_count FROM landing.{_LEDGER} WHERE dataset = ? AND business_date IN ({_listed(days)})",
        dataset.name,
    )
    if lost := sorted(day for day, rows in recorded if waiting.get(day, 0) != rows):
        raise LoaderError(
            f"landing.{dataset.table}: the ledger has {', '.join(map(str, lost[:5]))}{' and more' * (len(lost) > 5)}, and neither Postgres nor "
            "Iceberg has the rows. Was the warehouse's folder changed by hand? Put it back as it was, then type the same again"
        )
    iceberg.execute(f"DELETE FROM landing.{dataset.table} WHERE {where}")
    if waiting:
        rows = f"(SELECT * FROM landing.{dataset.table} WHERE {where})"
        iceberg.insert(f"landing.{dataset.table}", exported(own, rows, dataset.ddl, folder, dataset.table))


def _listed(values: Iterable[object]) -> str:
    return ", ".join(f"DATE '{value}'" if isinstance(value, dt.date) else f"'{value}'" for value in values)
