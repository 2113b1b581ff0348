"""The step: asks about tenants without a nationality, within its bounds, and keeps each answer before it asks for the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from enrichment import candidates, config, run
from enrichment.backend import Backend, CallFailed, Offline, Reply
from enrichment.candidates import Tenant, key_id
from enrichment.judgement import Master, judge
from enrichment.run import Bounds, Record, Timer
from loader import commands
from loader.console import Step, step, warn
from loader.dates import utc_now
from loader.errors import LoaderError
from loader.landing import enrichment_cache
from loader.landing.access import open_warehouse
from loader.quality.data_contract import read_enrichment
from loader.quality.enrichment_limits import Enrichment
from loader.settings import Settings
from loader.sources.storage import open_bucket
from loader.warehouse.base import Warehouse

_REAL = Timer()


def enrich(settings: Settings, *, again: bool = False, timer: Timer = _REAL) -> Record | None:
    """Runs the step once; safe to kill at any point, and to repeat: what was answered is never asked again.

    `again` asks too where the answer is of another model, prompt or key. Returns None where nothing is planned yet: nobody was asked.

    Raises:
        UsageError: the configuration makes no sense; nothing was asked.
        LoaderError: the cache's file is bad, the bucket fails, or the run ended by failures. What was answered before is kept.
    """
    rules = read_enrichment(settings.data_contract)
    bucket = open_bucket(settings.bucket_uri)
    chosen = config.resolve(bucket.region)
    with open_warehouse(settings) as warehouse, step("enrich", unit="tenants") as progress:
        enrichment_cache.sync(warehouse, bucket)
        try:
            done = _ask(warehouse, rules, chosen, again, timer, progress)
        finally:
            enrichment_cache.sync(warehouse, bucket)
    if done and done.stopped_by not in (run.DONE, "rows", "time", "yen"):
        raise LoaderError(
            f"the enrichment ended by failures ({done.stopped_by}) after {done.answered:,} answers; those are kept, the rest is asked "
            "next time. See docs/runbook.md"
        )
    return done


def backend_of(chosen: config.Config, master: Master, rules: Enrichment) -> Backend:
    """Who is asked, by the configuration."""
    if chosen.region is None:
        return Offline()
    # Imported here: it brings boto3, and the baseline does without it.
    from enrichment.bedrock import Bedrock

    return Bedrock(chosen.model, chosen.region, master.names, rules.answer_seconds)


def _ask(
    warehouse: Warehouse, rules: Enrichment, chosen: config.Config, again: bool, timer: Timer, progress: Step
) -> Record | None:
    if not warehouse.has_table("silver", "tenant_nationality"):
        warn(
            f"nobody is asked for a nationality: prod has no silver.tenant_nationality yet. Plan it first: {commands.sqlmesh('plan')}"
        )
        return None
    master = Master(name for (name,) in warehouse.query("SELECT nationality_name FROM staging.m_nationalities"))
    backend = backend_of(chosen, master, rules)
    judged_again = enrichment_cache.judge_again(warehouse, rules.confidence_at_least)
    asked = candidates.to_ask(warehouse, chosen.key, backend, again=again)
    if asked.other_key:
        warn(
            f"{asked.other_key:,} nationalities were answered under another {config.NAME_KEY}, so a changed name can't be seen there: "
            f"set that key again, or ask again with {commands.loader('enrich', '--again')}"
        )
    done = Record(run.next_id(warehouse), backend.model_version, backend.prompt_version, len(asked.tenants))
    _Run(warehouse, backend, master, rules, chosen.key, Bounds(rules, timer), done).over(asked.tenants)
    progress.add_figures(**done.figures(), nameless=asked.nameless, judged_again=judged_again)
    progress.summarize(done.in_words())
    return done


@dataclass
class _Run:
    warehouse: Warehouse
    backend: Backend
    master: Master
    rules: Enrichment
    key: bytes
    bounds: Bounds
    done: Record

    def over(self, tenants: Sequence[Tenant]) -> None:
        """Asks about each until there are no more or a bound is met."""
        self._save()
        in_a_row, ended = 0, run.DONE
        for number, tenant in enumerate(tenants):
            if forbidden := self.bounds.forbids(number, self.done.yen, self._worst(tenant)):
                ended = forbidden
                break
            try:
                reply = self._reply(tenant)
            except CallFailed as failed:
                in_a_row += 1
                self._save()
                if failed.reason == "refused" or in_a_row >= self.rules.failures_in_a_row:
                    ended = str(failed)
                    break
                continue
            in_a_row = 0
            self._keep(tenant, reply)
        self.done.stopped_by, self.done.ended_at = ended, utc_now()
        self._save()

    def _reply(self, tenant: Tenant) -> Reply:
        """One tenant's reply: again after a pause where the endpoint throttles, twice as long each time."""
        attempt = 0
        while True:
            if self.backend.paced:
                self.bounds.pace()
            self.done.calls += 1
            try:
                return self.backend.ask(tenant.name)
            except CallFailed as failed:
                self.done.failures[failed.reason] += 1
                if failed.reason != "throttled":
                    self.done.yen += self._worst(tenant)  # nobody knows whether it was answered behind our back
                pause = 2.0**attempt
                attempt += 1
                if (
                    failed.reason != "throttled"
                    or attempt >= self.rules.attempts
                    or not self.bounds.has_time_for(pause)
                ):
                    raise
                self.bounds.timer.wait(pause)

    def _keep(self, tenant: Tenant, reply: Reply) -> None:
        answer = judge(
            reply,
            self.master,
            self.rules.confidence_at_least,
            tenant_id=tenant.tenant_id,
            name_hash=tenant.name_hash,
            enriched_at=utc_now(),
            model_version=self.backend.model_version,
            prompt_version=self.backend.prompt_version,
            key_id=key_id(self.key),
        )
        done = self.done
        done.answered += 1
        done.nulls.update([answer.null_reason] if answer.null_reason else [])
        done.input_tokens += reply.input_tokens
        done.output_tokens += reply.output_tokens
        done.yen += self.rules.yen_per_1000_tokens.of(reply.input_tokens, reply.output_tokens)
        with self.warehouse.transaction():
            enrichment_cache.put(self.warehouse, [answer])
            done.save(self.warehouse)

    def _save(self) -> None:
        with self.warehouse.transaction():
            self.done.save(self.warehouse)

    def _worst(self, tenant: Tenant) -> Decimal:
        return self.rules.yen_per_1000_tokens.of(*self.backend.most_tokens(tenant.name))
