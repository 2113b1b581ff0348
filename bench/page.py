"""docs/benchmarks.md from the figures of one run."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
from dataclasses import dataclass
from typing import NamedTuple

import duckdb

# Gateway -> what is behind it here.
GATEWAYS = {"duckdb": "DuckDB", "aurora": "MariaDB"}


class Step(NamedTuple):
    """One process: wall seconds, and peak resident memory in MB."""

    seconds: float
    memory: float


@dataclass(frozen=True)
class Mornings:
    """A first load with all daily files, the first full plan, and the medians of the next mornings' loads and runs."""

    snapshots: Step
    plan: Step
    load: Step
    run: Step

    @property
    def seconds(self) -> float:
        """Of a morning: load and run."""
        return self.load.seconds + self.run.seconds


class Growth(NamedTuple):
    """What mornings cost behind so many days of history, on a gateway."""

    days: int
    gateway: str
    mornings: Mornings


@dataclass(frozen=True)
class Figures:
    """What one run measured.

    Attributes:
        scale: size of the company, 1 is the real one's.
        size: bytes of the dump.
        files: number of snapshot files.
        client: wall seconds of the database client on the dump.
        mysql, duckdb: the loader on the same dump, into the same server and into DuckDB.
        bare: wall seconds of one bare read_csv of the snapshot files.
        snapshots: the loader on the same files.
        growth_scale: size of the company whose history grows.
        growth: its mornings.
    """

    scale: float
    size: int
    files: int
    client: float
    mysql: Step
    duckdb: Step
    bare: float
    snapshots: Step
    growth_scale: float
    growth: list[Growth]


def page(f: Figures) -> str:
    """The text of the page."""
    version = subprocess.run(["mariadbd", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    today = dt.datetime.now(dt.timezone.utc).date()
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {total:.0f} GiB, {platform.system()} {platform.machine()}"
    software = f"Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    reference_dump = f"reference: `mariadb < dump.sql`, {f.size / 1e6:,.0f} MB, 81 tables (scale {f.scale:g}, `--bulk`)"
    embedded = "`python -m loader load` of that dump into DuckDB"
    mysql_row = "`python -m loader load` of that dump into the same MariaDB"
    reference_files = f"reference: one bare DuckDB `read_csv` of {f.files} snapshot files into a table"
    return f"""# Benchmarks

Measured by `make bench` on {today}: {machine}, {software}. Everything in one run, one process at
a time, mornings in turns; a ratio is to the reference of the same run. Wall seconds of whole processes, start-up of Python
included; memory is the peak resident set of the process.

| what | seconds | ratio | goal | memory |
|---|---|---|---|---|
| {reference_dump} | {f.client:.1f} | 1 | | |
| {embedded} | {f.duckdb.seconds:.1f} | **{f.duckdb.seconds / f.client:.2f}** | ≤ 0.5 | {f.duckdb.memory:,.0f} MB (≤ 600) |
| {mysql_row} | {f.mysql.seconds:.1f} | **{f.mysql.seconds / f.client:.2f}** | ≤ 0.6 | {f.mysql.memory:,.0f} MB (≤ 200) |
| {reference_files} | {f.bare:.1f} | 1 | | |
| `python -m loader load` of those files | {f.snapshots.seconds:.1f} | **{f.snapshots.seconds / f.bare:.2f}** | ≤ 2 | {f.snapshots.memory:,.0f} MB |

How a morning grows with history, at scale {f.growth_scale:g} (50,000 tenants and 62,000 contracts at scale 1; three daily
files a day). A rebuild is the first full `sqlmesh plan` on the same landed data, eight years of days; a morning is `load` and
`run` of one more day, late corrections and the check of every grain included: medians of three mornings' loads and runs, which all rows of
this table take in turns, so that a machine that is slower for a while is so for all of them; the servers of the other rows idle meanwhile. Memory is
the largest of the mornings'.

{growth_table(f.growth)}

The reference server is `{version}`, throwaway, with its
default settings, reached without TLS. It is not Aurora MySQL 8. The loader verifies the dump's
sha256 and size against its manifest, counts rows and nulled dates, and swaps; the client does none of it.
"""


def growth_table(grown: list[Growth]) -> str:
    """A row for each, and below the table what they say of growth."""
    rows = "\n".join(map(_row, grown))
    return f"""| days | on | first load | rebuild | morning: load | morning: run | morning / rebuild | memory |
|---|---|---|---|---|---|---|---|
{rows}

{_growing(grown)}"""


def _growing(grown: list[Growth]) -> str:
    """What more history costs: the row of most days against the one of next to most."""
    found = []
    for gateway, name in GATEWAYS.items():
        here = sorted((one for one in grown if one.gateway == gateway), key=lambda one: one.days)
        if len(here) < 2:
            continue
        few, many = here[-2:]
        before, after = (one.mornings.seconds for one in (few, many))
        found.append(
            f"From {few.days:,} to {many.days:,} days, {many.days / few.days:.1f} times the history, a rebuild on {name} costs "
            f"{many.mornings.plan.seconds / few.mornings.plan.seconds:.1f} times as much, and a morning **{after / before:.2f}** times."
        )
    return "\n".join(found)


def _row(one: Growth) -> str:
    m = one.mornings
    ratio = m.seconds / m.plan.seconds
    name = GATEWAYS[one.gateway]
    return (
        f"| {one.days:,} | {name} | {m.snapshots.seconds:.1f} s | {m.plan.seconds:.1f} s | {m.load.seconds:.1f} s | {m.run.seconds:.1f} s "
        f"| {ratio:.2f} | {max(m.load.memory, m.run.memory):,.0f} MB |"
    )
