"""`load`: lands the dump of a day and the snapshots that the warehouse lacks."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import time
from pathlib import Path

from loader import dumps, generations, ledger, snapshots
from loader.bucket import Bucket, open_bucket
from loader.dump_report import DumpReport
from loader.errors import DumpRejectedError, UsageError
from loader.progress import say, step
from loader.settings import PROJECT, Settings
from loader.warehouse import Warehouse, open_warehouse
from loader.warehouse.own_tables import RESERVED


def load(settings: Settings, day: dt.date | None = None, *, again: bool = False) -> dt.date:
    """Lands a dump and the new snapshots; safe to repeat, and to kill at any point.

    Args:
        settings: warehouse and bucket.
        day: business day of the dump; None for the newest valid one.
        again: take a dump although a rollback withdrew it.

    Returns:
        The business day of the dump.

    Raises:
        LoaderError: in one of its kinds, see loader/errors.py; a rejected dump has changed nothing.
    """
    bucket = open_bucket(settings.bucket_uri)
    with open_warehouse(settings) as warehouse, tempfile.TemporaryDirectory(prefix="loader-") as scratch:
        generations.drop_unused(warehouse)
        if day in ledger.days(warehouse, ledger.DUMP):
            say(f"The dump of {day} is already loaded.")
        else:
            refused = set() if again else ledger.withdrawn(warehouse, ledger.DUMP)
            day = _load_dump(warehouse, bucket, dumps.choose(bucket, day, refused), Path(scratch))
        _load_snapshots(warehouse, bucket, Path(scratch))
        return day


def _load_dump(warehouse: Warehouse, bucket: Bucket, dump: dumps.Dump, scratch: Path) -> dt.date:
    if dump.day in ledger.days(warehouse, ledger.DUMP):
        say(f"The newest dump, of {dump.day}, is already loaded.")
        return dump.day
    live = generations.live(warehouse)
    if live and dump.day < live.day:
        raise UsageError(
            f"the warehouse holds {live.day}: loading the dump of {dump.day} would put an older state over it; nothing was changed"
        )
    if bucket.size(dump.key) != dump.size_bytes:
        raise DumpRejectedError(
            f"dump {dump.key}: {bucket.size(dump.key):,} bytes where its manifest says {dump.size_bytes:,}; nothing was changed"
        )
    # Imported here: it brings sqlglot, and a morning whose dump is in does without it.
    from loader.dump import land_dump

    started = time.monotonic()
    generation = generations.begin(warehouse, dump.day)
    try:
        with step(f"load dump {dump.day}", total=dump.size_bytes, unit="bytes") as progress:
            with bucket.open(dump.key) as stream:
                report = land_dump(
                    warehouse.dump_landing(generation.schema),
                    stream,
                    Path(dump.key).name,
                    gzipped=dump.gzipped,
                    scratch=scratch,
                    reserved=RESERVED,
                    progress=progress.advance,
                )
            _check(dump, report)
            entry = ledger.Entry(
                ledger.DUMP,
                dump.day,
                dump.key,
                report.rows_landed,
                report.size_bytes,
                report.sha256,
                round(time.monotonic() - started, 3),
            )
            generations.publish(warehouse, generation, report, entry)
            ledger.admit_again(warehouse, ledger.DUMP, dump.day)
            progress.note(rows=report.rows_landed, tables=len(report.tables), report=_figures(report))
            if warehouse.notice:
                progress.note(notice=warehouse.notice)
    finally:
        # What was published is live and stays; what failed, and generations beyond those kept, go.
        generations.drop_unused(warehouse)
    return dump.day


def _check(dump: dumps.Dump, report: DumpReport) -> None:
    """Compares what was read with what the producer vouched for and what landed with what was read."""
    name = Path(dump.key).name
    if report.size_bytes != dump.size_bytes or report.sha256 != dump.sha256:
        raise DumpRejectedError(
            f"dump {name}: its bytes are not those of its manifest ({report.size_bytes:,} bytes, sha256 {report.sha256[:12]}…, "
            f"against {dump.size_bytes:,} and {dump.sha256[:12]}…); nothing was changed"
        )
    if report.headed and not report.complete:
        raise DumpRejectedError(
            f"dump {name}: it ends without mysqldump's own closing line: cut short; nothing was changed"
        )
    for table, figures in report.tables.items():
        if figures.rows_in_dump != figures.rows_landed:
            raise DumpRejectedError(
                f"dump {name}, table {table}: {figures.rows_in_dump:,} rows in the dump, {figures.rows_landed:,} landed; "
                "nothing was changed"
            )
    if lacking := sorted(_tables_read_by_models() - set(report.tables)):
        raise DumpRejectedError(f"dump {name}: it lacks {', '.join(lacking)}, which models read; nothing was changed")


def _tables_read_by_models() -> set[str]:
    models = (path.read_text() for path in (PROJECT / "models" / "staging").glob("*.sql"))
    return {table for text in models for table in re.findall(r"\blanding\.(\w+)", text)} - RESERVED


def _figures(report: DumpReport) -> dict[str, dict[str, object]]:
    return {
        name: {
            "rows_in_dump": table.rows_in_dump,
            "rows_landed": table.rows_landed,
            "nulled": {f"{column} {reason}": count for (column, reason), count in sorted(table.nulled.items())},
        }
        for name, table in report.tables.items()
    }


def _load_snapshots(warehouse: Warehouse, bucket: Bucket, scratch: Path) -> None:
    live = generations.live(warehouse).day
    if live not in ledger.days(warehouse, ledger.SNAPSHOT):
        with step(f"export snapshot {live}") as progress:
            progress.note(rows=snapshots.export(warehouse, bucket, live), key=snapshots.key_of(live))
    if files := snapshots.missing(warehouse, bucket, live):
        with step("load snapshots", total=len(files)) as progress:
            rows = snapshots.land(warehouse, bucket, files, scratch, progress.advance)
            progress.note(files=len(files), rows=rows)
