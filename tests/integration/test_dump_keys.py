"""A primary key that a dump declares tells its rows apart, whatever its type; rows that repeat one are no dump of any server's."""

from __future__ import annotations

from pathlib import Path

import pytest

from loader.mysqldump.ddl.create_table import parse_create_table
from loader.mysqldump.ddl.primary_key import KeyPart
from tests.integration.test_dump_rejected import SECRET, rejection
from tests.support.landed import Landed

OVERLAPS = "i int, s date, e date, PERIOD FOR `P`(s,e), PRIMARY KEY (i,p WITHOUT OVERLAPS)"
# Columns and rows, how many rows are too many, and the key that they repeat.
REPEATED = {
    "text": ("k varchar(20) NOT NULL, v int, PRIMARY KEY (k)", f"('{SECRET}',1),('a',2),('{SECRET}',3)", "1", "k"),
    "often": ("k text, v int, PRIMARY KEY (k(20))", "('b',1),('b',1),('a',2),('b',1),('a',2)", "3", "k"),
    "case of names": ("`Name` char(9), PRIMARY KEY (`nAME`)", "('b'),('a'),('b')", "1", "Name"),
    "pair": ("b int, a char(1), PRIMARY KEY (a DESC, b)", "(1,'b'),(1,'a'),(2,'b'),(1,'b')", "1", "a, b"),
    "start of a text": ("k text, PRIMARY KEY (k(2) DESC)", "('日本語'),('日本'),('本日')", "1", "k"),
    "start of bytes": ("k blob, PRIMARY KEY (k(2))", r"('\0\0a'),('\0\0b'),('\0')", "1", "k"),
    "inline": ("k varchar(9) PRIMARY KEY", "('a'),('a')", "1", "k"),
    "inline, in short": ("u int UNIQUE KEY, k varchar(9) NOT NULL KEY COMMENT 'key'", "(1,'a'),(2,'a')", "1", "k"),
    "using": ("k decimal(65,1), CONSTRAINT PRIMARY KEY USING BTREE (k)", "(2.0),(1.0),(2.0)", "1", "k"),
    "float": ("k double, PRIMARY KEY (k)", "(1e3),(-0.5),(1000)", "1", "k"),
    "bits": ("k bit(9), PRIMARY KEY (k)", r"(b'1'),(0x0001),(b'0')", "1", "k"),
    "bytes": ("k binary(2), PRIMARY KEY (k)", r"(0xff00),(_binary '\0'''),(0xff00)", "1", "k"),
    "date": ("k date, PRIMARY KEY (k)", "('2024-01-02'),('2024-01-01'),('2024-01-02')", "1", "k"),
    "moment": ("k timestamp(3), i int, PRIMARY KEY (i,k)", "('2024-01-02 00:00:00.5',1),('2024-01-02 00:00:00.5',1)", "1", "i, k"),
    "word": ("k enum('x','y'), PRIMARY KEY (k)", "('y'),('y')", "1", "k"),
    "period": (OVERLAPS, "(1,'2024-01-01','2025-01-01'),(1,'2024-01-01','2025-01-01')", "1", "i, s, e"),
}  # fmt: skip
# What must not be taken for a repeated key.
APART = {
    "pad": ("k varchar(9), PRIMARY KEY (k)", r"('a '),('a'),('A'),('a\t'),('á'),(''),('Ａ'),('a\0')"),
    "commas": ("a char(9), b char(9), PRIMARY KEY (a,b)", "('b','a'),('a,','b'),('a',',b'),('a, b',''),('','ab'),('ab','')"),
    "zero_dates": ("i int, k date, PRIMARY KEY (i,k)", "(2,'0000-00-00'),(1,'2024-00-01'),(1,'2024-00-02'),(1,'0000-00-00')"),
    "no_such_days": ("k datetime, PRIMARY KEY (k)", "('2024-02-30 00:00:00'),('2024-02-31 00:00:00')"),
    "fractions": ("k datetime(6), PRIMARY KEY (k)", "('2024-01-01 00:00:00.000002'),('2024-01-01 00:00:00.000001')"),
    "near": ("k double, PRIMARY KEY (k)", "(1.0000000000000002),(1),(1.7976931348623157e308)"),
    "wide": ("k bigint unsigned, PRIMARY KEY (k)", "(18446744073709551615),(18446744073709551614)"),
    "bit": ("k bit(64), PRIMARY KEY (k)", "(b'1'),(b'0'),(0xffffffffffffffff)"),
    "bytes": ("k varbinary(3), PRIMARY KEY (k)", "(0xff),(0xfe),(0xff00),(''),(0x20),(0x2020)"),
    "none": ("k int, UNIQUE KEY (k), KEY `primary key` (k)", "(1),(1)"),
    "empty": ("k varchar(9), PRIMARY KEY (k)", ""),
    "periods": (OVERLAPS, "(1,'2024-02-01','2025-01-01'),(1,'2024-01-01','2024-02-01')"),
}  # fmt: skip
# The server computes k, and no dump tells it.
COMPUTED = (
    "CREATE TABLE `t` (`a` int, `k` varchar(9) GENERATED ALWAYS AS (concat(`a`)) STORED NOT NULL, PRIMARY KEY (`k`));\n"
    "INSERT INTO `t` (`a`) VALUES (1),(1);\n"
)
# Each row has the DEFAULT of the part that is left out.
BY_DEFAULT = "CREATE TABLE `t` (`i` int, `r` {type} NOT NULL DEFAULT '7', PRIMARY KEY (`i`,`r`));\nINSERT INTO `t` (`i`) VALUES {rows};\n"


