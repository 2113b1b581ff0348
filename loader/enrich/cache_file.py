"""The cache's file in the bucket: written whole after each change, read back by every load, so that nothing is ever paid for twice."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from loader.bucket import Bucket
from loader.enrich import cache
from loader.enrich.cache import COLUMNS, Cached
from loader.errors import LoaderError
from loader.warehouse.base import Warehouse

KEY = "enrichment/nationality.csv"
_MOMENT = "%Y-%m-%d %H:%M:%S"
# Column -> what its text must look like; where it may be empty, empty is NULL.
_FORMS = {
    "tenant_id": r"[1-9][0-9]{0,17}",
    "name_hash": r"[0-9a-f]{64}|",
    "llm_nationality": r"[^\r\n]{0,255}",
    "llm_confidence": r"0\.[0-9]{5}|1\.00000|",
    "enriched_at": r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}|",
    "model_version": r"[^\r\n]{0,128}",
    "answer": r"[^\r\n]{0,255}",
    "null_reason": r"[a-z_]{0,32}",
    "prompt_version": r"[0-9a-z]{0,32}",
    "key_id": r"[0-9a-f]{16}|",
}


class BadCacheFile(LoaderError):
    """The file is not what the pipeline wrote. It is left as it is, and so is the table."""


@dataclass(frozen=True)
class Synced:
    """What became of table and file: answers that the table took from the file, and whether the file was written."""

    restored: int = 0
    exported: int = 0


def sync(warehouse: Warehouse, bucket: Bucket) -> Synced:
    """Makes table and file hold the same: of two answers for a tenant the newer one, and no answer is ever dropped.

    Raises:
        BadCacheFile: the file is not what the pipeline writes; neither it nor the table was changed.
        LoaderError: the bucket can't be read or written.
    """
    filed = _read(bucket)
    known = cache.rows(warehouse)
    newer = [one for number, one in filed.items() if number not in known or _moment(one) > _moment(known[number])]
    if newer:
        with warehouse.transaction():
            cache.put(warehouse, newer)
    both = known | {one.tenant_id: one for one in newer}
    text = text_of(both.values())
    if text == text_of(filed.values()):
        return Synced(len(newer))
    bucket.write(KEY, text.encode())
    return Synced(len(newer), len(both))


def text_of(answers: Iterable[Cached]) -> str:
    """The file's text, by tenant: CRLF, NULL as nothing, quotes where they must be."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(
        [_written(value) for value in vars(one).values()] for one in sorted(answers, key=lambda one: one.tenant_id)
    )
    return text.getvalue()


def _written(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.strftime(_MOMENT)
    return f"{value:.5f}" if isinstance(value, Decimal) else value


def _moment(one: Cached) -> dt.datetime:
    return one.enriched_at or dt.datetime(1, 1, 1)  # noqa: DTZ001 (UTC, as written)


def _read(bucket: Bucket) -> dict[int, Cached]:
    """The file's answers by tenant; none where there is no file."""
    if KEY not in bucket.keys(KEY):
        return {}
    with bucket.open(KEY) as body:
        raw = body.read()
    where = f"{bucket.uri}/{KEY}"
    todo = "nobody is asked until it is mended: put its last good version back, or move it away to begin from the database's answers"
    try:
        lines = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadCacheFile(f"{where} is no UTF-8 CSV ({type(error).__name__}); {todo}") from None
    if not lines or tuple(lines[0]) != COLUMNS:
        raise BadCacheFile(f"{where} has not the header {','.join(COLUMNS)}; {todo}")
    found: dict[int, Cached] = {}
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(COLUMNS):
            raise BadCacheFile(f"{where}, line {number}: {len(line)} fields instead of {len(COLUMNS)}; {todo}")
        one = _parsed(dict(zip(COLUMNS, line, strict=True)), f"{where}, line {number}", todo)
        if one.tenant_id in found:
            raise BadCacheFile(f"{where}, line {number}: its tenant_id is in the file twice; {todo}")
        found[one.tenant_id] = one
    return found


def _parsed(line: dict[str, str], where: str, todo: str) -> Cached:
    for name, text in line.items():
        if not re.fullmatch(_FORMS[name], text):
            raise BadCacheFile(f"{where}: {name} is not what it must be; {todo}")
    values: dict[str, object] = {name: text or None for name, text in line.items()}
    try:
        values["tenant_id"] = int(line["tenant_id"])
        if line["llm_confidence"]:
            values["llm_confidence"] = Decimal(line["llm_confidence"])
        if line["enriched_at"]:
            values["enriched_at"] = dt.datetime.strptime(line["enriched_at"], _MOMENT)  # noqa: DTZ007 (UTC, as written)
    except (ValueError, InvalidOperation):
        raise BadCacheFile(f"{where}: enriched_at is no moment; {todo}") from None
    return Cached(**values)
