"""Landing daily files: each whole in the table of its kind, with its ledger row, or not at all."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from loader import commands
from loader.errors import DumpRejectedError
from loader.landing import calendar, ledger, load_report
from loader.landing.daily_exports import File, Rejected, sha256_of
from loader.landing.load_context import LoadContext
from loader.sources.daily_file_kinds import DATASETS

MAX_BYTES = 256 << 20  # the source's largest daily file has some 2 MB
_Counts = dict[str, dict[dt.date, int]]  # rows landed, by kind and day


@dataclass(frozen=True)
class _Outcome:
    """Of one file: the rows landed so far, its own included; or why it was rejected."""

    counts: _Counts
    rows: int = 0
    rejection: DumpRejectedError | None = None


@dataclass
class DailyFileLoader:
    context: LoadContext
    live: dt.date  # the live dump's day, for which a person types the command again
    files: int = 0  # how many landed
    rows: int = 0  # rows landed
    rejected: list[Rejected] = field(default_factory=list)  # files that were not what they must be; they left nothing

    def land(self, files: list[File], progress: Callable[[int], None] = lambda _: None) -> None:
        """Lands files, each in a transaction of its own with its ledger row: a kill loses none and repeats none.

        Two files are read at a time, on a core each; they are committed in their order, so no later day of a kind is in before an
        earlier one, and each is compared with the one before it.
        """
        warehouse = self.context.warehouse
        landed: _Counts = {
            dataset.name: {day: one.row_count for day, one in ledger.entries(warehouse, dataset.name).items()}
            for dataset in DATASETS
        }
        load_id = ledger.next_load_id(warehouse)
        with warehouse.bulk(), ThreadPoolExecutor(2, thread_name_prefix="daily-files") as workers:
            work: list[Future[_Outcome]] = []
            for file in files:
                work.append(workers.submit(self._land, file, load_id, landed, work[-1] if work else None))
            try:
                for file, future in zip(files, work, strict=True):
                    outcome = future.result()
                    if outcome.rejection:
                        self._reject(load_id, file, outcome.rejection)
                    else:
                        self.files, self.rows = self.files + 1, self.rows + outcome.rows
                    progress(1)
            finally:
                workers.shutdown(cancel_futures=True)

    def _reject(self, load_id: int, file: File, found: DumpRejectedError) -> None:
        rejection = DumpRejectedError("\n  ".join([str(found), *self._to_do(file)]))
        with self.context.warehouse.transaction():
            calendar.reject(self.context.warehouse, load_id, file.dataset.name, file.day, file.key, str(rejection))
        self.rejected.append((file.day, rejection))

    def _to_do(self, file: File) -> Iterator[str]:
        if self.context.bucket.keys(f"dumps/gghouse_{file.day:%Y%m%d}.sql"):
            yield f"Make the files of {file.day} again from that day's dump, then go on. Type"
            yield f"  {commands.loader('export', '--date', file.day, '--again')}"
        else:
            yield f"Put the right {file.key} into the bucket, which has no dump of {file.day} to make it from, then type"
        yield f"  {commands.again(self.live)}"

    def _land(self, file: File, load_id: int, landed: _Counts, before: Future[_Outcome] | None) -> _Outcome:
        started, day, dataset, key = time.monotonic(), file.day, file.dataset, file.key
        counts = landed
        try:
            if (size := self.context.bucket.size(key)) > MAX_BYTES:
                raise DumpRejectedError(
                    f"daily file {key}: {size:,} bytes, and no daily file has more than {MAX_BYTES >> 20} MiB; it was not loaded"
                )
            with self.context.bucket.open(key) as body, self.context.warehouse.second() as own, own.transaction():
                if day in landed[dataset.name]:
                    ledger.withdraw_file(own, dataset, day)
                rows = own.insert_daily_file(dataset, Path(body.name), day, key)
                if before is not None:
                    counts = before.result().counts
                earlier = [other for other in counts[dataset.name] if other < day]
                rows_before = counts[dataset.name][max(earlier)] if earlier else None
                findings = self.context.judge_rows(
                    f"daily file {key}", "the file was not loaded", self.live, dataset.name, rows, rows_before
                )
                load_report.record_findings(own, load_id, findings)
                seconds = round(time.monotonic() - started, 3)
                entry = ledger.Entry(dataset.name, day, key, rows, size, sha256_of(body), file.version, 1, seconds)
                ledger.record(own, load_id, entry)
        except DumpRejectedError as rejection:
            if before is not None:
                counts = before.result().counts
            return _Outcome(counts, rejection=rejection)
        return _Outcome(counts | {dataset.name: counts[dataset.name] | {day: rows}}, rows)
