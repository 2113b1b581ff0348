"""What a dump leaves open: values that a server computes, times of a zone that nobody knows, signs that its character set lacks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from loader.errors import DumpRejectedError
from tests.support.landed import Landed

NOON = dt.datetime(2026, 2, 10, 12)
STAMPED = "CREATE TABLE `t` (`ts` timestamp NULL, `dt` datetime);\n"
ROW = "INSERT INTO `t` VALUES ('2026-02-10 12:00:00','2026-02-10 12:00:00');\n"
# Of all that a table with a TIMESTAMP can hold; on a server it is landed by tests/integration/test_mysql_landing.py.
MOMENTS = """/*!40103 SET TIME_ZONE='+09:00' */;
CREATE TABLE `t` (`id` int, `ts` timestamp NULL, `Fine` timestamp(6) NULL, `d` timestamp NOT NULL DEFAULT '2026-02-10 09:00:00',
  `dt` datetime(6), `day` date, `z` timestamp NULL DEFAULT '0000-00-00 00:00:00', PRIMARY KEY (`id`));
INSERT INTO `t` (`id`,`ts`,`Fine`,`dt`,`day`) VALUES (1,'2024-03-01 08:59:59','2026-01-01 00:00:00.000001','2026-01-01 00:00:00.5','2026-01-01'),
(2,NULL,NULL,NULL,NULL),(3,'0000-00-00 00:00:00','2024-02-30 00:00:00','0000-00-00 00:00:00','0000-00-00');
/*!40103 SET TIME_ZONE='-05:30' */;
CREATE TABLE `bytes` (`b` blob, `ts` timestamp NULL);
INSERT INTO `bytes` VALUES (0x00,'2023-12-31 18:30:00'),(NULL,NULL);
"""
DEFAULTS = """CREATE TABLE `t` (`id` int NOT NULL, `a` varchar(9) NOT NULL DEFAULT 'it''s \\\\', `b` decimal(5,2) DEFAULT '-1.50',
  `c` date DEFAULT '0000-00-00', `d` text, `e` int GENERATED ALWAYS AS (`id` + 1) VIRTUAL,
  `f` double DEFAULT 1.5,
  `g` datetime DEFAULT '2026-02-10 00:00:00');
