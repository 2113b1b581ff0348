"""Plays a script of mornings on a warehouse and compares it with rebuilds, at points between and at the end."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.crash import nursery
from tests.support.places import Place
from tests.support.simulation import moment
from tests.support.simulation.compare import Difference
from tests.support.simulation.mornings import Mornings
from tests.support.simulation.rebuilds import Rebuilder
from tests.support.simulation.script import CHUNKS, Morning, script

FIRST = dt.date(2023, 12, 28)  # with a year's end, two months' ends and a leap day in its 65 mornings
FOLLOWING = 12  # mornings of the log that a failure shows


class Drift(AssertionError):
    """The warehouse is not what a rebuild is, or a morning went otherwise than it must."""


@dataclass(frozen=True)
class Plan:
    """What to play.

    Attributes:
        seed: of everything that chance decides.
        mornings: how many.
        points: how many comparisons there are between, evenly.
        chunks: what must happen.
        audits_every: on which mornings what is computed is audited; on all of them with 1.
    """

    seed: int = 1
    mornings: int = 65
    points: int = 10
    chunks: tuple[tuple[str, ...], ...] = CHUNKS
    audits_every: int = 5


@dataclass
class Simulation:
    """A life under comparison.

    Attributes:
        place: where nothing was ever loaded, chosen by the environment.
        folder: an empty one.
        plan: what to play.
        tell: told of each morning.
    """

    place: Place
    folder: Path
    plan: Plan
    tell: Callable[[str], None] = lambda _: None
    life: Mornings = field(init=False)
    compared: list[str] = field(default_factory=list)
    _waiting: list[tuple[str, list[str], Future[list[Difference]]]] = field(default_factory=list)

    def play(self) -> None:
        """Lives all mornings.

        Raises:
            Drift: with the seed, the morning, what happened on the last ones, and the rows that differ.
        """
        plan = self.plan
        mornings = script(random.Random(plan.seed), FIRST, plan.mornings, plan.chunks)
        due = [plan.mornings * (point + 1) // (plan.points + 1) for point in range(plan.points)]
        with (
            nursery(self.folder / "nursery") as started,
            contextlib.closing(Rebuilder(self.folder / "new")) as rebuilder,
        ):
            self.life = Mornings(self.place, self.folder / "life", plan.seed, FIRST, started)
            for number, morning in enumerate(mornings):
                self._live(number, morning)
                self._look(wait=False)
                if due and number >= due[0] and self.life.operator.computed:
                    due.pop(0)
                    middle = len(due) == plan.points // 2
                    self._compare(rebuilder, morning, full=middle or self.place.on_mysql)
            self._compare(rebuilder, mornings[-1], full=True)
            if plan.points and not self.place.on_mysql:
                self._compare(rebuilder, mornings[-1], full=False)
            self._look(wait=True)

    def _live(self, number: int, morning: Morning) -> None:
        self.life.operator.audits = number % self.plan.audits_every == 0
        self.tell(f"{morning.at} {morning.kind}")
        output = io.StringIO()
        try:
            with moment.at(morning.at), contextlib.redirect_stdout(output):
                self.life.live(morning.day, morning.kind)
        except Exception as error:
            said = output.getvalue()[-1500:]
            raise self._failure(f"{morning.day}, {morning.kind}: {error!r}\n{said}", self.life.log) from error

    def _compare(self, rebuilder: Rebuilder, morning: Morning, *, full: bool) -> None:
        what = f"{morning.day}, against a rebuild {'from the bucket' if full else 'from the same landing data'}"
        life = self.life
        future = (
            rebuilder.from_bucket(self.place, life.bucket, morning.at, life.project)
            if full
            else rebuilder.from_landing(self.place, life.project)
        )
        self._waiting.append((what, list(life.log), future))

    def _look(self, *, wait: bool) -> None:
        while self._waiting and (wait or self._waiting[0][2].done()):
            what, log, future = self._waiting.pop(0)
            if found := future.result():
                raise self._failure(f"{what}: {len(found)} differ\n" + "\n".join(map(str, found)), log)
            self.compared.append(what)

    def _failure(self, problem: str, log: list[str]) -> Drift:
        starts = [place for place, line in enumerate(log) if " morning: " in line]
        shown = log[starts[-FOLLOWING] if len(starts) > FOLLOWING else 0 :]
        again = f"python -m tests.support.simulation --seed {self.plan.seed} --mornings {self.plan.mornings}"
        return Drift(f"seed {self.plan.seed} ({again}): {problem}\nThe mornings before:\n  " + "\n  ".join(shown))
