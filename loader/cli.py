"""The command line: `python -m loader`."""

from __future__ import annotations

import datetime as dt
import getpass
import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from loader import commands
from loader.console import be_quiet, is_quiet, say, screen, tell, warn
from loader.errors import LoaderError
from loader.interrupted import explain_interrupt
from loader.machine import explain_machine_errors
from loader.settings import GATEWAYS, Settings, keep_private

EXIT_CODES = """\b
Exit codes:
  0   done, also when there was nothing to do
  2   usage: a flag, a variable or a date makes no sense
  3   no dump for that date, or a day before it is missing
  4   dump or snapshot rejected, nothing of it was loaded
  75  another run is under way
  130 stopped by Ctrl-C: type the same again
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
        with explain_interrupt():
            try:
                with explain_machine_errors():
                    return super().invoke(ctx)
            except LoaderError as error:
                tell(f"error: {error}", err=True)
                sys.exit(error.exit_code)


@click.group(
    cls=Commands,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option("-q", "--quiet", is_flag=True, help="Show no progress: only what was asked for, warnings and errors.")
def cli(quiet: bool) -> None:
    """Lands the morning's dump and snapshots and runs the warehouse on them.

    A normal morning is `daily`; the other commands are its steps. Each can be killed at any point and typed again.

    \b
    Environment:
      WAREHOUSE_BUCKET    the bucket: s3://name or a folder
      WAREHOUSE_DUCKDB    the database file (default data/warehouse.duckdb)
      WAREHOUSE_CONTRACT  what dumps must be (default contract.yaml)
      WAREHOUSE_GATEWAY   the SQLMesh gateway: duckdb (default) or aurora
    and for aurora, each URL with user and password percent-encoded:
      WAREHOUSE_MYSQL_URL mysql://user:password@host[:port][?ssl_ca=FILE]
      WAREHOUSE_STATE_URL postgresql://user:password@host[:port]/database[?sslmode=verify-full]
    and for `enrich`, which is off without a model:
      WAREHOUSE_ENRICH_MODEL  offline, or the id or ARN of a model on Amazon Bedrock
      WAREHOUSE_NAME_KEY      secret of 32 characters or more, by which names are hashed
      WAREHOUSE_ENRICH_REGION region of the model (default: the bucket's; for a folder $AWS_REGION)
      WAREHOUSE_ENRICH_OTHER_REGION  allowed: names may leave the bucket's region
    """
    commands.forget()
    keep_private()
    if quiet:
        be_quiet()


_bucket = click.option("--bucket", metavar="URI", help="s3://name or a folder (default: $WAREHOUSE_BUCKET).")
_gateway = click.option(
    "--gateway",
    metavar="NAME",
    help=f"SQLMesh gateway: {', '.join(GATEWAYS)} (default: $WAREHOUSE_GATEWAY, else duckdb).",
)


_accept = click.option(
    "--accept",
    "accepted",
    metavar="RULE",
    multiple=True,
    help="Let this rule's finding pass once, for example change:tenants; may be repeated, and is recorded.",
)


@cli.command()
@_bucket
@click.option(
    "--date",
    "day",
    type=Day(),
    help="Business day of the dump (default: the newest valid one; of newer ones that are refused it warns).",
)
@click.option(
    "--max-stale-days", type=click.IntRange(0), help="Take a dump up to so many days older than --date or today."
)
@_accept
@click.option("--again", is_flag=True, help="Take a dump although it is loaded already, or was rolled back.")
@click.option(
    "--no-manifest", is_flag=True, help="Take a dump made by hand, for which nobody vouches; `status` will say so."
)
@_gateway
def load(
    bucket: str | None,
    day: dt.date | None,
    max_stale_days: int | None,
    accepted: tuple[str, ...],
    again: bool,
    no_manifest: bool,
    gateway: str | None,
) -> None:
    """Land a dump and the new snapshots.

    Lands every table of dumps/gghouse_YYYYMMDD.sql[.gz] beside the live ones, checks size, sha256 and row counts against the
    manifest and the dump, judges the tables by contract.yaml, and swaps all of them in one step. Then exports that day's files
    to the bucket (snapshots/) and lands the daily files that are new or have other content. What is loaded already changes nothing.

    A day before the live dump's is landed aside: its daily files are exported, the tables that are shown stay those of the live dump.
    """
    from loader.landing.load import load as load_day

    commands.remember_command("load", again=again, no_manifest=no_manifest)
    if no_manifest and day is None:
        raise click.UsageError("--no-manifest needs --date: which day a dump is of, only you can say")
    load_day(
        Settings.resolve(bucket, gateway),
        day,
        max_stale_days=max_stale_days,
        accepted=frozenset(accepted),
        again=again,
        by_hand=no_manifest,
    )


@cli.command()
@click.option("--date", "day", type=Day(), help="Business day to run for (default: the newest loaded dump's).")
@_gateway
def run(day: dt.date | None, gateway: str | None) -> None:
    """Compute what is new, and what late corrections changed.

    Runs SQLMesh on prod with the business day as its clock. Never applies a change of code: that is `sqlmesh plan`.
    """
    from loader.transform.run import run as run_day

    _report(run_day(Settings.resolve(gateway=gateway), day))


@cli.command()
@_bucket
@click.option("--again", is_flag=True, help="Ask again where the answer is of another model, prompt or key.")
@click.option("--allow-other-region", "other_region", is_flag=True, help="Names may leave the bucket's region.")
@click.option(
    "--import",
    "paid",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ask nobody: take answers that were paid for elsewhere from a CSV.",
)
@_gateway
def enrich(bucket: str | None, again: bool, other_region: bool, paid: Path | None, gateway: str | None) -> None:
    """Ask a model for the nationality of tenants who have none.

    Asks about the tenants whom silver calls missing or placeholder, current ones first, by their name alone; what does not match the
    nationality master counts for nothing. Each answer is kept, in the database and in enrichment/nationality.csv of the bucket,
    and never asked for again while the name is the same. Its bounds are in contract.yaml. `daily` does this by itself between load
    and run if a model is configured, and goes on whatever comes of it; after `enrich` by hand, type `run`.

    --import takes a file with the header tenant_id,llm_nationality,llm_confidence,enriched_at,model_version (UTC) and needs
    WAREHOUSE_NAME_KEY alone. Such an answer counts as given for the name that the tenant has now. A newer one that is there stands.
    """
    if paid:
        from enrichment.paid_answers import take

        if again or other_region:
            raise click.UsageError("--import asks nobody, so it goes with neither --again nor --allow-other-region")
        tell(take(Settings.resolve(bucket, gateway), paid))
        return
    from enrichment.step import enrich as ask

    ask(Settings.resolve(bucket, gateway), again=again, other_region=other_region)


@cli.command()
@_bucket
@click.option("--date", "day", type=Day(), help="Business day of the dump (default: today in Japan).")
@click.option(
    "--max-stale-days",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Be content with a dump up to so many days older.",
)
@_accept
@click.option("--dry-run", is_flag=True, help="Say what would be loaded and computed, and change nothing.")
@_gateway
def daily(
    bucket: str | None,
    day: dt.date | None,
    max_stale_days: int,
    accepted: tuple[str, ...],
    dry_run: bool,
    gateway: str | None,
) -> None:
    """The morning: load, enrich, run, then assert that everything is there and fresh.

    Loads the day's dump, and before it those of the last continuity_days (contract.yaml) that are in the bucket and not loaded; not
    a day before the live dump's of which anything was ever rejected, that is for `load --date`. A bad snapshot file or a missing
    day does not keep the rest from being computed; the command then fails at its end, until the day is loaded or waived. A green
    one ends with the day's report, reports/YYYYMMDD.html in the bucket; a report that fails is warned of, for the data is good.
    """
    from loader.daily import daily as morning
    from loader.landing.load_job import LoadRequest
    from report.publish import after_green_run

    settings = Settings.resolve(bucket, gateway)
    request = LoadRequest(day, max_stale_days, accepted=frozenset(accepted), catch_up=True)
    if dry_run:
        from loader.dry_run import preview

        for line in preview(settings, request):
            tell(line)
        return
    result = morning(settings, request)
    _report(result)
    if failed := after_green_run(settings, result):
        warn(failed)


@cli.command()
@_bucket
@click.option("--date", "day", type=Day(), required=True, help="Business day whose files to make.")
@click.option(
    "--to", "last", type=Day(), help="Last day of a stretch that begins with --date (default: that day alone)."
)
@_accept
@click.option("--again", is_flag=True, help="Write files that the bucket has already anew.")
@click.option("--no-manifest", is_flag=True, help="Take dumps without a manifest, for which nobody vouches.")
@_gateway
def export(
    bucket: str | None,
    day: dt.date,
    last: dt.date | None,
    accepted: tuple[str, ...],
    again: bool,
    no_manifest: bool,
    gateway: str | None,
) -> None:
    """Make the daily files of past days from their dumps.

    Writes what the bucket lacks of snapshots/tenant_status, snapshots/room_assignment and snapshots/property for each day, from that
    day's dump and nothing else. The warehouse stays as it is; the next `load` or `daily` lands the files, and the next `run` computes
    what stands on them. Days that have their files are passed over, so a long stretch can be cut off and typed again.
    """
    from loader.landing.export import export as export_days

    commands.remember_command("export", again=again, no_manifest=no_manifest)
    settings = Settings.resolve(bucket, gateway)
    export_days(settings, day, last or day, again=again, by_hand=no_manifest, accepted=frozenset(accepted))


@cli.command()
@click.argument("day", type=Day())
@click.option("--to", "last", type=Day(), help="Last day of a stretch that begins with DAY (default: that day alone).")
@click.option("--reason", required=True, help="Why the day is taken as lost.")
@click.option("--by", metavar="NAME", default=getpass.getuser, show_default="your login", help="Who says so.")
@click.option("--until", type=Day(), help="Last day on which the waiver counts (default: 14 days after the last).")
@_gateway
def waive(day: dt.date, last: dt.date | None, reason: str, by: str, until: dt.date | None, gateway: str | None) -> None:
    """Take missing or rejected days as lost, for a time.

    `daily` then does not fail for it, and `status` shows by whom, why and until when. The day stays a gap wherever its files
    are needed; loading it later ends the waiver.
    """
    from loader.landing import calendar
    from loader.landing.access import open_warehouse

    last = last or day
    until = until or last + dt.timedelta(days=14)
    with open_warehouse(Settings.resolve(gateway=gateway)) as warehouse:
        waived = calendar.waive(warehouse, day, last, calendar.Waiver(by, reason, until))
    tell(f"Waived until {until}: {', '.join(map(str, waived))}")


@cli.command()
@_gateway
def rollback(gateway: str | None) -> None:
    """Show the dump before the live one again.

    Swaps the previous generation back in one step and takes the day out of the ledger, with its daily files; the next `run`
    withdraws what was computed for it. The same dump file is not loaded again by itself: put a corrected one into the bucket, or use load
    --again. The last three generations are kept; each rollback goes one further back.
    """
    from loader.landing.access import open_warehouse
    from loader.landing.generations import roll_back

    with open_warehouse(Settings.resolve(gateway=gateway)) as warehouse:
        withdrawn, shown = roll_back(warehouse)
    tell(
        f"landing shows the dump of {shown.day} again; the one of {withdrawn.day} is withdrawn. Now type\n  {commands.loader('run')}"
    )


@cli.command()
@_gateway
def janitor(gateway: str | None) -> None:
    """Remove old versions of models and expired environments.

    SQLMesh's janitor under the one writer's lock: versions that no environment has shown for a week go, with their tables, and the rows of
    computed intervals are put together. What an environment shows stays, and so do the dumps that `rollback` goes back to.
    """
    from loader.transform.janitor import clean

    clean(Settings.resolve(gateway=gateway))


@cli.command()
@_bucket
@click.option(
    "--out",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file (default: reports/YYYYMMDD.html in the bucket).",
)
@_gateway
def report(bucket: str | None, file: Path | None, gateway: str | None) -> None:
    """Make the report: gold and the state of the data, to look at.

    One HTML file that needs nothing else, in Japanese and English, without names of tenants. `daily` makes it by itself.
    """
    from report.publish import write

    written = write(Settings.resolve(bucket, gateway), file)
    if is_quiet():
        tell(written)


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Show each day, table, column and finding, however many.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as one JSON object, for a script.")
@_gateway
def status(everything: bool, as_json: bool, gateway: str | None) -> None:
    """Show what is wrong, what is loaded and how fresh each layer is.

    What is wrong comes first, each with what to type, and of long lists their beginning, so that it fits a screen. Changes nothing.
    """
    from loader.monitoring.status_screen import show

    show(Settings.resolve(gateway=gateway), everything=everything, as_json=as_json)


@cli.command()
@_bucket
@_gateway
def doctor(bucket: str | None, gateway: str | None) -> None:
    """Check that everything a morning needs is there.

    Python and its packages, the contract, the bucket and today's dump, disks, the database, SQLMesh's state, and whether prod has the
    models of the files. Says of each what to do about it, and ends with 1 where something is to do. Changes nothing.
    """
    from loader.monitoring.doctor import examine

    wrong = 0
    for answer in examine(Settings.resolve(bucket, gateway)):
        wrong += not answer.is_well
        mark = "[green]✓[/]" if answer.is_well else "[red]✗[/]"
        screen.print(f"{mark} {answer.part}: {escape(answer.text)}", soft_wrap=True)
    sys.exit(1 if wrong else 0)


def _report(result: Any) -> None:
    for name, last in result.stale().items():
        say(f"  [yellow]{name} ends at {last or 'nothing'}: its data for {result.day} has not landed[/]")
