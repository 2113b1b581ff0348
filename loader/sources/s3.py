"""An S3 bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ParamValidationError

from loader.errors import UsageError
from loader.scratch import scratch
from loader.sources.aws_errors import AWS_ERRORS, code_of, explained, status_of
from loader.sources.bucket import Bucket, Stored

CONNECT_SECONDS = 10
READ_SECONDS = 60  # without a single byte
ATTEMPTS = 5  # of one request; boto3 gets a part of an object whose connection breaks as often, on top of that
# Small objects too: a part is asked for with the version that it is of.
_IN_PARTS = TransferConfig(multipart_threshold=1)
# A browser shows a report only where S3 says that it is a page.
_TYPES = {".html": "text/html; charset=utf-8", ".csv": "text/csv; charset=utf-8"}


class S3Bucket(Bucket):
    def __init__(self, name: str) -> None:
        """Asks S3 whether the bucket is there for this role, and in which region."""
        self.name = name
        self.uri = f"s3://{name}"
        try:
            self._s3 = boto3.client(
                "s3",
                config=Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                ),
            )
        except (*AWS_ERRORS, ValueError) as error:
            raise UsageError(
                f"bucket {self.uri}: boto3 can't work with the AWS settings here ({type(error).__name__}); "
                "check the AWS_* variables and ~/.aws/config"
            ) from error
        try:
            found = self._s3.head_bucket(Bucket=self.name)
        except ParamValidationError as error:
            raise UsageError(f"bucket {self.uri}: no bucket can have this name; write s3://name") from error
        except AWS_ERRORS as error:
            if 0 < status_of(error) < 500:
                raise UsageError(
                    f"bucket {self.uri}: AWS answers {code_of(error)}; check the name, and this role's rights and credentials"
                ) from error
            raise explained(error, f"bucket {self.uri}", "reached") from error
        self.region = found.get("BucketRegion") or self._s3.meta.region_name

    def stored(self, prefix: str) -> list[Stored]:
        found = []
        with self._explained(prefix, "listed"):
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix):
                found += page.get("Contents", [])
        # S3's console makes a folder by an empty object with this ending.
        objects = (entry for entry in found if not entry["Key"].endswith("/"))
        stored = (Stored(entry["Key"], entry["ETag"].strip('"')) for entry in objects)
        return sorted(stored, key=lambda one: one.key)

    def size(self, key: str) -> int:
        with self._explained(key, "read"):
            return self._s3.head_object(Bucket=self.name, Key=key)["ContentLength"]

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        with scratch() as folder:
            file = folder / "object"
            with self._explained(key, "read"):
                self._s3.download_file(self.name, key, str(file), Config=_IN_PARTS)
            with file.open("rb") as body:
                yield body

    def write(self, key: str, body: bytes) -> None:
        kind = _TYPES.get(Path(key).suffix, "application/octet-stream")
        with self._explained(key, "written"):
            self._s3.put_object(Bucket=self.name, Key=key, Body=body, ContentType=kind)

    @contextmanager
    def _explained(self, key: str, done: str) -> Iterator[None]:
        try:
            yield
        except AWS_ERRORS as error:
            raise explained(error, f"{self.uri}/{key}", done) from error
