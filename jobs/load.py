"""The first job of the morning: lands the day's dump and the daily files. `python -m loader daily` up to where it computes."""

from __future__ import annotations

import argparse

from jobs.common import main, prepared, set_enrichment


def load(given: argparse.Namespace) -> None:
    """Lands what is new, and asks for nationalities if a model is configured."""
    with prepared(given):
        set_enrichment(given)
        from loader.daily import load_only
        from loader.landing.load_steps import LoadRequest
        from loader.settings import Settings

        load_only(Settings.resolve(), LoadRequest(given.date, 0, accepted=given.accept, catch_up=True))


if __name__ == "__main__":
    main(load, "enrich-model", "name-key-secret")
