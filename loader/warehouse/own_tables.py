"""The pipeline's own tables in `landing`: outside the generations that a load swaps, so no reload can lose them."""

from loader.sources.daily_file_kinds import DATASETS, DAY

# A row a dump, daily file or reference file, written when all of it is in: what "landed" means to every signal and model.
_LEDGER = """
    load_id BIGINT NOT NULL, dataset VARCHAR(16) NOT NULL, business_date DATE NOT NULL, object_key VARCHAR(255) NOT NULL,
    row_count BIGINT NOT NULL, size_bytes BIGINT NOT NULL, sha256 VARCHAR(64) NOT NULL, object_version VARCHAR(255) NOT NULL,
    has_manifest BIGINT NOT NULL, seconds DOUBLE NOT NULL, finished_at DATETIME NOT NULL"""

# Table -> its columns, in types that DuckDB and MySQL both know.
OWN_TABLES = {
    "load_ledger": _LEDGER,
    # The landed dumps and the schema that is each one's home. state: loading (under way or dead), live (shown in landing),
    # kept (an earlier one, for rollback), rolled_back, rejected, or historical (of a past day, of which only the daily files count).
    "generations": """
        load_id BIGINT NOT NULL, schema_name VARCHAR(64) NOT NULL, business_date DATE NOT NULL, state VARCHAR(16) NOT NULL""",
    # The load report: a row a table, and a row a column with nulled values.
    "load_tables": """
        load_id BIGINT NOT NULL, table_name VARCHAR(64) NOT NULL, rows_in_dump BIGINT NOT NULL, rows_landed BIGINT NOT NULL""",
    "load_nulled": """
        load_id BIGINT NOT NULL, table_name VARCHAR(64) NOT NULL, column_name VARCHAR(64) NOT NULL, reason VARCHAR(32) NOT NULL,
        value_count BIGINT NOT NULL""",
    # What changed between the dump before and this one, by the key that the contract names.
    "load_changes": """
        load_id BIGINT NOT NULL, table_name VARCHAR(64) NOT NULL, rows_added BIGINT NOT NULL, rows_removed BIGINT NOT NULL,
        rows_changed BIGINT NOT NULL""",
    # What the gate found of a load, also of a rejected one: see loader/quality/data_contract.py.
    "load_findings": """
        load_id BIGINT NOT NULL, rule_name VARCHAR(255) NOT NULL, figure VARCHAR(512) NOT NULL, bound VARCHAR(255) NOT NULL,
        outcome VARCHAR(16) NOT NULL""",
    # Dumps and daily files that were refused, the newest refusal of each day.
    "rejections": """
        load_id BIGINT NOT NULL, dataset VARCHAR(16) NOT NULL, business_date DATE NOT NULL, object_key VARCHAR(255) NOT NULL,
        reason VARCHAR(4000) NOT NULL, rejected_at DATETIME NOT NULL""",
    # Days whose gap a person accepted, for a time: `daily` does not fail for them.
    "waivers": """
        business_date DATE NOT NULL, waived_by VARCHAR(128) NOT NULL, reason VARCHAR(500) NOT NULL, until_date DATE NOT NULL,
        waived_at DATETIME NOT NULL""",
    # Files that a rollback took out of the ledger: the same bytes are not taken for good again by themselves.
    "withdrawn_files": """
        load_id BIGINT NOT NULL, dataset VARCHAR(16) NOT NULL, business_date DATE NOT NULL, object_key VARCHAR(255) NOT NULL,
        sha256 VARCHAR(64) NOT NULL, withdrawn_at DATETIME NOT NULL""",
    # Days computed from a dump that is no longer the live one: the next run opens them, from the first on, and empties this.
    "days_to_reopen": "first_day DATE NOT NULL",
    # What the last run computed, one row: the last load of the ledger that it saw (where the ledger has later ones, a run is yet to come),
    # and what it computed from (where that is the same, there is nothing to compute): see loader/transform/fingerprint.py.
    "computed_to": "load_id BIGINT NOT NULL, inputs VARCHAR(64) NOT NULL",
    # Why the last run failed, one row; none where it did not.
    "failed_run": "business_date DATE NOT NULL, reason VARCHAR(4000) NOT NULL, failed_at DATETIME NOT NULL",
    # The bucket of the last load, one row: commands that are to be typed name it where nothing else does.
    "loaded_from": "uri VARCHAR(1024) NOT NULL",
    # Days of by-time tables on which no row stands twice (DuckDB): see loader/transform/duplicates.py.
    "grain_marks": "grain VARCHAR(255) NOT NULL, marked_day DATE NOT NULL, row_count BIGINT NOT NULL, mark VARCHAR(32) NOT NULL",
    # Who holds the lock (MySQL, Spark): a row for the message that the next one gets.
    "writer": "connection_id BIGINT NOT NULL, who VARCHAR(255) NOT NULL, since DATETIME NOT NULL",
    # What Iceberg has by now: a table, or the marker for the views over the live dump, and a digest of it (Spark).
    "copied_to_iceberg": "table_name VARCHAR(64) NOT NULL, digest VARCHAR(64) NOT NULL",
    # The daily files of all days. On Spark those that wait to be copied to Iceberg: the tables are named alike in both places.
    **{dataset.table: dataset.ddl for dataset in DATASETS},
    # What the enrichment step was answered, a row a tenant: see loader/landing/enrichment_cache.py. No names.
    "llm_enrichment_cache": """
        tenant_id BIGINT NOT NULL, name_hash VARCHAR(64), llm_nationality VARCHAR(255), llm_confidence DECIMAL(6, 5),
        enriched_at DATETIME, model_version VARCHAR(128), answer VARCHAR(255), null_reason VARCHAR(32), prompt_version VARCHAR(32),
        key_id VARCHAR(16)""",
    # What each run of that step did; a row is there from its first moment on, so that a killed one is seen.
    "enrichment_runs": """
        run_id BIGINT NOT NULL, started_at DATETIME NOT NULL, ended_at DATETIME, model_version VARCHAR(128) NOT NULL,
        prompt_version VARCHAR(32) NOT NULL, to_ask BIGINT NOT NULL, calls BIGINT NOT NULL, answered BIGINT NOT NULL,
        nulls VARCHAR(255) NOT NULL, failures VARCHAR(255) NOT NULL, input_tokens BIGINT NOT NULL, output_tokens BIGINT NOT NULL,
        yen DECIMAL(12, 4) NOT NULL, stopped_by VARCHAR(64) NOT NULL""",
    # There while answers came in that no run has followed yet; the next run empties it.
    "enrichment_to_run": "tenant_id BIGINT NOT NULL",
    # The reference file of coordinates, see loader/landing/coordinates.py.
    "property_geo_latlon_backup": """
        apartment_id BIGINT NOT NULL, latitude DECIMAL(11, 8) NOT NULL, longitude DECIMAL(11, 8) NOT NULL,
        source_updated_at DATETIME""",
}
KEYS = {
    "load_ledger": ("dataset", "business_date"),
    "generations": ("load_id",),
    "rejections": ("dataset", "business_date"),
    "waivers": ("business_date",),
    # By day first: days are written, read and compared whole.
    **{dataset.table: (DAY, dataset.key) for dataset in DATASETS},
    "llm_enrichment_cache": ("tenant_id",),
    "enrichment_runs": ("run_id",),
    "property_geo_latlon_backup": ("apartment_id",),
}

# One row, a generation's own ledger entry. It lies among the generation's tables and is shown with them: see docs/decisions/0020.
MARKER = "live_generation"
MARKER_COLUMNS = _LEDGER

# Names that a dump must not bring.
RESERVED = frozenset((*OWN_TABLES, MARKER))
