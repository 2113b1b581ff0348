"""A release, whole: made of a commit, installed into a clean Python 3.11 from its own wheels, and both Glue scripts run from there."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import boto3
import pymysql
import pytest

from demo.objects import put_dump
from demo.rows import company, moving, tenant
from jobs.release import WHEELS
from loader.settings import PROJECT
from tests.conftest import FIRST_DAY
from tests.support.aws import REGION, moto_server
from tests.support.places import DATA_CONTRACT, Place, Servers
from tests.support.project_copy import copy_project
from tests.support.repository import Repository, committed_copy, environment

pytestmark = pytest.mark.server

BUCKET = "the-warehouse"
PASSWORD = "p@ss:w/rd#%表"


def packed(repository: Repository, *words: str) -> subprocess.CompletedProcess[str]:
    """`python -m jobs.release`, typed in a repository."""
    command = [sys.executable, "-m", "jobs.release", *words]
    return subprocess.run(command, cwd=repository.path, env=environment(), capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return committed_copy(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def release(repository: Repository) -> Path:
    made = packed(repository, "package")
    assert made.returncode == 0, made.stderr
    (folder,) = (repository.path / "releases").iterdir()
    return folder


@pytest.fixture(scope="module")
def installed(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean Python 3.11 with the release's wheels and nothing else; its program."""
    python = shutil.which("python3.11")
    if not python:
        pytest.skip("python3.11 is needed: it is what Glue 5.0 runs, and Debian 13 has none")
    folder = tmp_path_factory.mktemp("glue")
    subprocess.run([python, "-m", "venv", folder / "venv"], check=True)
    with zipfile.ZipFile(release / "warehouse.gluewheels.zip") as archive:
        archive.extractall(folder)
    wheels = folder / "wheels"
    program = folder / "venv" / "bin" / "python"
    # With the option that the template gives to Glue: no registry is asked. Compiled is what gets imported, when it is.
    install = [
        program,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--no-index",
        "--find-links",
        wheels,
        "-r",
        wheels / "requirements.txt",
    ]
    subprocess.run(install, check=True, cwd=folder, env={"PATH": os.environ["PATH"]})
    return program


NOBODY_ASKED = {"enrich-model": "none", "name-key-secret": "none"}


@dataclass(frozen=True)
class Glue:
    """Both jobs, as Glue would start them."""

    program: Path
    release: Path
    variables: dict[str, str]
    given: dict[str, str]

    def job(self, script: str, **more: str) -> subprocess.CompletedProcess[str]:
        words = {**self.given, **more, "JOB_NAME": "x", "JOB_RUN_ID": "jr_1"}
        command = [
            self.program,
            self.release / script,
            *(word for name, value in words.items() for word in (f"--{name}", value)),
        ]
        return subprocess.run(
            command, cwd=self.release, env=self.variables, capture_output=True, text=True, check=False
        )

    def load(self, **more: str) -> subprocess.CompletedProcess[str]:
        return self.job("load.py", **{**NOBODY_ASKED, **more})

    def run(self, data_sets: str = "none", **more: str) -> subprocess.CompletedProcess[str]:
        return self.job("run.py", **{"data-sets": data_sets}, **more)

    def keys(self, prefix: str) -> list[str]:
        found = boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        return [entry["Key"] for entry in found.get("Contents", [])]


def grants() -> list[str]:
    text = re.sub(r"^--.*$", "", (PROJECT / "deploy" / "grants.sql").read_text(), flags=re.M)
    return [statement for statement in text.split(";") if statement.strip()]


@pytest.fixture
def accounts(aurora: Place, servers: Servers) -> Iterator[Place]:
    """A planned warehouse with the accounts of deploy/grants.sql; the environment of `etl`."""
    with servers.mysql.connect() as connection, connection.cursor() as cursor:
        for statement in grants():
            cursor.execute(statement)
        for name in ("etl", "bi"):
            cursor.execute(f"ALTER USER {name}@'%%' IDENTIFIED BY %s", (PASSWORD,))
    login = servers.mysql.url.replace(f"//{servers.mysql.user}:", f"//etl:{quote(PASSWORD, safe='')}")
    yield replace(
        aurora, variables=aurora.variables | {"WAREHOUSE_MYSQL_URL": f"{login}?ssl_ca={servers.mysql.ca_file}"}
    )
    with servers.mysql.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP USER etl@'%', bi@'%', look@'%'")


