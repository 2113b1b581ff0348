"""A Glue job around the commands: its arguments, the secrets, the environment. See docs/decisions/0006."""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3

from loader.console import print_line
from loader.errors import LoaderError, UsageError
from loader.sources.aws_errors import AWS_ERRORS, explained

# No import of loader.settings here: it reads at import where the project lies, and that is set below.

BOTH = ("release", "bucket", "gateway", "warehouse-secret", "state-secret", "ca-key")
PACKAGE = "share_house_warehouse"
TABLES = "tables"  # prefix of the bucket: the warehouse of the spark gateway


def arguments(words: Sequence[str], *names: str) -> argparse.Namespace:
    """A job's arguments. Glue adds some of its own, which are passed over. `date` and `accept` (rules, separated by commas) are for a start
    by hand."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in names:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--date", type=dt.date.fromisoformat)
    parser.add_argument("--accept", type=lambda text: frozenset(text.split(",")), default=frozenset())
    given, _ = parser.parse_known_args(words)
    return given


@contextmanager
def prepared(given: argparse.Namespace, *, packaged: bool = True) -> Iterator[None]:
    """Sets the environment that the loader reads, for `with`: secrets as they are now, the CA file, a copy of the project."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="job-") as folder:
        try:
            ca = Path(folder) / "ca.pem"
            stored = {"Bucket": given.bucket, "Key": given.ca_key}
            place = f"s3://{given.bucket}/{given.ca_key}"
            ca.write_bytes(_fetched(place, lambda: boto3.client("s3").get_object(**stored)["Body"].read()))
            if packaged:
                os.environ["WAREHOUSE_PROJECT"] = str(_unpacked(Path(folder)))
            if given.gateway == "spark":
                os.environ["WAREHOUSE_SPARK_WAREHOUSE"] = f"s3://{given.bucket}/{TABLES}"
            else:
                warehouse = _secret(given.warehouse_secret, "host", "port", "username", "password")
                os.environ["WAREHOUSE_MYSQL_URL"] = f"mysql://{_login(warehouse)}?ssl_ca={ca}"
            state = _secret(given.state_secret, "host", "port", "username", "password", "database")
            # A field of the secret may say otherwise, for a state that is reached by a socket or a tunnel.
            mode = state.get("sslmode", "verify-full")
            os.environ.update(
                WAREHOUSE_GATEWAY=given.gateway,
                WAREHOUSE_BUCKET=f"s3://{given.bucket}",
                WAREHOUSE_STATE_URL=f"postgresql://{_login(state)}/{state['database']}?sslmode={mode}",
                PGSSLROOTCERT=str(ca),
            )
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def set_enrichment(given: argparse.Namespace) -> None:
    """Sets what the enrichment step reads, within `prepared`, which takes it back.

    A secret that can't be read is shown and leaves the key out: then the step says so itself, and the morning goes on.
    """
    if given.enrich_model != "none":
        os.environ["WAREHOUSE_ENRICH_MODEL"] = given.enrich_model
        try:
            os.environ["WAREHOUSE_NAME_KEY"] = str(_secret(given.name_key_secret, "key")["key"])
        except LoaderError as problem:
            print_line(f"nationalities: {problem}", err=True)


def main(work: Callable[[argparse.Namespace], Any], *names: str) -> None:
    """A job's script: does its work with the arguments BOTH and these."""
    given = arguments(sys.argv[1:], *BOTH, *names)
    with exit_code():
        work(given)


@contextmanager
def exit_code() -> Iterator[None]:
    """An error that is no bug ends the process with a line and the command's exit code. A bug is raised."""
    try:
        yield
    except LoaderError as error:
        print_line(f"error: {error}", err=True)
        # Glue counts a script that comes to its end as succeeded, and any other exit code as failed.
        sys.exit(error.exit_code)


def _secret(arn: str, *fields: str) -> dict[str, Any]:
    answer = _fetched(f"secret {arn}", lambda: boto3.client("secretsmanager").get_secret_value(SecretId=arn))
    try:
        secret = json.loads(answer["SecretString"])
        missing = sorted(set(fields) - dict(secret).keys())
    except (KeyError, TypeError, ValueError):
        # Not the error itself: it may quote the secret.
        raise UsageError(f"secret {arn} is no JSON object: it must have {', '.join(fields)}") from None
    if missing:
        raise UsageError(f"secret {arn} has no {', '.join(missing)}: it must have {', '.join(fields)}")
    return secret


def _fetched(what: str, fetch: Callable[[], Any]) -> Any:
    try:
        return fetch()
    except AWS_ERRORS as error:
        raise explained(error, what, "read") from error


def _unpacked(folder: Path) -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise LoaderError(f"this environment has no {PACKAGE}: install the release's wheels into it (make package)")
    project = folder / "project"
    shutil.copytree(spec.submodule_search_locations[0], project, ignore=shutil.ignore_patterns("__pycache__"))
    return project


def _login(secret: dict[str, Any]) -> str:
    user, password = (quote(str(secret[field]), safe="") for field in ("username", "password"))
    return f"{user}:{password}@{secret['host']}:{secret['port']}"
