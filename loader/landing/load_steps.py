"""What one load does: the day's dump, those of the days before it, the daily files, and the days that are missing."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from loader import dates
from loader.console import counted, inform, step, warn
from loader.errors import DumpRejectedError, LoaderError, NoDumpError
from loader.landing import calendar, daily_exports, generations, ledger
from loader.landing.access import open_warehouse
from loader.landing.coordinates import Coordinates
from loader.landing.daily_files import DailyFileLoader
from loader.landing.dump import DumpLoader
from loader.quality.data_contract import read_data_contract
from loader.scratch import scratch
from loader.settings import Settings
from loader.sources.dump_selection import Dump, DumpSelector
from loader.sources.storage import Bucket, open_bucket
from loader.warehouse.base import Warehouse


@dataclass(frozen=True)
class LoadRequest:
    day: dt.date | None = None  # the expected business day; None for today in Japan
    # How much older the dump may be; None for: exactly the expected day if one was named, else any age.
    max_stale_days: int | None = None
    again: bool = False  # take a dump although it is loaded, or was rolled back
    by_hand: bool = False  # take a dump without a manifest
    accepted: frozenset[str] = frozenset()  # names of rules of the contract whose findings somebody accepts
    # Before it, load the dumps of the days before that are in the bucket and were never loaded; after it, say which days are neither
    # loaded nor waived.
    catch_up: bool = False


@dataclass
class LoadResult:
    day: dt.date | None = None  # the newest landed dump's day, None where there is none
    # Whether there is something to compute: a dump or a daily file was landed, or a rollback is yet to be followed by a run.
    changed: bool = False
    refused: bool = False  # whether the dump that was asked for could not be had
    is_planned: bool = False  # whether SQLMesh has made the models once
    problems: list[LoaderError] = field(default_factory=list)  # what went wrong with single days; the rest is in

    def raise_problems(self) -> None:
        """Ends the command with the first problem's exit code and all of their messages, if there are any."""
        if self.problems:
            raise type(self.problems[0])("\n".join(map(str, self.problems))) from self.problems[0]


