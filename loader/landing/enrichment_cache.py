"""The cache: what was answered for each tenant, in the pipeline's own table and in a file of the bucket. No name is in it.

The file is written whole after each change and read back by every load, so that nothing is ever paid for twice.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from decimal import Decimal

from loader.errors import LoaderError
from loader.sources import csv_file
from loader.sources.csv_file import MOMENT, Column
from loader.sources.storage import BadFile, Bucket
from loader.warehouse.base import Warehouse

TABLE = "landing.llm_enrichment_cache"
KEY = "enrichment/nationality.csv"
_WORDS = Column(r"[^\r\n]{0,255}", "a text of up to 255 characters")
_FORMS = {
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
BELOW = "below_threshold"  # why an answer does not count: the model was less sure of it than is asked


@dataclass(frozen=True)
class Cached:
    """One tenant's answer, a row of the table and a line of its file in the bucket."""

    tenant_id: int  # tenant
    name_hash: str | None  # keyed hash of the name it was given for
    llm_nationality: str | None  # the nationality, None where the answer does not count
    llm_confidence: Decimal | None  # from 0 to 1
    enriched_at: dt.datetime | None  # when it was given, UTC, naive, whole seconds
    model_version: str | None  # who gave it
    answer: str | None = None  # the master's name that was answered, also below the threshold
    null_reason: str | None = None  # why it does not count, None where it does; see enrichment/judgement.py
    prompt_version: str | None = None  # of the text that asked
    key_id: str | None = None  # of the key that name_hash was made with


COLUMNS = tuple(field.name for field in fields(Cached))


def rows(warehouse: Warehouse) -> dict[int, Cached]:
    found = warehouse.query(f"SELECT {', '.join(COLUMNS)} FROM {TABLE} ORDER BY tenant_id")
    return {row[0]: Cached(*row) for row in found}


def put(warehouse: Warehouse, answers: Iterable[Cached]) -> None:
    """Writes answers in place of their tenants' earlier ones, and notes that a run has to follow. Within the caller's transaction."""
    answers = list(answers)
    if not answers:
        return
    warehouse.execute_many(f"DELETE FROM {TABLE} WHERE tenant_id = ?", [(one.tenant_id,) for one in answers])
    warehouse.insert(TABLE, [astuple(one) for one in answers])
    if not waits_for_run(warehouse):
        warehouse.insert("landing.enrichment_to_run", [(answers[0].tenant_id,)])


def waits_for_run(warehouse: Warehouse) -> bool:
    """Whether answers came in that no run has followed yet."""
    return bool(warehouse.query("SELECT 1 FROM landing.enrichment_to_run"))


def followed_by_run(warehouse: Warehouse) -> None:
    """Notes that a run has computed with what is there. Within the caller's transaction."""
    warehouse.execute("DELETE FROM landing.enrichment_to_run")


def judge_again(warehouse: Warehouse, at_least: Decimal) -> int:
    """Holds answers that are there against another threshold: what was paid for need not be asked again. Returns how many changed."""
    changed = []
    for one in rows(warehouse).values():
        if one.answer is None or one.llm_confidence is None:
            continue
        counts = one.llm_confidence >= at_least
        if counts != (one.llm_nationality is not None):
            answer, reason = (one.answer, None) if counts else (None, BELOW)
            changed.append(replace(one, llm_nationality=answer, null_reason=reason))
    with warehouse.transaction():
        put(warehouse, changed)
    return len(changed)


class BadCacheFile(LoaderError):
    """The file is not what the pipeline wrote. It is left as it is, and so is the table."""


def sync(warehouse: Warehouse, bucket: Bucket) -> tuple[int, int]:
    """Makes table and file hold the same: of two answers for a tenant the newer one, and no answer is ever dropped. Returns how many answers
    the table took from the file, and how many were written to it. A BadCacheFile changes neither.
    """
    filed = _read(bucket)
    known = rows(warehouse)
    newer = [one for number, one in filed.items() if number not in known or moment_of(one) > moment_of(known[number])]
    if newer:
        with warehouse.transaction():
            put(warehouse, newer)
    both = known | {one.tenant_id: one for one in newer}
    text = text_of(both.values())
    if text == text_of(filed.values()):
        return len(newer), 0
    bucket.write(KEY, text.encode())
    return len(newer), len(both)


def text_of(answers: Iterable[Cached]) -> str:
    """The file's text, by tenant."""
    ordered = sorted(answers, key=lambda one: one.tenant_id)
    return csv_file.text_of(COLUMNS, ([_written(value) for value in vars(one).values()] for one in ordered))


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
        raw = bucket.read_small(KEY, csv_file.MAX_BYTES)
        return {row["tenant_id"]: Cached(**row) for row in csv_file.read(raw, _FORMS, "tenant_id")}
    except BadFile as problem:
        raise BadCacheFile(
            f"{bucket.uri}/{KEY}{problem}; nobody is asked until it is mended: put its last good version back, or move it away to begin "
            "from the database's answers"
        ) from None
