"""deploy/dump.sh, whole: a real server is dumped into S3 over HTTP, and the loader takes what lies there."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from demo.dump import dump_sql
from demo.rows import company, moving, tenant
from loader.landing.load import load
from loader.settings import PROJECT, Settings
from tests.support.aws import REGION, moto_server
from tests.support.places import Servers

pytestmark = pytest.mark.server

BUCKET, SOURCE = "the-warehouse", "127.0.0.1/basis"
PASSWORD = """p"w'#\\n; \\ $x表"""
STAMP = dt.datetime.now(dt.timezone(dt.timedelta(hours=9))).replace(tzinfo=None, microsecond=0)
DATA_CONTRACT = """
source: {allowed: [127.0.0.1/basis]}
continuity_days: 14
tables:
  tenants: {key: [id], fresh_days: 14}
  movings: {key: [id], fresh_days: 14}
  rooms: {key: [id], fresh_days: 14}
daily_files: {}
"""


@dataclass(frozen=True)
class Producer:
    """The producer's machine.

    Attributes:
        variables: its environment.
        work: where it keeps its files.
        server: the source, as root.
    """

    variables: dict[str, str]
    work: Path
    server: Any

    def dump(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROJECT / "deploy" / "dump.sh", *words], env=self.variables, capture_output=True, text=True, check=False
        )

    def through(self, script: str) -> Producer:
        """The same, with a script for mysqldump; its `"$real"` is the client."""
        real = subprocess.run(["which", "mysqldump"], capture_output=True, text=True, check=True).stdout.strip()
        wrapper = self.work.with_name("bin") / "mysqldump"
        wrapper.parent.mkdir(exist_ok=True)
        wrapper.write_text(f'#!/bin/bash -e\nreal="{real}"\n[ "$1" != --version ] || exec "$real" "$1"\n{script}\n')
        wrapper.chmod(0o755)
        return self.with_(PATH=f"{wrapper.parent}:{os.environ['PATH']}")

    def manifest(self) -> dict[str, Any]:
        """The one that it wrote."""
        (key,) = [key for key in self.keys() if key.startswith("dumps-manifest/")]
        return json.loads(boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def with_(self, **variables: str) -> Producer:
        return replace(self, variables=self.variables | variables)

    def execute(self, *statements: str) -> None:
        with self.server.connect(database="basis") as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def secret(self, **fields: Any) -> None:
        """Rotates the secret."""
        known = {"host": "127.0.0.1", "port": self.server.port, "database": "basis", "username": "producer"}
        text = json.dumps(known | {"password": PASSWORD} | fields)
        boto3.client("secretsmanager").put_secret_value(SecretId="source", SecretString=text)

    def keys(self) -> list[str]:
        found = boto3.client("s3").list_objects_v2(Bucket=BUCKET)
        return [entry["Key"] for entry in found.get("Contents", [])]

    def nothing_is_left(self) -> bool:
        return not list(self.work.iterdir())


@pytest.fixture
def producer(servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Producer]:
    servers.empty()
    server = servers.mysql
    stamped = {"updated_at": STAMP}
    tables = company(
        tenants=[tenant(1, first_name="い'ろ\\", **stamped), tenant(2, **stamped)],
        movings=[moving(1) | stamped],
        inquiries=[{"id": 1, "tenant_id": 1, "created_at": STAMP, **stamped}],
    )
    tables["rooms"] = [row | stamped for row in tables["rooms"]]
    tables["apartments"] = [row | stamped for row in tables["apartments"]]
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE basis CHARACTER SET utf8mb4")
        cursor.execute("DROP USER IF EXISTS producer@'%'")
        cursor.execute("CREATE USER producer@'%%' IDENTIFIED BY %s REQUIRE SSL", (PASSWORD,))
        cursor.execute("GRANT SELECT, SHOW VIEW ON basis.* TO producer@'%'")
    subprocess.run(server.client("basis"), input=dump_sql(tables), check=True, capture_output=True)
    with server.connect(database="basis") as connection, connection.cursor() as cursor:
        for table in tables:  # one that is made anew has no last write yet: a second must pass before a count can tell a later one from it
            cursor.execute(f"ALTER TABLE {table} ENGINE=InnoDB")
    work = tmp_path / "work"
    work.mkdir()
    contract = tmp_path / "data_contract.yaml"
    contract.write_text(DATA_CONTRACT)
    monkeypatch.setenv("WAREHOUSE_DATA_CONTRACT", str(contract))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it remembers credentials
    with moto_server() as aws:
        for name, value in aws.items():
            monkeypatch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        secret = boto3.client("secretsmanager").create_secret(Name="source", SecretString="{}")["ARN"]
        variables = {
            **aws,
            "PATH": os.environ["PATH"],
            "TMPDIR": str(work),
            "DUMP_PYTHON": sys.executable,
            "DUMP_BUCKET": BUCKET,
            "DUMP_SECRET": secret,
            "DUMP_SOURCE": SOURCE,
            "DUMP_SSL_CA": str(server.ca_file),
            "DUMP_MIN_BYTES": "1000",
            "DUMP_LOCK": str(tmp_path / "lock"),
        }
        found = Producer(variables, work, server)
        found.secret()
        yield found


def test_a_real_servers_dump_is_loaded_by_the_loader(producer: Producer, empty_warehouse: Path, query) -> None:
    producer.execute(
        "CREATE TABLE `its ``own\\ 名` (id int)",
        # Of merged a dump has no rows, of seen no table.
        "CREATE TABLE part (id int) ENGINE=MyISAM",
        "INSERT INTO part VALUES (1)",
        "CREATE TABLE merged (id int) ENGINE=MERGE UNION=(part)",
        "CREATE VIEW seen AS SELECT id FROM rooms",
    )
    done = producer.dump()
    assert (done.returncode, done.stderr) == (0, "")
    assert PASSWORD not in done.stdout
    _, dump = producer.keys()
    assert dump.startswith("dumps/gghouse_")
    said = producer.manifest()
    assert said["max_updated_at_by_table"]["movings"] == f"{STAMP.isoformat()}+09:00"
    said["rows_by_table"].pop("part", None)  # its last write may be of the very second of the count
    assert said["rows_by_table"] == {
        "its `own\\ 名": 0,
        "apartments": 1,
        "inquiries": 1,
        "m_nationalities": 2,
        "movings": 1,
        "rooms": 3,
        "tenants": 2,
    }

    day = load(Settings.resolve(f"s3://{BUCKET}"))
    assert f"dumps/gghouse_{day:%Y%m%d}.sql.gz" == dump
    rows = query(empty_warehouse, "SELECT first_name FROM landing.tenants ORDER BY id")
    assert rows == [("い'ろ\\",), ("2",)]
    assert producer.nothing_is_left()


def test_producer_dumps_again_only_after_failure_or_on_request(producer: Producer) -> None:
    assert producer.dump().returncode == 0
    s3 = boto3.client("s3")
    manifest, dump = producer.keys()
    first = s3.head_object(Bucket=BUCKET, Key=dump)["Metadata"]["run_id"]
    again = producer.dump()
    assert (again.returncode, s3.head_object(Bucket=BUCKET, Key=dump)["Metadata"]["run_id"]) == (0, first)
    assert "already" in again.stdout
    assert producer.dump("--again").returncode == 0
    assert s3.head_object(Bucket=BUCKET, Key=dump)["Metadata"]["run_id"] != first
    s3.delete_object(Bucket=BUCKET, Key=manifest)
    assert producer.dump().returncode == 0
    assert producer.keys() == [manifest, dump]


def test_another_host_or_schema_is_refused(producer: Producer) -> None:
    for fields in ({"host": "localhost"}, {"database": "mysql"}, {"password": None, "host": None}):
        producer.secret(**fields)
        done = producer.dump()
        assert done.returncode == 1
        assert SOURCE in done.stderr
    assert producer.keys() == []


def test_a_secret_that_is_none_is_told_without_it(producer: Producer) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId="source", SecretString="hunter2 and no JSON")
    done = producer.dump()
    assert done.returncode == 1
    assert "must be JSON with host" in done.stderr
    assert "hunter2" not in done.stderr
    assert producer.nothing_is_left()


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["DROP TABLE inquiries"], "table inquiries can't be read"),
        (["UPDATE rooms SET updated_at = NULL"], "table rooms has no updated_at"),
        # mysqldump comes to it after it has written other tables.
        (
            ["CREATE TABLE t (a int)", "CREATE VIEW zz AS SELECT a FROM t", "DROP TABLE t"],
            "mysqldump of 127.0.0.1/basis failed",
        ),
    ],
)
def test_a_source_that_is_not_whole_uploads_nothing(producer: Producer, statements: list[str], said: str) -> None:
    producer.execute(*statements)
    done = producer.dump()
    assert done.returncode == 1
    assert said in done.stderr
    assert producer.keys() == []
    assert producer.nothing_is_left()


