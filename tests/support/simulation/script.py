"""Which morning brings what: every kind of trouble at least once, in an order that the seed shuffles."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

# Mornings that belong together, in their order; each word is a method of `mornings.Mornings`.
CHUNKS: tuple[tuple[str, ...], ...] = (
    ("gap", "waived"),
    ("gap", "plain", "late_file"),
    ("gap", "plain", "late_dump"),
    ("held", "held", "caught_up"),
    ("cut", "replaced"),
    ("wrong_sha", "waived"),
    ("duplicate_key", "plain", "replaced"),
    ("reloaded",),
    ("exported_again",),
    ("exported_again",),
    ("past_day",),
    ("killed",),
    ("killed",),
    ("killed",),
    ("step_failed",),
    ("run_lost",),
    ("rolled_back_and_corrected",),
    ("rolled_back", "plain", "waived"),
    ("reloaded_and_rolled_back",),
    ("enriched",),
    ("promoted",),
    ("planned_in_dev", "exported_again", "dev_promoted"),
)
ONCE = {"promoted", "planned_in_dev"}  # an edit is made once
# For fewer mornings: what two troubles of one stretch may do to each other. Of the rest, each is in a test of its own.
SHORT: tuple[tuple[str, ...], ...] = (("gap", "late_file"), ("killed",), ("rolled_back_and_corrected",))


@dataclass(frozen=True)
class Morning:
    """One morning.

    Attributes:
        day: the business day.
        at: when the command is typed: between midnight and nine, so that it is another day in UTC.
        kind: what it brings.
    """

    day: dt.date
    at: dt.datetime
    kind: str


def script(rng: random.Random, first: dt.date, mornings: int, chunks: tuple[tuple[str, ...], ...]) -> list[Morning]:
    """The mornings, beginning with the founding one and ending with a plain one.

    Raises:
        ValueError: there are too few mornings for what has to happen.
    """
    spare = mornings - 2 - sum(map(len, chunks))
    if spare < 0:
        raise ValueError(f"{mornings} mornings are too few: {mornings - spare} hold everything once")
    lived = list(chunks)
    again = [chunk for chunk in chunks if not ONCE & set(chunk)]
    while spare:
        chunk = rng.choice(again) if rng.random() < 0.3 else ("plain",)
        if len(chunk) <= spare:
            lived.append(chunk)
            spare -= len(chunk)
    rng.shuffle(lived)
    kinds = ["founded", *(kind for chunk in lived for kind in chunk), "plain"]
    found = []
    for number, kind in enumerate(kinds):
        day = first + dt.timedelta(days=number)
        at = dt.datetime.combine(day, dt.time(rng.randrange(9), rng.randrange(60)))
        found.append(Morning(day, at, kind))
    return found
