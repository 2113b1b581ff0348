"""docs/benchmarks.md from the figures of one run."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
from dataclasses import dataclass
from typing import NamedTuple

import duckdb


class Step(NamedTuple):
    """One process: wall seconds, and peak resident memory in MB."""

    seconds: float
    memory: float


@dataclass(frozen=True)
class Mornings:
    """On MySQL: a first load with all snapshots, the first full plan, and load and run of the day after."""

    snapshots: Step
    plan: Step
    load: Step
    run: Step


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
        mornings: full scale on MySQL.
    """

    scale: float
    size: int
    files: int
    client: float
    mysql: Step
    duckdb: Step
    bare: float
    snapshots: Step
    mornings: Mornings


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

Measured by `make bench` on {today}: {machine}, {software}. Everything in one run, one thing at a
time; a ratio is to the reference of the same run. Wall seconds of whole processes, start-up of Python included; memory is the peak
resident set of the process.

| what | seconds | ratio | goal | memory |
|---|---|---|---|---|
| {reference_dump} | {f.client:.1f} | 1 | | |
| {embedded} | {f.duckdb.seconds:.1f} | **{f.duckdb.seconds / f.client:.2f}** | ≤ 0.5 | {f.duckdb.memory:,.0f} MB (≤ 600) |
| {mysql_row} | {f.mysql.seconds:.1f} | **{f.mysql.seconds / f.client:.2f}** | ≤ 0.6 | {f.mysql.memory:,.0f} MB (≤ 200) |
| {reference_files} | {f.bare:.1f} | 1 | | |
| `python -m loader load` of those files | {f.snapshots.seconds:.1f} | **{f.snapshots.seconds / f.bare:.2f}** | ≤ 2 | {f.snapshots.memory:,.0f} MB |

On MariaDB at scale {f.scale:g} (core tables of 50,000 tenants and 62,000 contracts, {f.files + 1} snapshot files with 10 million rows):

| what | seconds | memory of the process |
|---|---|---|
| `python -m loader load` of a first dump and all snapshots | {f.mornings.snapshots.seconds:.1f} | {f.mornings.snapshots.memory:,.0f} MB |
| the first full `sqlmesh plan`, eight years of days | {f.mornings.plan.seconds:.1f} | {f.mornings.plan.memory:,.0f} MB |
| one morning: `python -m loader load` | {f.mornings.load.seconds:.1f} | {f.mornings.load.memory:,.0f} MB |
| one morning: `python -m loader run`, late corrections included | {f.mornings.run.seconds:.1f} | {f.mornings.run.memory:,.0f} MB |

The reference server is `{version}`, throwaway, with its
default settings, reached without TLS. It is not Aurora MySQL 8. The loader verifies the dump's
sha256 and size against its manifest, counts rows and nulled dates, and swaps; the client does none of it.
"""