INSERT INTO `t` VALUES (1,'DEFAULT',DEFAULT,DEFAULT,'),(DEFAULT,',DEFAULT,DEFAULT,NULL),(2,DEFAULT,1,NULL,'it''s \\',DEFAULT,',DEFAULT,2,DEFAULT),
(3,DEFAULT,0,'2024-01-01',DEFAULT,4,DEFAULT,DEFAULT);
CREATE TABLE `bytes` (`a` binary(2) DEFAULT 'x\\'', `b` blob, `c` int DEFAULT 7, `v` int AS (1));
INSERT INTO `bytes` VALUES (DEFAULT,_binary ',DEFAULT,\\'(',DEFAULT,DEFAULT),(0xFF00,DEFAULT,DEFAULT,NULL);
INSERT INTO `bytes` VALUES (),();
CREATE TABLE `computed` (`v` int AS (1), `w` varchar(9) AS ('x') STORED);
INSERT INTO `computed` () VALUES (),
(),();
INSERT INTO `computed` VALUES (DEFAULT,DEFAULT);
"""


def landed(dump: str, scratch: Path) -> Landed:
    return Landed(dump.encode(), scratch)


def remarks(found: Landed) -> list[tuple[str, str | None, str | None]]:
    """The remarks without those on completeness: rule, table and column."""
    return [(one.rule, one.table, one.column) for one in found.report.remarks if one.rule != "whole"]


KNOWN = [
    ("/*!40103 SET TIME_ZONE='+00:00' */;", 0),
    ("/*!40103 SET TIME_ZONE='+09:00' */;", 540),
    ('set time_zone = "-05:30";', -330),
    ("SET SESSION time_zone='+9:00';", 540),
    ("SET LOCAL time_zone='-00:30';", -30),
    ("SET @@session.time_zone := '+14:00';", 840),
    ("SET @@`time_zone` = '-13:59';", -839),
    ("SET @x = 'a,b', `time_zone`='+05:45';", 345),
    ("SET time_zone='UTC';", 0),
    ("SET time_zone='+01:00', @x = IF(1, time_zone='+09:00', 2);", 60),
    ("SET SESSION time_zone='+01:00', GLOBAL time_zone='+09:00';", 60),
    ("SET time_zone='+01:00';\nSET @@global.time_zone='+09:00';", 60),
    ("SET @zone='+09:00', time_zone=@ZONE;", 540),
    ("SET time_zone='+09:00';\nSET @old=@@TIME_ZONE;\nSET time_zone='SYSTEM';\nSET time_zone=@old;", 540),
]


@pytest.mark.parametrize(("statement", "minutes"), KNOWN)
def test_a_zone_of_a_fixed_distance_is_taken_off(statement: str, minutes: int, tmp_path: Path) -> None:
    found = landed(f"{statement}\n{STAMPED}{ROW}", tmp_path)
    assert found.tables["t"] == [(NOON - dt.timedelta(minutes=minutes), NOON)]
    assert remarks(found) == []


UNKNOWN = {
    "": "the dump says no time zone",
    "SET time_zone='SYSTEM';": "the dump's time zone is SYSTEM",
    "SET time_zone=Asia/Tokyo;": "the dump's time zone is Asia/Tokyo",
    "SET time_zone=DEFAULT;": "the dump says no time zone",
    "SET GLOBAL time_zone='+09:00';": "the dump says no time zone",
    "SET GLOBAL x=1, time_zone='+09:00';": "the dump says no time zone",
    "SET time_zone=CONCAT('+09',':00');": "the dump's time zone is of an expression",
    "SET @OLD=@@TIME_ZONE;\nSET TIME_ZONE='+09:00';\nSET TIME_ZONE=@OLD;": "the dump says no time zone",
}


@pytest.mark.parametrize(("statement", "said"), UNKNOWN.items())
def test_unknown_time_zone_is_reported_for_tables_with_timestamps(statement: str, said: str, tmp_path: Path) -> None:
    others = "CREATE TABLE `none` (`ts` timestamp);\nCREATE TABLE `dt` (`d` datetime);\nINSERT INTO `dt` VALUES ('2026-02-10');\n"
    others += "CREATE TABLE `empty` (`a` int, `ts` timestamp NULL);\nINSERT INTO `empty` (`a`) VALUES (1);\n"
    found = landed(f"{statement}\n{STAMPED}{ROW}{others}", tmp_path)
    assert found.tables["t"] == [(NOON, NOON)]
    assert remarks(found) == [("timezone", "t", None)]
    (what,) = [one.what for one in found.report.remarks if one.rule == "timezone"]
    assert what.startswith(said)
    assert ": ts. Dump with --tz-utc" in what


@pytest.mark.parametrize("zone", ["+25:00", "+14:01", "-14:00", "9:00", "+9", "+09:60", "+09:00:00", "-1"])
def test_a_distance_that_no_server_takes_is_refused(zone: str, tmp_path: Path) -> None:
    with pytest.raises(DumpRejectedError, match="sets the time zone .*, which no server takes"):
        landed(f"SET TIME_ZONE='{zone}';\n{STAMPED}{ROW}", tmp_path)


LEFT_TO_DEFAULT = "CREATE TABLE `t` (`a` int, `ts` timestamp DEFAULT '2026-02-10 12:00:00');\n"


@pytest.mark.parametrize(
    "dump",
    [
        f"SET TIME_ZONE='+00:00';\n{STAMPED}{ROW}SET TIME_ZONE='+09:00';\n{ROW}",
        f"SET TIME_ZONE='+00:00';\n{STAMPED}{ROW}SET TIME_ZONE='SYSTEM';\n{ROW}",
        f"{LEFT_TO_DEFAULT}SET TIME_ZONE='+09:00';\nINSERT INTO `t` (`a`) VALUES (1);\n",
        f"{LEFT_TO_DEFAULT}SET TIME_ZONE='+09:00';\nINSERT INTO `t` VALUES (1,DEFAULT);\n",
    ],
)
def test_a_zone_that_changes_within_a_table_is_refused(dump: str, tmp_path: Path) -> None:
    with pytest.raises(DumpRejectedError, match="table t.*time zone changes within it"):
        landed(dump, tmp_path)


def test_time_zone_may_change_in_spelling_or_without_timestamps(tmp_path: Path) -> None:
    dump = f"SET TIME_ZONE='+09:00';\n{STAMPED}{ROW}SET @@session.time_zone='+9:00';\n{ROW}"
    assert len(landed(dump, tmp_path).tables["t"]) == 2
    dump = (
        "CREATE TABLE `t` (`d` datetime);\n" + 2 * "SET TIME_ZONE='+09:00';\nINSERT INTO `t` VALUES ('2026-02-10');\n"
    )
    assert remarks(landed(dump, tmp_path)) == []


def test_fractions_defaults_and_invalid_dates_survive_a_time_zone(tmp_path: Path) -> None:
    found = landed(MOMENTS, tmp_path)
    day, default, half = dt.date(2026, 1, 1), dt.datetime(2026, 2, 10), dt.datetime(2026, 1, 1, microsecond=500_000)
    assert found.tables["t"] == [
        (1, dt.datetime(2024, 2, 29, 23, 59, 59), dt.datetime(2025, 12, 31, 15, microsecond=1), default, half, day, None),
        (2, None, None, default, None, None, None),
        (3, None, None, default, None, None, None),
    ]  # fmt: skip
    zero = {("ts", "zero_date"): 1, ("dt", "zero_date"): 1, ("day", "zero_date"): 1, ("z", "zero_date"): 3}
    assert found.report.tables["t"].nulled == zero | {("Fine", "impossible_date"): 1}
    assert found.tables["bytes"] == [(b"\0", dt.datetime(2024, 1, 1)), (None, None)]
    assert remarks(found) == []


@pytest.mark.parametrize(("zone", "moment"), [("+00:01", "0001-01-01 00:00:59"), ("-00:01", "9999-12-31 23:59:00")])
def test_a_moment_that_utc_does_not_have_is_refused(zone: str, moment: str, tmp_path: Path) -> None:
    dump = f"SET TIME_ZONE='{zone}';\n{STAMPED}INSERT INTO `t` VALUES ('{moment}',NULL);\n"
    with pytest.raises(
        DumpRejectedError, match="table t: 1 rows have a TIMESTAMP that is not within the years 1 to 9999"
    ):
        landed(dump, tmp_path)


def test_dumps_of_one_file_have_a_zone_each(tmp_path: Path) -> None:
    one = (
        "-- MySQL dump 10.13\n/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;\n{}CREATE TABLE `{}` (`ts` timestamp NULL);\n"
        "LOCK TABLES `{}` WRITE;\nINSERT INTO `{}` VALUES ('2026-02-10 12:00:00');\nUNLOCK TABLES;\n"
        "/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n-- Dump completed\n"
    )
    zones = {"a": "SET TIME_ZONE='+09:00';\n", "b": "SET TIME_ZONE='-01:00';\n", "c": ""}
    found = landed("".join(one.format(zone, name, name, name) for name, zone in zones.items()), tmp_path)
    assert [found.tables[name][0][0].hour for name in "abc"] == [3, 13, 12]
    assert remarks(found) == [("timezone", "c", None)]


def test_a_statement_that_set_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DumpRejectedError, match="SET STATEMENT"):
        landed(f"{STAMPED}SET STATEMENT time_zone='+09:00' FOR {ROW}", tmp_path)


COMPUTED = "CREATE TABLE `t` (`a` int, `V` int GENERATED ALWAYS AS (`a`) STORED);\nINSERT INTO `t`"


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        (" (`a`) VALUES (1),(2);\n", "2 of 2"),
        (" VALUES (1,DEFAULT),(2,2),(NULL,NULL);\n", "1 of 3"),
        (" VALUES (1,1);\nINSERT INTO `t` (`a`) VALUES (2);\n", "1 of 2"),
        (" () VALUES ();\n", "1 of 1"),
        (" VALUES (1,1),(2,NULL);\n", None),
    ],
)
def test_computed_value_missing_from_dump_is_reported_per_column(
    rows: str, missing: str | None, tmp_path: Path
) -> None:
    found = landed(COMPUTED + rows, tmp_path)
    assert remarks(found) == ([("generated", "t", "V")] if missing else [])
    if missing:
        assert f"NULL in {missing} rows" in "".join(one.what for one in found.report.remarks)
    assert remarks(landed(COMPUTED.removesuffix("INSERT INTO `t`"), tmp_path)) == []


def test_default_keyword_and_empty_rows_take_the_column_default(tmp_path: Path) -> None:
    found = landed(DEFAULTS, tmp_path)
    day, text = dt.datetime(2026, 2, 10), "it's \\"
    assert found.tables["t"] == [
        (1, "DEFAULT", Decimal("-1.50"), None, "),(DEFAULT,", None, 1.5, None),
        (2, text, Decimal(1), None, "it's ',DEFAULT,", None, 2.0, day),
        (3, text, Decimal(0), dt.date(2024, 1, 1), None, 4, 1.5, day),
    ]
    assert found.report.tables["t"].nulled == {("c", "zero_date"): 1}
    assert found.tables["bytes"] == [
        (b"x'", b",DEFAULT,'(", 7, None),
        (b"\xff\0", None, 7, None),
        *[(b"x'", None, 7, None)] * 2,
    ]
    assert found.tables["computed"] == [(None, None)] * 4
    assert remarks(found) == [
        ("generated", "t", "e"),
        ("generated", "bytes", "v"),
        ("generated", "computed", "v"),
        ("generated", "computed", "w"),
    ]


BAD_DEFAULTS = [
    ("`a` int, `b` int NOT NULL", "VALUES (1,DEFAULT)", "column b, which is NOT NULL and has no default"),
    ("`a` int, `b` datetime DEFAULT CURRENT_TIMESTAMP", "VALUES (1,DEFAULT)", "column b, whose default is no literal"),
    ("`a` int AUTO_INCREMENT PRIMARY KEY, `b` int", "() VALUES (),()", "column a, whose default is no literal"),
    ("`a` int, `b` int", "VALUES (1,DEFAULT2)", "no integer literal"),
    ("`a` int, `b` int", "VALUES (1,2DEFAULT)", "no integer literal"),
    ("`a` int, `b` int", "VALUES (1,default)", "no integer literal"),
    ("`a` int, `b` int", "VALUES (1,DEFAULT(`a`))", "no integer literal"),
    ("`a` int, `b` int", "VALUES (1,2,DEFAULT)", "3 values for 2 columns"),
    ("`a` int, `b` int", "VALUES (1,DEFAULT),(DEFAULT)", "1 values for 2 columns"),
    ("`a` int, `b` blob", "VALUES (1,DEFAULT,DEFAULT)", "more values than columns"),
    ("`a` int, `b` int", "() VALUES (1,2)", "empty rows"),
    ("`a` int, `b` int", "VALUES (),(1,2)", "empty rows"),
    ("`a` int, `b` int", "(`a`,`b`) VALUES ()", "empty rows"),
    ("`a` int", "(`a`) VALUES ()", "empty rows"),
]


@pytest.mark.parametrize(("columns", "rows", "why"), BAD_DEFAULTS)
def test_default_missing_from_the_dump_is_rejected(columns: str, rows: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(DumpRejectedError, match=why):
        landed(f"CREATE TABLE `t` ({columns});\nINSERT INTO `t` {rows};\n", tmp_path)


TEXT = "CREATE TABLE `t` (`a` text) DEFAULT CHARSET=utf8mb4;\n"
SAVED = "SET @saved_cs_client = @@character_set_client;\nSET character_set_client = {};\n{}SET character_set_client = @saved_cs_client;\n"
LOST = [
    ("SET NAMES utf8;", TEXT, True),
    ("/*!40101 SET NAMES 'UTF8MB3' COLLATE 'utf8mb3_bin' */;", TEXT, True),
    ("SET character_set_client = utf8;", TEXT, True),
    ("SET CHARACTER SET utf8;", TEXT, True),
    ("SET NAMES utf8;", SAVED.format("utf8mb4", TEXT), True),
    ("SET NAMES utf8mb4;", SAVED.format("utf8", TEXT), False),
    ("", SAVED.format("utf8", TEXT), False),
    ("", TEXT, False),
    ("SET NAMES utf8;\n/*!50503 SET NAMES utf8mb4 */;", TEXT, False),
    ("SET NAMES utf8;", "CREATE TABLE `t` (`a` text) COLLATE='utf8mb4_bin';\n", True),
    ("SET NAMES utf8;", "CREATE TABLE `t` (`a` enum('x') CHARACTER SET utf8mb4) CHARSET latin1;\n", True),
    ("SET NAMES utf8;", "CREATE TABLE `t` (`a` varchar(9) COLLATE utf8mb4_unicode_ci NOT NULL) CHARSET=utf8;\n", True),
    ("SET NAMES utf8;", "CREATE TABLE `t` (`a` varchar(9) CHARACTER SET utf16);\n", True),
    ("SET NAMES utf8;", "CREATE TABLE `t` (`a` json) CHARSET=latin1;\n", True),
    ("SET NAMES utf8;", "CREATE TABLE `t` (`a` text CHARACTER SET latin1 COMMENT 'CHARSET=utf8mb4') CHARSET=utf8mb4;\n", False),
    ("SET NAMES utf8;", "CREATE TABLE `t` (`a` time) CHARSET=utf8mb4;\n", False),
    ("SET NAMES utf8;", "CREATE TABLE `t` (`a` text);\n", False),
    ("SET NAMES utf8;", "CREATE TABLE `t` (`a` text DEFAULT (_utf8mb4'x' COLLATE utf8mb4_bin)) CHARSET=utf8;\n", False),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "table", "lost"), LOST)
def test_utf8mb3_dump_of_utf8mb4_table_is_reported(statement: str, table: str, lost: bool, tmp_path: Path) -> None:
    row = "INSERT INTO `t` VALUES ('00:00:00');\n"
    assert remarks(landed(f"{statement}\n{table}{row}", tmp_path)) == [("charset", "t", None)] * lost
    assert remarks(landed(f"{statement}\n{table}", tmp_path)) == []
