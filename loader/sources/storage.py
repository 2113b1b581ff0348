"""The bucket: an S3 bucket or a local folder with the same keys."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from loader.errors import UsageError
from loader.sources.folder import FolderBucket
from loader.sources.listing import Stored

__all__ = ["BadFile", "Bucket", "FolderBucket", "Stored", "open_bucket", "read_small"]


class Bucket(Protocol):
    """What the loader needs of a bucket; keys are `/`-separated paths without a leading slash.

    Whatever a bucket refuses or fails to do is a LoaderError that names the object and the next step.
    """

    uri: str
    region: str | None  # where it lies; None for a folder

    def stored(self, prefix: str) -> list[Stored]:
        """All objects whose keys begin with the prefix, however many, ascending by key."""

    def keys(self, prefix: str) -> list[str]:
        """The keys of `stored`, in its order."""

    def size(self, key: str) -> int:
        """Size of an object in bytes."""

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """The file with an object's bytes, for `with`; of S3's it is a copy on this machine's disk. Its `name` is its path."""

    def write(self, key: str, body: bytes) -> None:
        """Writes an object whole or not at all, over an older one."""


class BadFile(Exception):
    """A small file is not what it must be: where in it, and why; goes on behind the file's name. Holds no value of a row: it may be a name."""


def read_small(bucket: Bucket, key: str, most: int) -> bytes:
    """An object's bytes; a BadFile where it has more than `most`."""
    if bucket.size(key) > most:
        raise BadFile(f" has more than {most >> 20} MiB")
    with bucket.open(key) as body:
        return body.read()


def open_bucket(uri: str) -> Bucket:
    """The bucket that `s3://name` or the path of a folder names.

    Raises:
        UsageError: it is neither, or the folder or bucket is not there or not for this role.
        LoaderError: S3 can't be reached or asked.
    """
    if uri.startswith("s3://"):
        name = uri.removeprefix("s3://").rstrip("/")
        if not name or "/" in name:
            raise UsageError(f"bucket {uri!r}: write s3://name, without a path behind it")
        # Imported here: it brings boto3, and a folder does without it.
        from loader.sources.s3 import S3Bucket

        bucket = S3Bucket(name)
        bucket.check()
        return bucket
    if "://" in uri:
        raise UsageError(f"bucket {uri!r}: use s3://name or the path of a folder")
    root = Path(uri).expanduser().absolute()
    if not root.is_dir():
        raise UsageError(f"bucket {uri!r}: there is no such folder; make it, or name another")
    return FolderBucket(root)
