"""What dumps may hold, one tiny dump for each: it lands exactly, or it is skipped and brings no rows."""

from __future__ import annotations

import datetime as dt
import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loader.errors import DumpRejectedError
from tests.support.landed import Landed

HEADER = "-- MySQL dump 10.13\n"
TRAILER = "-- Dump completed on 2026-02-10  5:30:01\n"
TWO = "CREATE TABLE `t` (\n  `a` int DEFAULT NULL,\n  `b` varchar(20) DEFAULT NULL\n) ENGINE=InnoDB;\n"


def rows(dump: str | bytes, scratch: Path, table: str = "t") -> list[tuple[Any, ...]]:
    """The rows of one table of a dump, as landed."""
    return Landed(dump.encode() if isinstance(dump, str) else dump, scratch).tables[table]


def one(type_: str, literal: str, scratch: Path) -> tuple[str, Any]:
    """The DuckDB type, and the value as landed, of one literal of a MySQL type."""
    found = Landed(f"CREATE TABLE `t` (\n  `c` {type_}\n);\nINSERT INTO `t` VALUES ({literal});\n".encode(), scratch)
    return found.types["t"]["c"], found.tables["t"][0][0]


TYPES = [
    ("tinyint(1)", "-1", "BIGINT", -1),
    ("smallint unsigned", "65535", "BIGINT", 65535),
    ("int(6) unsigned zerofill", "000042", "BIGINT", 42),
    ("bigint", "-9223372036854775808", "BIGINT", -(2**63)),
    ("bigint unsigned", "18446744073709551615", "DECIMAL(20,0)", Decimal(2**64 - 1)),
    ("bigint(20) zerofill", "00000000000000000007", "DECIMAL(20,0)", Decimal(7)),
    ("decimal(12,2) unsigned", "1.50", "DECIMAL(12,2)", Decimal("1.50")),
    ("decimal", "7", "DECIMAL(10,0)", Decimal(7)),
    ("decimal(65,30)", "-0.000000000000000000000000000001", "VARCHAR", "-0.000000000000000000000000000001"),
    ("float(7,3)", "1.5", "FLOAT", 1.5),
    ("float", "3.40282e38", "FLOAT", 3.402820018375656e38),
    ("double", "-2.2250738585072014e-308", "DOUBLE", -2.2250738585072014e-308),
    ("double unsigned", "1e+20", "DOUBLE", 1e20),
    ("year", "2026", "BIGINT", 2026),
    ("date", "'2024-02-29'", "DATE", dt.date(2024, 2, 29)),
    ("datetime", "'9999-12-31 23:59:59'", "TIMESTAMP", dt.datetime(9999, 12, 31, 23, 59, 59)),
    ("timestamp(3) NULL", "'2026-02-10 05:30:01.123'", "TIMESTAMP", dt.datetime(2026, 2, 10, 5, 30, 1, 123000)),
    ("time", "'-838:59:59'", "VARCHAR", "-838:59:59"),
    ("enum('a,b','it''s')", r"'it\'s'", "VARCHAR", "it's"),
    ("set('x','y')", "'x,y'", "VARCHAR", "x,y"),
    ("json", r"""'{\"a\": \"b\\\\c\"}'""", "VARCHAR", r'{"a": "b\\c"}'),
    ("char(3) CHARACTER SET latin1", "'é'", "VARCHAR", "é"),
    ("longtext COLLATE utf8mb4_bin", "'NULL'", "VARCHAR", "NULL"),
    ("text", "''", "VARCHAR", ""),
    ("binary(5)", r"_binary '\0\'ÿ\Z'", "BLOB", b"\0'\xc3\xbf\x1a"),
    ("varbinary(9)", "0x00FF80fe", "BLOB", b"\x00\xff\x80\xfe"),
    ("blob", "x'4A'", "BLOB", b"J"),
    ("longblob", "''", "BLOB", b""),
    ("bit(10)", "b'101'", "BLOB", b"\x00\x05"),
    ("bit(1)", r"_binary '\0'", "BLOB", b"\0"),
    ("point /*!80003 SRID 4326 */", "0xE61000000101", "BLOB", bytes.fromhex("E61000000101")),
    *[
        (type_, "NULL", kind, None)
        for type_, kind in (("int", "BIGINT"), ("text", "VARCHAR"), ("date", "DATE"), ("blob", "BLOB"))
    ],
]