@pytest.fixture
def glue(
    installed: Path, release: Path, accounts: Place, servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Glue]:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with moto_server() as aws:
        for name, value in aws.items():
            monkeypatch.setenv(name, value)
        s3, secrets = boto3.client("s3"), boto3.client("secretsmanager")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.upload_file(str(servers.mysql.ca_file), BUCKET, "reference/ca.pem")

        def secret(name: str, **fields: Any) -> str:
            return secrets.create_secret(Name=name, SecretString=json.dumps(fields))["ARN"]

        state = urlsplit(accounts.variables["WAREHOUSE_STATE_URL"])
        mysql = {"host": servers.mysql.host, "port": servers.mysql.port, "username": "etl", "password": PASSWORD}
        given = {
            "release": release.name,
            "bucket": BUCKET,
            "gateway": "aurora",
            "warehouse-secret": secret("warehouse", **mysql),
            "state-secret": secret(
                "state",
                host=state.hostname,
                port=state.port,
                username=unquote(state.username),
                password=unquote(state.password or ""),
                database=state.path.strip("/"),
                sslmode="disable",
            ),
            "ca-key": "reference/ca.pem",
            "account": "123456789012",
            "topic": boto3.client("sns").create_topic(Name="alerts")["TopicArn"],
        }
        # A company of a handful of rows, and a contract for it; the real one is judged by in the tests of the gate.
        contract = {"WAREHOUSE_DATA_CONTRACT": str(DATA_CONTRACT)}
        variables = {**aws, **contract, "PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
        yield Glue(installed, release, variables, given)


def put(folder: Path, day: dt.date) -> None:
    both = company(tenants=[tenant(1), tenant(2, status=14)], movings=[moving(1), moving(2, room_id=2)])
    put_dump(folder, day, both)
    for file in folder.rglob("*.*"):
        boto3.client("s3").upload_file(str(file), BUCKET, str(file.relative_to(folder)))


def by_hand(glue: Glue, day: dt.date, folder: Path) -> None:
    """What deploy.yml and whoever is on call type, from a checkout with production's secrets."""
    settings = {"BUCKET": "bucket", "WAREHOUSE": "warehouse-secret", "STATE": "state-secret", "CA_KEY": "ca-key"}
    variables = glue.variables | {name: glue.given[argument] for name, argument in settings.items()}

    def as_prod(*words: str, env: dict[str, str] = variables) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, PROJECT / "deploy" / "as_prod.py", *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    shown = as_prod("python", "-m", "loader", "status")
    assert (shown.returncode, str(day) in shown.stdout) == (0, True), shown.stderr
    failed = as_prod("python", "-c", "raise SystemExit(3)")
    assert (failed.returncode, "python ended with 3" in failed.stderr) == (3, True), failed.stderr
    kept = folder / "state.json"
    kept.write_text("{}")
    assert as_prod("keep", str(kept), "state/before.json").returncode == 0
    again = as_prod("keep", str(kept), "state/before.json")
    assert (again.returncode, "there already" in again.stderr) == (1, True), again.stderr
    lacking = as_prod("sqlmesh", "plan", env=glue.variables)
    assert (lacking.returncode, "set BUCKET" in lacking.stderr) == (2, True), lacking.stderr
    assert PASSWORD not in shown.stdout + shown.stderr + failed.stderr


def test_a_morning_by_both_scripts_from_the_artefact_alone(
    glue: Glue, accounts: Place, servers: Servers, bucket: Path, tmp_path: Path
) -> None:
    day = FIRST_DAY + dt.timedelta(days=1)
    nothing = glue.load(date=str(day))
    assert (nothing.returncode, "holds no dump of" in nothing.stderr) == (3, True), nothing.stderr
    put(bucket, day)
    loaded = glue.load(date=str(day))
    assert loaded.returncode == 0, loaded.stderr
    assert f"snapshots/tenant_status/{day:%Y%m%d}.csv" in glue.keys("snapshots/tenant_status/")

    # A dashboard that can't be refreshed (moto has no such data set) is told, and the data stays good.
    green = glue.run("rooms", date=str(day))
    assert green.returncode == 0, green.stderr
    assert "data set rooms" in green.stderr
    (key,) = glue.keys("runs/")
    assert key == f"runs/{day:%Y%m%d}.json"
    record = json.loads(boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert (record["day"], record["release"]) == (str(day), glue.release.name)
    assert glue.keys("reports/") == [f"reports/{day:%Y%m%d}.html"]
    for done in (loaded, green):
        assert PASSWORD not in done.stdout + done.stderr

    by_hand(glue, day, tmp_path)

    # Dashboards' account: gold, and nothing behind it.
    with (
        servers.mysql.connect(
            user="bi", password=PASSWORD.encode(), ssl={"ca": str(servers.mysql.ca_file)}
        ) as connection,
        connection.cursor() as cursor,
    ):
        assert cursor.execute("SELECT * FROM gold.new_contracts") > 0
        for table in ("silver.stg_tenants", "landing.tenants", "staging.tenants"):
            with pytest.raises(pymysql.err.OperationalError, match="denied"):
                cursor.execute(f"SELECT * FROM {table}")

    # The pipeline's account: its own schemas, and no other.
    with (
        servers.mysql.connect(
            user="etl", password=PASSWORD.encode(), ssl={"ca": str(servers.mysql.ca_file)}
        ) as connection,
        connection.cursor() as cursor,
    ):
        for statement in (
            "CREATE SCHEMA payroll",
            "CREATE SCHEMA stagingx",
            "CREATE USER x",
            "SELECT * FROM mysql.user",
        ):
            with pytest.raises(pymysql.err.OperationalError, match="denied"):
                cursor.execute(statement)

    # The pipeline's account applies a model that no release has.
    project = copy_project(tmp_path / "reviewed")
    project.edit("gold.new_contracts", "owner data_team", "owner another_team")
    boto3.client("s3").delete_object(Bucket=BUCKET, Key=key)
    with accounts.chosen():
        project.plan()
    refused = glue.run("rooms", date=str(day))
    assert refused.returncode == 1
    assert "gold.new_contracts" in refused.stderr
    assert "not what was applied to prod" in refused.stderr
    assert "data set" not in refused.stderr  # no dashboard shows a run that was not green
    assert glue.keys("runs/") == []


def test_a_job_without_its_secret_fails_and_says_which(glue: Glue) -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId="state", SecretString='{"host": "x", "password": "hunter2"}'
    )
    for script, more in (("load.py", NOBODY_ASKED), ("run.py", {"data-sets": "none"}), ("janitor.py", NOBODY_ASKED)):
        done = glue.job(script, **more)
        assert done.returncode == 2
        assert re.search(r"secret arn:\S+state\S* has no database, port, username", done.stderr)
        assert "hunter2" not in done.stderr
    assert glue.load(**{"warehouse-secret": "nowhere"}).returncode == 1  # one function reads them for all three


@pytest.fixture
def light(repository: Repository, release: Path, tmp_path: Path) -> Repository:
    """A copy of the repository and its release, with a word for the 100 MB of wheels, which are uploaded three times."""
    copy = tmp_path / "light"
    shutil.copytree(repository.path, copy, ignore=shutil.ignore_patterns(WHEELS))
    (copy / "releases" / release.name / WHEELS).write_text("wheels")
    return Repository(copy)


def test_a_release_is_of_a_commit_and_never_changed(
    repository: Repository, light: Repository, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert release.name == f"{release.name.split('-')[0]}-{repository.git('rev-parse', 'HEAD')[:12]}"
    about = json.loads((release / "release.json").read_text())
    assert {*about["files"], "release.json"} == {file.name for file in release.iterdir()}
    (light.path / "new.txt").touch()
    dirty = packed(light, "package")
    (light.path / "new.txt").unlink()
    assert (dirty.returncode, "new.txt" in dirty.stderr) == (1, True)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with moto_server() as aws:
        for name, value in aws.items():
            monkeypatch.setenv(name, value)
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        for _ in range(2):  # the second time finds it all there
            done = packed(light, "upload", "--bucket", BUCKET)
            assert done.returncode == 0, done.stderr
        assert f"Release={release.name}" in done.stdout
        prefix = f"releases/{release.name}/"
        there = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
        assert {entry["Key"].removeprefix(prefix) for entry in there} == {file.name for file in release.iterdir()}
        s3.put_object(Bucket=BUCKET, Key=f"{prefix}run.py", Body=b"other", Metadata={"sha256": "0"})
        changed = packed(light, "upload", "--bucket", BUCKET)
        assert (changed.returncode, "run.py is there with other bytes" in changed.stderr) == (1, True)
