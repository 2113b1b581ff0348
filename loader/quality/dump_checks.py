"""Checks of a dump as a whole: its bytes and rows against its manifest (docs/decisions/0011), and whether it is another day's, by the
times that it says itself and by what changed since the one before (docs/decisions/0010)."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from loader import commands
from loader.errors import DumpRejectedError
from loader.mysqldump.dump_summary import DumpSummary, Remark
from loader.quality.changed_rows import Changes
from loader.quality.findings import BLOCKED, Finding, judged
from loader.sources.dump_selection import Dump

# From a dump's closing line to its manifest: packing and uploading. Not more, for what is 9 hours older passes for UTC.
_BEFORE = dt.timedelta(hours=3)
_AFTER = dt.timedelta(hours=1)  # clocks differ
_JAPAN, _UTC = dt.timedelta(0), dt.timedelta(hours=9)  # what makes a local time one of Japan's


def dated(said: Sequence[dt.datetime | None], day: dt.date, taken_at: dt.datetime, has_manifest: bool) -> Finding:
    """Compares the times that a dump says itself with its day. Its producer's clock may be Japan's or UTC."""
    if not said:
        return Finding("dated", "the dump does not say when it was made")
    if None in said:
        return Finding("dated", "its closing line says a time that there is not: who wrote it?", outcome=BLOCKED)
    strange = [time for time in said if not _fits(time, day, taken_at, has_manifest)]
    shown = min(time.replace(tzinfo=None) for time in strange or said).isoformat(" ", "seconds")
    figure = f"the dump says itself that it was made at {shown}"
    figure += f", its manifest says {taken_at.isoformat(' ', 'seconds')}" if has_manifest else ""
    figure += ": is it the dump of another day?" if strange else ""
    bound = f"on {day}" + (", or 3 hours before its manifest" if has_manifest else "") + "; Japan's time or UTC"
    return judged("dated", figure, bound, not strange)


def _fits(said: dt.datetime, day: dt.date, taken_at: dt.datetime, has_manifest: bool) -> bool:
    time, readings = said.replace(tzinfo=None), (_JAPAN,) if said.tzinfo else (_JAPAN, _UTC)
    # Differences, not sums: no difference of two moments is out of range.
    since_midnight = time - dt.datetime.combine(day, dt.time.min)
    # On that day as UTC says little: yesterday's from 15:00 in Japan on would pass. It is all there is without a manifest.
    none, a_day = dt.timedelta(0), dt.timedelta(days=1)
    if any(none <= since_midnight + ahead < a_day for ahead in (readings if not has_manifest else (_JAPAN,))):
        return True
    return has_manifest and any(-_AFTER <= taken_at - time - ahead <= _BEFORE for ahead in readings)


def unchanged(
    twin: dt.date | None, since: dt.date | None, changes: Mapping[str, Changes], altered: Collection[str]
) -> Finding | None:
    if twin is not None:
        figure = f"its bytes are those of the dump of {twin}: is it that dump again?"
        return Finding("unchanged", figure, outcome=BLOCKED)
    if since is None:
        return None
    if changed := {*altered, *(table for table, one in changes.items() if one)}:
        return Finding("unchanged", f"changed since the dump of {since}: {', '.join(sorted(changed))}")
    if not changes:
        return Finding(
            "unchanged", f"no table of the data contract has a key here and in the dump of {since}: not compared"
        )
    figure = f"no table of the data contract changed since the dump of {since}: is it that dump again?"
    return Finding("unchanged", figure, outcome=BLOCKED)


def require_intact(dump: Dump, report: DumpSummary) -> None:
    """Raises a DumpRejectedError where the bytes read are not those of the manifest, or what landed is not what was read or what the manifest
    counts. A counted table has to be in the dump, whatever its count; one without a count is not judged.
    """
    name = f"dump {Path(dump.key).name}"
    if report.size_bytes != dump.size_bytes or (dump.sha256 and report.sha256 != dump.sha256):
        expected = f"against {dump.size_bytes:,}" + (f" and {dump.sha256[:12]}…" if dump.sha256 else "")
        raise DumpRejectedError(
            f"{name}: its bytes are not those of its manifest ({report.size_bytes:,} bytes, sha256 {report.sha256[:12]}…, {expected}); "
            "nothing was changed"
        )
    if dump.sha256 is None and not report.complete:
        raise DumpRejectedError(
            f"{name}: it ends without mysqldump's own closing line, and nothing else says that it is whole; nothing was changed"
        )
    for table, figures in report.tables.items():
        if figures.rows_in_dump != figures.rows_landed:
            raise DumpRejectedError(
                f"{name}, table {table}: {figures.rows_in_dump:,} rows in the dump, {figures.rows_landed:,} landed; nothing was changed\n"
                f"  Type it again, and if it says so again keep the dump, for that is a fault of the loader\n    {commands.again(dump.day)}"
            )
    for table, counted in sorted(dump.rows_by_table.items()):
        landed = report.tables.get(table)
        if landed is None or landed.rows_landed != counted:
            found = "is not in the dump" if landed is None else f"{landed.rows_landed:,} rows landed"
            raise DumpRejectedError(
                f"{name}, table {table}: {found}, the manifest counts {counted:,}; nothing was changed"
            )


def left_open(dump: Dump, report: DumpSummary) -> list[Remark]:
    """What the dump still leaves open of itself once its counted tables are known to be whole.

    A table that is not counted, even one without rows, may have lost its last ones: then it stays open where rows end.
    """
    if report.tables.keys() <= dump.rows_by_table.keys():
        return [one for one in report.remarks if (one.rule, one.table) != ("whole", None)]
    return report.remarks
