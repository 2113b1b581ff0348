"""The record of a run of the step: what it asked, what came of it, what it cost, and what ended it. Kept while it goes on."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from loader.console import counted
from loader.dates import utc_now
from loader.warehouse.base import Warehouse

UNDER_WAY = "under way or killed"
DONE = "done"
_TABLE = "landing.enrichment_runs"


@dataclass
class Record:
    """One run.

    Attributes:
        run_id: from 1.
        model_version, prompt_version: who was asked, and how.
        to_ask: tenants that had no answer yet when it began.
        calls: requests made, repeated ones included.
        answered: answers that came, also such as do not count.
        nulls: answers that do not count, by reason.
        failures: calls without an answer, by reason.
        input_tokens, output_tokens: as the model counts them.
        yen: what they cost; calls without an answer at the most they can.
        stopped_by: done, rows, time, yen, or a failure.
    """

    run_id: int
    model_version: str
    prompt_version: str
    to_ask: int
    started_at: dt.datetime = field(default_factory=utc_now)
    ended_at: dt.datetime | None = None
    calls: int = 0
    answered: int = 0
    nulls: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    input_tokens: int = 0
    output_tokens: int = 0
    yen: Decimal = Decimal(0)
    stopped_by: str = UNDER_WAY

    def figures(self) -> dict[str, object]:
        """What the step's line shows."""
        return {
            "model": self.model_version,
            "to_ask": self.to_ask,
            "calls": self.calls,
            "answered": self.answered,
            "nulls": dict(self.nulls),
            "failures": dict(self.failures),
            "yen": float(round(self.yen, 2)),
            "stopped_by": self.stopped_by,
        }

    def in_words(self) -> str:
        """What a person reads of it."""
        if not self.to_ask:
            return "everybody has been asked"
        words = f"{counted(self.answered, 'answer')} from {self.model_version}"
        parts = [f"{sum(self.nulls.values()):,} that do not count"] * bool(self.nulls)
        parts += [f"{sum(self.failures.values()):,} calls failed"] * bool(self.failures)
        parts += [f"{self.to_ask - self.answered:,} left to ask"] * (self.answered < self.to_ask)
        parts += [f"{self.yen:,.2f} yen"] * bool(self.yen)
        parts += [f"the bound of {self.stopped_by} was met"] * (self.stopped_by in ("rows", "time", "yen"))
        return ", ".join([words, *parts])

    def save(self, warehouse: Warehouse) -> None:
        """Writes it, in place of what it was before. Within the caller's transaction."""
        values = (
            self.run_id, self.started_at, self.ended_at, self.model_version, self.prompt_version, self.to_ask, self.calls,
            self.answered, _counted(self.nulls), _counted(self.failures), self.input_tokens, self.output_tokens,
            round(self.yen, 4), self.stopped_by[:64],
        )  # fmt: skip
        warehouse.execute(f"DELETE FROM {_TABLE} WHERE run_id = ?", self.run_id)
        warehouse.execute(f"INSERT INTO {_TABLE} VALUES ({', '.join('?' * len(values))})", *values)


def next_id(warehouse: Warehouse) -> int:
    """A number that no run has."""
    return (warehouse.query(f"SELECT MAX(run_id) FROM {_TABLE}")[0][0] or 0) + 1


def last_line(warehouse: Warehouse) -> str | None:
    """The newest run and the cache in a line, None where the step never ran."""
    if not warehouse.has_table("landing", "enrichment_runs"):
        return None  # a warehouse of an earlier release, which no load has touched since
    found = warehouse.query(
        f"""SELECT started_at, model_version, to_ask, calls, answered, nulls, failures, yen, stopped_by FROM {_TABLE}
            ORDER BY run_id DESC LIMIT 1"""
    )
    if not found:
        return None
    at, model, to_ask, calls, answered, nulls, failures, yen, stopped_by = found[0]
    parts = [f"{answered:,} answers in {calls:,} calls", f"{to_ask - answered:,} left to ask"]
    parts += [f"not counted: {nulls}"] * bool(nulls) + [f"failed: {failures}"] * bool(failures)
    return f"nationalities, asked {at} UTC of {model}: {', '.join(parts)}, {yen:,.2f} yen, ended by: {stopped_by}"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))[:255]
