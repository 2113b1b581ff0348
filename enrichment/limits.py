"""What keeps a run small: rows, requests a second, time and yen. Its clock is handed in, so that a test waits for nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from loader.quality.enrichment_limits import Enrichment


@dataclass(frozen=True)
class Timer:
    """A clock and a way to wait, both in seconds."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


@dataclass
class Bounds:
    """A run's limits.

    Attributes:
        rules: what data_contract.yaml allows.
        timer: the clock.
        started: when the run began, by that clock.
    """

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
