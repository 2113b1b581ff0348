"""What a morning costs, beside what it cost at an earlier commit: both checkouts in turns, on the same company.

Part of `make bench`; a part of it alone: python -m bench.light --on duckdb --scale 0.05 --days 60
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import click

from bench.growth import bucket, day_of, environment
from bench.page import GATEWAYS
from loader.settings import PROJECT
from tests.support import servers
from tests.support.worktree import worktree

PAGE = PROJECT / "docs" / "benchmarks.md"
HEADING = "## What a morning costs, beside the commit before it was made light"
BEFORE = "67e4e9d"
TURNS = 5
SQLMESH = str(Path(sys.executable).with_name("sqlmesh"))
PLAN = ("plan", "--auto-apply", "--no-prompts", "--skip-tests")
# Statements of SQLMesh's adapters, which a run's own process counts.
COUNTING = """
import atexit, runpy, sys
from sqlmesh.core.engine_adapter.base import EngineAdapter
execute, count = EngineAdapter._execute, 0
def counted(*args, **options):
    global count
    count += 1
    return execute(*args, **options)
EngineAdapter._execute = counted
atexit.register(lambda: print(count, file=sys.stderr))
sys.argv = ["loader", "run"]
runpy.run_module("loader", run_name="__main__")
"""


class Cost(NamedTuple):
    """Wall and CPU seconds of a process; the server's are not in it."""

    wall: float
    cpu: float


class Place:
    """A checkout's warehouse, planned, with the next day's dump and files to come."""

    def __init__(self, checkout: Path, env: dict[str, str], folder: Path, source: Path, days: list[dt.date]) -> None:
        self.checkout, self.env, self.bucket = checkout, env, folder / "bucket"
        shutil.copytree(source, self.bucket)
        *first, self.day = days
        self.load(first[0])
        self.entry = ("-m", "loader", "sqlmesh") if (checkout / "config.yaml").exists() else (SQLMESH,)
        self.costs: dict[str, list[float]] = {"first plan": [self.python(*self.entry, *PLAN).wall]}
        for day in first[1:]:  # the first run behind a plan marks all days: no normal morning
            self.load(day)
            self.run()

    def python(self, *words: str) -> Cost:
        """A Python process in the checkout."""
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(
            [sys.executable, *words], cwd=self.checkout, env=os.environ | self.env, capture_output=True, text=True
        )
        wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            sys.exit(f"{' '.join(words)} failed in {self.checkout}:\n{done.stdout}\n{done.stderr}")
        self.told = done.stderr
        return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    def load(self, day: dt.date) -> Cost:
        """`loader load`."""
        return self.python("-m", "loader", "load", "--bucket", str(self.bucket), "--date", str(day))

    def run(self) -> Cost:
        """`loader run`."""
        return self.python("-m", "loader", "run")

    def turn(self) -> None:
        """The next morning, and a run behind it with nothing new."""
        load = self.load(self.day)
        run = self.run()
        again = self.run()
        aurora = self.env["WAREHOUSE_GATEWAY"] == "aurora"
        plain = self.python(*(self.entry if aurora else (SQLMESH,)), "run")
        costs = {
            "morning: load and run": load.wall + run.wall,
            "run of one new day, CPU": run.cpu,
            "run with nothing new": again.wall,
            "plain `sqlmesh run` with nothing to do": plain.wall,
        }
        if not aurora:  # SQLMesh alone knows no such gateway
            words = "from sqlmesh import Context; Context(paths='.')"
            costs["`Context(paths='.')`, CPU"] = self.python("-c", words).cpu
        for name, value in costs.items():
            self.costs.setdefault(name, []).append(value)

    def statements(self) -> None:
        """Counts the statements of the run of one new day."""
        self.load(self.day)
        self.python("-c", COUNTING)
        self.costs["SQL statements of that run"] = [float(self.told.split()[-1])]