def test_table_written_during_the_dump_has_no_row_count(producer: Producer, empty_warehouse: Path) -> None:
    own = subprocess.list2cmdline(producer.server.client("basis"))
    # A room comes before mysqldump's moment and stays; an inquiry goes after it: the same number before and after, and another in the dump.
    come = (
        "INSERT INTO rooms (id, apartment_id) VALUES (4, 1); INSERT INTO inquiries (id, created_at) VALUES (2, NOW())"
    )
    done = producer.through(f'{own} -e "{come}"\n"$real" "$@"\n{own} -e "DELETE FROM inquiries WHERE id = 2"').dump()
    assert (done.returncode, done.stderr) == (0, "")
    assert producer.manifest()["rows_by_table"] == {"apartments": 1, "m_nationalities": 2, "movings": 1, "tenants": 2}
    load(Settings.resolve(f"s3://{BUCKET}"))


def test_a_small_or_cut_dump_is_not_uploaded(producer: Producer) -> None:
    small = producer.with_(DUMP_MIN_BYTES="10000000").dump()
    assert small.returncode == 1
    assert "at least 10,000,000 are expected" in small.stderr
    # A client that loses the end, or a table, and does not say so.
    cut = producer.through('"$real" "$@" | (head -c 3000; cat >/dev/null)').dump()
    assert cut.returncode == 1
    assert "does not end with" in cut.stderr
    lacking = producer.through('"$real" "$@" --ignore-table=basis.rooms').dump()
    assert lacking.returncode == 1
    assert "does not hold table rooms to the end of its rows" in lacking.stderr
    assert producer.keys() == []


