"""A release: everything that is deployed, in one folder that is written once. `make package` and `make release`; see docs/decisions/0006."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from packaging.markers import Marker

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from loader import __version__  # noqa: E402

RELEASES = PROJECT / "releases"
WHEELS = "warehouse.gluewheels.zip"  # Glue knows a zip of wheels by this ending, and wants them in wheels/
FILES = (
    "jobs/load.py", "jobs/run.py", "jobs/janitor.py", "jobs/command.py",
    "deploy/template.yaml", "deploy/dump.sh", "deploy/producer.py", "deploy/grants.sql",
)  # fmt: skip
ABOUT = "release.json"
# Python of Glue 5.0 and 5.1.
TARGET = "--only-binary=:all: --implementation cp --python-version 3.11 --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64"
GLUE = {
    "python_version": "3.11",
    "python_full_version": "3.11.0",
    "sys_platform": "linux",
    "platform_machine": "x86_64",
}


class ReleaseError(Exception):
    """A release that can't be made or uploaded; the message says why and what to do."""


def package() -> Path:
    """Makes the release of the commit that is checked out, `releases/<version>-<commit>`. One that is there is left as it is."""
    if changed := _git("status", "--porcelain"):
        raise ReleaseError(f"commit or remove these first, for a release is of a commit:\n{changed}")
    version = __version__
    commit = _git("rev-parse", "HEAD")
    folder = RELEASES / f"{version}-{commit[:12]}"
    if (folder / ABOUT).exists():
        return folder
    RELEASES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=RELEASES) as scratch:
        # From the commit, so that a file that git does not know can't come in.
        source, wheels, made = (Path(scratch) / name for name in ("source", "wheels", "made"))
        made.mkdir()
        archive = Path(scratch) / "source.tar"
        _git("archive", "--output", str(archive), commit)
        shutil.unpack_archive(archive, source)
        needed = Path(scratch) / "needed.txt"
        needed.write_text(_for_glue((source / "requirements.lock").read_text()))
        _pip(
            "download",
            "--no-deps",
            "--require-hashes",
            *TARGET.split(),
            "-d",
            str(wheels),
            "-r",
            str(needed),
        )
        _pip("wheel", "--no-deps", "-w", str(wheels), str(source), SOURCE_DATE_EPOCH=_git("log", "-1", "--format=%ct"))
        _zip(wheels, made / WHEELS)
        for name in FILES:
            shutil.copy(source / name, made)
        shutil.copy(source / "requirements.lock", made)
        files = {file.name: _sha256(file) for file in sorted(made.iterdir())}
        about = {"release": folder.name, "commit": commit, "files": files}
        (made / ABOUT).write_text(json.dumps(about, indent=2) + "\n")
        if folder.exists():
            shutil.rmtree(folder)  # cut off: it has no release.json
        made.rename(folder)
    return folder


def upload(folder: Path, bucket: str) -> None:
    """Puts a release into the bucket, `release.json` last. What is there already is never replaced."""
    s3 = boto3.client("s3")
    about = json.loads((folder / ABOUT).read_text())
    for name in [*about["files"], ABOUT]:
        key, digest = f"releases/{folder.name}/{name}", _sha256(folder / name)
        try:
            with (folder / name).open("rb") as body:
                s3.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*", Metadata={"sha256": digest})
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") != 412:
                raise
            there = s3.head_object(Bucket=bucket, Key=key)["Metadata"].get("sha256")
            if there != digest:
                raise ReleaseError(
                    f"s3://{bucket}/{key} is there with other bytes, and a release is never changed: make a new commit and release that"
                ) from None


def deploy_command(folder: Path, bucket: str) -> str:
    """What to type to deploy it; parameters that are not named keep the values of the deployment before."""
    return (
        f"aws cloudformation deploy --stack-name warehouse --capabilities CAPABILITY_IAM --template-file {folder / 'template.yaml'} "
        f"--parameter-overrides Release={folder.name} Bucket={bucket}"
    )


def _for_glue(lock: str) -> str:
    """The lock's entries that Glue's Python needs, without markers: pip judges those by the Python that runs it, whatever TARGET says."""
    needed = []
    for entry in re.split(r"^(?=\S)", lock, flags=re.M):
        line, _, rest = entry.partition("\n")
        pin, _, marker = line.removesuffix(" \\").partition(" ; ")
        if not marker:
            needed.append(entry)
        elif Marker(marker).evaluate(GLUE):
            needed.append(f"{pin} \\\n{rest}")
    return "".join(needed)


def _zip(wheels: Path, file: Path) -> None:
    """A zip that is the same whenever it is made of the same wheels."""
    names = sorted(wheel.name for wheel in wheels.glob("*.whl"))
    pinned = "".join(f"{name}=={version}\n" for name, version, *_ in (one.split("-") for one in names))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("wheels/requirements.txt"), pinned)
        for name in names:
            archive.writestr(zipfile.ZipInfo(f"wheels/{name}"), (wheels / name).read_bytes())


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=PROJECT, check=True, capture_output=True, text=True).stdout.strip()


def _pip(*words: str, **variables: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    subprocess.run(command, check=True, env=os.environ | variables)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main(words: list[str]) -> None:
    """`package`, or `upload --bucket NAME`, which packages first."""
    parser = argparse.ArgumentParser(prog="python -m jobs.release", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("package")
    steps.add_parser("upload").add_argument("--bucket", required=True)
    typed = parser.parse_args(words)
    folder = package()
    print(f"Release {folder.name} is in {folder}")
    if typed.step == "upload":
        upload(folder, typed.bucket)
        print(
            f"and in s3://{typed.bucket}/releases/{folder.name}/. To deploy it:\n\n  {deploy_command(folder, typed.bucket)}\n"
        )


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ReleaseError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: {' '.join(map(str, error.cmd[:6]))} … failed: {error.stderr or 'see above'}")
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"error: {error}")
