"""`python -m demo`: write the bucket of an invented company."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from demo import bucket
from demo.days import Request

if TYPE_CHECKING:
    from rich.progress import Progress

_EPILOG = """
\b
Examples
  python -m demo --out data/bucket                        a small company, three dumps, daily files of 261 days
  python -m demo --out /tmp/b --scale 1 --days 1 --bulk   one dump of real size, about 900 MB
  python -m demo --out /tmp/b --scale 10 --snapshots 14   ten times the company, in the memory of one

\b
The bucket
  dumps/gghouse_YYYYMMDD.sql           one a day, as mysqldump 8.0 writes it
  dumps-manifest/gghouse_YYYYMMDD.json its hash, size and watermarks, written after it
  snapshots/KIND/YYYYMMDD.csv          the daily files of the days before the first dump: tenant_status, room_assignment, property
  reference/property_geo_latlon/latest/property_geo_latlon_backup.csv
                                       where properties lie that the source has wrong coordinates of, or none

From five days on, one dump in the middle is missing, and from ten days of daily files on one or a few of them: the pipeline has to live
with that. A dump is taken at 05:30 and shows what happened up to the day before. Nothing here is about a real person.
"""


@click.command(epilog=_EPILOG, context_settings={"max_content_width": 120, "show_default": True})
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The bucket: a new or empty folder."
)
@click.option("--end", type=click.DateTime(["%Y-%m-%d"]), default="2026-02-10", help="The day of the last dump.")
@click.option("--days", type=click.IntRange(1, 366), default=3, help="Calendar days with dumps, the last being --end.")
@click.option("--scale", type=click.FloatRange(0.01, 100), default=0.05, help="1 is the company of 62,506 contracts.")
@click.option("--seed", type=click.IntRange(0), default=1, help="Another seed is another company.")
@click.option(
    "--snapshots", type=click.IntRange(0, 1500), default=261, help="Days of daily files before the first dump."
)
@click.option("--bulk", is_flag=True, help="All 81 tables of the source instead of 12: nine tenths of a real dump.")
@click.option("--gzip", is_flag=True, help="Write dumps as .sql.gz.")
def main(out: Path, end: datetime, days: int, scale: float, seed: int, snapshots: int, bulk: bool, gzip: bool) -> None:
    """Write a bucket of daily database dumps and daily files of an invented share-house company.

    The same arguments always give the same bytes, on any machine; run again, the command sees its bucket and does nothing.
    """
    request = Request(end.date(), days, snapshots, scale, seed, bulk, gzip)
    try:
        complete = bucket.is_complete(out, request)
    except bucket.BucketInUse as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    if complete:
        click.echo(f"{out} is complete already; nothing to do")
        return
    with _terminal() if sys.stdout.isatty() else nullcontext(_Lines()) as show:
        bucket.write(out, request, begin=show.begin, step=show.step)
    files = [path for path in out.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    click.echo(f"{out}: {len(request.dump_days())} dumps and {snapshots} snapshots, {size:,.1f} MB")


class _Lines:
    """Progress where nobody watches: one line a phase."""

    def begin(self, phase: str, steps: int) -> None:
        click.echo(phase + (f" ({steps})" if steps > 1 else ""))

    def step(self, text: str) -> None:
        """Say nothing: single objects are no news in a log."""


def _terminal() -> Progress:
    """Progress bars, one a phase."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    class Bars(Progress):
        def begin(self, phase: str, steps: int) -> None:
            self.current = self.add_task(phase, total=steps, what="")

        def step(self, text: str) -> None:
            self.update(self.current, advance=1, what=text)

    return Bars(
        TextColumn("{task.description:<16}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]left[/]"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[what]}"),
    )


if __name__ == "__main__":
    main(prog_name="python -m demo")
