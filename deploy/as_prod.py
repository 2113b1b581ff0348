"""Types one command against production from this checkout, with the secrets as they are now: for deploy.yml and for whoever is on call.

export BUCKET=… WAREHOUSE=… STATE=… CA_KEY=…          # the bucket, the ARNs of both secrets, the CA file's key
.venv/bin/python deploy/as_prod.py python -m loader sqlmesh plan
.venv/bin/python deploy/as_prod.py python -m loader status
.venv/bin/python deploy/as_prod.py keep data/state.json state/before-VERSION.json     # a file into the bucket, never over another one
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import boto3

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from jobs.common import exit_code, prepared  # noqa: E402
from loader.errors import LoaderError, UsageError  # noqa: E402
from loader.sources.aws_errors import AWS_ERRORS, code_of, explained  # noqa: E402

SETTINGS = {"bucket": "BUCKET", "warehouse_secret": "WAREHOUSE", "state_secret": "STATE", "ca_key": "CA_KEY"}


class CommandFailedError(LoaderError):
    """The command has said itself what is wrong; its exit code is passed on."""

    def __init__(self, command: str, code: int) -> None:
        super().__init__(f"{command} ended with {code}: see above")
        self.exit_code = code


def as_prod(words: list[str]) -> None:
    """Runs a command of this environment with production's settings.

    Raises:
        UsageError: a setting is missing, there is no command, or it is not given what it takes.
        CommandFailedError: the command failed.
    """
    if lacking := [name for name in SETTINGS.values() if not os.environ.get(name)]:
        raise UsageError(f"set {', '.join(lacking)} first: see the top of deploy/as_prod.py")
    if not words:
        raise UsageError("name a command: as_prod.py python -m loader sqlmesh plan")
    # Not spark, which Glue alone has: there a command is a job (docs/runbook.md).
    given = argparse.Namespace(gateway="aurora", **{name: os.environ[variable] for name, variable in SETTINGS.items()})
    if words[0] == "keep":
        if len(words) != 3:
            raise UsageError("keep takes a file and a key: as_prod.py keep data/state.json state/before-VERSION.json")
        keep(Path(words[1]), given.bucket, words[2])
        return
    with prepared(given, packaged=False):
        program = Path(sys.executable).parent / words[0]
        code = subprocess.run([program, *words[1:]], cwd=PROJECT, check=False).returncode
    if code:
        raise CommandFailedError(words[0], code)


def keep(file: Path, bucket: str, key: str) -> None:
    """Puts a file into the bucket under a key that nothing has yet.

    Raises:
        UsageError: there is no such file.
        LoaderError: the bucket has the key already, or does not take it.
    """
    try:
        with file.open("rb") as body:
            boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*")
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file") from None
    except AWS_ERRORS as error:
        place = f"s3://{bucket}/{key}"
        if code_of(error) == "PreconditionFailed":
            raise LoaderError(
                f"{place} can't be written: it is there already, and nothing kept is written over"
            ) from error
        raise explained(error, place, "written") from error


if __name__ == "__main__":
    with exit_code():
        as_prod(sys.argv[1:])
