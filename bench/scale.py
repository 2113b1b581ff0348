"""`python -m bench.scale`: a first plan and a morning of companies of several sizes, on DuckDB and on Spark. Writes docs/scale.md.

Figures are kept in docs/scale.json: a later run replaces those of the same engine, size and history, and the page is made of all.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from bench.scale_page import BEGIN, END, NAMES, Measured, tables
from bench.watch import Cost, Failed, watched
from loader.settings import PROJECT
from tests.support import servers

PAGE, FIGURES = PROJECT / "docs" / "scale.md", PROJECT / "docs" / "scale.json"
ENGINES = ("duckdb", "spark")
LAST = dt.date(2026, 2, 10)
MORNINGS = [LAST - dt.timedelta(days=1), LAST]  # the first load, and the morning that is measured
LIMIT = 6 * 3600  # seconds that a step may take
RESERVE = 1.5  # DuckDB and Spark write what memory has no room for
# MB at scale 1, as long as none is measured: a bucket and a warehouse, without history and for each day of it.
SPACE = {"demo": (250, 5), "duckdb": (100, 2), "spark": (600, 10)}


def measure(on: str, scale: float, days: int, bucket: Path, folder: Path) -> Measured:
    """A first load, the first plan and a morning, in a fresh warehouse in the folder. A step that fails is the last one."""
    steps: dict[str, Cost] = {}
    failed = ""
    own = folder / on
    shutil.copytree(bucket, own / "bucket", copy_function=os.link)  # a load adds files of its own, and changes none
    load = ["loader", "load", "--bucket", str(own / "bucket"), "--date"]
    with _environment(on, own) as env:
        for name, words in {
            "first load": [*load, str(MORNINGS[0])],
            "plan": ["loader", "sqlmesh", "plan", "--auto-apply", "--no-prompts", "--skip-tests"],
            "first run": ["loader", "run"],  # the first one behind a plan marks all days: no normal morning
            "load": [*load, str(MORNINGS[1])],
            "run": ["loader", "run"],
        }.items():
            try:
                steps[name] = watched(*words, env=env, limit=LIMIT)
            except Failed as failure:
                failed = f"`{name}` {failure.reason}"
                print(f"{on} at scale {scale:g}, {name}: {failure}", file=sys.stderr, flush=True)
                break
            print(f"{on} at scale {scale:g}, {name}: {_said(steps[name])}", flush=True)
        return _measured(on, scale, days, steps, own / "warehouse", failed)


def write_bucket(scale: float, days: int, bucket: Path) -> Measured:
    """Two dumps and so many days of daily files."""
    size = ["--days", str(len(MORNINGS)), "--scale", str(scale), "--seed", "1", "--snapshots", str(days)]
    cost = watched("demo", "--out", str(bucket), "--end", str(LAST), *size, env={}, limit=LIMIT)
    print(f"bucket of scale {scale:g}: {_said(cost)}", flush=True)
    return _measured("demo", scale, days, {"bucket": cost}, bucket)


@contextmanager
def _environment(on: str, folder: Path) -> Iterator[dict[str, str]]:
    """A fresh warehouse, all of which lies in `warehouse` of the folder."""
    warehouse = folder / "warehouse"
    warehouse.mkdir()
    env = {"WAREHOUSE_GATEWAY": on, "TMPDIR": str(folder)}  # /tmp can be memory
    if on == "duckdb":
        yield env | {"WAREHOUSE_DUCKDB": str(warehouse / "warehouse.duckdb")}
        return
    with servers.postgres(folder / "state") as state:
        yield env | {"WAREHOUSE_SPARK_WAREHOUSE": str(warehouse), "WAREHOUSE_STATE_URL": state.create("bench")}


def _measured(on: str, scale: float, days: int, steps: dict[str, Cost], kept: Path, failed: str = "") -> Measured:
    disk = sum(path.stat().st_size for path in kept.rglob("*") if path.is_file()) / 1e6
    today = dt.datetime.now(dt.timezone.utc).date()
    return Measured(on, scale, days, str(today), os.cpu_count() or 1, steps, disk, failed)


def _said(cost: Cost) -> str:
    return f"{cost.wall:,.1f} s, CPU {cost.cpu:,.1f} s, memory {cost.memory:,.0f} MB, written {cost.written:,.0f} MB"


def needed(scale: float, days: int, on: str, measured: list[Measured]) -> float:
    """MB on disk that a size needs on an engine: its bucket and its warehouse."""

    def each(name: str) -> float:
        sizes = [one for one in measured if one.on == name and one.days >= days and not one.failed]
        if sizes:
            largest = max(sizes, key=lambda one: one.scale)
            return RESERVE * largest.disk / largest.scale
        fixed, daily = SPACE[name]
        return fixed + daily * days

    return scale * (each("demo") + each(on))


def read() -> list[Measured]:
    """What earlier runs have measured."""
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else []
    return [Measured(**one | {"steps": {name: Cost(*cost) for name, cost in one["steps"].items()}}) for one in kept]


def keep(measured: list[Measured], left_out: list[str]) -> None:
    """Writes the figures, and the page's part between the markers."""
    FIGURES.write_text(json.dumps([asdict(one) for one in measured], indent=1) + "\n")
    text = PAGE.read_text()
    head, tail = text[: text.index(BEGIN)], text[text.index(END) :]
    PAGE.write_text(f"{head}{BEGIN}\n\n{tables(measured, left_out)}\n\n{tail}")