@dataclass
class LoadJob:
    selector: DumpSelector
    landing: DumpLoader
    request: LoadRequest
    result: LoadResult = field(default_factory=LoadResult)
    _passed_over: list[DumpRejectedError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._warehouse, self._bucket = self.landing.warehouse, self.landing.bucket
        self._expected = self.request.day or self.selector.today
        self._oldest = self._expected - dt.timedelta(days=self.landing.contract.continuity_days)

    def dumps(self) -> None:
        """Lands the dump that was asked for, after those to catch up with."""
        try:
            listed = self.selector.listed()
            if self.request.catch_up:
                self._catch_up(listed)
            self._passed_over.clear()
            stale = self.request.max_stale_days
            first = self.request.day if stale is None else self._expected - dt.timedelta(days=stale)
            dump = self.selector.newest(listed, first, self._expected, self._refused)
            for rejection in self._passed_over:
                warn(f"not taken: {rejection}")
            if stale and dump.day < self._expected:
                warn(
                    f"there is no dump of {self._expected} to take: what follows is of {dump.day}, the newest that there is"
                )
            live = generations.live(self._warehouse)
            if live and self.request.day is None and dump.day < live.day:
                inform(f"The dump of {live.day} is loaded, and the bucket has none that is newer and acceptable.")
            else:
                self._take(dump)
        except (DumpRejectedError, NoDumpError) as problem:
            self.result.problems.append(problem)
            self.result.refused = True
        live = generations.live(self._warehouse)
        self.result.day = live.day if live else None

    def _catch_up(self, listed: dict[dt.date, list[str]]) -> None:
        for day in to_catch_up(self._warehouse, listed, self._oldest, self._expected):
            try:
                self._take(self.selector.of_day(day, listed[day]))
            except DumpRejectedError as rejection:
                # `missing_days` reports it, unless the day is waived.
                self._refused(day, listed[day][0], rejection)

    def _refused(self, day: dt.date, key: str, rejection: DumpRejectedError) -> None:
        """Keeps why a dump was not even begun with; one that was has written its own report."""
        self._passed_over.append(rejection)
        if day > self.selector.today:
            return  # no day to keep anything of
        with self._warehouse.transaction():
            sql = "SELECT reason FROM landing.rejections WHERE dataset = ? AND business_date = ?"
            if self._warehouse.query(sql, ledger.DUMP, day) != [(str(rejection)[: calendar.REASON_LENGTH],)]:
                load_id = ledger.next_load_id(self._warehouse)
                calendar.reject(self._warehouse, load_id, ledger.DUMP, day, key, str(rejection))

    def _take(self, dump: Dump) -> None:
        live = generations.live(self._warehouse)
        past = live is not None and dump.day < live.day
        same = is_loaded(self._warehouse, self._bucket, dump)
        # Its daily files are what a past day is loaded for.
        if same and not self.request.again and not (past and daily_exports.missing_kinds(self._warehouse, dump.day)):
            calendar.nothing_rejected(self._warehouse, ledger.DUMP, dump.day)
            inform(f"The dump of {dump.day} is already loaded.")
            return
        if live and not past:
            # While it is at hand; where that fails, a later catch-up lands the day as a past one.
            self._export(live.day)
        self.landing.land(dump, historical=past)
        self.result.changed = True

    def _export(self, day: dt.date) -> None:
        """Writes the live dump's daily files. Where the bucket does not take them, the rest goes on, and the command fails at its end."""
        if not (datasets := daily_exports.missing_kinds(self._warehouse, day)):
            return
        try:
            with step(f"export daily files {day}", total=len(datasets)) as progress:
                daily_exports.export(self._warehouse, self._bucket, day, datasets, progress=progress)
        except LoaderError as problem:
            self.result.problems.append(problem)

    def daily_files(self) -> None:
        """Writes the live dump's daily files and lands the files that are new or have other content."""
        live = generations.live(self._warehouse)
        if live is None:
            return
        self._export(live.day)
        found = daily_exports.diff(self._warehouse, self._bucket, live.day, self.selector.today)
        with self._warehouse.transaction():  # one: of a bucket that was copied, all files have another version
            for file in found.same:
                ledger.set_version(self._warehouse, file.dataset.name, file.day, file.version)
                calendar.nothing_rejected(self._warehouse, file.dataset.name, file.day)
        rejected = list(found.rejected)
        if found.to_land or found.missing:
            with step("load daily files", total=len(found.to_land)) as progress:
                landed = DailyFileLoader(self.landing, live.day)
                landed.land(found.to_land, progress.advance)
                progress.add_figures(files=landed.files, rows=landed.rows, **found.figures())
                more = [f"{number:,} {name.replace('_', ' ')}" for name, number in found.figures().items()]
                progress.summarize(", ".join([counted(landed.files, "file"), counted(landed.rows, "row"), *more]))
            rejected += landed.rejected
            self.result.changed = self.result.changed or landed.files > 0
        waived = calendar.waived(self._warehouse, self._expected) - ledger.days_with_files(self._warehouse)
        named = {day.date for day in self._missing_days()} if self.request.catch_up else set()
        self.result.problems += [error for day, error in rejected if day not in waived | named]

    def coordinates(self) -> None:
        """Lands the reference file of coordinates where its content is new. A bad one keeps nothing else from landing."""
        live = generations.live(self._warehouse)
        if live is None:
            return
        try:
            rows = Coordinates(self.landing).land(live.day)
        except LoaderError as problem:
            self.result.problems.append(problem)
            return
        if rows is not None:
            with step("load coordinates") as progress:
                progress.add_figures(rows=rows)
            self.result.changed = True

    def missing_days(self) -> None:
        """Reports the days before the expected one that are neither loaded nor waived."""
        missing = [day for day in self._missing_days() if not day.excused(self._expected)]
        self.result.problems += calendar.missing_days(missing, self._expected)

    def _missing_days(self) -> list[calendar.Day]:
        last = self._expected - dt.timedelta(days=1)
        return [day for day in calendar.days(self._warehouse, self._oldest, last) if not day.complete]


@contextmanager
def open_job(settings: Settings, request: LoadRequest) -> Iterator[LoadJob]:
    """A load with the warehouse open to write."""
    contract = read_data_contract(settings.data_contract)
    contract.require_acceptable(request.accepted)
    bucket = open_bucket(settings.bucket_uri)
    with open_warehouse(settings) as warehouse, scratch() as folder:
        generations.drop_unused(warehouse)
        withdrawn = set() if request.again else ledger.withdrawn(warehouse, ledger.DUMP)
        selector = DumpSelector(bucket, contract.manifest, dates.business_today(), withdrawn, request.by_hand)
        yield LoadJob(selector, DumpLoader(warehouse, bucket, contract, request.accepted, scratch=folder), request)


def to_catch_up(warehouse: Warehouse, listed: Iterable[dt.date], first: dt.date, expected: dt.date) -> list[dt.date]:
    """The days from the first up to the expected one whose dumps are in the bucket and were never loaded, oldest first."""
    live = generations.live(warehouse)
    if live is None:
        return []
    dumps, files = ledger.days(warehouse, ledger.DUMP), ledger.days_with_files(warehouse)

    def is_late(day: dt.date) -> bool:
        return min(dumps) <= day < live.day and day not in dumps & files and not calendar.rejected(warehouse, day)

    return [day for day in sorted(listed) if first <= day < expected and (day > live.day or is_late(day))]


def is_loaded(warehouse: Warehouse, bucket: Bucket, dump: Dump) -> bool:
    """Whether a dump is in, byte for byte."""
    landed = ledger.entries(warehouse, ledger.DUMP).get(dump.day)
    return landed is not None and landed.sha256 == (dump.sha256 or daily_exports.digest(bucket, dump.key))
