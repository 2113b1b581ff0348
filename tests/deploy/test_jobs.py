"""A job around the commands: what it sets for each gateway, and how a typed command ends."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator

import boto3
import pytest

from jobs import command, common
from loader.errors import UsageError
from loader.settings import PROJECT, Settings
from tests.support.aws import REGION, moto_server

PLACE = {"host": "db", "port": 5432, "username": "sqlmesh", "password": "s", "database": "sqlmesh"}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Iterator[argparse.Namespace]:
    """The arguments of a job on Spark, where Aurora has no secret any more."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setattr(common, "_unpacked", lambda folder: PROJECT)
    with moto_server() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="the-warehouse", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="the-warehouse", Key="ca.pem", Body=b"")
        state = boto3.client("secretsmanager").create_secret(Name="state", SecretString=json.dumps(PLACE))["ARN"]
        yield argparse.Namespace(
            bucket="the-warehouse", gateway="spark", warehouse_secret="none", state_secret=state, ca_key="ca.pem"
        )


def test_a_job_on_spark_has_its_tables_in_the_bucket_and_asks_for_no_server(given: argparse.Namespace) -> None:
    with common.prepared(given):
        settings = Settings.resolve()
        assert "WAREHOUSE_MYSQL_URL" not in os.environ
    assert (settings.gateway, settings.spark, settings.bucket) == (
        "spark",
        "s3://the-warehouse/tables",
        "s3://the-warehouse",
    )


@pytest.mark.parametrize(("words", "code"), [("--help", None), ("no-such-command", 2)])
def test_a_typed_command_ends_as_it_ends_elsewhere(given: argparse.Namespace, words: str, code: int | None) -> None:
    given.words = f"python -m loader {words}"
    ended = None
    try:
        command.run(given)
    except SystemExit as end:
        ended = end.code
    assert ended == code


def test_only_commands_of_the_loader_are_typed(given: argparse.Namespace) -> None:
    given.words = f"{sys.executable} -c pass"
    with pytest.raises(UsageError, match="must begin with python -m loader, for example"):
        command.run(given)
