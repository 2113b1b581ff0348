"""What a rejection says, and what it leaves behind: the place, never a value, no file, no setting, no open stream."""

from __future__ import annotations

import gzip
import hashlib
import io
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pytest

from loader.errors import DumpRejectedError
from loader.mysqldump.reader import land_dump
from loader.warehouse.duckdb.writer import DuckDBDumpWriter
from tests.support.landed import Landed

SECRET = "山田太郎"
PEOPLE = "CREATE TABLE `tenants` (`id` int, `name` varchar(20), `born` date, `rent` decimal(5,2), `photo` {photo});\n"
GOOD = ",".join(f"({n},'{SECRET}','2000-01-01',1.50,NULL)" for n in range(1, 1204))


def rejection(body: str | bytes, scratch: Path, land: Callable[[bytes, Path], object] = Landed) -> str:
    """The message a dump is rejected with; it holds no value of a row, and hides nothing behind it."""
    with pytest.raises(DumpRejectedError) as raised:
        land(body.encode() if isinstance(body, str) else body, scratch)
    message = str(raised.value)
    assert SECRET not in message
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert message.startswith("dump gghouse_20260210.sql, ")
    assert message.endswith("; nothing was changed")
    return message.removeprefix("dump gghouse_20260210.sql, ").removesuffix("; nothing was changed")


BAD_ROWS = [
    (f"(1,'{SECRET}',NULL,1.50)", "4 values for 5 columns"),
    (f"(1,'{SECRET}',NULL,1.50,NULL,'{SECRET}')", "values"),
    (f"('{SECRET}',1,NULL,1.50,NULL)", "column id is no integer literal"),
    (f"(1,'{SECRET}',NULL,'1.50',NULL)", "column rent is no decimal literal"),
    (f"(1,{SECRET},NULL,1.50,NULL)", "literal"),
    (f"(1,5'{SECRET}',NULL,1.50,NULL)", "literal"),
    (f"(1,'{SECRET}'5,NULL,1.50,NULL)", ""),
    (f"(1,'{SECRET}',NULL5,1.50,NULL)", ""),
    (f"(1,CONCAT('{SECRET}'),NULL,1.50,NULL)", "literal"),
    (f"(99999999999999999999,'{SECRET}',NULL,1.50,NULL)", "column id does not fit BIGINT"),
    (f"(1,'{SECRET}',NULL,1234.50,NULL)", "column rent does not fit DECIMAL(5,2)"),
    (f"(1-2,'{SECRET}',NULL,1.50,NULL)", ""),
    (f"(,'{SECRET}',NULL,1.50,NULL)", ""),
    (f"(1,'x','{SECRET}',1.50,NULL)", "column born holds something that is no date"),
    (f"(1,'{SECRET}','2024-01-01 BC',1.50,NULL)", "column born holds something that is no date"),
    (f"(1,'{SECRET}','infinity',1.50,NULL)", "column born holds something that is no date"),
    (f"(1,'{SECRET}\udcff',NULL,1.50,NULL)", "not UTF-8"),
    (f"(1,'{SECRET}\udcfe\udcfd',NULL,1.50,NULL)", "not UTF-8"),
]


@pytest.mark.parametrize("photo", ["text", "blob"])
@pytest.mark.parametrize(("row", "what"), BAD_ROWS)
def test_a_bad_row_is_named_by_its_number(photo: str, row: str, what: str, tmp_path: Path) -> None:
    for between in (",", ";\nINSERT INTO `tenants` VALUES "):
        dump = PEOPLE.format(photo=photo) + f"INSERT INTO `tenants` VALUES {GOOD}{between}{row}{between}{GOOD};\n"
        message = rejection(dump.encode("utf-8", "surrogateescape"), tmp_path)
        assert message.startswith("table tenants, row 1,204: "), message
        assert what in message


def test_number_beyond_double_range_is_rejected_not_infinite(tmp_path: Path) -> None:
    for kind, number in (("double", "1e400"), ("float", "1e39"), ("double", "-1e999")):
        assert "column x" in rejection(
            f"CREATE TABLE `t` (`x` {kind});\nINSERT INTO `t` VALUES ({number});\n", tmp_path
        )


def test_a_value_beyond_the_databases_memory_is_named(tmp_path: Path) -> None:
    def land(body: bytes, scratch: Path) -> None:
        with duckdb.connect(config={"memory_limit": "60MB"}) as connection:
            connection.execute("CREATE SCHEMA g")
            land_dump(
                partial(DuckDBDumpWriter, connection, "g"), io.BytesIO(body), "gghouse_20260210.sql", scratch=scratch
            )

    dump = (
        PEOPLE.format(photo="longblob")
        + f"INSERT INTO `tenants` VALUES {GOOD},(1204,'x',NULL,1.50,0x{'ab' * (17 << 20)});\n"
    )
    message = rejection(dump, tmp_path, land)
    assert message.startswith("table tenants, row 1,204: a row of 35,651,"), message


