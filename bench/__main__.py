"""`python -m bench`: the loader against a database client, on the same dump and machine. Writes docs/benchmarks.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb

from loader.settings import PROJECT
from tests import servers

DAY = "2026-02-10"
SNAPSHOTS = 261


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of a call."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def in_process(*words: str, env: dict[str, str] | None = None) -> tuple[float, float]:
    """Runs Python with these arguments in a process of its own.

    Returns:
        Wall seconds, and peak resident memory in MB as the process itself reads it at its end.
    """
    code = (
        "import resource, runpy, sys\n"
        "sys.argv = sys.argv[1:]\n"
        "try: runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=False)\n"
        "finally: print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=PROJECT,
        env=os.environ | (env or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    wall = time.monotonic() - started
    if done.returncode:
        sys.exit(f"python -m {' '.join(words)} failed:\n{done.stderr}")
    return wall, int(done.stderr.split()[-1]) / 1024


def mysql_loads(dump: Path, load: list[str]) -> tuple[float, float, float]:
    """Loads the dump into one fresh MariaDB with default settings: with its client, then with the loader.

    Returns:
        Wall seconds of `mariadb < dump.sql`, and those of the loader with its peak memory in MB.
    """
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=PROJECT / "data") as folder,
        servers.mariadb(Path(folder) / "mysql") as server,
        servers.postgres(Path(folder) / "state") as state,
        server.connect() as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("CREATE DATABASE bench CHARACTER SET utf8mb4")
        command = server.client("--init-command=SET SESSION sql_mode='ALLOW_INVALID_DATES'", "bench")
        with dump.open("rb") as body:
            reference = seconds(lambda: subprocess.run(command, stdin=body, check=True))
        cursor.execute("DROP DATABASE bench")
        env = {
            "WAREHOUSE_GATEWAY": "aurora",
            "WAREHOUSE_MYSQL_URL": f"{server.url}?ssl=off",
            "WAREHOUSE_STATE_URL": state.create("bench"),
        }
        return reference, *in_process(*load, env=env)


@dataclass(frozen=True)
class Mornings:
    """Wall seconds and peak memory in MB of each step on MySQL at full scale, in processes of their own."""

    snapshots: tuple[float, float]
    plan: tuple[float, float]
    load: tuple[float, float]
    run: tuple[float, float]


def mysql_mornings(folder: Path, scale: float) -> Mornings:
    """The first full plan and one ordinary morning, on a fresh MariaDB with default settings."""
    bucket = folder / "mornings"
    company = ["--end", DAY, "--days", "2", "--scale", str(scale), "--seed", "1", "--snapshots", str(SNAPSHOTS)]
    in_process("demo", "--out", str(bucket), *company)
    first = str(dt.date.fromisoformat(DAY) - dt.timedelta(days=1))
    with servers.mariadb(folder / "mysql") as server, servers.postgres(folder / "state") as state:
        env = {
            "WAREHOUSE_GATEWAY": "aurora",
            "WAREHOUSE_MYSQL_URL": f"{server.url}?ssl=off",
            "WAREHOUSE_STATE_URL": state.create("bench"),
            "WAREHOUSE_BUCKET": str(bucket),
        }
        snapshots = in_process("loader", "load", "--date", first, env=env)
        plan = in_process("bench.plan", env=env)
        return Mornings(
            snapshots, plan, in_process("loader", "load", "--date", DAY, env=env), in_process("loader", "run", env=env)
        )


def bare_read(folder: Path, database: Path) -> float:
    """Wall seconds of a process that does one DuckDB read_csv of all snapshot files into a table of a database file."""
    columns = "{'tenant_id': 'BIGINT', 'status': 'BIGINT', 'contract_type': 'BIGINT', 'full_name': 'VARCHAR', 'snapshot_date': 'DATE'}"
    sql = f"CREATE TABLE s AS FROM read_csv('{folder}/*/*.csv', columns={columns}, header=true, auto_detect=false)"
    code = "import duckdb, sys; connection = duckdb.connect(sys.argv[1]); connection.execute(sys.argv[2]); connection.close()"
    return seconds(lambda: subprocess.run([sys.executable, "-c", code, str(database), sql], check=True))


@click.command()
@click.option("--scale", default=1.0, show_default=True, help="Size of the company; 1 is a dump of about 900 MB.")
@click.option("--write/--no-write", default=True, show_default=True, help="Write docs/benchmarks.md.")
def main(scale: float, write: bool) -> None:
    """Measure loading a full dump and 261 snapshots."""
    try:
        servers.require("mariadb", "postgres")
    except servers.Missing as missing:
        sys.exit(str(missing))
    # On the repository's own disk: /tmp can be memory.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=PROJECT / "data") as name:
        folder = Path(name)
        bucket = folder / "bucket"
        print("generating the bucket ...", flush=True)
        demo = [
            "--end",
            DAY,
            "--days",
            "1",
            "--scale",
            str(scale),
            "--seed",
            "1",
            "--bulk",
            "--snapshots",
            str(SNAPSHOTS),
        ]
        in_process("demo", "--out", str(bucket), *demo)
        dump = next((bucket / "dumps").glob("*.sql"))
        history = bucket / "snapshots"
        files = list(history.rglob("*.csv"))
        print(f"dump {dump.stat().st_size / 1e6:,.0f} MB, {len(files)} snapshot files", flush=True)

        # The snapshots step aside, so that these loads are the dump's alone.
        history.rename(folder / "history")
        load = ["loader", "load", "--bucket", str(bucket), "--date", DAY]
        reference, mysql_loaded, mysql_memory = mysql_loads(dump, load)
        print(f"mariadb < dump.sql: {reference:.1f} s", flush=True)
        print(f"loader, dump into MariaDB: {mysql_loaded:.1f} s, {mysql_memory:,.0f} MB", flush=True)
        shutil.rmtree(history)  # the day's snapshot, which the load exported: the next load is to do so again

        env = {"WAREHOUSE_GATEWAY": "duckdb", "WAREHOUSE_DUCKDB": str(folder / "warehouse.duckdb")}
        loaded, memory = in_process(*load, env=env)
        print(f"loader, dump: {loaded:.1f} s, {memory:,.0f} MB", flush=True)

        bare = bare_read(folder / "history", folder / "bare.duckdb")
        print(f"bare read_csv: {bare:.1f} s", flush=True)
        for path in (folder / "history").rglob("*.csv"):
            path.rename(history / path.relative_to(folder / "history"))
        snapshots, snapshot_memory = in_process(*load, env=env)
        print(f"loader, snapshots: {snapshots:.1f} s, {snapshot_memory:,.0f} MB", flush=True)

        (folder / "mornings-on-mysql").mkdir()
        mornings = mysql_mornings(folder / "mornings-on-mysql", scale)
        print(f"mornings on MariaDB: {mornings}", flush=True)

        text = report(
            scale,
            dump.stat().st_size,
            len(files),
            reference,
            mysql_loaded,
            mysql_memory,
            loaded,
            memory,
            bare,
            snapshots,
            snapshot_memory,
            mornings,
        )
        print(text)
        if write:
            (PROJECT / "docs" / "benchmarks.md").write_text(text)


def report(
    scale,
    size,
    files,
    reference,
    mysql_loaded,
    mysql_memory,
    loaded,
    memory,
    bare,
    snapshots,
    snapshot_memory,
    mornings,
) -> str:
    """The page docs/benchmarks.md."""
    version = subprocess.run(["mariadbd", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    today = dt.datetime.now(dt.timezone.utc).date()
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {total:.0f} GiB, {platform.system()} {platform.machine()}"
    software = f"Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    reference_dump = f"reference: `mariadb < dump.sql`, {size / 1e6:,.0f} MB, 81 tables (scale {scale:g}, `--bulk`)"
    mysql_row = "`python -m loader load` of that dump into the same MariaDB"
    reference_files = f"reference: one bare DuckDB `read_csv` of {files} snapshot files into a table"
    return f"""# Benchmarks

