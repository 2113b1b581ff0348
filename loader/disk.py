"""A full disk, said plainly: which one it is, what to do and what stands."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from loader.errors import LoaderError
from loader.scratch import PREFIX

STANDS = "nothing is half done: a dump that is in stays in, what was under way changed nothing"
_NUMBERS = (errno.ENOSPC, errno.EDQUOT)
# DuckDB has no number in its errors, and words of its own when its temporary files find no room.
_SPILLED = "max_temp_directory_size"
_TEXT = re.compile(rf"No space left on device|Disk quota exceeded|{_SPILLED}")
_FILE = re.compile(r'file "([^"]+)"')


@contextmanager
def no_space_said_plainly(stands: str = STANDS) -> Iterator[None]:
    """Makes one plain answer of it when a full disk, or a used up quota, ends what is done within.

    Args:
        stands: what is then true of the warehouse.

    Raises:
        LoaderError: a disk is full.
    """
    try:
        yield
    except Exception as error:
        chain = list(_chain(error))
        at = next((at for at, one in enumerate(chain) if _is_no_space(one)), None)
        if at is None:
            raise
        # Who met it may have told it already, and knows which file it was.
        told = [str(one) for one in chain[:at] if isinstance(one, LoaderError)]
        text = told[0] if told else f"no space left {_where(chain[at])}, then type the same again"
        raise LoaderError(f"{text}; {stands}") from None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those behind it: what is cleaned up after the first one can fail in turn, and hides it."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _is_no_space(error: BaseException) -> bool:
    # Imported here: `--help` does without it, and what raised its errors has imported it.
    import duckdb

    if isinstance(error, OSError):
        return error.errno in _NUMBERS
    return isinstance(error, duckdb.Error) and bool(_TEXT.search(str(error)))


def _where(error: BaseException) -> str:
    if _SPILLED in str(error):
        return "for DuckDB's own temporary files, beside the warehouse: free some on that disk"
    match = _FILE.search(str(error))
    file = error.filename if isinstance(error, OSError) else match and match[1]
    if file is None:
        return "on a disk, perhaps that of temporary files: free some there, or name a larger one in TMPDIR"
    if PREFIX in str(file):
        return f"for the temporary file {file}: free some on that disk, or name a larger one in TMPDIR"
    return f"on the disk of {file}: free some there"
