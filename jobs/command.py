"""One command of the loader, typed by hand, where only Glue has Spark: `--words "python -m loader status"`. See docs/runbook.md."""

from __future__ import annotations

import argparse
import shlex

from jobs.common import main, prepared
from loader.errors import UsageError

LOADER = ["python", "-m", "loader"]


def run(given: argparse.Namespace) -> None:
    """Runs the command and ends with its exit code, if that is not 0."""
    words = shlex.split(given.words)
    if words[:3] != LOADER:
        raise UsageError(
            f"--words is {given.words!r}: it must begin with {' '.join(LOADER)}, for example --words 'python -m loader status'"
        )
    with prepared(given):
        from loader.cli import cli

        try:
            cli(words[3:], prog_name=" ".join(LOADER))
        except SystemExit as end:
            if end.code:
                raise


if __name__ == "__main__":
    main(run, "words")
