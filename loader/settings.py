"""Where things are: the project, the warehouse and the bucket, from flags, environment variables and defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from loader.errors import UsageError

PROJECT = Path(__file__).resolve().parent.parent
GATEWAYS = ("duckdb",)


@dataclass(frozen=True)
class Settings:
    """What one command works on.

    Attributes:
        gateway: name of the SQLMesh gateway.
        duckdb_file: the warehouse of the duckdb gateway.
        bucket: `s3://bucket` or a folder; None where none was named.
    """

    gateway: str
    duckdb_file: Path
    bucket: str | None

    @classmethod
    def resolve(cls, bucket: str | None = None, gateway: str | None = None) -> Settings:
        """Takes flags first, then WAREHOUSE_* variables, then defaults, and sets the variables for config.yaml to read.

        Raises:
            UsageError: the gateway does not exist, or a variable is set to nothing.
        """
        for name in ("WAREHOUSE_GATEWAY", "WAREHOUSE_DUCKDB", "WAREHOUSE_BUCKET"):
            if os.environ.get(name, "unset").strip() == "":
                raise UsageError(f"{name} is set but empty: give it a value or unset it")
        gateway = gateway or os.environ.get("WAREHOUSE_GATEWAY", "duckdb")
        if gateway not in GATEWAYS:
            raise UsageError(
                f"there is no gateway {gateway!r} (WAREHOUSE_GATEWAY or --gateway): use {' or '.join(GATEWAYS)}"
            )
        file = Path(os.environ.get("WAREHOUSE_DUCKDB", PROJECT / "data" / "warehouse.duckdb")).expanduser().absolute()
        if file.is_dir() or file.parent.is_file():
            raise UsageError(f"WAREHOUSE_DUCKDB names {file}, which can't be a database file")
        os.environ.update(WAREHOUSE_GATEWAY=gateway, WAREHOUSE_DUCKDB=str(file))
        return cls(gateway, file, bucket or os.environ.get("WAREHOUSE_BUCKET"))

    @property
    def bucket_uri(self) -> str:
        """The bucket, for the commands that need one.

        Raises:
            UsageError: none was named.
        """
        if self.bucket is None:
            raise UsageError("no bucket: name one with --bucket (a folder or s3://bucket) or WAREHOUSE_BUCKET")
        return self.bucket
