"""A folder for what a command writes on the way. One that was killed leaves its folder behind, with rows in it; the next removes that."""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "warehouse-loader-"
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder of TMPDIR that only this user can read; it goes at the end, and those of killed commands go before."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        _remove_if_left(folder)
    folder, lock = _made()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(lock)


def _made() -> tuple[Path, int]:
    """A folder and the lock on it, which its command's end frees, however it ends."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            lock = os.open(folder, _OPEN)
        except FileNotFoundError:
            continue  # taken for one that was left, in the moment before it was locked
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)


def _remove_if_left(folder: Path) -> None:
    try:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            return
        lock = os.open(folder, _OPEN)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    except (BlockingIOError, FileNotFoundError):
        pass  # its command is at work, or another one removes it as well
    finally:
        os.close(lock)