Measured by `make bench` on {today}: {machine}, {software}. Everything in one run, one thing at a
time; a ratio is to the reference of the same run. Wall seconds of whole processes, start-up of Python included; memory is the peak
resident set of the process.

| what | seconds | ratio | goal | memory |
|---|---|---|---|---|
| {reference_dump} | {reference:.1f} | 1 | | |
| `python -m loader load` of that dump into DuckDB | {loaded:.1f} | **{loaded / reference:.2f}** | ≤ 0.5 | {memory:,.0f} MB (≤ 600) |
| {mysql_row} | {mysql_loaded:.1f} | **{mysql_loaded / reference:.2f}** | ≤ 0.6 | {mysql_memory:,.0f} MB (≤ 200) |
| {reference_files} | {bare:.1f} | 1 | | |
| `python -m loader load` of those files | {snapshots:.1f} | **{snapshots / bare:.2f}** | ≤ 2 | {snapshot_memory:,.0f} MB |

On MariaDB at scale {scale:g} (core tables of 50,000 tenants and 62,000 contracts, {files + 1} snapshot files with 10 million rows):

| what | seconds | memory of the process |
|---|---|---|
| `python -m loader load` of a first dump and all snapshots | {mornings.snapshots[0]:.1f} | {mornings.snapshots[1]:,.0f} MB |
| the first full `sqlmesh plan`, eight years of days | {mornings.plan[0]:.1f} | {mornings.plan[1]:,.0f} MB |
| one morning: `python -m loader load` | {mornings.load[0]:.1f} | {mornings.load[1]:,.0f} MB |
| one morning: `python -m loader run`, late corrections included | {mornings.run[0]:.1f} | {mornings.run[1]:,.0f} MB |

The reference server is `{version}`, throwaway, with its
default settings, reached without TLS. It is not Aurora MySQL 8. The loader verifies the dump's
sha256 and size against its manifest, counts rows and nulled dates, and swaps; the client does none of it.
"""


if __name__ == "__main__":
    main()
