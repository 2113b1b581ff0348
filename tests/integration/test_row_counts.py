"""Rows counted at the source: how the producer verifies them, and what the loader asks of a dump whose rows are counted."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from demo.dump import dump_sql, rows_section
from demo.objects import put_dump
from demo.rows import company
from deploy.producer import Counted, ProducerError, require_whole, rows_by_table
from loader.cli import cli
from loader.errors import DumpRejectedError
from loader.mysqldump.dump_summary import DumpSummary, Remark, TableSummary
from loader.quality.data_contract import DataContract
from loader.quality.dump_checks import left_open, require_intact
from loader.quality.gate import Landed, examine
from loader.sources.dump_selection import Dump
from loader.sources.manifest import read_manifest

DAY = dt.date(2025, 6, 10)
AT = dt.datetime(2025, 6, 10, 5, 45)


def at(second: int) -> str:
    return f"2025-06-09 20:30:{second:02}"


BEFORE = Counted(at(10), at(30), 5)
COUNTS = {
    "nobody wrote to it": (BEFORE, BEFORE._replace(now=at(59)), 5),
    "the server never knew when": (BEFORE._replace(written=""), Counted("", at(59), 5), 5),
    "empty": (Counted("", at(30), 0), Counted("", at(59), 0), 0),
    "a row came": (BEFORE, BEFORE._replace(rows=6), None),
    "a row came and another went": (BEFORE, BEFORE._replace(written=at(31)), None),
    "the first write of all": (BEFORE._replace(written=""), BEFORE, None),
    "a transaction that had begun before the last one": (BEFORE, BEFORE._replace(written=at(9)), None),
    "a last write in the second of the count": (Counted(at(30), at(30), 5), Counted(at(30), at(59), 5), None),
    "the server was started again": (BEFORE, BEFORE._replace(written=""), None),
    "dropped": (BEFORE, None, None),
    "created": (None, BEFORE, None),
}


@pytest.mark.parametrize("case", COUNTS)
def test_a_count_is_verified_where_nobody_wrote_between(case: str) -> None:
    before, after, rows = COUNTS[case]
    found = rows_by_table({"t": before} if before else {}, {"t": after} if after else {})
    assert found == ({} if rows is None else {"t": rows})


DUMP = (
    rows_section("a", "INSERT INTO `a` VALUES (1,'LOCK TABLES `z` WRITE;\\nLOCK TABLES `z` WRITE;');\n")
    + rows_section("b``", "")
    + "-- Dump completed on 2025-06-10  5:40:00\n"
)
BROKEN = {
    "a table is missing": (DUMP[DUMP.index("LOCK TABLES `b") :], "table a "),
    "a section is cut in the middle": (DUMP.replace("UNLOCK TABLES;\n", "", 1), "table a "),
    "the last section is cut": ("UNLOCK".join(DUMP.rsplit("UNLOCK TABLES;\n", 1)), "table b` "),
    "a table that is not counted is cut": ("LOCK TABLES `c` WRITE;\n" + DUMP, "table c "),
    "the end is missing": (DUMP[: DUMP.index("-- Dump")], "does not end with"),
}


def test_a_whole_dump_is_uploaded(tmp_path: Path) -> None:
    file = tmp_path / "dump.sql.gz"
    file.write_bytes(gzip.compress(DUMP.encode()))
    require_whole(file, 100, {"a", "b`"})
    require_whole(file, 100, set())
    # A line that is read in two parts, and the second looks like a beginning.
    file.write_bytes(gzip.compress(b"x" * (1 << 20) + b"LOCK TABLES `z` WRITE;\n" + DUMP.encode()))
    require_whole(file, 100, set())


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_dump_is_not_uploaded(tmp_path: Path, case: str) -> None:
    text, said = BROKEN[case]
    file = tmp_path / "dump.sql.gz"
    file.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(ProducerError, match=re.escape(said)):
        require_whole(file, 100, {"a", "b`"})


def manifest(tmp_path: Path, **fields: Any) -> bytes:
    put_dump(tmp_path, DAY, b"-- Dump completed\n", **fields)
    return (tmp_path / f"dumps-manifest/gghouse_{DAY:%Y%m%d}.json").read_bytes()


def test_a_manifest_may_count_rows(tmp_path: Path) -> None:
    assert read_manifest(manifest(tmp_path), "it").rows_by_table == {}
    counts = {"costs": 60_000, "表 `1": 0}
    assert read_manifest(manifest(tmp_path, rows_by_table=counts), "it").rows_by_table == counts


@pytest.mark.parametrize("count", [-1, 1.0, "1", True, None, [1], float("nan"), float("inf")])
def test_a_count_that_is_none_is_named(tmp_path: Path, count: object) -> None:
    with pytest.raises(DumpRejectedError, match=r"^it: rows_by_table\.costs: "):
        read_manifest(manifest(tmp_path, rows_by_table={"costs": count}), "it")


@pytest.mark.parametrize("counts", [None, [], 5, [["costs", 5]]])
def test_counts_that_are_no_table_of_counts_are_named(tmp_path: Path, counts: object) -> None:
    with pytest.raises(DumpRejectedError, match="^it: rows_by_table: "):
        read_manifest(manifest(tmp_path, rows_by_table=counts), "it")


def test_a_table_that_is_counted_twice_is_no_manifest(tmp_path: Path) -> None:
    twice = json.dumps({"rows_by_table": {"costs": 5}})[:-2].encode() + b', "costs": 5}}'
    with pytest.raises(DumpRejectedError):
        read_manifest(twice, "it")


OPEN = Remark("whole", None, "nothing says where rows end")
OTHER = Remark("whole", "a", "made with --where")


def dump(**counts: int) -> Dump:
    return Dump(DAY, "dumps/gghouse_20250610.sql", 1, "0", AT, counts)


def report(*remarks: Remark, **rows: int) -> DumpSummary:
    tables = {name: TableSummary(rows_in_dump=count, rows_landed=count) for name, count in rows.items()}
    return DumpSummary(tables, 1, "0", remarks=list(remarks))


REFUSED = {
    "too few": (report(costs=779), dump(costs=60_000), "table costs: 779 rows landed, the manifest counts 60,000"),
    "too many": (report(costs=2), dump(costs=1), "table costs: 2 rows landed, the manifest counts 1"),
    "none of some": (report(costs=0), dump(costs=1), "table costs: 0 rows landed, the manifest counts 1"),
    "some of none": (report(costs=1), dump(costs=0), "table costs: 1 rows landed, the manifest counts 0"),
    "missing": (report(a=1), dump(a=1, costs=5), "table costs: is not in the dump, the manifest counts 5"),
    "missing, and it was empty": (report(), dump(costs=0), "table costs: is not in the dump, the manifest counts 0"),
    "in capitals": (report(Costs=5), dump(costs=5), "table costs: is not in the dump"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_other_rows_than_were_counted_are_refused(case: str) -> None:
    found, told, said = REFUSED[case]
    with pytest.raises(DumpRejectedError, match=f"^dump gghouse_20250610.sql, {said}") as refusal:
        require_intact(told, found)
    assert str(refusal.value).endswith("; nothing was changed")


def test_rows_that_were_counted_are_taken() -> None:
    require_intact(dump(), report(costs=5))
    require_intact(dump(costs=5, empty=0), report(costs=5, empty=0, other=7))


def test_row_ends_stay_open_until_every_table_is_counted() -> None:
    found = report(OPEN, OTHER, a=3, empty=0)
    assert left_open(dump(), found) == [OPEN, OTHER]
    assert left_open(dump(a=3), found) == [OPEN, OTHER]  # who knows what the empty one has lost
    assert left_open(dump(a=3, empty=0), found) == [OTHER]


RULES = DataContract.model_validate(
    {"source": {"allowed": ["h/d"]}, "continuity_days": 14, "tables": {"tenants": {}}, "daily_files": {}}
)
SHRUNK = {
    "more than half": ({"costs": 12_000}, {"costs": 5_000}, "12,000 to 5,000 rows, -58.33 %"),
    "one more than half": ({"costs": 10}, {"costs": 4}, "10 to 4 rows, -60.00 %"),
    "half": ({"costs": 10}, {"costs": 5}, None),
    "all": ({"costs": 12_000}, {"costs": 0}, "12,000 to 0 rows, -100.00 %"),
    "all of two": ({"costs": 2}, {"costs": 0}, "2 to 0 rows, -100.00 %"),
    "the one": ({"costs": 1}, {"costs": 0}, "1 to 0 rows, -100.00 %"),
    "gone": ({"costs": 7}, {}, "7 to 0 rows, -100.00 %, the table is missing"),
    "gone, and it was empty": ({"costs": 0}, {}, None),
    "empty as before": ({"costs": 0}, {"costs": 0}, None),
    "grown": ({"costs": 1}, {"costs": 9}, None),
    "in capitals": ({"Costs": 7}, {"costs": 7}, None),
    "new": ({}, {"costs": 0}, None),
    "of a table that has rules of its own": ({"tenants": 7}, {}, None),
}


@pytest.mark.parametrize("case", SHRUNK)
def test_table_without_rules_warns_on_losing_over_half(case: str) -> None:
    before, now, figure = SHRUNK[case]
    landed = Landed("s", report(**({"tenants": 1} | now)), dump(), {}, before, {}, None, None, {})
    found = examine(None, landed, RULES, [], [])  # type: ignore[arg-type]  # rules that ask the warehouse are not among these
    warned = [(one.rule, one.figure, one.outcome) for one in found if one.outcome != "passed"]
    assert warned == ([("shrunk:costs", figure, "warned")] if figure else [])


def compact(costs: int) -> bytes:
    """A dump whose sections nothing ends."""
    tables = dump_sql(company()).decode()
    rows = f"INSERT INTO `costs` VALUES {','.join(f'({n})' for n in range(costs))};\n"
    tables = tables.replace("-- Dump completed", f"CREATE TABLE `costs` (`id` int);\n{rows}-- Dump completed")
    ends = re.compile("KEYS|LOCK|Dumping data")
    return "".join(line for line in tables.splitlines(True) if not ends.search(line)).encode()


def test_row_counts_and_losses_show_in_load_and_status(bucket: Path, empty_warehouse: Path) -> None:
    counts = {name: len(rows) for name, rows in company().items()} | {"costs": 5}
    put_dump(bucket, DAY, compact(5), rows_by_table=counts)
    first = CliRunner().invoke(cli, ["load", "--bucket", str(bucket), "--date", str(DAY)])
    assert first.exit_code == 0, first.output
    assert "whole" not in first.output
    del counts["costs"]
    day = DAY + dt.timedelta(days=1)
    put_dump(bucket, day, compact(2), rows_by_table=counts)
    for words in (["load", "--bucket", str(bucket), "--date", str(day)], ["status", "--all"]):
        answer = CliRunner().invoke(cli, words, env={"COLUMNS": "200"})
        assert "warned: shrunk:costs: 5 to 2 rows, -60.00 %" in answer.output
        assert "warned: whole: nothing in the dump says where a table's rows end" in answer.output
