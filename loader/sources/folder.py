"""A local folder as the bucket."""

import fcntl
import glob
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

from loader.errors import LoaderError
from loader.sources.bucket import Bucket, Stored

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_PRIVATE = 0o600  # daily files hold names


class FolderBucket(Bucket):
    """A local folder; files whose name begins with a dot are none of its objects."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uri = str(root)
        self.region = None

    def stored(self, prefix: str) -> list[Stored]:
        folder = self.root / prefix.rpartition("/")[0]
        # Else an unmounted disk would look like a bucket without objects.
        with _explained(self.root, "listed"):
            self.root.stat()
        with _explained(folder, "listed"):
            found = (_stored(self.root, path) for path in _files(folder))
            return sorted((one for one in found if one and one.key.startswith(prefix)), key=lambda one: one.key)

    def size(self, key: str) -> int:
        path = self.root / key
        with _explained(path, "read"):
            return path.stat().st_size

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        path = self.root / key
        with _explained(path, "read"):
            return path.open("rb")

    def write(self, key: str, body: bytes) -> None:
        path = self.root / key
        # The dot keeps what a killed write leaves out of every listing; nobody can lay a link under a name that nobody can guess.
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        with _explained(path, "written"):
            path.parent.mkdir(parents=True, exist_ok=True)
            with _one_writer(path.parent):
                for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
                    left.unlink(missing_ok=True)
                try:
                    with open(os.open(part, _NEW, _PRIVATE), "wb") as file:
                        file.write(body)
                        file.flush()
                        os.fsync(file.fileno())
                    part.replace(path)
                finally:
                    part.unlink(missing_ok=True)


@contextmanager
def _one_writer(folder: Path) -> Iterator[None]:
    """Waits until nobody else writes to the folder: the parts that lie there now were left by killed writers."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder, onerror=_unless_missing):
        yield from (Path(parent, name) for name in names if not name.startswith("."))


def _unless_missing(error: OSError) -> None:
    # A prefix under which nothing was ever written has no folder either; any other error would hide objects.
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error


def _stored(root: Path, path: Path) -> Stored | None:
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(state.st_mode):
        return None
    return Stored(path.relative_to(root).as_posix(), f"{state.st_size}-{state.st_mtime_ns}")


@contextmanager
def _explained(path: Path, done: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise LoaderError(
            f"{path} is not there (any more): see what the bucket holds, then type the same again"
        ) from error
    except OSError as error:
        raise LoaderError(
            f"{path} can't be {done}: {error.strerror}; check the folder's rights and its disk, then type the same again"
        ) from error
