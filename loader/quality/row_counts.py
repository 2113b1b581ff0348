"""The rows that the producer counted at the source: as many must have landed. See docs/decisions/0011."""

from __future__ import annotations

from pathlib import Path

from loader.errors import DumpRejectedError
from loader.mysqldump.report import DumpReport, Remark
from loader.sources.dump_selection import Dump


def require_counted(dump: Dump, report: DumpReport) -> None:
    """Compares the rows that landed with those that the manifest counts.

    Args:
        dump: the dump, with the counts; a table without one is not judged.
        report: what landing it found.

    Raises:
        DumpRejectedError: a counted table has other rows, or is not in the dump, whatever its count.
    """
    name = Path(dump.key).name
    for table, counted in sorted(dump.rows_by_table.items()):
        landed = report.tables.get(table)
        if landed is None or landed.rows_landed != counted:
            found = "is not in the dump" if landed is None else f"{landed.rows_landed:,} rows landed"
            raise DumpRejectedError(
                f"dump {name}, table {table}: {found}, the manifest counts {counted:,}; nothing was changed"
            )


def left_open(dump: Dump, report: DumpReport) -> list[Remark]:
    """What the dump still leaves open of itself once its counted tables are known to be whole.

    A table that is not counted, even one without rows, may have lost its last ones: then it stays open where rows end.

    Args:
        dump: the dump, with the counts, which agree.
        report: what landing it found.
    """
    if report.tables.keys() <= dump.rows_by_table.keys():
        return [one for one in report.remarks if (one.rule, one.table) != ("whole", None)]
    return report.remarks
