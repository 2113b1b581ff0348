"""Answers that were paid for in another system: taken into the cache from a file that says of no answer which name it was given for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from enrichment import config
from enrichment.backend import Reply
from enrichment.candidates import digest, key_id, name_of
from enrichment.judgement import Master, judge
from loader import commands
from loader.errors import UsageError
from loader.landing import enrichment_cache
from loader.landing.access import open_warehouse
from loader.quality.data_contract import read_enrichment
from loader.settings import Settings
from loader.sources import csv_file
from loader.sources.csv_file import Column
from loader.sources.storage import BadFile, FolderBucket, open_bucket

COLUMNS = {
    "tenant_id": csv_file.ID,
    "llm_nationality": Column(r"[^\r\n]{0,255}", "a text of up to 255 characters"),
    "llm_confidence": Column(r"0(\.[0-9]{1,20})?|1(\.0{1,20})?", "a number from 0 to 1", Decimal),
    "enriched_at": Column(r"[0-9-]{10} [0-9:]{8}", csv_file.WHEN.what, csv_file.WHEN.convert),
    "model_version": Column(r"[^\r\n]{1,128}", "a text of 1 to 128 characters"),
}


@dataclass
class Taken:
    """What became of the file's answers."""

    taken: int = 0  # answers that are in the cache now
    nulls: Counter[str] = field(default_factory=Counter)  # of these, such as do not count, by reason
    nameless: int = 0  # of these, such as are of tenants whom the dump does not have, or without a name
    stood: int = 0  # answers that were left: the cache had one as new

    def __str__(self) -> str:
        lines = [f"{self.taken:,} answers were taken."]
        if self.stood:
            lines.append(f"{self.stood:,} were not: the warehouse has one as new.")
        if self.nulls:
            reasons = ", ".join(f"{name} {count:,}" for name, count in sorted(self.nulls.items()))
            lines.append(f"Of those taken do not count: {reasons}.")
        if self.nameless:
            lines.append(
                f"{self.nameless:,} are of tenants without a name in the newest dump: asked again once there is one."
            )
        return " ".join([*lines, f"Now type\n  {commands.loader('run')}"] if self.taken else lines)


def take(settings: Settings, file: Path) -> Taken:
    """Takes the answers of a CSV file (COLUMNS, a row a tenant, times in UTC) into the cache and its file in the bucket; typed again, it
    changes nothing.

    An answer counts as given for the name that the tenant has now: it is asked for again once that changes. Where the tenant has no
    name now, it is asked for again as soon as there is one. What counts as a nationality is judged as of any answer.

    Raises:
        UsageError: the file is not what it must be, no key is set, or nothing is planned; nothing was changed.
        LoaderError: the bucket's own file is bad, or the bucket fails.
    """
    key = config.name_key()
    rules = read_enrichment(settings.data_contract)
    bucket = open_bucket(settings.bucket_uri)
    try:
        raw = FolderBucket(file.parent).read_small(file.name, csv_file.MAX_BYTES)
        rows = csv_file.read(raw, COLUMNS, "tenant_id")
    except BadFile as problem:
        raise UsageError(f"{file}{problem}; nothing was changed") from None
    with open_warehouse(settings) as warehouse:
        if not warehouse.has_table("staging", "m_nationalities"):
            raise UsageError(
                f"prod has no staging.m_nationalities yet, by which answers are judged. Plan it first\n  {commands.sqlmesh('plan')}"
            )
        enrichment_cache.sync(warehouse, bucket)
        known = enrichment_cache.rows(warehouse)
        master = Master(name for (name,) in warehouse.query("SELECT nationality_name FROM staging.m_nationalities"))
        tenants = warehouse.query("SELECT id, full_name, last_name, first_name FROM staging.tenants")
        named = {number: name_of(*parts) for number, *parts in tenants}
        done, answers = Taken(), []
        for row in rows:
            number, name = row["tenant_id"], named.get(row["tenant_id"])
            if number in known and enrichment_cache.moment_of(known[number]) >= row["enriched_at"]:
                done.stood += 1
                continue
            answer = judge(
                Reply(row["llm_nationality"] or "", row["llm_confidence"]),
                master,
                rules.confidence_at_least,
                tenant_id=number,
                name_hash=digest(key, number, name) if name else None,
                enriched_at=row["enriched_at"],
                model_version=row["model_version"],
                key_id=key_id(key),
            )
            answers.append(answer)
            done.taken += 1
            done.nulls.update([answer.null_reason] if answer.null_reason else [])
            done.nameless += name is None
        with warehouse.transaction():
            enrichment_cache.put(warehouse, answers)
        enrichment_cache.sync(warehouse, bucket)
    return done
