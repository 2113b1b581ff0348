"""Landing daily files: each whole in the table of its kind, with its ledger row, or not at all."""

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from loader import commands
from loader.errors import DumpRejectedError
from loader.landing import calendar, ledger, load_report
from loader.landing.daily_exports import File, Rejected, sha256_of
from loader.quality.data_contract import DailyFileRules, DataContract
from loader.quality.findings import BLOCKED, PASSED, Finding, accept, on_rows, softened
from loader.sources.daily_file_kinds import DATASETS
from loader.sources.storage import Bucket
from loader.warehouse.base import Warehouse

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
    warehouse: Warehouse  # the warehouse
    bucket: Bucket  # where the files lie
    contract: DataContract  # bounds of their number of rows
    live: dt.date  # the live dump's day, for which a person types the command again
    accepted: Collection[str] = ()  # names of rules that somebody accepts
    files: int = 0  # how many landed
    rows: int = 0  # rows landed
    rejected: list[Rejected] = field(default_factory=list)  # files that were not what they must be; they left nothing

    def land(self, files: list[File], progress: Callable[[int], None] = lambda _: None) -> None:
        """Lands files, each in a transaction of its own with its ledger row: a kill loses none and repeats none.

        Two files are read at a time, on a core each; they are committed in their order, so no later day of a kind is in before an
        earlier one, and each is compared with the one before it.
        """
        landed: _Counts = {
            dataset.name: {day: one.row_count for day, one in ledger.entries(self.warehouse, dataset.name).items()}
            for dataset in DATASETS
        }
        load_id = ledger.next_load_id(self.warehouse)
        with self.warehouse.bulk(), ThreadPoolExecutor(2, thread_name_prefix="daily-files") as workers:
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
        with self.warehouse.transaction():
            calendar.reject(self.warehouse, load_id, file.dataset.name, file.day, file.key, str(rejection))
        self.rejected.append((file.day, rejection))

    def _to_do(self, file: File) -> Iterator[str]:
        if self.bucket.keys(f"dumps/gghouse_{file.day:%Y%m%d}.sql"):
            yield f"Make the files of {file.day} again from that day's dump, then go on. Type"
            yield f"  {commands.loader('export', '--date', file.day, '--again')}"
        else:
            yield f"Put the right {file.key} into the bucket, which has no dump of {file.day} to make it from, then type"
        yield f"  {commands.again(self.live)}"

    def _land(self, file: File, load_id: int, landed: _Counts, before: Future[_Outcome] | None) -> _Outcome:
        started, day, dataset, key = time.monotonic(), file.day, file.dataset, file.key
        counts = landed
        try:
            if (size := self.bucket.size(key)) > MAX_BYTES:
                raise DumpRejectedError(
                    f"daily file {key}: {size:,} bytes, and no daily file has more than {MAX_BYTES >> 20} MiB; it was not loaded"
                )
            with self.bucket.open(key) as body, self.warehouse.second() as own, own.transaction():
                if day in landed[dataset.name]:
                    ledger.withdraw_file(own, dataset, day)
                rows = own.insert_daily_file(dataset, Path(body.name), day, key)
                if before is not None:
                    counts = before.result().counts
                earlier = [other for other in counts[dataset.name] if other < day]
                rows_before = counts[dataset.name][max(earlier)] if earlier else None
                findings = judge_rows(
                    f"daily file {key}",
                    "the file was not loaded",
                    self.live,
                    self.contract,
                    self.accepted,
                    dataset.name,
                    rows,
                    rows_before,
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


def judge_rows(
    what: str,
    stands: str,
    day: dt.date,
    contract: DataContract,
    accepted: Collection[str],
    name: str,
    rows: int,
    before: int | None,
) -> list[Finding]:
    """What the contract says of a file's number of rows, for the load's report; a DumpRejectedError where a rule blocks the file.

    Its message names `what` is blocked and what `stands`; `day` is that of the live dump.
    """
    rules = contract.daily_files.get(name, DailyFileRules())
    judged = on_rows(name, rows, before, rules.at_least, rules.change_percent)
    findings = [softened(one, contract.only_warn, accepted) for one in judged]
    if blocked := [one for one in findings if one.outcome == BLOCKED]:
        found, again = "; ".join(map(str, blocked)), commands.again(day, *accept(blocked))
        raise DumpRejectedError(f"{what}: {found}; {stands}\n  If that is as it should be, type\n    {again}")
    return [one for one in findings if one.outcome != PASSED]
