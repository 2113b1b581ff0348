"""One run of the step: its record, which is kept while it goes on, and its limits of rows, requests a second, time and yen."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from loader.console import counted
from loader.dates import utc_now
from loader.quality.enrichment_limits import Enrichment
from loader.warehouse.base import Warehouse

UNDER_WAY = "under way or killed"
DONE = "done"
_TABLE = "landing.enrichment_runs"


@dataclass
class Record:
    run_id: int  # from 1
    model_version: str
    prompt_version: str
    to_ask: int  # tenants that had no answer when it began
    started_at: dt.datetime = field(default_factory=utc_now)
    ended_at: dt.datetime | None = None
    calls: int = 0  # repeated ones included
    answered: int = 0  # also answers that do not count
    nulls: Counter[str] = field(default_factory=Counter)  # answers that do not count, by reason
    failures: Counter[str] = field(default_factory=Counter)  # calls without an answer, by reason
    input_tokens: int = 0
    output_tokens: int = 0
    yen: Decimal = Decimal(0)  # calls without an answer cost the most they can
    stopped_by: str = UNDER_WAY  # or done, rows, time, yen, a failure

    def figures(self) -> dict[str, object]:
        counts = {"nulls": dict(self.nulls), "failures": dict(self.failures), "yen": float(round(self.yen, 2))}
        shown = {name: getattr(self, name) for name in ("to_ask", "calls", "answered")}
        return {"model": self.model_version, **shown, **counts, "stopped_by": self.stopped_by}

    def in_words(self) -> str:
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
    return (warehouse.query(f"SELECT MAX(run_id) FROM {_TABLE}")[0][0] or 0) + 1


def last_line(warehouse: Warehouse) -> str | None:
    """The newest run and the cache in a line, None where the step never ran."""
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


@dataclass(frozen=True)
class Timer:
    """A clock and a way to wait, both in seconds."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


@dataclass
class Bounds:
    """A run's limits, as data_contract.yaml allows."""

    rules: Enrichment
    timer: Timer
    started: float = field(init=False)
    _next: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self._next = self.timer.now()

    def forbids(self, rows: int, yen: Decimal, worst: Decimal) -> str | None:
        """What keeps the run from one more call, None where nothing does."""
        if rows >= self.rules.rows_per_run:
            return "rows"
        if not self.has_time_for(0):
            return "time"
        return "yen" if yen + worst > self.rules.yen_per_run else None

    def has_time_for(self, pause: float) -> bool:
        """Whether a call could still come in time, after a pause, though it took all the seconds it may."""
        ends = max(self.timer.now() + pause, self._next) + self.rules.answer_seconds
        return ends - self.started <= self.rules.seconds_per_run

    def pace(self) -> None:
        """Waits until the next request may go out."""
        now = self.timer.now()
        if self._next > now:
            self.timer.wait(self._next - now)
        self._next = max(now, self._next) + 1 / self.rules.requests_per_second
