"""Small CSV files of the bucket, written, and read strictly: UTF-8, the header, each value's form, a key that no two rows share."""

import csv
import datetime as dt
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loader.file_kinds import HEAD_BYTES, kind_of
from loader.sources.bucket import BadFile

MOMENT = "%Y-%m-%d %H:%M:%S"
MAX_BYTES = 16 << 20  # 80,000 rows of some 200 bytes, of 50,000 tenants; of the shortest rows it becomes 400 MB
_LONGEST_LINE = 64 << 10


@dataclass(frozen=True)
class Column:
    # What the whole text must look like, a regular expression; where it matches the empty text, a value may be missing.
    form: str
    what: str  # the same in words that go on after "is not"
    convert: Callable[[str], Any] = str  # makes the value of a text; a ValueError means that it is none


def _moment(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, MOMENT)  # noqa: DTZ007 (naive, as written)


ID = Column(r"[1-9][0-9]{0,17}", "a whole number above 0", int)
WHEN = Column(r"[0-9-]{10} [0-9:]{8}|", "a moment like 2026-02-10 05:30:00", _moment)


def read(raw: bytes, columns: Mapping[str, Column], key: str) -> list[dict[str, Any]]:
    """The rows of a file of MAX_BYTES at most, in its order; an empty text is None. The header has these columns, in any order, and no two rows
    share the key. Raises a BadFile otherwise.
    """
    if kind := kind_of(raw[:HEAD_BYTES]):
        raise BadFile(f" is {kind.what}, no UTF-8 CSV")
    try:
        text = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline="")  # Excel writes a BOM
        lines = csv.reader(_short(text), strict=True)
        header = next(lines, [])
        if sorted(header) != sorted(columns):
            raise BadFile(f" has not the header {','.join(columns)}")
        found: dict[Any, dict[str, Any]] = {}
        for line in lines:
            where = f", line {lines.line_num}:"
            if len(line) != len(header):
                raise BadFile(f"{where} {len(line)} fields instead of {len(header)}")
            row = {
                name: _value(text, columns[name], f"{where} {name}") for name, text in zip(header, line, strict=True)
            }
            if row[key] in found:
                raise BadFile(f"{where} its {key} is in the file twice")
            found[row[key]] = row
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f" is no UTF-8 CSV ({type(error).__name__})") from None
    return list(found.values())


def text_of(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A file's text: CRLF, NULL as nothing, quotes where they must be."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(itertools.chain([header], rows))
    return text.getvalue()


def _short(text: io.TextIOBase) -> Iterator[str]:
    """The lines of a text; a long one would become as many values as it has commas."""
    for number in itertools.count(1):
        line = text.readline(_LONGEST_LINE)
        if len(line) == _LONGEST_LINE:
            raise BadFile(f", line {number:,}: more than {_LONGEST_LINE:,} characters")
        if not line:
            return
        yield line


def _value(text: str, column: Column, where: str) -> Any:
    try:
        if re.fullmatch(column.form, text):
            return column.convert(text) if text else None
    except ValueError:
        pass
    raise BadFile(f"{where} is not {column.what}")
