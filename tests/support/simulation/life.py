"""What every morning is made of: what happened at the source, the dump of it, the command, and a word in the log."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from pathlib import Path

from demo.dump import dump_sql
from demo.rows import Rows
from loader.errors import LoaderError
from loader.settings import PROJECT
from tests.support.crash import Nursery
from tests.support.places import Place
from tests.support.simulation.company import Company
from tests.support.simulation.compare import LEFT_OUT, contents, differences
from tests.support.simulation.files import Files
from tests.support.simulation.happenings import HAPPENINGS
from tests.support.simulation.operator import Operator


class Life:
    """A company and its warehouse; `mornings.Mornings` has a method for each kind of morning.

    Args:
        place: where nothing was ever loaded, chosen by the environment.
        folder: an empty one, for the bucket and the changed project.
        seed: of everything that chance decides.
        first: the founding day.
        nursery: starts the commands that are killed.
    """

    def __init__(self, place: Place, folder: Path, seed: int, first: dt.date, nursery: Nursery) -> None:
        self.place, self.nursery = place, nursery
        self.rng = random.Random(seed)
        self.bucket = folder / "bucket"
        self.bucket.mkdir(parents=True)
        self.files = Files(self.bucket, self.rng)
        self.operator = Operator(place, self.bucket)
        self.company = Company(self.rng, first)
        self.project = PROJECT
        self.happened: Counter[str] = Counter()
        self.log: list[str] = []
        self.day = first
        self._folder = folder
        self._told: dict[dt.date, dict[str, Rows]] = {}  # what the source held on a day
        self._gaps: list[dt.date] = []
        self._late: list[dt.date] = []

    def live(self, day: dt.date, kind: str) -> None:
        """Lives a morning of a kind."""
        self.day = self.company.today = day
        self.say("morning", kind)
        for _ in range(self.rng.randint(3, 7)):
            self._happens()
        self._told[day] = self.company.copied()
        getattr(self, f"_{kind}")()
        self.happened[kind] += 1

    def say(self, kind: str, what: str) -> None:
        """Notes what happened."""
        self.log.append(f"{self.day} {kind}: {what}")

    def _happens(self) -> None:
        new = [kind for kind in HAPPENINGS if not self.happened[kind]]
        kind = self.rng.choice(new if new and self.rng.random() < 0.5 else list(HAPPENINGS))
        if what := HAPPENINGS[kind](self.company):
            self.happened[kind] += 1
            self.say(kind, what)

    def _body(self, day: dt.date | None = None) -> bytes:
        return dump_sql(self._told[day or self.day])

    def _put(self, day: dt.date | None = None) -> None:
        self.files.put(day or self.day, self._body(day))

    def _daily(self) -> LoaderError | None:
        told = self.operator.daily(self.day)
        if told:
            self.say("told", f"{type(told).__name__}: {str(told).splitlines()[0][:150]}")
        return told

    def _fails(self, kind: type[LoaderError]) -> None:
        """A morning that has nothing to load: it says so, and nothing is changed, unless a run is to be made up for."""
        before = contents(self.place) if self.operator.computed else None
        told = self._daily()
        assert isinstance(told, kind), f"expected {kind.__name__}, got {told!r}"
        changed = differences(before, contents(self.place), LEFT_OUT) if before else []
        assert not changed, "a morning without a dump changed " + "\n".join(map(str, changed))
