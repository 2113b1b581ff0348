"""`python -m bench`: the loader against a database client, on the same dump and machine. Writes docs/benchmarks.md."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from bench.page import Figures, Mornings, Step, page
from loader.settings import PROJECT
from tests import servers

DAY = "2026-02-10"
SNAPSHOTS = 261


def company(scale: float) -> list[str]:
    """The demo's arguments for a company of that size."""
    return ["--end", DAY, "--scale", str(scale), "--seed", "1", "--snapshots", str(SNAPSHOTS)]


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of a call."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def in_process(*words: str, env: dict[str, str] | None = None) -> Step:
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
    return Step(wall, int(done.stderr.split()[-1]) / 1024)


def mysql_loads(dump: Path, load: list[str]) -> tuple[float, Step]:
    """Loads the dump into one fresh MariaDB with default settings: with its client, then with the loader.

    Returns:
        Wall seconds of `mariadb < dump.sql`, and the loader's step.
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
        return reference, in_process(*load, env=env)


def mysql_mornings(folder: Path, scale: float) -> Mornings:
    """The first full plan and one ordinary morning, on a fresh MariaDB with default settings."""
    bucket = folder / "mornings"
    in_process("demo", "--out", str(bucket), "--days", "2", *company(scale))
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
    """Measure loading a full dump and 261 snapshots, and mornings on MySQL."""
    try:
        servers.require("mariadb", "postgres")
    except servers.Missing as missing:
        sys.exit(str(missing))
    # On the repository's own disk: /tmp can be memory.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=PROJECT / "data") as name:
        folder = Path(name)
        bucket = folder / "bucket"
        print("generating the bucket ...", flush=True)
        in_process("demo", "--out", str(bucket), "--days", "1", "--bulk", *company(scale))
        dump = next((bucket / "dumps").glob("*.sql"))
        history = bucket / "snapshots"
        files = list(history.rglob("*.csv"))
        print(f"dump {dump.stat().st_size / 1e6:,.0f} MB, {len(files)} snapshot files", flush=True)

        # The snapshots step aside, so that these loads are the dump's alone.
        history.rename(folder / "history")
        load = ["loader", "load", "--bucket", str(bucket), "--date", DAY]
        client, mysql = mysql_loads(dump, load)
        print(f"mariadb < dump.sql: {client:.1f} s; loader, into MariaDB: {mysql}", flush=True)
        shutil.rmtree(history)  # the day's snapshot, which the load exported: the next load is to do so again

        env = {"WAREHOUSE_GATEWAY": "duckdb", "WAREHOUSE_DUCKDB": str(folder / "warehouse.duckdb")}
        embedded = in_process(*load, env=env)
        print(f"loader, into DuckDB: {embedded}", flush=True)

        bare = bare_read(folder / "history", folder / "bare.duckdb")
        print(f"bare read_csv: {bare:.1f} s", flush=True)
        for path in (folder / "history").rglob("*.csv"):
            path.rename(history / path.relative_to(folder / "history"))
        snapshots = in_process(*load, env=env)
        print(f"loader, snapshots: {snapshots}", flush=True)

        (folder / "mornings-on-mysql").mkdir()
        mornings = mysql_mornings(folder / "mornings-on-mysql", scale)
        print(f"mornings on MariaDB: {mornings}", flush=True)
        figures = Figures(scale, dump.stat().st_size, len(files), client, mysql, embedded, bare, snapshots, mornings)
        text = page(figures)
        print(text)
        if write:
            (PROJECT / "docs" / "benchmarks.md").write_text(text)


if __name__ == "__main__":
    main()
