"""The dump's bytes, read, hashed and unzipped in a thread of their own (all three release the GIL)."""

from __future__ import annotations

import gzip
import hashlib
import io
import queue
import threading
import zlib
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import BinaryIO

from loader.file_kinds import GZIP
from loader.mysqldump.errors import Defect

BLOCK_BYTES = 1 << 20
QUEUED_BLOCKS = 4
_LAYERS = 2  # of gzip in gzip: a script that zips what was zipped already


def unzip(body: io.BufferedReader | gzip.GzipFile) -> io.BufferedReader | gzip.GzipFile:
    """The bytes as they are, or unzipped if they are gzip: the first bytes say so, whatever the file's name is."""
    for _ in range(_LAYERS + 1):
        if not body.peek(len(GZIP)).startswith(GZIP):
            return body
        body = gzip.GzipFile(fileobj=body, mode="rb")
    raise Defect(f"is gzip within gzip, more than {_LAYERS} times: gzip it once")


class _Raw(io.RawIOBase):
    """A stream's bytes, counted and hashed as they are read."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self.count = 0
        self.hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        self.hash.update(block)
        self.count += len(block)
        return len(block)


class Blocks:
    """Iterate over the dump's uncompressed bytes; afterwards `size_bytes` and `sha256` are those of the raw bytes.

    A context manager: leaving it ends the thread, also in mid-stream.
    """

    def __init__(self, stream: BinaryIO, *, progress: Callable[[int], None] | None):
        """Start nothing yet."""
        self._raw = _Raw(stream)
        self._progress = progress
        self._reported_bytes = 0
        self._stop = threading.Event()
        self._queue: queue.Queue[bytes | Exception | None] = queue.Queue(QUEUED_BLOCKS)
        self._thread = threading.Thread(target=self._fill, name="dump-reader", daemon=True)

    @property
    def size_bytes(self) -> int:
        """Raw bytes read so far."""
        return self._raw.count

    @property
    def sha256(self) -> str:
        """Lower-case hex digest of the raw bytes; asked for once the iteration has ended."""
        return self._raw.hash.hexdigest()

    def __enter__(self) -> Blocks:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            block = self._queue.get()
            if self._progress and self.size_bytes > self._reported_bytes:
                reported, self._reported_bytes = self._reported_bytes, self.size_bytes
                self._progress(self._reported_bytes - reported)
            if block is None:
                return
            if isinstance(block, Exception):
                raise block
            yield block

    def _fill(self) -> None:
        last: Exception | None = None
        try:
            body = unzip(io.BufferedReader(self._raw, BLOCK_BYTES))
            while block := body.read(BLOCK_BYTES):
                if not self._put(block):
                    return
        except EOFError:
            last = Defect("the gzip stream is cut off")
        except (gzip.BadGzipFile, zlib.error):
            last = Defect("the gzip stream is damaged or has something else behind it")
        except Exception as error:  # noqa: BLE001 - nothing is swallowed: it is raised again in the reading thread
            last = error
        self._put(last)

    def _put(self, item: bytes | Exception | None) -> bool:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False