def test_oversized_row_is_named_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loader.mysqldump.lexer.statements.MAX_ROW_BYTES", 1 << 20)
    for photo in ("longtext", "longblob"):
        dump = (
            PEOPLE.format(photo=photo)
            + f"INSERT INTO `tenants` VALUES {GOOD},(1204,'{SECRET}',NULL,1.50,'{'a' * (3 << 20)}');\n"
        )
        message = rejection(dump, tmp_path)
        assert message.startswith("table tenants, row 1,204: a row of more than"), message


BAD_STATEMENTS = [
    (
        "INSERT INTO `tenants` (`id`,`nome`) VALUES (1,'x');",
        "table tenants, byte 0: INSERT names the unknown column nome",
    ),
    ("INSERT INTO `tenants` (`id`,`ID`) VALUES (1,1);", "table tenants, byte 0: INSERT names a column twice"),
    ("INSERT INTO `nobody` VALUES (1);", "byte 0: INSERT into nobody, which no CREATE TABLE of the dump names"),
    ("INSERT IGNORE INTO `tenants` VALUES (1);", "byte 0: an INSERT that is not"),
    ("INSERT INTO basis.tenants VALUES (1);", "byte 0: an INSERT that is not"),
    ("INSERT INTO `tenants` SET id=1;", "byte 0: an INSERT that is not"),
    ("REPLACE INTO `tenants` VALUES (1);", "byte 0: REPLACE statements are not accepted"),
    (f"{SECRET} x;", "byte 0: a statement of an unknown kind"),
    ("Yamada x;", "byte 0: a statement of an unknown kind"),
    (";", "byte 0: a statement of an unknown kind"),
    ("SET x=1; DELETE FROM t;", "byte 0: a second statement on one line"),
    ("/*!40101 SET x=1 */ DELETE FROM t;", "byte 0: a version comment with something behind it"),
    (
        "/*!40101 SET x=1 */\nINSERT INTO `tenants` VALUES (1);",
        "byte 0: a version comment with something behind it",
    ),
    ("/*!40101 INSERT INTO `tenants` VALUES (1) */;", "byte 0: INSERT statements are not accepted"),
    ("DELIMITER ;;\nINSERT INTO `tenants` VALUES (1);;\nDELIMITER ;", "INSERT statements are not accepted"),
    ("DELIMITER ;;\nCREATE PROCEDURE p() BEGIN END;;", "ends within a DELIMITER block"),
    ("CREATE TABLE `x` (`a` int) SELECT 1;", "table x, byte 0: CREATE TABLE with a query or a second statement"),
    ("CREATE TABLE `x` LIKE `tenants`;", "byte 0: a CREATE TABLE statement has no column list"),
    ("CREATE TABLE `b`.`x` (`a` int);", "byte 0: a CREATE TABLE statement has no column list, or names a database"),
    ("CREATE TABLE `x` (`a` thing);", "table x, byte 0: column a has an unknown type"),
    ("CREATE TABLE `Tenants` (`a` int);", "table Tenants, byte 0: differs from table tenants in case only"),
    ("CREATE TABLE `tenants` (`a` int);", "table tenants, byte 0: is created twice"),
    ("CREATE TEMPORARY TABLE `x` (`a` int);", "byte 0: CREATE statements are not accepted"),
    ("DROP TABLE `tenants`;", "table tenants, byte 0: is dropped again after it was created"),
    ("ALTER TABLE `tenants` ADD `x` int;", "byte 0: ALTER statements are not accepted"),
    ("USE a;\nUSE b;", "holds two databases, a and b"),
    ("CREATE DATABASE a;\nUSE b;", "holds two databases, a and b"),
    ("SET NAMES sjis;", "byte 0: is written in sjis, not in UTF-8 (SET NAMES sjis)"),
    ("SET character_set_client = latin1;\nINSERT INTO `tenants` VALUES (1);", "rows in latin1, not in UTF-8"),
    ("SET sql_mode='ANSI';\nINSERT INTO `tenants` VALUES (1);", "rows under an sql_mode that changes"),
    ("SET sql_mode='NO_BACKSLASH_ESCAPES';\nCREATE TABLE `x` (`a` int);", "rows under an sql_mode that changes"),
    ("INSERT INTO `tenants` VALUES (1", "byte 0: ends within an INSERT statement"),
    ("INSERT INTO `tenants` VALUES (1,'x\\');\n", "byte 0: ends within an INSERT statement"),
    ("CREATE TABLE `x` (`a", "byte 0: ends within a statement"),
    ("/* x", "byte 0: ends within a comment"),
    ("\0", "holds a NUL byte"),
]


@pytest.mark.parametrize(("text", "message"), BAD_STATEMENTS)
def test_a_bad_statement_is_named_by_its_place(text: str, message: str, tmp_path: Path) -> None:
    start = PEOPLE.format(photo="blob")
    said = rejection(start + text + "\n" * (not text.endswith("(1")), tmp_path)
    assert message.replace("byte 0", f"byte {len(start)}") in said


