"""The command line: `warehouse`, which is also `python -m loader`."""

import atexit
import datetime as dt
import gc
import getpass
import re
import sys
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from loader import __version__, commands
from loader.console import be_quiet, inform, is_quiet, print_line, screen, warn
from loader.errors import LoaderError
from loader.interrupted import explain_interrupt
from loader.resource_errors import explain_machine_errors
from loader.settings import GATEWAYS, Settings, keep_private

EXIT_CODES = """\b
Exit codes:
  0   done, also when there was nothing to do
  2   usage: a flag, a variable or a date makes no sense
  3   no dump for that date, or a day before it is missing
  4   dump or daily file rejected, nothing of it was loaded
  75  another command holds the warehouse
  130 stopped by Ctrl-C: type the same again
  1   anything else, for example a failed audit"""


class Day(click.ParamType):
    """A date as YYYY-MM-DD. Unlike click.DateTime it gives a date, and names no %Y-%m-%d where a day does not exist."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        try:
            return dt.datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=dt.timezone.utc).date()
        except ValueError:
            self.fail(f"{value!r} is no date like 2026-02-10", param, ctx)


class Commands(click.Group):
    """Ends a command with its own exit code and one line."""

    def invoke(self, ctx: click.Context) -> Any:
        gc.set_threshold(100_000, 20, 20)
        atexit.register(gc.freeze)  # Python collects garbage once more as it ends: 0.4 s after a run
        with explain_interrupt():
            try:
                with explain_machine_errors():
                    return super().invoke(ctx)
            except LoaderError as error:
                print_line(f"error: {error}", err=True)
                sys.exit(error.exit_code)


@click.group(
    cls=Commands,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option("-q", "--quiet", is_flag=True, help="Show no progress: only results, warnings and errors.")
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, quiet: bool) -> None:
    """Load the morning's dump and daily files, and compute the warehouse from them.

    Type `daily` on a normal morning; `load` and `run` are its steps. You can stop any command and type it again.

    \b
    Environment:
      WAREHOUSE_BUCKET    the bucket: s3://name or a folder
      WAREHOUSE_DUCKDB    the database file (default data/warehouse.duckdb)
      WAREHOUSE_DATA_CONTRACT  the data contract (default data_contract.yaml)
      WAREHOUSE_GATEWAY   the SQLMesh gateway: duckdb (default), aurora or spark
    for aurora and spark, each URL with user and password percent-encoded:
      WAREHOUSE_STATE_URL postgresql://user:password@host[:port]/database[?sslmode=verify-full]
      WAREHOUSE_MYSQL_URL aurora: mysql://user:password@host[:port][?ssl_ca=FILE]
      WAREHOUSE_SPARK_WAREHOUSE  spark: s3://bucket/folder, or a folder (default data/spark)
    for `enrich`, which is off without a model:
      WAREHOUSE_ENRICH_MODEL  offline, or the id or ARN of a model on Amazon Bedrock
      WAREHOUSE_NAME_KEY      secret of 32 characters or more, by which names are hashed
      WAREHOUSE_ENRICH_REGION region of the model (default: the bucket's; for a folder $AWS_REGION)
      WAREHOUSE_ENRICH_OTHER_REGION  allowed: names may leave the bucket's region
    """
    commands.forget(ctx.info_name)
    keep_private()
    if quiet:
        be_quiet()


_bucket = click.option(
    "--bucket", metavar="URI", envvar="WAREHOUSE_BUCKET", show_envvar=True, help="Bucket: s3://name or a folder."
)


def _with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command its `settings`, from --gateway and, where it has it, --bucket."""
    envvar, shown = "WAREHOUSE_GATEWAY", {"show_envvar": True, "show_default": "duckdb"}

    @click.option("--gateway", type=click.Choice(GATEWAYS), envvar=envvar, **shown, help="SQLMesh gateway.")
    @wraps(command)
    def with_settings(gateway: str | None, bucket: str | None = None, **given: Any) -> None:
        command(Settings.resolve(bucket, gateway), **given)

    return with_settings


_accept = click.option(
    "--accept",
    "accepted",
    metavar="RULE",
    multiple=True,
    callback=lambda ctx, param, rules: frozenset(rules),
    help="Accept this rule's finding once, for example change:tenants. Repeatable; each is recorded.",
)
_stale_days = partial(click.option, "--max-stale-days", metavar="N", type=click.IntRange(0))
_by_hand = click.option(
    "--no-manifest", "by_hand", is_flag=True, help="Accept a dump without a manifest, as unverified."
)


@cli.command()
@_bucket
@click.option("--date", "day", type=Day(), help="Business day of the dump (default: the newest valid dump).")
@_stale_days(help="Accept a dump up to N days older than --date, or than today (default: any age without --date).")
@_accept
@click.option("--again", is_flag=True, help="Load a dump again, also one that was rolled back.")
@_by_hand
@_with_settings
def load(settings: Settings, day: dt.date | None, **request: Any) -> None:
    """Load a dump and the new daily files.

    Loads every table of dumps/gghouse_YYYYMMDD.sql[.gz] beside the live tables. Checks size, sha256 and row counts against the
    manifest, and the tables against data_contract.yaml. Then swaps all tables in one step, writes that day's daily files to the bucket
    (snapshots/), and loads each daily file that is new or changed. Changes nothing that is loaded already.

    A day before the live dump's is historical: `load` writes its daily files, and the live tables stay.
    """
    from loader.landing.load import load as load_day

    commands.remember_command("load", again=request["again"], no_manifest=request["by_hand"])
    if request["by_hand"] and day is None:
        raise click.UsageError("--no-manifest needs --date: without a manifest nothing says which day the dump is of")
    load_day(settings, day, **request)


@cli.command()
@click.option("--date", "day", type=Day(), help="Business day to run for (default: the newest loaded dump's).")
@_with_settings
def run(settings: Settings, day: dt.date | None) -> None:
    """Compute what is new, and what late corrections changed.

    Runs SQLMesh on prod with the business day as its clock. Never applies a change of code: `sqlmesh plan` does.
    """
    from loader.transform.run import run as run_day

    _report(run_day(settings, day))


@cli.command(
    "sqlmesh",
    no_args_is_help=True,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@_with_settings
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="COMMAND [ARGUMENTS]...")
def sqlmesh_command(settings: Settings, words: tuple[str, ...]) -> None:
    """Run a command of SQLMesh, for example `plan dev`.

    Takes the arguments of SQLMesh's own command line, and ends with its exit codes. On aurora this is the only way: plain `sqlmesh`
    does not know that connection. On duckdb plain `sqlmesh` does the same.
    """
    from loader.transform.command_line import run_sqlmesh

    run_sqlmesh(settings, words)


@cli.command()
@_bucket
@click.option("--again", is_flag=True, help="Ask again where another model, prompt or key gave the answer.")
@click.option(
    "--import",
    "paid",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ask no model: import existing answers from a CSV file.",
)
@_with_settings
def enrich(settings: Settings, again: bool, paid: Path | None) -> None:
    """Ask a model for the nationality of tenants who have none.

    Sends names alone, of current tenants first, where silver calls the nationality missing or a placeholder. Ignores an answer
    that is not in the nationality master. Keeps each answer in the database and in enrichment/nationality.csv of the bucket, and
    does not ask again while the name stays the same. data_contract.yaml sets the limits. If a model is configured, `daily` does this
    between load and run, and continues if it fails. After `enrich` by hand, type `run`.

    --import takes a file with the header tenant_id,llm_nationality,llm_confidence,enriched_at,model_version (UTC) and needs
    WAREHOUSE_NAME_KEY alone. It counts each answer for the tenant's present name, and keeps a newer answer that is there.
    """
    if paid:
        from enrichment.paid_answers import take

        if again:
            raise click.UsageError("--import asks no model, so it does not go with --again")
        print_line(take(settings, paid))
        return
    from enrichment.step import enrich as ask

    ask(settings, again=again)


@cli.command()
@_bucket
@click.option("--date", "day", type=Day(), help="Business day of the dump (default: today in Japan).")
@_stale_days(default=0, show_default=True, help="Accept a dump up to N days old.")
@_accept
@click.option("--dry-run", is_flag=True, help="Show what would be loaded and computed, and change nothing.")
@_with_settings
def daily(
    settings: Settings, day: dt.date | None, max_stale_days: int, accepted: frozenset[str], dry_run: bool
) -> None:
    """Run the whole morning: load, enrich, run, then check that all data is there and fresh.

    Loads the day's dump. Before it, loads the dumps of the last continuity_days (data_contract.yaml) that are in the bucket and not
    loaded; but not those of days before the live dump's that were ever rejected: for them type `load --date`. A bad daily file or
    a missing day does not stop the rest from being computed: the command fails at its end, until the day is loaded or waived. If
    all is well, it writes the day's report to reports/YYYYMMDD.html in the bucket; a report that fails is only a warning.
    """
    from loader.daily import daily as morning
    from loader.landing.load_steps import LoadRequest
    from report.publish import after_green_run

    request = LoadRequest(day, max_stale_days, accepted=accepted, catch_up=True)
    if dry_run:
        from loader.dry_run import preview

        for line in preview(settings, request):
            print_line(line)
        return
    result = morning(settings, request)
    _report(result)
    if failed := after_green_run(settings, result):
        warn(failed)


@cli.command()
@_bucket
@click.option("--date", "day", type=Day(), required=True, help="Business day whose files to write.")
@click.option("--to", "last", type=Day(), help="Last day, to write those of several days (default: --date alone).")
@_accept
@click.option("--again", is_flag=True, help="Write files again that the bucket has.")
@_by_hand
@_with_settings
def export(settings: Settings, day: dt.date, last: dt.date | None, **request: Any) -> None:
    """Write the daily files of past days from their dumps.

    Writes the files of snapshots/tenant_status, snapshots/room_assignment and snapshots/property that the bucket does not have,
    each from its own day's dump. Changes nothing in the warehouse: the next `load` or `daily` loads the files, and the next `run`
    computes from them. Skips days that have their files, so you can stop it and type it again.
    """
    from loader.landing.load import export as export_days

    commands.remember_command("export", again=request["again"], no_manifest=request["by_hand"])
    export_days(settings, day, last or day, **request)


def _in_words(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not re.search(r"\w", value):
        raise click.BadParameter("write in words why the gap is accepted: others read the reason", ctx, param)
    return value


@cli.command()
@click.argument("day", type=Day())
@click.option("--to", "last", type=Day(), help="Last day, to waive several (default: DAY alone).")
@click.option("--reason", required=True, callback=_in_words, help="Why the gap is accepted, in words.")
@click.option("--by", metavar="NAME", default=getpass.getuser, show_default="your login", help="Who decides it.")
@click.option("--until", type=Day(), help="Last day of the waiver (default: 14 days after the last waived day).")
@_with_settings
def waive(settings: Settings, day: dt.date, last: dt.date | None, until: dt.date | None, reason: str, by: str) -> None:
    """Accept missing or rejected days as gaps, for a time.

    `daily` then does not fail for them, and `status` shows who waived them, why and until when. The day stays a gap wherever its
    files are needed. If you load it later, the waiver ends.
    """
    from loader.landing import calendar
    from loader.landing.access import open_warehouse

    last = last or day
    until = until or last + dt.timedelta(days=14)
    with open_warehouse(settings) as warehouse:
        waived = calendar.waive(warehouse, day, last, calendar.Waiver(by, reason, until))
    print_line(f"Waived until {until}: {', '.join(map(str, waived))}")


@cli.command()
@_with_settings
def rollback(settings: Settings) -> None:
    """Go back to the dump before the live one.

    Swaps the previous generation back in one step, and takes the day and its daily files out of the ledger; the next `run`
    withdraws what was computed for it. `daily` does not load the same dump file again: put a corrected one into the bucket, or
    type `load --again`. The last three generations are kept; each rollback goes one further back.
    """
    from loader.landing.access import open_warehouse
    from loader.landing.generations import roll_back

    with open_warehouse(settings) as warehouse:
        withdrawn, shown = roll_back(warehouse)
    print_line(
        f"The dump of {shown.day} is live again, the one of {withdrawn.day} is withdrawn. Now type\n  {commands.loader('run')}"
    )


@cli.command()
@_with_settings
def janitor(settings: Settings) -> None:
    """Remove old versions of models and expired environments.

    Runs SQLMesh's janitor under the lock that loads and runs share. Removes versions that no environment has used for a week, with
    their tables, and compacts the records of computed intervals. Keeps what an environment uses, and the dumps that `rollback`
    goes back to. On Spark, removes what was overwritten more than a week ago too.
    """
    from loader.transform.janitor import clean

    clean(settings)


@cli.command()
@_bucket
@click.option(
    "--out",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write (default: reports/YYYYMMDD.html in the bucket).",
)
@_with_settings
def report(settings: Settings, file: Path | None) -> None:
    """Write the report on gold and on the state of the data.

    Writes one HTML file that needs nothing else, in Japanese and English, without names of tenants. `daily` writes it, too.
    """
    from report.publish import write

    written = write(settings, file)
    if is_quiet():
        print_line(written)


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Show every day, table, column and finding.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object, for a script.")
@_with_settings
def status(settings: Settings, everything: bool, as_json: bool) -> None:
    """Show problems, what is loaded, and how fresh each layer is.

    Shows problems first, each with the command to type. Shortens long lists so that all fits a screen. Changes nothing.
    """
    from loader.monitoring.status_screen import show

    show(settings, everything=everything, as_json=as_json)


@cli.command()
@_bucket
@_with_settings
def doctor(settings: Settings) -> None:
    """Check that everything a morning needs is there.

    Checks Python and its packages, the data contract, the bucket and today's dump, disks, the database, SQLMesh's state, and that prod
    has the models of the files. Says what to do about each problem, and ends with 1 if there is one. Changes nothing.
    """
    from loader.monitoring.doctor import examine

    wrong = 0
    for answer in examine(settings):
        wrong += not answer.is_well
        mark = "[green]✓[/]" if answer.is_well else "[red]✗[/]"
        screen.print(f"{mark} {answer.part}: {escape(answer.text)}", soft_wrap=True)
    sys.exit(1 if wrong else 0)


def _report(result: Any) -> None:
    for name, last in result.stale().items():
        inform(f"  [yellow]{name} ends at {last or 'nothing'}: its data for {result.day} has not landed[/]")
