"""The SQLMesh project. Python rather than YAML for the aurora gateway: SQLMesh's MySQL connection has no CA file and no session settings."""

from __future__ import annotations

import os

from sqlmesh.core import constants
from sqlmesh.core.config import (
    AutoCategorizationMode,
    CategorizerConfig,
    Config,
    DuckDBConnectionConfig,
    GatewayConfig,
    LinterConfig,
    ModelDefaultsConfig,
    PlanConfig,
    RunConfig,
    TableNamingConvention,
)
from sqlmesh.core.config.format import FormatConfig

from loader.settings import PROJECT, keep_private, mysql_account, state_database
from loader.transform.speedups import quicken

keep_private()
quicken()  # every command that reads this file: plans, runs, tests of models
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
    from loader.transform.aurora import AuroraConnection, StateConnection

    # Models are read in this process. SQLMesh's workers would inherit the connection that holds the lock, and they outlive a kill -9: the
    # server would never see that the holder is dead.
    constants.MAX_FORK_WORKERS = 1
    account = mysql_account()
    gateways["aurora"] = GatewayConfig(
        connection=AuroraConnection(host=account.host, port=account.port, user=account.user, password=account.password),
        # Not the warehouse's own server: two plans at once corrupt a state that knows no transactions on DDL.
        state_connection=StateConnection(**state_database()),
        test_connection=DuckDBConnectionConfig(),
        variables={"engine": "mysql"},
    )

config = Config(
    gateways=gateways,
    default_gateway=gateway,
    model_defaults=ModelDefaultsConfig(
        dialect="postgres",  # why: docs/decisions/0019
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
    # `sqlmesh run` waits for an unfinished promotion of prod: ten minutes, not SQLMesh's six hours.
    run=RunConfig(environment_check_interval=10, environment_check_max_wait=600),
    before_all=["@require_landing()", "@take_lock()"],
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
            "nomissingexternalmodels",
            "readsasdeclared",
            "nowallclock",
        ],
    ),
    format=FormatConfig(max_text_width=110),
)