@pytest.mark.parametrize(
    "left_out",
    [
        "`a` int NOT NULL",
        "`a` datetime DEFAULT CURRENT_TIMESTAMP",
        "`a` json DEFAULT (json_array())",
        "`a` char(9) DEFAULT (cast(now() as char))",
        "`a` int NOT NULL CHECK (cast(`a` as char) <> '')",
        "`a` bigint DEFAULT nextval(`basis`.`s`)",
        "`a` date DEFAULT ''",
    ],
)
def test_omitted_column_needs_a_default_in_the_dump(left_out: str, tmp_path: Path) -> None:
    dump = f"CREATE TABLE `t` (`id` int, {left_out});\nINSERT INTO `t` (`id`) VALUES (1);\n"
    assert "INSERT leaves out column a" in rejection(dump, tmp_path)


def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    opened.execute("CREATE SCHEMA g")
    return opened


class Pipe(io.RawIOBase):
    """A stream like a socket's: a few bytes at a time, not seekable, and it may break."""

    def __init__(self, body: bytes, breaks_at: int = 1 << 60):
        self.body, self.at, self.breaks_at = body, 0, breaks_at

    def read(self, size: int = -1) -> bytes:
        if self.at >= self.breaks_at:
            raise ConnectionResetError("the bucket went away")
        piece = self.body[self.at : self.at + min(size, 7)]
        self.at += len(piece)
        return piece

    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize("gzipped", [False, True])
def test_short_reads_land_with_every_byte_hashed_and_counted(gzipped: bool, tmp_path: Path) -> None:
    text = (PEOPLE.format(photo="text") + f"INSERT INTO `tenants` VALUES {GOOD};\n").encode()
    body = gzip.compress(text) if gzipped else text
    told: list[int] = []
    with connection() as opened:
        report = land_dump(
            partial(DuckDBDumpWriter, opened, "g"),
            Pipe(body),
            "x.sql",
            scratch=tmp_path,
            progress=told.append,
        )
        assert opened.execute("SELECT count(*), count(name) FROM g.tenants").fetchone() == (1203, 1203)
    assert (report.size_bytes, sum(told)) == (len(body), len(body))
    assert report.sha256 == hashlib.sha256(body).hexdigest()
    assert report.rows_landed == 1203


@pytest.mark.parametrize("defect", [None, "stream", "statement", "row", "date", "reader"])
def test_landing_restores_connection_settings_scratch_folder_and_threads(defect: str | None, tmp_path: Path) -> None:
    body = PEOPLE.format(photo="text") + f"INSERT INTO `tenants` VALUES {GOOD};\n"
    body += {
        "statement": "DELETE FROM tenants;\n",
        "row": "INSERT INTO `tenants` VALUES (1);\n",
        "date": "INSERT INTO `tenants` VALUES (1,'x','x',1,NULL);\n",
        "reader": "INSERT INTO `tenants` VALUES (1-2,'x',NULL,1,NULL);\n",
    }.get(defect or "", "")
    settings = "SELECT current_setting('threads'), current_setting('memory_limit')"
    with connection() as opened:
        opened.execute("SET threads = 3; SET memory_limit = '5GB'")
        before = opened.execute(settings).fetchone()
        stream = Pipe(body.encode(), 5000 if defect == "stream" else 1 << 60)
        if defect is None:
            land_dump(partial(DuckDBDumpWriter, opened, "g"), stream, "x.sql", scratch=tmp_path)
        else:
            with pytest.raises(ConnectionResetError if defect == "stream" else DumpRejectedError):
                land_dump(partial(DuckDBDumpWriter, opened, "g"), stream, "x.sql", scratch=tmp_path)
        assert opened.execute(settings).fetchone() == before
        opened.execute("DROP SCHEMA g CASCADE")
    assert list(tmp_path.iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("dump-")]


@pytest.mark.parametrize("gzipped", [False, True], ids=["plain", "gz"])
def test_cut_compact_dump_is_rejected_or_lands_leading_rows(gzipped: bool, tmp_path: Path) -> None:
    """It has no trailer to miss: the caller's checksum tells. But no row is ever landed in part, or wrong."""
    whole = b"CREATE TABLE `t` (\n  `a` int,\n  `b` text\n);\nINSERT INTO `t` VALUES (1,'x;\\n\\''),(23,NULL);\nINSERT INTO `t` VALUES (4,'),(');\n"
    rows = [(1, "x;\n'"), (23, None), (4, "),(")]
    body = gzip.compress(whole) if gzipped else whole
    landed = set()
    for length in range(len(body) + 1):
        try:
            found = Landed(body[:length], tmp_path)
        except DumpRejectedError:
            continue
        assert not found.report.complete
        count = len(found.tables.get("t", []))
        assert found.tables.get("t", []) == rows[:count]
        landed.add(count)
    assert landed == ({3} if gzipped else {0, 2, 3})
