"""How a morning's cost grows with history: the same company with more and more days of daily files behind it, on both gateways.

Part of `make bench`; a part of it alone: python -m bench.growth --on duckdb --days 261 --days 1000
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import click

from bench.page import GATEWAYS, Growth, Mornings, Step, growth_table
from bench.process import in_process
from loader.settings import PROJECT
from tests.support import servers

LAST = dt.date(2026, 2, 10)
MORNINGS = 3  # measured ones
PLAN = ("loader", "sqlmesh", "plan", "--auto-apply", "--no-prompts", "--skip-tests")
FIRST = LAST - dt.timedelta(days=MORNINGS)


def growth(days: tuple[int, ...], scale: float, gateways: Collection[str] = tuple(GATEWAYS)) -> Iterator[Growth]:
    """A first plan and the mornings behind it, for each number of days and gateway.

    The mornings take turns: a machine that is slower for a while is so for all of them. Of each place its median counts.

    Args:
        days: days of history behind the first dump.
        scale: size of the company, 1 is the real one's.
        gateways: on which.
    """
    # On the repository's own disk: /tmp can be memory.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=PROJECT / "data") as name, ExitStack() as stack:
        places: list[_Place] = []
        for number in sorted(set(days)):
            folder = Path(name) / str(number)
            source = bucket(folder, number, scale)
            for gateway in gateways:
                own = folder / gateway
                shutil.copytree(source, own / "bucket")  # a morning writes files of its own
                env, *_ = stack.enter_context(environment(gateway, own))
                places.append(_Place(number, gateway, env, own / "bucket"))
                print(f"{number} days, {gateway}: first load {places[-1].first}, plan {places[-1].plan}", flush=True)
            shutil.rmtree(source)
        for back in reversed(range(MORNINGS)):
            for place in places:
                place.morning(LAST - dt.timedelta(days=back))
        yield from (place.growth() for place in places)


class _Place:
    """A warehouse with so many days behind it: a first load with all daily files, the first full plan, and a first run.

    The first run behind a plan marks all days (on DuckDB, loader/transform/duplicates.py), so it is no normal morning, and not measured.
    """

    def __init__(self, days: int, gateway: str, env: dict[str, str], bucket: Path) -> None:
        self.days, self.gateway, self.env = days, gateway, env
        self.load = ["loader", "load", "--bucket", str(bucket), "--date"]
        self.first = in_process(*self.load, str(FIRST), env=env)
        self.plan = in_process(*PLAN, env=env)
        in_process("loader", "run", env=env)
        self.loads: list[Step] = []
        self.runs: list[Step] = []

    def morning(self, day: dt.date) -> None:
        """Load and run of the next day."""
        self.loads.append(in_process(*self.load, str(day), env=self.env))
        self.runs.append(in_process("loader", "run", env=self.env))
        print(f"{self.days} days, {self.gateway}: {self.loads[-1]}, {self.runs[-1]}", flush=True)

    def growth(self) -> Growth:
        """What was measured."""
        return Growth(self.days, self.gateway, Mornings(self.first, self.plan, _middle(self.loads), _middle(self.runs)))


def _middle(steps: list[Step]) -> Step:
    return Step(median(one.seconds for one in steps), max(one.memory for one in steps))


def bucket(folder: Path, days: int, scale: float) -> Path:
    """A bucket in the folder: the last dumps, and daily files of so many days before them."""
    bucket = folder / "bucket"
    size = ["--days", str(MORNINGS + 1), "--scale", str(scale), "--seed", "1", "--snapshots", str(days)]
    in_process("demo", "--out", str(bucket), "--end", str(LAST), *size)
    return bucket


def day_of(path: Path) -> dt.date:
    """The day that a dump's or daily file's name ends with."""
    digits = path.stem[-8:]
    return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


@contextmanager
def environment(
    gateway: str, folder: Path
) -> Iterator[tuple[dict[str, str], servers.MySQLServer | None, servers.PostgresServer | None]]:
    """A fresh warehouse: a DuckDB file, or a MariaDB with default settings and a Postgres."""
    env = {"WAREHOUSE_GATEWAY": gateway, "WAREHOUSE_DUCKDB": str(folder / "warehouse.duckdb")}
    if gateway == "duckdb":
        yield env, None, None
        return
    with servers.mariadb(folder / "mysql") as server, servers.postgres(folder / "state") as state:
        env |= {"WAREHOUSE_MYSQL_URL": f"{server.url}?ssl=off", "WAREHOUSE_STATE_URL": state.create("bench")}
        yield env, server, state


@click.command()
@click.option("--days", multiple=True, type=int, required=True, help="Days of history.")
@click.option("--scale", default=1.0, show_default=True, help="Size of the company.")
@click.option("--on", multiple=True, type=click.Choice(list(GATEWAYS)), default=tuple(GATEWAYS), show_default=True)
def main(days: tuple[int, ...], scale: float, on: tuple[str, ...]) -> None:
    """Measure mornings behind so many days of history, and print the table of it."""
    if "aurora" in on:
        try:
            servers.require("mariadb", "postgres")
        except servers.Missing as missing:
            sys.exit(str(missing))
    print(growth_table(list(growth(days, scale, on))))


if __name__ == "__main__":
    main()
