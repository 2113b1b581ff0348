"""The demo's last mornings as the company runs them, then a look at gold: `python -m demo.mornings`."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from loader.landing.access import read_warehouse
from loader.settings import PROJECT, Settings
from loader.transform.context import prod_snapshots, sqlmesh_context
from loader.transform.run import fresh_to

_console = Console(highlight=False)

# Nationalities that the source lacks are asked of the offline baseline, unless the environment names a model. The key is public, which
# is good enough for people who do not exist; real names need a secret one.
ENRICHMENT = {
    "WAREHOUSE_ENRICH_MODEL": "offline",
    "WAREHOUSE_NAME_KEY": "public-key-of-the-demo-for-invented-names-only",
}

# What the summary asks of gold: heading, and a query of one row.
_GOLD = {
    "new_contracts": "SELECT COUNT(*), MIN(contract_date), MAX(contract_date) FROM gold.new_contracts",
    "moveouts": "SELECT COUNT(*), MIN(moveout_date), MAX(moveout_date) FROM gold.moveouts",
    "moveout_notices": "SELECT COUNT(*), MIN(notice_received_date), MAX(notice_received_date) FROM gold.moveout_notices",
    "daily_activity_summary": "SELECT COUNT(*), MIN(activity_date), MAX(activity_date) FROM gold.daily_activity_summary",
}
_LAST_DAYS = """
    SELECT activity_date, SUM(contracts_signed_count), SUM(applications_count), SUM(confirmed_moveins_count),
           SUM(confirmed_moveouts_count), SUM(net_occupancy_delta)
    FROM gold.daily_activity_summary GROUP BY activity_date ORDER BY activity_date DESC LIMIT 7"""

_NATIONALITIES = """
    SELECT nationality_data_source, COUNT(*) FROM silver.stg_tenants GROUP BY nationality_data_source ORDER BY 2 DESC, 1"""


@click.command()
@click.option("--bucket", required=True, help="Folder with the demo's bucket.")
@click.option("--end", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last morning's date.")
@click.option("--days", default=3, show_default=True, type=click.IntRange(1), help="How many mornings.")
def main(bucket: str, end: dt.datetime, days: int) -> None:
    """Load and plan on the first morning, then type `daily` on each; what is done already is left alone."""
    settings = Settings.resolve(bucket)
    last = end.date()
    mornings = [last - dt.timedelta(days=n) for n in reversed(range(days))]
    pages = settings.duckdb_file.parent
    documented = ("python", "-m", "report.dictionary", str(pages / "dictionary.html"))
    dictionary = _begin(*documented, quiet=True)  # it asks no warehouse, so it is made beside the mornings
    if _is_fresh(settings, last):
        _console.print(f"The warehouse is at {last} or later already: nothing to do.")
    else:
        for number, day in enumerate(mornings):
            _console.print(f"\n[bold]Morning of {day}[/]")
            of_day = ("--bucket", bucket, "--date", str(day))
            if number == 0:
                _type("python", "-m", "loader", "load", *of_day)
                # Production changes only by a plan that a person has seen; the demo says yes for them.
                _type(
                    "python",
                    "-m",
                    "loader",
                    "sqlmesh",
                    "plan",
                    "--auto-apply",
                    "--no-prompts",
                    "--skip-tests",
                    quiet=True,
                )
            else:
                _type("python", "-m", "loader", "daily", *of_day, env=ENRICHMENT | dict(os.environ))
    _summary(settings)
    _console.print("\n[bold]To look at[/]")
    _type("python", "-m", "loader", "report", "--out", str(pages / "report.html"))
    _console.print(f"[dim]$ {' '.join(documented)}[/]")
    _console.print(_end(dictionary).splitlines()[-1], soft_wrap=True)


def _is_fresh(settings: Settings, day: dt.date) -> bool:
    if not settings.mysql and not settings.duckdb_file.exists():
        return False
    with sqlmesh_context(settings) as (context, _):
        if context.state_sync.get_environment("prod") is None:
            return False
        reached = fresh_to(prod_snapshots(context)).values()
    return all(last is not None and last >= day for last in reached)


def _type(*words: str, quiet: bool = False, env: dict[str, str] | None = None) -> None:
    """Runs a command of this environment as a person would type it, and stops the demo where it fails."""
    _console.print(f"[dim]$ {' '.join(words)}[/]")
    started = time.monotonic()
    with _console.status("SQLMesh makes and fills each model ...") if quiet else nullcontext():
        said = _end(_begin(*words, quiet=quiet, env=env))
    if quiet:  # a line a model and batch is for who reviews a plan
        models = re.findall(r"virtual layer .*? (\d+)/", said)
        what = f"{models[-1]} models made, filled and audited" if models else "nothing to change"
        _console.print(f"[green]✓[/] plan: {what} [dim]({time.monotonic() - started:.1f} s)[/]")


def _begin(command: str, *words: str, quiet: bool, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    program, pipe = Path(sys.executable).parent / command, subprocess.PIPE if quiet else None
    return subprocess.Popen([program, *words], cwd=PROJECT, stdout=pipe, stderr=pipe, text=True, env=env)


def _end(begun: subprocess.Popen[str]) -> str:
    said, complained = begun.communicate()
    if begun.returncode:
        print(said or "", complained or "", sep="\n", file=sys.stderr)
        sys.exit(begun.returncode)
    return said or ""


def _summary(settings: Settings) -> None:
    with read_warehouse(settings) as warehouse:
        marts = Table(title="\nGold", title_justify="left")
        for heading in ("table", "rows", "first day", "last day"):
            marts.add_column(heading, justify="right" if heading == "rows" else "left")
        for name, sql in _GOLD.items():
            rows, first, newest = warehouse.query(sql)[0]
            marts.add_row(f"gold.{name}", f"{rows:,}", str(first), str(newest))
        week = Table(title="\nThe last seven days (gold.daily_activity_summary)", title_justify="left")
        for heading in ("day", "signed", "applied", "contract starts", "contract ends", "net"):
            week.add_column(heading, justify="left" if heading == "day" else "right")
        for row in warehouse.query(_LAST_DAYS):
            week.add_row(*("–" if value is None else str(value) for value in row))
        found = Table(title="\nWhere nationalities come from (silver.stg_tenants)", title_justify="left")
        for heading in ("source", "tenants"):
            found.add_column(heading, justify="right" if heading == "tenants" else "left")
        for name, count in warehouse.query(_NATIONALITIES):
            found.add_row(name, f"{count:,}")
    _console.print(marts, week, found)
    file = settings.duckdb_file
    where = settings.mysql or (file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)
    _console.print(
        f"""
[bold]Where to look next[/] (after: source .venv/bin/activate)
  python -m loader status                    what is loaded, how fresh each layer is
  sqlmesh fetchdf "SELECT * FROM gold.moveout_notices LIMIT 5"
  docs/tutorial.md                           your first change: edited, tested, tried in dev, promoted, taken back
  README.md                                  a normal day, and what to do when something fails
The warehouse is {where}, the bucket {settings.bucket}.""",
        soft_wrap=True,
    )


if __name__ == "__main__":
    main()
