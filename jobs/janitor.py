"""The weekly job: removes old versions of models and expired environments, under the one writer's lock. `python -m loader janitor`."""

from __future__ import annotations

import argparse

from jobs.common import main, prepared


def clean(given: argparse.Namespace) -> None:
    with prepared(given):
        from loader.settings import Settings
        from loader.transform import janitor

        janitor.clean(Settings.resolve())


if __name__ == "__main__":
    main(clean)
