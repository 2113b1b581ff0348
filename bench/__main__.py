"""`python -m bench`: the loader against a database client, on the same dump and machine. Writes docs/benchmarks.md."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from bench.growth import growth
from bench.page import Figures, Step, page
from bench.process import in_process
from loader.settings import PROJECT
from tests.support import servers

DAY = "2026-02-10"
SNAPSHOTS = 261
GROWTH = (60, 261, 1000)


def company(scale: float) -> list[str]:
    """The demo's arguments for a company of that size."""
    return ["--end", DAY, "--scale", str(scale), "--seed", "1", "--snapshots", str(SNAPSHOTS)]


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of a call."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


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


def bare_read(folder: Path, database: Path) -> float:
    """Wall seconds of a process that does one DuckDB read_csv of all snapshot files into a table of a database file."""
    columns = "{'tenant_id': 'BIGINT', 'status': 'BIGINT', 'contract_type': 'BIGINT', 'full_name': 'VARCHAR', 'snapshot_date': 'DATE'}"
    sql = f"CREATE TABLE s AS FROM read_csv('{folder}/*/*.csv', columns={columns}, header=true, auto_detect=false)"
    code = "import duckdb, sys; connection = duckdb.connect(sys.argv[1]); connection.execute(sys.argv[2]); connection.close()"
    return seconds(lambda: subprocess.run([sys.executable, "-c", code, str(database), sql], check=True))


@click.command()
@click.option("--scale", default=1.0, show_default=True, help="Size of the company; 1 is a dump of about 900 MB.")
@click.option("--days", multiple=True, type=int, default=GROWTH, show_default=True, help="Days of history, for growth.")
@click.option("--growth-scale", default=1.0, show_default=True, help="Size of the company whose history grows.")
@click.option("--write/--no-write", default=True, show_default=True, help="Write docs/benchmarks.md.")
def main(scale: float, days: tuple[int, ...], growth_scale: float, write: bool) -> None:
    """Measure loading a full dump and 261 snapshots, and how mornings grow with history on both gateways."""
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

        grown = []
        for one in growth(days, growth_scale):
            print(one, flush=True)
            grown.append(one)
        figures = Figures(
            scale, dump.stat().st_size, len(files), client, mysql, embedded, bare, snapshots, growth_scale, grown
        )
        text = page(figures)
        print(text)
        if write:
            (PROJECT / "docs" / "benchmarks.md").write_text(text)


if __name__ == "__main__":
    main()
