"""`python -m tests.support.fuzz`: more cases, or a single one again."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path

import click

from loader.settings import PROJECT
from tests.support.fuzz.cases import KINDS, kind_of
from tests.support.fuzz.place import Place
from tests.support.fuzz.runner import Failure, Tally, keep, run

_EPILOG = """
\b
Examples
  python -m tests.support.fuzz                             2,000 cases
  python -m tests.support.fuzz --cases 20000 --seed 7      others, ten times as many: about half an hour
  python -m tests.support.fuzz --seed 7 --only 4711        one case again
  python -m tests.support.fuzz --kind manifest --cases 500 those among the first 500 that are about manifests

\b
A case is a loaded warehouse and a bucket to which something was done: a damaged dump, a manifest of
another day, a snapshot exported again. It goes well in one of two ways: `load` refuses it with a plain
answer and has changed nothing, or all that landed is what a slow and obvious reader makes of the same
bytes, and within 1 GB of memory. Seed and number make the case, on any machine.

\b
Of a case that went wrong the bucket, the warehouse before it and problem.txt are kept in --out.
Exit code 1 if there is one.
"""


@click.command(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--cases", default=2000, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--seed", default=1, show_default=True, help="Another seed is other cases.")
@click.option("--only", type=click.IntRange(0), metavar="NUMBER", help="The case with this number alone.")
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Only such cases; may be repeated."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=PROJECT / "data" / "fuzz",
    help="Where cases that went wrong are kept (default: data/fuzz).",
)
def main(cases: int, seed: int, only: int | None, kinds: tuple[str, ...], out: Path) -> None:
    """Fuzz the whole `load` command, from a seed."""
    numbers = (
        [only] if only is not None else [number for number in range(cases) if not kinds or kind_of(number) in kinds]
    )
    started, tally, told = time.monotonic(), Tally(), 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        with contextlib.redirect_stdout(io.StringIO()):
            place = Place(Path(folder))
        with contextlib.closing(place), click.progressbar(length=len(numbers), label="cases", file=sys.stderr) as bar:
            for _ in run(place, seed, numbers, tally):
                bar.update(1)
                for failure in tally.failures[told:]:
                    _tell(failure, keep(place, failure, out))
                told = len(tally.failures)
    _sum_up(tally, time.monotonic() - started)
    sys.exit(1 if tally.failures else 0)


def _tell(failure: Failure, kept: Path) -> None:
    problem = failure.problem if len(failure.problem) < 1500 else f"{failure.problem[:1500]} …"
    click.echo(f"\n{failure.kind}, seed {failure.seed}, number {failure.number}: {problem}\n  kept in {kept}")


def _sum_up(tally: Tally, seconds: float) -> None:
    click.echo(
        f"{tally.cases:,} cases in {seconds:,.0f} s, {tally.landed:,} landed something, {len(tally.failures)} went wrong"
    )
    for kind in KINDS:
        found = {(code, landed): number for (one, code, landed), number in tally.outcomes.items() if one == kind}
        if found:
            parts = [
                f"exit code {code}{', landed' if landed else ''}: {number}"
                for (code, landed), number in sorted(found.items())
            ]
            click.echo(f"  {kind:15} {'; '.join(parts)}")


if __name__ == "__main__":
    main()
