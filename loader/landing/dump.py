"""Landing one dump: read, checked, judged, and shown in place of the one before; or rejected, and only its report is left."""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loader.console import counted, step
from loader.errors import DumpRejectedError
from loader.landing import calendar, daily_exports, generations, ledger, load_report
from loader.landing.load_context import LoadContext
from loader.mysqldump.dump_summary import DumpSummary
from loader.quality import changed_rows
from loader.quality.changed_rows import Changes
from loader.quality.columns import required_columns
from loader.quality.dump_checks import left_open, require_intact
from loader.quality.findings import ACCEPTED, BLOCKED, NOTED, WARNED, Finding, refusal
from loader.sources.daily_file_kinds import DATASETS, Dataset
from loader.sources.dump_selection import Dump, names_next_step
from loader.warehouse.own_tables import RESERVED


@dataclass
class DumpLoader(LoadContext):
    scratch: Path = field(kw_only=True)  # folder for chunk files

    def land(self, dump: Dump, *, historical: bool = False) -> None:
        """Lands a dump; of a historical one, of a day before the live one's, only the daily files are ever used."""
        attempt = _Attempt(self, dump, generations.begin(self.warehouse, dump.day))
        try:
            what = "load dump" if not historical else "load past dump"
            with step(f"{what} {dump.day}", total=dump.size_bytes, unit="bytes") as progress:
                with names_next_step(dump.day):
                    entry = attempt.read(progress.advance)
                findings = [one for one in attempt.findings if one.outcome in (NOTED, WARNED, ACCEPTED)]
                attempt.land_historical(entry) if historical else attempt.publish(entry)
                progress.add_figures(
                    rows=attempt.report.rows_landed,
                    tables=len(attempt.report.tables),
                    report=_figures(attempt.report),
                    findings=[f"{one.outcome}: {one}" for one in findings],
                    changes={table: str(one) for table, one in attempt.changes.items() if one},
                )
                progress.summarize("; ".join(_in_words(attempt, findings)))
        except DumpRejectedError as rejection:
            attempt.reject(rejection)
            raise
        finally:
            # What was published is live and stays; what failed, and generations beyond those kept, go.
            generations.drop_unused(self.warehouse)

    def export(self, dump: Dump, datasets: Collection[Dataset], name: str) -> None:
        """Makes daily files of a dump, and keeps nothing else of it: no ledger entry, no report."""
        attempt = _Attempt(self, dump, generations.begin(self.warehouse, dump.day))
        try:
            with step(name, total=dump.size_bytes, unit="bytes") as progress:
                with names_next_step(dump.day):
                    attempt.read(progress.advance)
                schema = attempt.generation.schema
                daily_exports.export(self.warehouse, self.bucket, dump.day, datasets, schema, progress)
        finally:
            generations.drop_unused(self.warehouse)


@dataclass
class _Attempt:
    to: DumpLoader
    dump: Dump
    generation: generations.Generation
    report: DumpSummary = field(default_factory=DumpSummary)
    findings: list[Finding] = field(default_factory=list)
    changes: dict[str, Changes] = field(default_factory=dict)

    def read(self, progress: Callable[[int], None]) -> ledger.Entry:
        # Imported here: it brings sqlglot, and a morning whose dump is in does without it.
        from loader.mysqldump.reader import land_dump

        started = time.monotonic()
        dump, name, folder = self.dump, Path(self.dump.key).name, self.to.scratch
        with self.to.bucket.open(dump.key) as stream:
            writer = self.to.warehouse.dump_writer(self.generation.schema)
            report = land_dump(writer, stream, name, scratch=folder, reserved=RESERVED, progress=progress)
        self.report = report
        require_intact(dump, report)
        report.remarks = left_open(dump, report)
        self._judge()
        landed = (report.rows_landed, report.size_bytes, report.sha256)
        has_manifest, seconds = int(dump.sha256 is not None), round(time.monotonic() - started, 3)
        return ledger.Entry(ledger.DUMP, dump.day, dump.key, *landed, "", has_manifest, seconds)

    def _judge(self) -> None:
        from loader.quality.gate import Landed, examine

        warehouse, coming, day = self.to.warehouse, self.generation.schema, self.dump.day
        entries, live = ledger.entries(warehouse, ledger.DUMP), generations.live(warehouse)
        before = [one for at, one in entries.items() if at <= day]
        shown, columns = warehouse.columns("landing") if live else {}, warehouse.columns(coming)
        if live and day >= live.day:
            self.changes = changed_rows.between(warehouse, "landing", coming, shown, columns, self.to.contract)
        landed = Landed(
            coming,
            self.report,
            self.dump,
            columns,
            rows_before=load_report.rows_of(warehouse, before[-1].load_id) if before else {},
            columns_before=shown,
            twin=next((at for at, one in entries.items() if at != day and one.sha256 == self.report.sha256), None),
            since=live.day if live and day > live.day else None,
            changes=self.changes,
        )
        self.findings = examine(warehouse, landed, self.to.contract, required_columns(), self.to.accepted)
        blocked = [one for one in self.findings if one.outcome == BLOCKED]
        if blocked:
            raise DumpRejectedError(refusal(Path(self.dump.key).name, day, blocked, self.to.contract))

    def publish(self, entry: ledger.Entry) -> None:
        warehouse = self.to.warehouse
        with warehouse.transaction():
            load_report.record(warehouse, self.generation.load_id, self.report, self.findings, self.changes)
        generations.publish(warehouse, self.generation, entry)
        ledger.admit_again(warehouse, ledger.DUMP, entry.business_date)

    def land_historical(self, entry: ledger.Entry) -> None:
        warehouse, day = self.to.warehouse, entry.business_date
        replaces = day in ledger.days(warehouse, ledger.DUMP)
        # A file that was written back then stays.
        datasets = DATASETS if replaces else daily_exports.missing_kinds(warehouse, day)
        daily_exports.export(warehouse, self.to.bucket, day, datasets, self.generation.schema)
        with warehouse.transaction():
            load_report.record(warehouse, self.generation.load_id, self.report, self.findings)
            ledger.record(warehouse, self.generation.load_id, entry)
            generations.set_state(warehouse, self.generation.load_id, "historical")

    def reject(self, rejection: DumpRejectedError) -> None:
        warehouse, load_id = self.to.warehouse, self.generation.load_id
        with warehouse.transaction():
            load_report.record(warehouse, load_id, self.report, self.findings)
            calendar.reject(warehouse, load_id, ledger.DUMP, self.dump.day, self.dump.key, str(rejection))
            generations.set_state(warehouse, load_id, "rejected")


def _in_words(attempt: _Attempt, findings: list[Finding]) -> Iterator[str]:
    yield f"{counted(attempt.report.rows_landed, 'row')} in {counted(len(attempt.report.tables), 'table')}"
    if tables := [table for table, one in attempt.changes.items() if one]:
        yield f"changed since the dump before: {', '.join(tables)}"
    yield from (f"{one.outcome}: {one}" for one in findings)


def _figures(report: DumpSummary) -> dict[str, dict[str, object]]:
    return {
        name: {
            "rows_in_dump": table.rows_in_dump,
            "rows_landed": table.rows_landed,
            "nulled": {f"{column} {reason}": count for (column, reason), count in sorted(table.nulled.items())},
        }
        for name, table in report.tables.items()
    }
