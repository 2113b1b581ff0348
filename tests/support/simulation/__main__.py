"""`python -m tests.support.simulation`: other seeds, longer lives."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import click

from tests.support import places, quick
from tests.support.places import DATA_CONTRACT, FILE
from tests.support.simulation.script import CHUNKS, SHORT
from tests.support.simulation.simulation import Drift, Plan, Simulation

_EPILOG = """
\b
Examples
  python -m tests.support.simulation                            65 mornings, as make endurance lives
  python -m tests.support.simulation --seed 7 --mornings 400    another life, a year and more
  python -m tests.support.simulation --seed 7 --points 64       the same, compared every morning: which one brought it in

\b
A morning brings corrections, gaps, late and rejected files, kills, rollbacks, promotions, in an order that
the seed shuffles. The warehouse is compared with rebuilds, row by row, in every view of staging, silver and
gold: from the same landing data at the points between, from the bucket alone in the middle and at the end.

\b
Of what went wrong it prints the mornings before and the rows that differ. Exit code 1 then.
"""


@click.command(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--seed", default=1, show_default=True, help="Another seed is another life.")
@click.option("--mornings", default=65, show_default=True, type=click.IntRange(2), help="How many.")
@click.option("--points", default=10, show_default=True, type=click.IntRange(0), help="Comparisons between.")
@click.option("--audits-every", default=5, show_default=True, type=click.IntRange(1), help="1 audits every morning.")
@click.option("--short", is_flag=True, help="Fewer kinds of trouble, so that 6 mornings hold each once.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="An empty or new one for bucket and warehouse, which stay."
)
def main(seed: int, mornings: int, points: int, audits_every: int, short: bool, folder: Path | None) -> None:
    """Simulate a company's mornings on DuckDB and compare its warehouse with rebuilds."""
    os.environ["WAREHOUSE_DATA_CONTRACT"] = str(DATA_CONTRACT)
    quick.hurry()
    folder = folder or Path(tempfile.mkdtemp(prefix="simulation-"))
    folder.mkdir(parents=True, exist_ok=True)
    place, started = places.duckdb_place(folder / FILE), time.monotonic()
    simulation = Simulation(
        place, folder, Plan(seed, mornings, points, SHORT if short else CHUNKS, audits_every), click.echo
    )
    quick.collect_garbage_rarely()
    with place.chosen():
        try:
            simulation.play()
        except Drift as drift:
            click.echo(f"\n{drift}\nBucket and warehouse: {folder}")
            sys.exit(1)
    click.echo(
        f"{mornings} mornings, {len(simulation.compared)} comparisons, {time.monotonic() - started:,.0f} s: no drift"
    )


if __name__ == "__main__":
    main()
