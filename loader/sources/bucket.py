"""What the loader needs of a bucket, whether it is S3's or a folder."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True)
class Stored:
    """An object as a listing shows it."""

    key: str  # its `/`-separated path without a leading slash
    version: str  # another text whenever the content may have changed; only to be compared, within one bucket


class BadFile(Exception):
    """A small file is not what it must be: where in it, and why; goes on behind the file's name. Holds no value of a row: it may be a name."""


class Bucket(ABC):
    """Objects by their keys. Whatever a bucket refuses or fails to do is a LoaderError that names the object and the next step."""

    uri: str
    region: str | None  # where it lies; None for a folder

    @abstractmethod
    def stored(self, prefix: str) -> list[Stored]:
        """All objects whose keys begin with the prefix, however many, ascending by key."""

    @abstractmethod
    def size(self, key: str) -> int:
        """Size of an object in bytes."""

    @abstractmethod
    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """The file with an object's bytes, for `with`; of S3's it is a copy on this machine's disk. Its `name` is its path."""

    @abstractmethod
    def write(self, key: str, body: bytes) -> None:
        """Writes an object whole or not at all, over an older one."""

    def keys(self, prefix: str) -> list[str]:
        return [one.key for one in self.stored(prefix)]

    def read_small(self, key: str, most: int) -> bytes:
        """An object's bytes; a BadFile where it has more than `most`."""
        if self.size(key) > most:
            raise BadFile(f" has more than {most >> 20} MiB")
        with self.open(key) as body:
            return body.read()