@pytest.mark.parametrize(("type_", "literal", "kind", "value"), TYPES)
def test_a_value_of_each_type(type_: str, literal: str, kind: str, value: Any, tmp_path: Path) -> None:
    assert one(type_, literal, tmp_path) == (kind, value)


TEXTS = [
    (r"'a\'b'", "a'b"),
    ("'a''b'''", "a'b'"),
    (r"'\\'", "\\"),
    (r"'\\\''", "\\'"),
    (r"'\\n\\\\n'", r"\n\\n"),
    (r"'\0\n\r\t\b\Z\"'", '\0\n\r\t\b\x1a"'),
    (r"'\%\_\a\x'", r"\%\_ax"),
    ("'tab\there'", "tab\there"),
    ("'line\nbreak\r\n'", "line\nbreak\r\n"),
    ("'),('", "),("),
    ("'),\n('", "),\n("),
    ("');\nINSERT INTO `t` VALUES (''x'');\n'", "');\nINSERT INTO `t` VALUES (''x'');\n'"[1:-1].replace("''", "'")),
    ("'-- x\n/* y'", "-- x\n/* y"),
    ("'NULL,1'", "NULL,1"),
    (r"'\\;" + "\n'", "\\;\n"),
    (r"'\'" + ";\n'", "';\n"),
    ("' 😀　'", " 😀　"),
    ("'#\"`'", '#"`'),
]


@pytest.mark.parametrize("type_", ["text", "blob"])
@pytest.mark.parametrize(("literal", "text"), TEXTS)
def test_text_lands_to_the_byte(type_: str, literal: str, text: str, tmp_path: Path) -> None:
    value = one(f"{type_}", literal, tmp_path)[1]
    assert value == (text if type_ == "text" else text.encode())
    both = TWO.replace("varchar(20)", type_) + f"INSERT INTO `t` VALUES (1,{literal}),(2,{literal}),(3,NULL);\n"
    assert [row[1] for row in rows(both, tmp_path)] == [value, value, None]


def dates_dump() -> bytes:
    """A date and a datetime column with days and moments that do not exist, and some that do."""
    days = [
        "2024-02-29",
        "0000-00-00",
        "2024-00-10",
        "2024-02-00",
        "0000-05-01",
        "2024-02-30",
        "1900-02-29",
        "2024-13-01",
    ]
    moments = [f"{day} 00:00:00" for day in days] + ["2024-01-01 24:00:00", "2024-01-01 10:61:00"]
    dump = "CREATE TABLE `t` (`d` date NOT NULL, `m` datetime DEFAULT NULL);\nINSERT INTO `t` VALUES "
    dump += ",".join(f"('{day}','{moment}')" for day, moment in zip([*days, days[0], days[0]], moments, strict=True))
    return (dump + ",('2024-01-01',NULL);\n").encode()


def test_invalid_dates_become_null_and_are_counted(tmp_path: Path) -> None:
    found = Landed(dates_dump(), tmp_path)
    good = dt.date(2024, 2, 29)
    assert [row[0] for row in found.tables["t"]] == [good, *[None] * 7, good, good, dt.date(2024, 1, 1)]
    assert [row[1] for row in found.tables["t"]] == [dt.datetime(2024, 2, 29), *[None] * 10]
    assert found.report.tables["t"].nulled == {
        ("d", "zero_date"): 4,
        ("d", "impossible_date"): 3,
        ("m", "zero_date"): 4,
        ("m", "impossible_date"): 5,
    }


def test_dates_are_counted_over_all_inserts_of_a_table(tmp_path: Path) -> None:
    dump = "CREATE TABLE `a` (`d` date);\nCREATE TABLE `b` (`d` date);\n"
    dump += "".join(f"INSERT INTO `{name}` VALUES ('0000-00-00'),('2024-01-01'),(NULL);\n" for name in "aabb")
    found = Landed(dump.encode(), tmp_path)
    for name in "ab":
        table = found.report.tables[name]
        assert (table.rows_in_dump, table.rows_landed, table.nulled) == (6, 6, {("d", "zero_date"): 2})


LEAVES_OUT = (
    "CREATE TABLE `t` (`id` int NOT NULL AUTO_INCREMENT, `a` varchar(9) NOT NULL DEFAULT 'it''s', `b` int DEFAULT '-3',"
    " `c` date DEFAULT '0000-00-00', `d` text, `e` int GENERATED ALWAYS AS (`id` + 1) VIRTUAL, `f` binary(2) DEFAULT 'xy',"
    " `it's` int DEFAULT NULL, PRIMARY KEY (`id`));\n"
    "INSERT INTO `t` (`it's`, `d`,`id`) VALUES (7,'x',1),(8,NULL,2);\nINSERT INTO `t` (`c`,`id`) VALUES ('2024-01-01',3);\n"
)