def test_the_servers_certificate_is_verified(producer: Producer, tmp_path: Path) -> None:
    from tests.support.servers.tls import certificates

    foreign, _, _ = certificates(tmp_path / "tls")
    of_no_name = "127.1"  # the same address, and a name that the certificate does not hold
    producer.secret(host=of_no_name)
    elsewhere = producer.with_(DUMP_SOURCE=f"{of_no_name}/basis").dump()
    producer.secret()
    for done in (elsewhere, producer.with_(DUMP_SSL_CA=str(foreign)).dump()):
        assert done.returncode == 1
        assert "certificate" in done.stderr.lower()
    assert producer.keys() == []


def test_one_dump_at_a_time(producer: Producer) -> None:
    with Path(producer.variables["DUMP_LOCK"]).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = producer.dump()
    assert done.returncode == 75
    assert producer.keys() == []


def test_a_setting_that_is_missing_is_named(producer: Producer) -> None:
    for name in ("DUMP_BUCKET", "DUMP_SECRET", "DUMP_SOURCE", "DUMP_SSL_CA"):
        done = producer.with_(**{name: ""}).dump()
        assert (done.returncode, f"{name} is not set" in done.stderr) == (2, True)
    assert producer.dump("--agian").returncode == 2


def test_a_failure_is_told_to_the_topic(producer: Producer) -> None:
    sqs, sns = boto3.client("sqs"), boto3.client("sns")
    queue = sqs.create_queue(QueueName="mail")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    producer.execute("DROP TABLE rooms")
    assert producer.with_(DUMP_TOPIC=topic).dump().returncode == 1
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert "table rooms can't be read" in json.loads(message["Body"])["Message"]