def of(name: str, columns: str, rows: str) -> str:
    """A table and its rows."""
    return f"CREATE TABLE `{name}` ({columns});\n" + (f"INSERT INTO `{name}` VALUES {rows};\n" if rows else "")


@pytest.mark.parametrize(("columns", "rows", "count", "key"), REPEATED.values(), ids=REPEATED)
def test_a_repeated_key_is_refused(columns: str, rows: str, count: str, key: str, tmp_path: Path) -> None:
    assert rejection(of("costs", columns, rows), tmp_path) == f"table costs: {count} rows repeat a primary key ({key})"


@pytest.mark.parametrize(
    "rows", ["(1),(1)", "(1),(2);\nINSERT INTO `costs` VALUES (0),(2)"], ids=["side by side", "apart"]
)
def test_a_repeated_number_is_refused(rows: str, tmp_path: Path) -> None:
    message = rejection(of("costs", "id int NOT NULL, PRIMARY KEY (id)", rows), tmp_path)
    assert message == "table costs: 1 rows repeat a primary key (id)"


def test_keys_that_look_alike_are_no_repeats(tmp_path: Path) -> None:
    landed = Landed("".join(of(name, *table) for name, table in APART.items()).encode(), tmp_path)
    assert all(table.rows_landed == table.rows_in_dump for table in landed.report.tables.values())


def test_server_computed_key_is_not_checked_for_repeats(tmp_path: Path) -> None:
    assert Landed(COMPUTED.encode(), tmp_path).tables["t"] == [(1, None), (1, None)]


@pytest.mark.parametrize("type_", ["int", "char(1)"])
def test_a_part_that_rows_leave_out_is_its_default(type_: str, tmp_path: Path) -> None:
    assert len(Landed(BY_DEFAULT.format(type=type_, rows="(2),(1)").encode(), tmp_path).tables["t"]) == 2
    assert "repeat a primary key (i, r)" in rejection(BY_DEFAULT.format(type=type_, rows="(2),(2)"), tmp_path)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("a int, PRIMARY KEY (b)", "table t, byte 0: PRIMARY KEY names b, which is no column of it"),
        ("a int KEY, b int, PRIMARY KEY (b)", "table t, byte 0: CREATE TABLE with two primary keys"),
        ("a int, PRIMARY KEY", "a column without a type"),
        ("a int, PRIMARY KEY (a,)", "a key without columns, or with a comma too many"),
    ],
)
def test_a_key_of_nothing_is_refused(columns: str, said: str, tmp_path: Path) -> None:
    assert said in rejection(f"CREATE TABLE `t` ({columns});\n", tmp_path)


def test_row_without_its_own_key_is_rejected(tmp_path: Path) -> None:
    dump = "CREATE TABLE `t` (`a` int AUTO_INCREMENT PRIMARY KEY, `b` int);\nINSERT INTO `t` (`b`) VALUES (1);\n"
    assert "INSERT leaves out column a" in rejection(dump, tmp_path)


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ("`primary key` int, `key` int, k text COMMENT 'PRIMARY KEY'", ()),
        ("a int CHECK (a <> 0), b int UNIQUE, UNIQUE KEY b (b), CONSTRAINT c CHECK (b > 1)", ()),
        ("a int, B char(9),\n PRIMARY\n KEY USING BTREE (`b` (3) DESC, `a` ASC) COMMENT 'x'", (KeyPart("B", 3), KeyPart("a"))),
        ("`a``b` int, CONSTRAINT `pk` PRIMARY KEY (`a``b`)", (KeyPart("a`b"),)),
    ],
)  # fmt: skip
def test_which_key_is_declared(columns: str, key: tuple[KeyPart, ...]) -> None:
    assert parse_create_table(f"CREATE TABLE `t` ({columns})".encode()).key == key
