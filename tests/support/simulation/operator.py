"""Who types the commands: the morning's `daily`, a past day, a waiver, a rollback; and what kills them."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from loader.daily import daily
from loader.errors import BusyError, DumpRejectedError, LoaderError, NoDumpError
from loader.landing import calendar, enrichment_cache, generations, ledger
from loader.landing.access import open_warehouse
from loader.landing.enrichment_cache import Cached
from loader.landing.load import land, load
from loader.landing.load_steps import LoadRequest
from loader.settings import Settings
from loader.transform.run import run
from tests.support.crash import wait_until
from tests.support.places import Place, unaudited

WINDOW = 14  # tests/support/data_contract.yaml: continuity_days


class Killed(BaseException):
    """Ends a command in this process as a kill would: no `except Exception` catches it."""


@dataclass
class Operator:
    """Types commands on a warehouse that the environment names.

    Attributes:
        place: the warehouse.
        bucket: the bucket.
        audits: whether runs audit what they compute. Audits cost half of a run and change nothing.
        computed: whether all that is loaded was computed.
    """

    place: Place
    bucket: Path
    audits: bool = True
    computed: bool = False

    @property
    def settings(self) -> Settings:
        """Of every command."""
        return self.place.settings(self.bucket)

    def daily(self, day: dt.date) -> LoaderError | None:
        """The morning's command; what it told at its end of days that are missing or rejected, which must be so."""
        told = None

        def let_in() -> bool:
            nonlocal told
            try:
                daily(self.settings, LoadRequest(day, 0, catch_up=True))
            except BusyError:
                return False  # the server has yet to see that the holder of the lock is dead
            except (NoDumpError, DumpRejectedError) as error:
                told = error
            return True

        with self._audited():
            wait_until(let_in, "the lock of a dead command is held on")
        self._require_true(told, day)
        return told

    def _require_true(self, told: LoaderError | None, day: dt.date) -> None:
        open_days = self.open_days(day)
        with open_warehouse(self.settings) as warehouse:
            loaded = day in ledger.days(warehouse, ledger.DUMP)
            seen = warehouse.query("SELECT load_id FROM landing.computed_to")
            newest = ledger.newest_load(warehouse)
        if loaded:
            self.computed = True
            assert bool(told) == bool(open_days), f"daily told {told!r}; neither loaded nor waived are {open_days}"
            assert seen == [(newest,)], f"daily of {day} computed with load {seen}, not {newest}, and said {told!r}"
        else:
            assert told is not None, f"daily of {day} told nothing, and the day is not loaded"
            self.computed = True  # what an earlier command had landed and not run, it ran

    def open_days(self, day: dt.date) -> list[dt.date]:
        """The days before one that are neither loaded nor waived."""
        with open_warehouse(self.settings) as warehouse:
            first, last = day - dt.timedelta(days=WINDOW), day - dt.timedelta(days=1)
            days = list(calendar.days(warehouse, first, last))
        return [one.date for one in days if not one.complete and not one.excused(day)]

    def load(self, day: dt.date) -> None:
        """`load --date`."""
        self.computed = False
        load(self.settings, day)

    def land_only(self, day: dt.date) -> None:
        """The first half of `daily`: the machine goes down before the run."""
        self.computed = False
        land(self.settings, LoadRequest(day, 0, catch_up=True))

    def run(self) -> None:
        """`run`, on the newest loaded day."""
        with self._audited():
            run(
                self.settings
            )  # not always fresh: after the rollback of a day's second dump its files are made by the next load
        self.computed = True

    def roll_back(self) -> str:
        """`rollback`."""
        self.computed = False
        with open_warehouse(self.settings) as warehouse:
            withdrawn, shown = generations.roll_back(warehouse)
        return f"{withdrawn.day} to {shown.day}"

    def waive(self, day: dt.date, until: dt.date) -> None:
        """`waive`."""
        with open_warehouse(self.settings) as warehouse:
            calendar.waive(warehouse, day, day, calendar.Waiver("simulation", "lost", until))

    def answer(self, answers: list[Cached]) -> None:
        """What the enrichment step keeps: an answer a tenant, in place of the one before."""
        with open_warehouse(self.settings) as warehouse, warehouse.transaction():
            enrichment_cache.put(warehouse, answers)

    def dies_in(self, day: dt.date, step: int) -> bool:
        """`daily`, killed before it evaluates its n-th model; whether it came so far."""
        from sqlmesh.core.snapshot.evaluator import SnapshotEvaluator

        evaluate, count = SnapshotEvaluator.evaluate, 0

        def dying(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                raise Killed
            return evaluate(*arguments, **named)

        try:
            with mock.patch.object(SnapshotEvaluator, "evaluate", dying):
                self.daily(day)
        except Killed:
            return True
        return False

    def _audited(self) -> AbstractContextManager[None]:
        return nullcontext() if self.audits else unaudited()
