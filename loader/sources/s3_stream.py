"""An S3 object's bytes, all of them, over a line that may break."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

from loader.errors import LoaderError
from loader.sources.s3_errors import S3_ERRORS, explained, is_passing

if TYPE_CHECKING:
    from botocore.response import StreamingBody

TRIES = 5
PAUSE_SECONDS = 0.5  # before the second try, and twice as long before each further one
# What a read had got when the line is reset is lost: smaller pieces lose less, larger ones cost less.
PIECE_BYTES = 64 << 10


class S3Stream(io.RawIOBase):
    """Reads an object from its first byte to its last; where the line breaks it goes on at the byte reached.

    All bytes are those of one version of the object, and read() ends only behind the last one. Whatever it raises once it
    raises ever after: the reader may have lost bytes of before.
    """

    def __init__(self, s3: Any, bucket: str, key: str) -> None:
        """Asks for the object."""
        super().__init__()
        self._s3 = s3
        self._object = {"Bucket": bucket, "Key": key}
        self._place = f"s3://{bucket}/{key}"
        self._reached = 0
        self._resumed = False
        self._failure: LoaderError | None = None
        self._body: StreamingBody | None = None
        try:
            answer = s3.get_object(**self._object)
        except S3_ERRORS as error:
            raise explained(error, self._place, "read") from error
        self._size: int = answer["ContentLength"]
        self._etag: str = answer["ETag"]
        self._body = answer["Body"]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.closed:
            raise ValueError(f"{self._place} is closed")
        if self._failure:
            raise self._failure
        try:
            return self._next(memoryview(buffer)[:PIECE_BYTES])
        except LoaderError as failure:
            self._failure = failure
            raise

    def close(self) -> None:
        self._drop()
        super().close()

    def _next(self, piece: memoryview) -> int:
        if self._reached == self._size:
            return 0
        tries = 0
        while True:
            count, reason = 0, "ended early"
            try:
                if self._body is None:
                    self._body = self._rest()
                count = self._body.readinto(piece)
            except S3_ERRORS as error:
                if not is_passing(error):
                    raise explained(error, self._place, "read") from error
                reason = type(error).__name__
            if count:
                self._reached += count
                self._check_end()
                return count
            self._drop()
            if tries == TRIES:
                raise LoaderError(
                    f"{self._place}: the connection broke at byte {self._reached:,} of {self._size:,}, and {TRIES} tries to go on "
                    f"there got no further ({reason}); check the network, then type the same again"
                )
            if tries:
                time.sleep(PAUSE_SECONDS * 2 ** (tries - 1))
            tries += 1

    def _rest(self) -> StreamingBody:
        """The bytes from the one reached, of the same version."""
        self._resumed = True
        answer = self._s3.get_object(**self._object, Range=f"bytes={self._reached}-", IfMatch=self._etag)
        wanted = f"bytes {self._reached}-{self._size - 1}/{self._size}"
        if answer.get("ContentRange") != wanted:
            answer["Body"].close()
            raise LoaderError(
                f"{self._place}: asked for {wanted}, S3 answers with {answer.get('ContentRange', 'no range')}; "
                "this server can't resume a read: check the endpoint, then type the same again"
            )
        return answer["Body"]

    def _check_end(self) -> None:
        """Has boto3 compare the object's checksum: it does when asked for a byte behind the last one."""
        # An answer to a range carries the checksum of something else, or none.
        if self._reached < self._size or self._resumed or self._body is None:
            return
        try:
            self._body.readinto(bytearray(1))
        except S3_ERRORS as error:
            raise explained(error, self._place, "read") from error

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