def measured(gateway: str, commit: str, scale: float, days: int, turns: int) -> list[tuple[str, float, float]]:
    """Medians of both checkouts: what, before, now."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=PROJECT / "data") as name, ExitStack() as stack:
        folder = Path(name)
        source = bucket(folder, days, scale)
        dates = sorted(day_of(path) for path in source.glob("dumps/*.sql"))
        places: list[tuple[Place, Callable[[], None]]] = []
        for label, tree in (("before", stack.enter_context(worktree(commit, folder / "tree"))), ("now", PROJECT)):
            own = folder / label
            own.mkdir()
            env, keep = stack.enter_context(kept(gateway, own))
            place = Place(tree, env, own, source, dates)
            places.append((place, keep()))
            print(label, gateway, place.costs, flush=True)
        for turn in range(turns + 1):
            for place, restore in places:
                restore()
                place.turn() if turn < turns else place.statements()
                print(
                    gateway, place.checkout.name, {name: values[-1] for name, values in place.costs.items()}, flush=True
                )
        before, now = (place.costs for place, _ in places)
        return [(name, median(before[name]), median(now[name])) for name in before]


@contextmanager
def kept(gateway: str, folder: Path) -> Iterator[tuple[dict[str, str], Callable[[], Callable[[], None]]]]:
    """A fresh warehouse, and what keeps it as it is then, and gives back what puts it back."""
    with environment(gateway, folder) as (env, server, state):

        def keep() -> Callable[[], None]:
            file = Path(env["WAREHOUSE_DUCKDB"])
            if server is None:
                shutil.copy(file, folder / "kept")
                return lambda: shutil.copy(folder / "kept", file) and None
            server.save(folder / "kept_server")
            state.create("kept", template="bench")
            numbers = itertools.count()

            def restore() -> None:
                server.restore(folder / "kept_server")
                env["WAREHOUSE_STATE_URL"] = state.create(f"bench_{next(numbers)}", template="kept")

            return restore

        yield env, keep


def table(gateway: str, rows: list[tuple[str, float, float]]) -> str:
    """The figures of a gateway, as Markdown."""
    lines = [f"| {GATEWAYS[gateway]} | before | now | ratio |", "|---|---|---|---|"]
    lines += [f"| {name} | {before:,.1f} | {now:,.1f} | {now / before:.2f} |" for name, before, now in rows]
    return "\n".join(lines)


def write(text: str) -> None:
    """Puts the section in place of the one that docs/benchmarks.md has."""
    page = PAGE.read_text()
    PAGE.write_text(page.partition(HEADING)[0].rstrip() + f"\n\n{HEADING}\n\n{text}\n")


@click.command()
@click.option("--before", default=BEFORE, show_default=True, help="The commit to compare with.")
@click.option("--scale", default=1.0, show_default=True, help="Size of the company.")
@click.option("--days", default=261, show_default=True, help="Days of history.")
@click.option("--turns", default=TURNS, show_default=True, help="Mornings each; medians count.")
@click.option("--on", multiple=True, type=click.Choice(list(GATEWAYS)), default=tuple(GATEWAYS), show_default=True)
@click.option("--write/--no-write", "written", default=True, show_default=True, help="Write docs/benchmarks.md.")
def main(before: str, scale: float, days: int, turns: int, on: tuple[str, ...], written: bool) -> None:
    """Measure mornings of this checkout and of an earlier commit, in turns."""
    if "aurora" in on:
        try:
            servers.require("mariadb", "postgres")
        except servers.Missing as missing:
            sys.exit(str(missing))
    tables = [table(gateway, measured(gateway, before, scale, days, turns)) for gateway in on]
    text = f"Commit {before}, then this one; scale {scale}, {days} days of history, medians of {turns} mornings, in turns; seconds.\n\n"
    text += "\n\n".join(tables)
    print(text)
    if written:
        write(text)


if __name__ == "__main__":
    main()
