"""The cache's file in the bucket: written whole after each change, read back by every load, so that nothing is ever paid for twice."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from loader.errors import LoaderError
from loader.landing import enrichment_cache
from loader.landing.enrichment_cache import COLUMNS, Cached
from loader.sources import csv_file
from loader.sources.csv_file import MOMENT, Column
from loader.sources.storage import BadFile, Bucket, read_small
from loader.warehouse.base import Warehouse

KEY = "enrichment/nationality.csv"
_WORDS = Column(r"[^\r\n]{0,255}", "a text of up to 255 characters")
_COLUMNS = {
    "tenant_id": csv_file.ID,
    "name_hash": Column(r"[0-9a-f]{64}|", "64 hex digits or empty"),
    "llm_nationality": _WORDS,
    "llm_confidence": Column(r"0\.[0-9]{5}|1\.00000|", "a number from 0.00000 to 1.00000 or empty", Decimal),
    "enriched_at": csv_file.WHEN,
    "model_version": Column(r"[^\r\n]{0,128}", "a text of up to 128 characters"),
    "answer": _WORDS,
    "null_reason": Column(r"[a-z_]{0,32}", "a word or empty"),
    "prompt_version": Column(r"[0-9a-z]{0,32}", "a word or empty"),
    "key_id": Column(r"[0-9a-f]{16}|", "16 hex digits or empty"),
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
    known = enrichment_cache.rows(warehouse)
    newer = [one for number, one in filed.items() if number not in known or moment_of(one) > moment_of(known[number])]
    if newer:
        with warehouse.transaction():
            enrichment_cache.put(warehouse, newer)
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
        return value.strftime(MOMENT)
    return f"{value:.5f}" if isinstance(value, Decimal) else value


def moment_of(one: Cached) -> dt.datetime:
    """When an answer was given; long ago where nobody said."""
    return one.enriched_at or dt.datetime(1, 1, 1)  # noqa: DTZ001 (UTC, as written)


def _read(bucket: Bucket) -> dict[int, Cached]:
    """The file's answers by tenant; none where there is no file."""
    if KEY not in bucket.keys(KEY):
        return {}
    try:
        raw = read_small(bucket, KEY, csv_file.MAX_BYTES)
        return {row["tenant_id"]: Cached(**row) for row in csv_file.read(raw, _COLUMNS, "tenant_id")}
    except BadFile as problem:
        raise BadCacheFile(
            f"{bucket.uri}/{KEY}{problem}; nobody is asked until it is mended: put its last good version back, or move it away to begin "
            "from the database's answers"
        ) from None
