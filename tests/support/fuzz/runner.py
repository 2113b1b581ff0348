"""Running cases, and keeping what is needed to look at one that went wrong."""

from __future__ import annotations

import shutil
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.fuzz.cases import case_of, kind_of
from tests.support.fuzz.expected import Wrong
from tests.support.fuzz.judge import judge
from tests.support.fuzz.place import Place


@dataclass(frozen=True)
class Failure:
    """A case that went wrong: the loader's fault, or the reference's."""

    kind: str
    seed: int
    number: int
    problem: str

    def __str__(self) -> str:
        return f"{self.kind}: python -m tests.support.fuzz --seed {self.seed} --only {self.number}\n  {self.problem}"


@dataclass
class Tally:
    """What became of cases.

    Attributes:
        outcomes: (kind, exit code, whether anything landed) -> how many.
        failures: those that went wrong.
    """

    outcomes: Counter[tuple[str, int, bool]] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """How many there were."""
        return sum(self.outcomes.values()) + len(self.failures)

    @property
    def landed(self) -> int:
        """How many of them landed something."""
        return sum(number for (_, _, landed), number in self.outcomes.items() if landed)


def run(place: Place, seed: int, numbers: Iterable[int], tally: Tally) -> Iterator[int]:
    """Runs cases, one a step, and counts them.

    Yields:
        The number of the case that was run.
    """
    for number in numbers:
        kind, case = kind_of(number), case_of(seed, number)
        try:
            verdict = judge(case, place.base, place.run(case))
            tally.outcomes[kind, verdict.exit_code, verdict.landed] += 1
        except Wrong as wrong:
            cause = wrong.__cause__
            told = "".join(traceback.format_exception(cause)) if cause else ""
            tally.failures.append(Failure(kind, seed, number, f"{wrong}\n{told}".rstrip()))
        yield number


def keep(place: Place, failure: Failure, folder: Path) -> Path:
    """Writes the bucket of a case, the warehouse before it and what went wrong into a folder of its own.

    Returns:
        That folder.
    """
    home = folder / f"{failure.kind.replace(' ', '-')}-{failure.seed}-{failure.number}"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    case = case_of(failure.seed, failure.number)
    place.prepare(case)
    shutil.copytree(place.bucket, home / "bucket", symlinks=True)
    shutil.copy(place.base_file, home / "warehouse.duckdb")
    day = f" --date {case.day}" if case.day else ""
    (home / "problem.txt").write_text(
        f"{failure}\n\nBy hand, in this folder, on a copy of warehouse.duckdb (the fuzz takes {place.today} for today):\n"
        f"  WAREHOUSE_DUCKDB=copy.duckdb WAREHOUSE_DATA_CONTRACT={place.contract} python -m loader load --bucket bucket{day}\n",
        encoding="utf-8",
        errors="backslashreplace",
    )
    return home