@click.command()
@click.option(
    "--scale",
    "scales",
    multiple=True,
    type=click.FloatRange(0.01, 100),
    default=(1, 10, 30, 100),
    show_default=True,
    help="Size of a company; 1 is the real one's.",
)
@click.option("--days", default=14, show_default=True, type=click.IntRange(1), help="Days of history.")
@click.option("--on", multiple=True, type=click.Choice(ENGINES), default=ENGINES, show_default=True)
@click.option("--write/--no-write", default=True, show_default=True, help="Write docs/scale.json and docs/scale.md.")
def main(scales: tuple[float, ...], days: int, on: tuple[str, ...], write: bool) -> None:
    """Plan, and run a morning, for each size and engine: wall time, CPU, memory and bytes written, and how they grow.

    What the disk has no room for is left out. An engine that fails at a size is not tried at larger ones.
    """
    # As Ctrl-C: what was started ends too, and its folder is removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if "spark" in on:
        if not importlib.util.find_spec("pyspark"):
            sys.exit("Spark is in an environment of its own: type\n  make bench-scale")
        try:
            servers.require("java", "postgres")
        except servers.Missing as missing:
            sys.exit(str(missing))
    measured, left_out, failed = read() if write else [], [], set()
    (PROJECT / "data").mkdir(exist_ok=True)
    for scale in sorted(set(scales)):
        engines = [engine for engine in on if engine not in failed]
        free = shutil.disk_usage(PROJECT / "data").free / 1e6
        for engine in list(engines):
            room = needed(scale, days, engine, measured)
            if room > free:
                engines.remove(engine)
                left_out.append(
                    f"Left out: {NAMES[engine]} at scale {scale:g} needs about {room / 1000:,.0f} GB of disk, and {free / 1000:,.0f} GB were free."
                )
                print(left_out[-1], flush=True)
        if not engines:
            continue
        with tempfile.TemporaryDirectory(prefix="bench-", dir=PROJECT / "data") as name:
            folder = Path(name)
            found = [write_bucket(scale, days, folder / "bucket")]
            for engine in engines:
                found.append(measure(engine, scale, days, folder / "bucket", folder))
                shutil.rmtree(folder / engine)
                failed |= {engine} if found[-1].failed else set()
        new = {(one.on, one.scale, one.days) for one in found}
        measured = [one for one in measured if (one.on, one.scale, one.days) not in new] + found
        if write:
            keep(measured, left_out)
    print(tables(measured, left_out))
    if failed:
        sys.exit(f"failed: {', '.join(sorted(failed))}; what it said is above")


if __name__ == "__main__":
    main()
