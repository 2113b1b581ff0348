"""The dump's bytes, read, hashed and unzipped in a thread of their own (all three release the GIL)."""

from __future__ import annotations

import hashlib
import queue
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import BinaryIO

from loader.file_kinds import GZIP, peek
from loader.mysqldump.errors import Defect

BLOCK_BYTES = 1 << 20
QUEUED_BLOCKS = 4
_LAYERS = 2  # of gzip in gzip: a script that zips what was zipped already
_WBITS = 31  # zlib's wbits for "gzip header and trailer, checked"


def gunzip(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Unzip a gzip stream of one or more members."""
    member = None
    for block in blocks:
        while block:
            if member is None or member.eof:
                member = zlib.decompressobj(_WBITS)
            while True:
                try:
                    text = member.decompress(block, BLOCK_BYTES)
                except zlib.error:
                    raise Defect("the gzip stream is damaged or has something else behind it") from None
                if text:
                    yield text
                block = member.unused_data if member.eof else member.unconsumed_tail
                # A full piece may have left more inside zlib although it took all the input.
                if member.eof or (not block and len(text) < BLOCK_BYTES):
                    break
    if member is None or not member.eof:
        raise Defect("the gzip stream is cut off")


def unzip(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks as they are, or unzipped if they are gzip: the first bytes say so, whatever the file's name is."""
    for _ in range(_LAYERS + 1):
        head, blocks = peek(blocks)
        if not head.startswith(GZIP):
            return blocks
        blocks = gunzip(blocks)
    raise Defect(f"is gzip within gzip, more than {_LAYERS} times: gzip it once")


class Blocks:
    """Iterate over the dump's uncompressed bytes; afterwards `size_bytes` and `sha256` are those of the raw bytes.

    A context manager: leaving it ends the thread, also in mid-stream.
    """

    def __init__(self, stream: BinaryIO, *, progress: Callable[[int], None] | None):
        """Start nothing yet."""
        self._stream = stream
        self._progress = progress
        self._hash = hashlib.sha256()
        self._read_bytes = 0
        self._reported_bytes = 0
        self._stop = threading.Event()
        self._queue: queue.Queue[bytes | Exception | None] = queue.Queue(QUEUED_BLOCKS)
        self._thread = threading.Thread(target=self._fill, name="dump-reader", daemon=True)

    @property
    def size_bytes(self) -> int:
        """Raw bytes read so far."""
        return self._read_bytes

    @property
    def sha256(self) -> str:
        """Lower-case hex digest of the raw bytes; asked for once the iteration has ended."""
        return self._hash.hexdigest()

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
            if self._progress and self._read_bytes > self._reported_bytes:
                reported, self._reported_bytes = self._reported_bytes, self._read_bytes
                self._progress(self._reported_bytes - reported)
            if block is None:
                return
            if isinstance(block, Exception):
                raise block
            yield block

    def _raw(self) -> Iterator[bytes]:
        while not self._stop.is_set() and (block := self._stream.read(BLOCK_BYTES)):
            self._hash.update(block)
            self._read_bytes += len(block)
            yield block

    def _fill(self) -> None:
        last: Exception | None = None
        try:
            for block in unzip(self._raw()):
                if not self._put(block):
                    return
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
