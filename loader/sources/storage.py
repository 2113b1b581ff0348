"""The bucket: an S3 bucket or a local folder with the same keys."""

from pathlib import Path

from loader.errors import UsageError
from loader.sources.bucket import BadFile, Bucket, Stored
from loader.sources.folder import FolderBucket

__all__ = ["BadFile", "Bucket", "FolderBucket", "Stored", "open_bucket"]


def open_bucket(uri: str) -> Bucket:
    """The bucket that `s3://name` or the path of a folder names.

    Raises a UsageError where it is neither, or is not there or not for this role, and a LoaderError where S3 can't be reached or asked.
    """
    if uri.startswith("s3://"):
        name = uri.removeprefix("s3://").rstrip("/")
        if not name or "/" in name:
            raise UsageError(f"bucket {uri!r}: write s3://name, without a path behind it")
        # Imported here: it brings boto3, and a folder does without it.
        from loader.sources.s3 import S3Bucket

        return S3Bucket(name)
    if "://" in uri:
        raise UsageError(f"bucket {uri!r}: use s3://name or the path of a folder")
    root = Path(uri).expanduser().absolute()
    if not root.is_dir():
        raise UsageError(f"bucket {uri!r}: there is no such folder; make it, or name another")
    return FolderBucket(root)
