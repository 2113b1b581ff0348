"""Which days a bucket has: a company that never misses a day would be no test of anything."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Request:
    """What was asked for; the same request is the same bucket, byte for byte."""

    end: date
    days: int
    snapshots: int
    scale: float
    seed: int
    bulk: bool
    gzip: bool

    def as_json(self) -> dict[str, object]:
        """The request as the bucket's stamp holds it."""
        return asdict(self) | {"end": self.end.isoformat(), "scale": float(self.scale)}

    @property
    def first_dump(self) -> date:
        """The first day that has a dump."""
        return self.end - timedelta(days=self.days - 1)

    def dump_days(self) -> list[date]:
        """The days with a dump. From five days on, one of those between the first and the last is missing."""
        days = [self.first_dump + timedelta(days=n) for n in range(self.days)]
        if self.days >= 5:
            del days[1 + self._draw("missing-dump", self.days - 2)]
        return days

    def snapshot_days(self) -> list[date]:
        """The days with a history snapshot, all before the first dump; about 1.5 % of the days between are missing."""
        gaps = max(1, round(self.snapshots * 0.015)) if self.snapshots >= 10 else 0
        span = self.snapshots + gaps
        days = [self.first_dump - timedelta(days=n) for n in range(span, 0, -1)]
        order = sorted(range(1, span - 1), key=lambda n: (self._draw(f"gap-{n}", 1 << 32), n))
        missing = set(order[:gaps])
        return [day for n, day in enumerate(days) if n not in missing]

    def _draw(self, purpose: str, n: int) -> int:
        """A whole number in [0, n) from the seed, the end and the purpose."""
        digest = hashlib.md5(f"{self.seed}/{self.end}/{purpose}".encode(), usedforsecurity=False).digest()
        return int.from_bytes(digest[:8], "big") % n
