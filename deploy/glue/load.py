"""The first job of the morning: lands the day's dump and the daily files. `python -m loader daily` up to where it computes."""

from __future__ import annotations

import argparse
import sys

from loader.deployed import BOTH, arguments, ended, prepared


def load(given: argparse.Namespace) -> None:
    """Lands what is new."""
    with prepared(given):
        from loader.daily import load_only
        from loader.loading import Request
        from loader.settings import Settings

        load_only(Settings.resolve(), Request(given.date, 0, accepted=given.accept, catch_up=True))


if __name__ == "__main__":
    given = arguments(sys.argv[1:], *BOTH)
    # Glue counts a script that comes to its end as succeeded, and any other exit code as failed.
    if code := ended(lambda: load(given)):
        sys.exit(code)
