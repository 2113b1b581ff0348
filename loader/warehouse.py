"""The embedded warehouse: one DuckDB file, one writer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from loader.errors import BusyError, LoaderError

# The pipeline's own tables: outside the generations that a load swaps, so no reload can lose them.
OWN_TABLES = {
    # One row a dump or snapshot file, written when all of it is in: what "landed" means to every signal and model.
    "load_ledger": """
        load_id BIGINT NOT NULL, dataset VARCHAR NOT NULL, business_date DATE NOT NULL, object_key VARCHAR NOT NULL,
        row_count BIGINT NOT NULL, size_bytes BIGINT NOT NULL, sha256 VARCHAR NOT NULL,
        seconds DOUBLE NOT NULL, finished_at TIMESTAMP NOT NULL, PRIMARY KEY (dataset, business_date)""",
    # The schemas that hold landed dumps: `loading` is a load under way or dead, `live` is what the views in landing show.
    "generations": """
        load_id BIGINT PRIMARY KEY, schema_name VARCHAR NOT NULL, business_date DATE NOT NULL, state VARCHAR NOT NULL""",
    # The load report, a row a table and a row a column with nulled values.
    "load_tables": "load_id BIGINT NOT NULL, table_name VARCHAR NOT NULL, rows_in_dump BIGINT NOT NULL, rows_landed BIGINT NOT NULL",
    "load_nulled": """
        load_id BIGINT NOT NULL, table_name VARCHAR NOT NULL, column_name VARCHAR NOT NULL, reason VARCHAR NOT NULL,
        value_count BIGINT NOT NULL""",
    "tenant_daily_snapshots": """
        tenant_id BIGINT NOT NULL, status BIGINT NOT NULL, contract_type BIGINT NOT NULL, full_name VARCHAR,
        snapshot_date DATE NOT NULL""",
    "llm_enrichment_cache": """
        tenant_id BIGINT PRIMARY KEY, name_hash VARCHAR, llm_nationality VARCHAR, llm_confidence DECIMAL(6, 5),
        enriched_at TIMESTAMP, model_version VARCHAR""",
    "property_geo_latlon_backup": """
        apartment_id BIGINT PRIMARY KEY, latitude DECIMAL(11, 8) NOT NULL, longitude DECIMAL(11, 8) NOT NULL,
        source_updated_at TIMESTAMP""",
}


@contextmanager
def open_warehouse(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse with its own tables in place. DuckDB lets one process write a file, so this is also the lock.

    Raises:
        BusyError: another process holds the file.
        LoaderError: the file is no DuckDB database, or can't be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(file))
    except duckdb.Error as error:
        raise cannot_open(file, error) from None
    try:
        connection.execute("CREATE SCHEMA IF NOT EXISTS landing")
        for name, columns in OWN_TABLES.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS landing.{name} ({columns})")
        yield connection
    finally:
        connection.close()


def cannot_open(file: Path, error: Exception) -> LoaderError:
    """The plain answer to a database file that DuckDB won't open."""
    text = str(error)
    if "Could not set lock" in text:
        holder = text.partition("held in ")[2].partition(". ")[0]
        return BusyError(
            f"another run is under way on {file}" + (f" (held by {holder})" if holder else "") + "; nothing was changed"
        )
    return LoaderError(f"{file} can't be opened as a DuckDB database: {text.splitlines()[0]}")


def quoted(name: str) -> str:
    """A name as an identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'
