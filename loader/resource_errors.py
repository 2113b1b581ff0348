"""What the machine does not give: space on a disk, memory, the right to a file. Where it is, what to do and what stands."""

import errno
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from loader.errors import LoaderError
from loader.scratch import PREFIX

_STANDS = "nothing is half done: a dump that is in stays in, what was under way changed nothing"
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
# DuckDB has no number in its errors, and words of its own when its temporary files find no room.
_SPILLED = "max_temp_directory_size"
_TEXT = re.compile(rf"No space left on device|Disk quota exceeded|{_SPILLED}")
_FILE = re.compile(r'file "([^"]+)"')


@contextmanager
def explain_machine_errors() -> Iterator[None]:
    """Within, a full disk, a used up quota, too little memory or a missing right to a file ends in one LoaderError that says what to do."""
    try:
        yield
    except Exception as error:
        chain = list(_chain(error))
        at, explain = next(((at, found) for at, one in enumerate(chain) if (found := _explanation(one))), (0, None))
        # Whoever met it may have explained it already, and knows which file it was.
        explained = [str(one) for one in chain[:at] if isinstance(one, LoaderError)]
        if explain is None or (explained and explain is not _space):
            raise
        raise LoaderError(f"{explained[0] if explained else explain(chain[at])}; {_STANDS}") from None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those behind it: what is cleaned up after the first one can fail in turn, and hides it."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _explanation(error: BaseException) -> Callable[[BaseException], str] | None:
    """The function that explains an error, where it is one of these."""
    # Imported here: `--help` does without it, and what raised its errors has imported it.
    import duckdb

    if isinstance(error, OSError):
        return _space if error.errno in _NO_SPACE else _right if error.errno in _NO_RIGHT else None
    if isinstance(error, duckdb.Error) and _TEXT.search(str(error)):
        return _space
    return _memory if isinstance(error, MemoryError | duckdb.OutOfMemoryException) else None


def _space(error: BaseException) -> str:
    return f"no space left {_where(error)}, then type the same again"


def _right(error: BaseException) -> str:
    file = getattr(error, "filename", None) or "a file"
    return f"this user has no right to {file}: give it the right to read and write there, then type the same again"


def _memory(error: BaseException) -> str:
    who = "DuckDB" if type(error).__module__.endswith("duckdb") else "Python"
    return f"no memory left for {who}: something in the input is far larger than usual, or the machine too small for it"


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