def test_columns_land_in_any_order_with_defaults_when_omitted(tmp_path: Path) -> None:
    found = Landed(LEAVES_OUT.encode(), tmp_path)
    assert found.tables["t"] == [
        (1, "it's", -3, None, "x", None, b"xy", 7),
        (2, "it's", -3, None, None, None, b"xy", 8),
        (3, "it's", -3, dt.date(2024, 1, 1), None, None, b"xy", None),
    ]
    assert found.report.tables["t"].nulled == {("c", "zero_date"): 2}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["", "bom"])
def test_rows_land_from_any_statement_layout_and_line_ending(newline: str, start: str, tmp_path: Path) -> None:
    dump = (
        "-- MySQL dump 10.13\n\n/*!40101 SET NAMES utf8mb4 */;\n" + TWO + "LOCK TABLES `t` WRITE;\n"
        "INSERT INTO `t` VALUES (1,'a'),(2,'b');\nINSERT INTO `t` VALUES\n(3,'c'),\n(4,'d');\n"
        "INSERT INTO `t` VALUES (5,'e');\nINSERT INTO `t` VALUES (6,NULL);\n"
        "INSERT INTO t VALUES (7,'g');\ninsert  into `t`(`b`,`a`) value ('h',8);\nUNLOCK TABLES;\n" + TRAILER
    ).replace("\n", newline)
    found = Landed((start + dump).encode(), tmp_path)
    assert found.tables["t"] == [*enumerate("abcde", 1), (6, None), (7, "g"), (8, "h")]
    assert found.report.complete
    assert found.report.tables["t"].rows_in_dump == 8


SKIPPED = [
    "\n  \n\t\n",
    "-- it's a comment; DELETE\n",
    "--\n",
    "# another\n",
    "/* it's; one */\n",
    "/* one */;\n",
    "/*M!999999\\- enable the sandbox mode */ \n",
    "/*M!100616 SET @OLD_NOTE_VERBOSITY=@@NOTE_VERBOSITY, NOTE_VERBOSITY=0 */;\n/*M!100616 SET NOTE_VERBOSITY=@OLD_NOTE_VERBOSITY */;\n",
    "/*!40101 SET character_set_client = utf8mb4 */;\n/*!40103 SET TIME_ZONE='+00:00' */;\n",
    "SET @saved_cs_client     = @@character_set_client;\n",
    "set autocommit=0;\ncommit;\n",
    "DROP TABLE IF EXISTS `other`;\n/*!50001 DROP VIEW IF EXISTS `v`*/;\nDROP TRIGGER `x`;\n",
    "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `basis` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;\n\nUSE `basis`;\nUSE `basis`;\n",
    "ALTER DATABASE `basis` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ;\n",
    "/*!50001 CREATE VIEW `v` AS SELECT \n 1 AS `id`,\n 1 AS `it's`*/;\n",
    "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`a`@`%` SQL SECURITY DEFINER */\n"
    "/*!50001 VIEW `v` AS select '*/;' AS `x` /* it's */ from `t` */;\n",
    "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER `x` AFTER INSERT ON `t` FOR EACH ROW BEGIN\n"
    "  INSERT INTO `t` VALUES (9,'trigger');\n  -- it's ;;\n  /* '; */ SELECT ';;\\'';\nEND */;;\nDELIMITER ;\n",
    "DELIMITER ;;\nCREATE DEFINER=`a b`@`%` AGGREGATE FUNCTION `f`() RETURNS int BEGIN RETURN 1; END;;\nDELIMITER ;\n",
    "DELIMITER $$\nCREATE PROCEDURE `p`()\nBEGIN\nINSERT INTO `t` VALUES (9,'x');\nEND $$\nDELIMITER ;\n",
    "/*!50003 SET character_set_client  = latin1 */ ;\n/*!50003 SET sql_mode = 'ANSI_QUOTES' */ ;\nDELIMITER ;;\n"
    "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY DO INSERT INTO `t` VALUES (9,'x') ;;\nDELIMITER ;\n"
    "/*!50003 SET sql_mode = @saved_sql_mode */ ;\n/*!50003 SET character_set_client  = @saved_cs_client */ ;\n",
    "SET NAMES utf8;\n",
]


