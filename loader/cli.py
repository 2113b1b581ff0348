"""The command line: `python -m loader`."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import click

from loader.errors import LoaderError
from loader.progress import say
from loader.settings import GATEWAYS, Settings

EXIT_CODES = """\b
Exit codes:
  0   done, also when there was nothing to do
  2   usage: a flag, a variable or a date makes no sense
  3   no dump for that date
  4   dump or snapshot rejected, nothing of it was loaded
  75  another run is under way
  1   anything else, for example a failed audit"""


class Day(click.ParamType):
    """A date as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        try:
            return dt.datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=dt.timezone.utc).date()
        except ValueError:
            self.fail(f"{value!r} is no date like 2026-02-10", param, ctx)


class Commands(click.Group):
    """Ends a command with its own exit code and a plain answer."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LoaderError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(error.exit_code)


@click.group(
    cls=Commands,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
def cli() -> None:
    """Lands the morning's dump and snapshots and runs the warehouse on them.

    A normal morning is `daily`; the other commands are its steps. Each can be killed at any point and typed again.

    \b
    Environment:
      WAREHOUSE_BUCKET    the bucket: s3://name or a folder
      WAREHOUSE_DUCKDB    the database file (default data/warehouse.duckdb)
      WAREHOUSE_GATEWAY   the SQLMesh gateway: duckdb (default) or aurora
    and for aurora, each URL with user and password percent-encoded:
      WAREHOUSE_MYSQL_URL mysql://user:password@host[:port][?ssl_ca=FILE]
      WAREHOUSE_STATE_URL postgresql://user:password@host[:port]/database[?sslmode=verify-full]
    """


_bucket = click.option("--bucket", metavar="URI", help="s3://name or a folder (default: $WAREHOUSE_BUCKET).")
_gateway = click.option(
    "--gateway",
    metavar="NAME",
    help=f"SQLMesh gateway: {', '.join(GATEWAYS)} (default: $WAREHOUSE_GATEWAY, else duckdb).",
)


@cli.command()
@_bucket
@click.option("--date", "day", type=Day(), help="Business day of the dump (default: the newest valid one).")
@click.option("--again", is_flag=True, help="Take a dump although it was rolled back and is still the same file.")
@_gateway
def load(bucket: str | None, day: dt.date | None, again: bool, gateway: str | None) -> None:
    """Land a dump and the new snapshots.

    Lands every table of dumps/gghouse_YYYYMMDD.sql[.gz] beside the live ones, checks size, sha256 and row counts against the
    manifest and the dump, and swaps all of them in one step. Then exports that day's tenant snapshot to the bucket and lands
    the snapshots that the ledger lacks. A day already loaded changes nothing.
    """
    from loader.load import load as load_day

    load_day(Settings.resolve(bucket, gateway), day, again=again)


@cli.command()
@click.option("--date", "day", type=Day(), help="Business day to run for (default: the newest loaded dump's).")
@_gateway
def run(day: dt.date | None, gateway: str | None) -> None:
    """Compute what is new, and what late corrections changed.

    Runs SQLMesh on prod with the business day as its clock. Never applies a change of code: that is `sqlmesh plan`.
    """
    from loader.run import run as run_day

    _report(run_day(Settings.resolve(gateway=gateway), day))


@cli.command()
@_bucket
@click.option("--date", "day", type=Day(), help="Business day (default: the newest valid dump's).")
@_gateway
def daily(bucket: str | None, day: dt.date | None, gateway: str | None) -> None:
    """The morning: load, then run, then assert that everything is fresh."""
    from loader.load import load as load_day
    from loader.run import assert_fresh
    from loader.run import run as run_day
    from loader.warehouse import one_writer

    settings = Settings.resolve(bucket, gateway)
    with one_writer(settings):
        result = run_day(settings, load_day(settings, day))
    assert_fresh(result)
    _report(result)


@cli.command()
@_gateway
def rollback(gateway: str | None) -> None:
    """Show the dump before the live one again.

    Swaps the previous generation back in one step and takes the day out of the ledger, with its snapshot; the next `run` withdraws
    what was computed for it. The same dump file is not loaded again by itself: put a corrected one into the bucket, or use load
    --again. The last three generations are kept; each rollback goes one further back.
    """
    from loader.generations import roll_back
    from loader.warehouse import open_warehouse

    with open_warehouse(Settings.resolve(gateway=gateway)) as warehouse:
        withdrawn, shown = roll_back(warehouse)
    click.echo(
        f"landing shows the dump of {shown.day} again; the one of {withdrawn.day} is withdrawn. Now: python -m loader run"
    )


@cli.command()
@_gateway
def status(gateway: str | None) -> None:
    """Show what is loaded and how fresh each layer is."""
    from loader.status import status as show

    show(Settings.resolve(gateway=gateway))


def _report(result: Any) -> None:
    for name, days in sorted(result.restated.items()):
        say(f"  {name}: {days:,} days restated after corrections at the source")
    for name, last in result.stale().items():
        say(f"  [yellow]{name} ends at {last or 'nothing'}: its data for {result.day} has not landed[/]")
