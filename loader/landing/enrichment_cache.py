"""The cache: what was answered for each tenant, in the pipeline's own table. No name is in it; see enrichment/candidates.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from decimal import Decimal

from loader.warehouse.base import Warehouse

TABLE = "landing.llm_enrichment_cache"
BELOW = "below_threshold"  # why an answer does not count: the model was less sure of it than is asked


@dataclass(frozen=True)
class Cached:
    """One tenant's answer, a row of the table and a line of its file in the bucket.

    Attributes:
        tenant_id: tenant.
        name_hash: keyed hash of the name it was given for.
        llm_nationality: the nationality, None where the answer does not count.
        llm_confidence: from 0 to 1.
        enriched_at: when it was given, UTC, naive, whole seconds.
        model_version: who gave it.
        answer: the master's name that was answered, also below the threshold.
        null_reason: why it does not count, None where it does; see enrichment/judgement.py.
        prompt_version: of the text that asked.
        key_id: of the key that name_hash was made with.
    """

    tenant_id: int
    name_hash: str | None
    llm_nationality: str | None
    llm_confidence: Decimal | None
    enriched_at: dt.datetime | None
    model_version: str | None
    answer: str | None = None
    null_reason: str | None = None
    prompt_version: str | None = None
    key_id: str | None = None


COLUMNS = tuple(field.name for field in fields(Cached))


def rows(warehouse: Warehouse) -> dict[int, Cached]:
    """All answers, by tenant."""
    found = warehouse.query(f"SELECT {', '.join(COLUMNS)} FROM {TABLE} ORDER BY tenant_id")
    return {row[0]: Cached(*row) for row in found}


def put(warehouse: Warehouse, answers: Iterable[Cached]) -> None:
    """Writes answers in place of their tenants' earlier ones, and notes that a run has to follow. Within the caller's transaction."""
    answers = list(answers)
    if not answers:
        return
    warehouse.execute_many(f"DELETE FROM {TABLE} WHERE tenant_id = ?", [(one.tenant_id,) for one in answers])
    places = ", ".join("?" * len(COLUMNS))
    warehouse.execute_many(
        f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({places})", [astuple(one) for one in answers]
    )
    if not waits_for_run(warehouse):
        warehouse.execute("INSERT INTO landing.enrichment_to_run VALUES (?)", max(one.tenant_id for one in answers))


def waits_for_run(warehouse: Warehouse) -> bool:
    """Whether answers came in that no run has followed yet."""
    return bool(warehouse.query("SELECT 1 FROM landing.enrichment_to_run"))


def followed_by_run(warehouse: Warehouse) -> None:
    """Notes that a run has computed with what is there. Within the caller's transaction."""
    warehouse.execute("DELETE FROM landing.enrichment_to_run")


def judge_again(warehouse: Warehouse, at_least: Decimal) -> int:
    """Holds answers that are there against another threshold: what was paid for need not be asked again.

    Returns:
        How many count now and did not, or the other way round.
    """
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
