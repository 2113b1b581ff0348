"""Whatever is done to a bucket: refused with a plain answer and nothing changed, or landed as a slow and obvious reader reads it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from loader.errors import DumpRejectedError
from loader.sources.daily_file_kinds import PROPERTY, ROOM_ASSIGNMENT, TENANT_STATUS, Dataset
from loader.warehouse.duckdb import daily_file
from tests.support.fuzz import reference
from tests.support.fuzz.place import HEADER
from tests.support.landed import REAL_DUMPS, Landed

REAL = sorted(REAL_DUMPS.glob("*/*.sql"))


@pytest.mark.parametrize("path", REAL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_reference_reads_real_dumps_as_the_loader_does(path: Path, tmp_path: Path) -> None:
    body = path.read_bytes()
    found, tables = Landed(body, tmp_path), reference.read(body)
    assert {name: table.rows for name, table in tables.items()} == found.tables
    for name, table in tables.items():
        assert [column.name for column in table.columns] == list(found.types[name])
        assert sum(table.nulled.values()) == sum(found.report.tables[name].nulled.values())


# What fuzzing found, each as small as it gets. A server would read the rows behind one of these in another way.
MODES = [
    'SET NAMES "latin1"',
    "SET CHARACTER SET latin1",
    "SET CHARSET 'cp932'",
    "SET @@character_set_client := 'latin1'",
    "SET @x = 1 /*!40101 , NAMES latin1 */",
    "/*!40101 SET @x = 1 */ /*!40101 , NAMES latin1 */",
    'SET sql_mode = "NO_BACKSLASH_ESCAPES"',
    "SET sql_mode = NO_BACKSLASH_ESCAPES",
    "SET @@sql_mode := 'ANSI_QUOTES'",
    "SET `sql_mode` = 'ANSI'",
    "SET sql_mode = 4",
    "SET LOCAL sql_mode = CONCAT(@@sql_mode, ',ANSI')",
]
# It would hold other tables than the ones that landed, or would not go on at all.
REFUSED = [
    "DROP DATABASE `basis`;",
    "DROP TABLE `t` CASCADE;",
    "DROP TABLE `nothing` /*!40000 , `t` */;",
    "DELIMITER ;;\nALTER TABLE `t` DROP COLUMN `name`;;\nDELIMITER ;",
    "DELIMITER ;;\nCREATE TABLE `x` (`id` int);;\nDELIMITER ;",
    # Bytes are missing within a trigger or a view, and what is made is not said any more.
    "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!5ACH ROW BEGIN SET NEW.a = 1; END */;;\nDELIMITER ;",
    "DELIMITER ;;\nDROP TRI;;\nDELIMITER ;",
    "DELIMITER ;;\n/*!50003 \x85CREATE*/ /*!50003 TRIGGER `x` BEFORE INSERT ON `t` FOR EACH ROW SET NEW.a = 1 */;;\nDELIMITER ;",
    "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`root`@`%` SQL SECURITY DEFINER */\n/*!50001 EW `x` AS select 1 */;",
    "CREATE TABLE `` (`id` int);",
    "CREATE TABLE `x` (`` int);",
    "CREATE TABLE `x` (`id` decimal(x));",
    "CREATE TABLE `x` (`id` decimal(99,2));",
    "CREATE TABLE `x` (`id` decimal(2,5));",
    "CREATE TABLE `x` (`id` bit(99999999999));",
    "CREATE TABLE `x` (`id` varchar(x));",
    "CREATE TABLE `x` (`id` enum());",
    "CREATE TABLE `x` (`id` int,);",
    "CREATE TABLE `x` (`id` int, PRIMARY KEY);",
    "CREATE TABLE `x` (`id` int, \u2028`a` int);",
    "CREATE TABLE `x` (`id` int, '' int);",
    "CREATE TABLE `x` (`id` int, `a` date DEFAULT 'a;b');\nINSERT INTO `x` (`id`) VALUES (1);",
    "CREATE TABLE `x` (`id` date);\nINSERT INTO `x` VALUES ('25-01-20');",
]
# The message told a row's value: a quote was open, and the value stood where a name does.
TOLD = [
    "CREATE TABLE `x` (`a secret');\nUNLOCK TABLES;\n` movings);",
    "CREATE TABLE `x` (`id` int 'secret);\n');\nINSERT INTO `x` (`id`,`a','secret','` ) VALUES (1,2);",
    "INSERT INTO `a','secret','b` VALUES (1);",
    "CREATE TABLE `x` (`id` 'secret');",
]


@pytest.mark.parametrize("mode", MODES)
def test_rows_under_another_mode_are_refused(mode: str, tmp_path: Path) -> None:
    with pytest.raises(DumpRejectedError, match="UTF-8|sql_mode"):
        landed(tmp_path, f"{mode};\nINSERT INTO `t` VALUES (8,'b');")


@pytest.mark.parametrize("statement", REFUSED)
def test_what_a_server_would_not_have_is_refused(statement: str, tmp_path: Path) -> None:
    with pytest.raises(DumpRejectedError, match="nothing was changed"):
        landed(tmp_path, statement)


@pytest.mark.parametrize("statement", TOLD)
def test_rejection_hides_a_value_in_place_of_a_name(statement: str, tmp_path: Path) -> None:
    with pytest.raises(DumpRejectedError) as rejection:
        landed(tmp_path, statement)
    assert "secret" not in str(rejection.value)


def test_what_no_comment_hides_from_a_server_is_read(tmp_path: Path) -> None:
    found = landed(tmp_path, "CREATE TABLE `x` (`a` int --1,\n `b` int /*!40000 , `c` int */ /* , `d` int */);\n-- e")
    assert list(found.types["x"]) == ["a", "b", "c"]


@pytest.mark.parametrize("number", ["1.5", ".5", "1e-1", "nan", "inf", "9007199254740993"])
def test_a_number_of_a_snapshot_is_not_rounded(number: str, tmp_path: Path) -> None:
    day, path = dt.date(2025, 6, 1), tmp_path / "20250601.csv"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({TENANT_STATUS.ddl})")
        path.write_text(f"{HEADER}2,9,1,,{day}\r\n")
        daily_file.insert(connection, TENANT_STATUS, "t", path, day, "20250601.csv")
        assert connection.execute("SELECT tenant_id, status FROM t").fetchall() == [(2, 9)]
        path.write_text(f"{HEADER}2,{number},1,,{day}\r\n")
        with pytest.raises(DumpRejectedError, match="20250601.csv: not a row of"):
            daily_file.insert(connection, TENANT_STATUS, "t", path, day, "20250601.csv")


ODD = [
    (PROPERTY, "latitude", ["1.123456789", "0.0000000000001", "1e1", "1_0", "+1", " 1", "nan", "1000000000000"]),
    (PROPERTY, "room_count", ["1.5", "9007199254740993"]),
    (ROOM_ASSIGNMENT, "movein_date", ["epoch", "infinity", "2025-02-30", "0000-00-00", "2025/02/01"]),
    (ROOM_ASSIGNMENT, "updated_at", ["infinity", "2025-01-20 24:00:00", "2025-01-20", "2025-01-20 15:00:00+09:00"]),
]


@pytest.mark.parametrize(
    ("dataset", "column", "value"), [(dataset, column, value) for dataset, column, odd in ODD for value in odd]
)
def test_daily_file_value_is_never_read_as_another(dataset: Dataset, column: str, value: str, tmp_path: Path) -> None:
    """Dates that are words became 1900-01-01, and digits behind the twelfth were rounded away."""
    day, path = dt.date(2025, 6, 1), tmp_path / "20250601.csv"
    needed = dict.fromkeys((dataset.key, *dataset.filled), "1") | {"snapshot_date": str(day)}
    path.write_text(
        f"{','.join(dataset.columns)}\n{','.join((needed | {column: value}).get(n, '') for n in dataset.columns)}\n"
    )
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({dataset.ddl})")
        with pytest.raises(DumpRejectedError, match="20250601.csv.*: not a row of"):
            daily_file.insert(connection, dataset, "t", path, day, "20250601.csv")


def landed(folder: Path, more: str) -> Landed:
    """A table with a row and whatever comes then."""
    good = "CREATE TABLE `t` (`id` int, `name` text);\nINSERT INTO `t` VALUES (7,'a');\n"
    return Landed(f"-- MySQL dump 10.13\n{good}{more}\n-- Dump completed\n".encode(), folder)
