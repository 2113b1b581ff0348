"""The bucket: an S3 bucket or a local folder with the same keys."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from loader.errors import LoaderError, UsageError


class Bucket(Protocol):
    """What the loader needs of a bucket; keys are `/`-separated paths without a leading slash."""

    uri: str

    def keys(self, prefix: str) -> list[str]:
        """All keys that begin with the prefix, however many, ascending."""

    def size(self, key: str) -> int:
        """Size of an object in bytes."""

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """A stream of an object's bytes, for `with`. A read that breaks raises, it never ends early."""

    def write(self, key: str, body: bytes) -> None:
        """Writes an object whole or not at all, over an older one."""

    def local_copy(self, key: str, scratch: Path) -> AbstractContextManager[Path]:
        """A file with the object's bytes, for `with` and for readers that want a file."""


class FolderBucket:
    """A local folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uri = str(root)

    def keys(self, prefix: str) -> list[str]:
        folder = self.root / prefix.rpartition("/")[0]
        found = (path.relative_to(self.root).as_posix() for path in folder.rglob("*") if path.is_file())
        return sorted(key for key in found if key.startswith(prefix))

    def size(self, key: str) -> int:
        return (self.root / key).stat().st_size

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        return (self.root / key).open("rb")

    def write(self, key: str, body: bytes) -> None:
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    @contextmanager
    def local_copy(self, key: str, scratch: Path) -> Iterator[Path]:
        yield self.root / key


class S3Bucket:
    """An S3 bucket, through boto3 (which retries and checks the length of what it reads)."""

    def __init__(self, name: str) -> None:
        import boto3
        from botocore.config import Config

        self.name = name
        self.uri = f"s3://{name}"
        self._s3 = boto3.client("s3", config=Config(retries={"mode": "standard", "max_attempts": 5}))

    def keys(self, prefix: str) -> list[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        return sorted(entry["Key"] for page in pages for entry in page.get("Contents", []))

    def size(self, key: str) -> int:
        return self._s3.head_object(Bucket=self.name, Key=key)["ContentLength"]

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        # Not the body's own `with`: that one hands out the raw connection, which ends quietly where the line is cut.
        return closing(self._s3.get_object(Bucket=self.name, Key=key)["Body"])

    def write(self, key: str, body: bytes) -> None:
        self._s3.put_object(Bucket=self.name, Key=key, Body=body)

    @contextmanager
    def local_copy(self, key: str, scratch: Path) -> Iterator[Path]:
        path = scratch / key.replace("/", "_")
        try:
            with path.open("wb") as file, self.open(key) as body:
                shutil.copyfileobj(body, file, 1 << 20)
            yield path
        finally:
            path.unlink(missing_ok=True)


def open_bucket(uri: str) -> Bucket:
    """The bucket that a URI names.

    Args:
        uri: `s3://name`, or the path of a folder.

    Raises:
        UsageError: it is neither, or the folder or bucket is not there.
    """
    if uri.startswith("s3://"):
        name = uri.removeprefix("s3://").rstrip("/")
        if not name or "/" in name:
            raise UsageError(f"bucket {uri!r}: write s3://name, without a path behind it")
        return _reachable(name)
    if "://" in uri:
        raise UsageError(f"bucket {uri!r}: use s3://name or the path of a folder")
    root = Path(uri).expanduser().absolute()
    if not root.is_dir():
        raise UsageError(f"bucket {uri!r}: there is no such folder")
    return FolderBucket(root)


def _reachable(name: str) -> S3Bucket:
    from botocore.exceptions import BotoCoreError, ClientError

    bucket = S3Bucket(name)
    try:
        bucket._s3.head_bucket(Bucket=name)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise UsageError(f"bucket s3://{name}: S3 answers {code}; check the name and this role's rights") from error
    except BotoCoreError as error:
        raise LoaderError(
            f"bucket s3://{name} can't be reached: {type(error).__name__}; check credentials and network"
        ) from error
    return bucket
