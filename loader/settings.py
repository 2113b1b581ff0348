"""Where things are: the project, the warehouse and the bucket, from flags, environment variables and defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loader import commands
from loader.connection_url import Account, parse, take_apart
from loader.errors import UsageError

MYSQL_URL, STATE_URL, SPARK_WAREHOUSE = "WAREHOUSE_MYSQL_URL", "WAREHOUSE_STATE_URL", "WAREHOUSE_SPARK_WAREHOUSE"
# The repository; a job names a copy of what its wheel brought, for SQLMesh writes a cache beside the models (jobs/common.py).
PROJECT = Path(os.environ.get("WAREHOUSE_PROJECT") or Path(__file__).resolve().parent.parent)
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")  # the CA file is PGSSLROOTCERT
GATEWAYS = ("duckdb", "aurora", "spark")
DATA_CONTRACT = PROJECT / "data_contract.yaml"
_LOCAL = ("WAREHOUSE_DUCKDB", "WAREHOUSE_DATA_CONTRACT")
_NEVER_EMPTY = (commands.GATEWAY, commands.BUCKET, *_LOCAL, MYSQL_URL, STATE_URL, SPARK_WAREHOUSE)


def keep_private() -> None:
    """From now on what this process writes can be read by its own user alone: the warehouse, its log and its temporary files hold names."""
    os.umask(0o077)


@dataclass(frozen=True)
class Settings:
    """What one command works on."""

    gateway: str  # name of the SQLMesh gateway
    duckdb_file: Path  # the warehouse of the duckdb gateway
    bucket: str | None  # `s3://bucket` or a folder; None where none was named
    mysql: Account | None = None  # the warehouse of the aurora gateway, None on the others
    data_contract: Path = DATA_CONTRACT  # what dumps and daily files must be, see loader/quality/data_contract.py
    spark: str | None = None  # the warehouse of the spark gateway, an s3:// URI or a folder; None on the others

    @classmethod
    def resolve(cls, bucket: str | None = None, gateway: str | None = None) -> Settings:
        """Takes flags first, then WAREHOUSE_* variables, then defaults, and sets the variables for config.yaml to read.

        Raises a UsageError where the gateway does not exist, or a variable is missing, set to nothing or malformed.
        """
        for name in _NEVER_EMPTY:
            if os.environ.get(name, "unset").strip() == "":
                raise UsageError(f"{name} is set but empty: give it a value or unset it")
        commands.remember_places(bucket, gateway)
        gateway = gateway or os.environ.get("WAREHOUSE_GATEWAY", "duckdb")
        if gateway not in GATEWAYS:
            raise UsageError(
                f"there is no gateway {gateway!r} (WAREHOUSE_GATEWAY or --gateway): use {' or '.join((', '.join(GATEWAYS[:-1]), GATEWAYS[-1]))}"
            )
        file = Path(os.environ.get("WAREHOUSE_DUCKDB", PROJECT / "data" / "warehouse.duckdb")).expanduser().absolute()
        if file.is_dir() or file.parent.is_file() or "?" in str(file):  # DuckDB takes what follows it for settings
            raise UsageError(
                f"WAREHOUSE_DUCKDB names {file}, which can't be a database file: name a file in a folder, without a ? in its path"
            )
        os.environ.update(WAREHOUSE_GATEWAY=gateway, WAREHOUSE_DUCKDB=str(file))
        mysql = mysql_account() if gateway == "aurora" else None
        spark = spark_warehouse() if gateway == "spark" else None
        if mysql or spark:
            state_database()
        data_contract = Path(os.environ.get("WAREHOUSE_DATA_CONTRACT", DATA_CONTRACT)).expanduser().absolute()
        return cls(gateway, file, bucket or os.environ.get("WAREHOUSE_BUCKET"), mysql, data_contract, spark)

    @property
    def bucket_uri(self) -> str:
        """The bucket, for the commands that need one; a UsageError where none was named."""
        if self.bucket is None:
            raise UsageError("no bucket: name one with --bucket (a folder or s3://bucket) or WAREHOUSE_BUCKET")
        return self.bucket


def mysql_account() -> Account:
    """The warehouse of the aurora gateway, from WAREHOUSE_MYSQL_URL; a UsageError where that is not set, or is no such URL."""
    return parse(_needed(MYSQL_URL), MYSQL_URL)


def spark_warehouse() -> str:
    """The warehouse of the spark gateway, from WAREHOUSE_SPARK_WAREHOUSE: an s3:// URI, which the Glue Data Catalog describes, or a folder."""
    where = os.environ.get(SPARK_WAREHOUSE, str(PROJECT / "data" / "spark"))
    return where.rstrip("/") if where.startswith("s3://") else str(Path(where).expanduser().absolute())


def state_database() -> dict[str, Any]:
    """Where the aurora and spark gateways keep SQLMesh's state, from WAREHOUSE_STATE_URL: arguments of its Postgres connection.

    Raises a UsageError where that is not set, or is no postgresql:// URL; the message shows no part of it.
    """
    form = "postgresql://user:password@host[:port]/database[?sslmode=verify-full]"
    login, path, options = take_apart(
        _needed(STATE_URL), STATE_URL, form, ("postgresql", "postgres"), ("sslmode",), port=5432
    )
    if not path:
        raise UsageError(f"{STATE_URL} is no {form}: it names no database")
    if options.get("sslmode", "prefer") not in _SSL_MODES:
        raise UsageError(f"{STATE_URL} has an sslmode that is none of {', '.join(_SSL_MODES)}")
    return {**login, "database": path, **options}


def _needed(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise UsageError(
            f"the {os.environ.get('WAREHOUSE_GATEWAY')} gateway needs {name}: set it, as this shows: python -m loader --help"
        )
    return value