@pytest.mark.parametrize("skipped", SKIPPED, ids=range(len(SKIPPED)))
def test_what_brings_no_rows_is_skipped_and_changes_none(skipped: str, tmp_path: Path) -> None:
    before, after = "INSERT INTO `t` VALUES (1,'a');\n", "INSERT INTO `t` VALUES (2,'b');\n"
    found = Landed((HEADER + TWO + skipped + before + after + skipped + TRAILER).encode(), tmp_path)
    assert found.tables == {"t": [(1, "a"), (2, "b")]}
    assert found.report.complete
    assert Landed((skipped + TWO + before).encode(), tmp_path).tables == {"t": [(1, "a")]}


NAMES = (
    "CREATE TABLE `Fundhing_Request` (`Id` int, `a``b` text, `order` int) COMMENT='it''s; a\\n\"comment\"; -- ';\n"
    "CREATE TABLE `入居者` (`氏名` text COMMENT ');\n', `rowid` int, `a\"b` int, KEY `k` (`氏名`(10)) COMMENT 'x');\n"
    'CREATE TABLE `it\'s "1"` (`x` int) /*!50100 PARTITION BY RANGE (`x`) (PARTITION p VALUES LESS THAN (1)) */;\n'
    "INSERT INTO `Fundhing_Request` VALUES (1,'x',2);\nINSERT INTO `入居者` VALUES ('山田',1,2);\nINSERT INTO `it's \"1\"` VALUES (0);\n"
)


def test_names_with_capitals_japanese_and_quotes(tmp_path: Path) -> None:
    found = Landed(NAMES.encode(), tmp_path)
    assert found.tables == {"Fundhing_Request": [(1, "x", 2)], "入居者": [("山田", 1, 2)], 'it\'s "1"': [(0,)]}
    assert list(found.types["Fundhing_Request"]) == ["Id", "a`b", "order"]


def test_a_table_without_rows_and_a_dump_without_tables(tmp_path: Path) -> None:
    found = Landed(TWO.encode(), tmp_path)
    assert (found.tables, found.report.complete) == ({"t": []}, False)
    found = Landed((HEADER + TRAILER).encode(), tmp_path)
    assert (found.tables, found.report.complete) == ({}, True)


@pytest.mark.parametrize("end", [TRAILER, "-- Dump completed\n\n"])
def test_a_whole_trailer_at_the_end_makes_it_complete(end: str, tmp_path: Path) -> None:
    assert Landed((HEADER + TWO + end).encode(), tmp_path).report.complete
    assert not Landed(TWO.encode(), tmp_path).report.complete


@pytest.mark.parametrize("end", [TRAILER.rstrip("\n"), TRAILER + "SET x=1;\n", "", TRAILER + "-- more\n"])
def test_dump_with_a_header_needs_a_complete_trailer(end: str, tmp_path: Path) -> None:
    with pytest.raises(DumpRejectedError, match="closing line"):
        Landed((HEADER + TWO + end).encode(), tmp_path)


def test_gzip_of_several_members_lands_like_one(tmp_path: Path) -> None:
    first, second = TWO.encode(), b"INSERT INTO `t` VALUES (1,'a');\n"
    body = gzip.compress(first) + gzip.compress(b"") + gzip.compress(second)
    found = Landed(body, tmp_path)
    assert found.tables == {"t": [(1, "a")]}
    assert found.report.size_bytes == len(body)


def test_more_rows_than_a_chunk_and_a_block_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements over block borders, chunks over statement borders, and a row wider than DuckDB's usual line."""
    monkeypatch.setattr("loader.warehouse.duckdb.writer.CHUNK_BYTES", 1 << 19)
    monkeypatch.setattr("loader.mysqldump.stream.BLOCK_BYTES", 1 << 16)
    monkeypatch.setattr("loader.mysqldump.lexer.statements.SLICE_BYTES", 1 << 12)
    wide = "x\\n" * (3 << 20)
    dump = TWO + f"INSERT INTO `t` VALUES (0,'{wide}');\n"
    for start in range(1, 60_001, 10_000):
        dump += "INSERT INTO `t` VALUES " + ",".join(f"({n},'{n}),(\\'')" for n in range(start, start + 10_000)) + ";\n"
    found = Landed(dump.encode(), tmp_path)
    assert found.tables["t"][0] == (0, "x\n" * (3 << 20))
    assert found.tables["t"][1:] == [(n, f"{n}),('") for n in range(1, 60_001)]
