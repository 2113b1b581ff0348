"""The SQLMesh project. Python rather than YAML for the aurora gateway: SQLMesh's MySQL connection has no CA file and no session settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from sqlmesh.core.config import (
    AutoCategorizationMode,
    CategorizerConfig,
    Config,
    DuckDBConnectionConfig,
    GatewayConfig,
    LinterConfig,
    ModelDefaultsConfig,
    PlanConfig,
    PostgresConnectionConfig,
    RunConfig,
    TableNamingConvention,
)
from sqlmesh.core.config.connection import MySQLConnectionConfig
from sqlmesh.core.config.format import FormatConfig

from loader import mysql_url
from loader.settings import PROJECT, mysql_account, state_database


class AuroraConnection(MySQLConnectionConfig):
    """MySQL as the loader connects to it: verified TLS, bounded waits, READ COMMITTED. See docs/decisions/0003."""

    # One task at a time: MySQL deadlocks on parallel batches, and the connection that evaluates is the one that holds the lock.
    concurrent_tasks: int = 1
    # A lost connection has lost the lock, so it must not be opened again behind the command's back.
    pre_ping: bool = False

    @property
    def _static_connection_kwargs(self) -> dict[str, Any]:
        return mysql_account().arguments

    @property
    def _connection_factory(self) -> Callable:
        return mysql_url.connect


embedded = DuckDBConnectionConfig(
    database=os.environ.get("WAREHOUSE_DUCKDB", str(PROJECT / "data" / "warehouse.duckdb"))
)
gateway = os.environ.get("WAREHOUSE_GATEWAY", "duckdb")
gateways = {
    # The embedded default: warehouse and SQLMesh state in one file.
    "duckdb": GatewayConfig(
        connection=embedded, test_connection=DuckDBConnectionConfig(), variables={"engine": "duckdb"}
    )
}
if gateway == "aurora":
    account = mysql_account()
    gateways["aurora"] = GatewayConfig(
        connection=AuroraConnection(host=account.host, port=account.port, user=account.user, password=account.password),
        # Not the warehouse's own server: two plans at once corrupt a state that knows no transactions on DDL.
        state_connection=PostgresConnectionConfig(**state_database()),
        test_connection=DuckDBConnectionConfig(),
        variables={"engine": "mysql"},
    )

config = Config(
    gateways=gateways,
    default_gateway=gateway,
    model_defaults=ModelDefaultsConfig(
        dialect="postgres",  # why: docs/decisions/0001
        cron="@daily",
        # Contracts before this day are outside every mart (domain rule min_valid_date). Days are UTC days here and mean JST business days.
        start="2018-01-01",
        batch_concurrency=1,
        post_statements=["@create_indexes()"],
    ),
    # Long model names otherwise fail at the 63 or 64 characters that MySQL and Postgres allow, after the backfill.
    physical_table_naming_convention=TableNamingConvention.HASH_MD5,
    disable_anonymized_analytics=True,
    plan=PlanConfig(
        no_prompts=False,
        auto_categorize_changes=CategorizerConfig(
            sql=AutoCategorizationMode.FULL,
            seed=AutoCategorizationMode.FULL,
            python=AutoCategorizationMode.FULL,
            external=AutoCategorizationMode.FULL,
        ),
    ),
    # `run` waits for an unfinished promotion of prod: ten minutes, not SQLMesh's six hours.
    run=RunConfig(environment_check_interval=10, environment_check_max_wait=600),
    before_all=["@require_landing()", "@take_lock()", "@create_schemas()"],
    linter=LinterConfig(
        enabled=True,
        rules=[
            "ambiguousorinvalidcolumn",
            "invalidselectstarexpansion",
            "noselectstar",
            "nomissingaudits",
            "describedmodel",
            "describedcolumns",
            "survivingtypes",
            "nowallclock",
        ],
    ),
    format=FormatConfig(max_text_width=110),
)
