"""A dump lands in MySQL and MariaDB as it does in DuckDB, or is rejected in the same way."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pymysql
import pytest
from hypothesis import given, settings

from loader.errors import DumpRejectedError, LoaderError
from loader.mysqldump.reader import land_dump
from loader.warehouse.mysql.writer import MySQLDumpWriter
from tests.integration.test_dump_keys import APART, BY_DEFAULT, COMPUTED, REPEATED, of
from tests.integration.test_dump_quirks import LEAVES_OUT, NAMES, TEXTS, TWO, TYPES, dates_dump
from tests.integration.test_dump_real import DUMPS
from tests.integration.test_dump_rejected import BAD_ROWS, BAD_STATEMENTS, GOOD, PEOPLE, SECRET, rejection
from tests.integration.test_dump_roundtrip import FIXED, dumps
from tests.integration.test_left_open import DEFAULTS, MOMENTS
from tests.support.crash import wait_until
from tests.support.landed import SCHEMA, Landed, MySQLLanded
from tests.support.places import Servers
from tests.support.servers import MySQLServer

pytestmark = [pytest.mark.server, pytest.mark.engine]
Land = Callable[[bytes, Path], MySQLLanded]


@pytest.fixture
def server(servers: Servers) -> MySQLServer:
    return servers.mysql


@pytest.fixture
def land(server: MySQLServer) -> Land:
    """Lands a dump's bytes."""
    return partial(MySQLLanded, server)


@pytest.fixture
def schema(server: MySQLServer) -> Iterator[pymysql.cursors.Cursor]:
    """A cursor, and an empty schema to land in by hand."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {SCHEMA}")
        cursor.execute(f"CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        yield cursor
        cursor.execute(f"DROP DATABASE {SCHEMA}")


def same(found: MySQLLanded, body: bytes, scratch: Path) -> None:
    """Compares what landed, row by row, and the report with DuckDB's of the same bytes."""
    expected = Landed(body, scratch)
    assert set(found.tables) == set(expected.tables)
    for table, rows in expected.tables.items():
        assert sorted(found.tables[table], key=repr) == sorted(rows, key=repr), table
        assert list(found.types[table]) == list(expected.types[table])
    assert found.report == expected.report


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_real_dump_lands_value_for_value(path: Path, land: Land, tmp_path: Path) -> None:
    body = path.read_bytes()
    same(land(body, tmp_path), body, tmp_path)


@settings(FIXED, max_examples=30)
@given(dumps())
def test_random_dumps_land_value_for_value(land: Land, tmp_path: Path, dump: tuple[bytes, list[Any]]) -> None:
    same(land(dump[0], tmp_path), dump[0], tmp_path)


def test_a_value_of_each_type(land: Land, tmp_path: Path) -> None:
    columns = ", ".join(f"`c{at}` {type_}" for at, (type_, *_) in enumerate(TYPES))
    body = f"CREATE TABLE `all` ({columns});\nINSERT INTO `all` VALUES ({','.join(value for _, value, *_ in TYPES)});\n"
    # And a table for each type: with a binary column in it, `all` goes another way than most tables.
    for at, (type_, literal, *_) in enumerate(TYPES):
        body += f"CREATE TABLE `t{at}` (`c` {type_});\nINSERT INTO `t{at}` VALUES ({literal});\n"
    same(land(body.encode(), tmp_path), body.encode(), tmp_path)


@pytest.mark.parametrize("type_", ["text", "varchar(99)", "blob"])
def test_text_lands_to_the_byte(type_: str, land: Land, tmp_path: Path) -> None:
    rows = ",".join(f"({at},{literal},{literal})" for at, (literal, _) in enumerate(TEXTS))
    body = f"CREATE TABLE `t` (`id` int, `a` {type_}, `b` {type_});\nINSERT INTO `t` VALUES {rows};\n".encode()
    same(land(body, tmp_path), body, tmp_path)


# Bad dates of all kinds, next to texts that look like one.
MORE_DATES = r"""CREATE TABLE `t` (`n` varchar(40), `m` datetime(3), `d` date, `s` text);
INSERT INTO `t` VALUES ('0000-00-00','0000-00-00 00:00:00.000','0000-00-00',',\'0000-00-00\',\n\'0000-00-00'),
(NULL,'2024-02-30 01:02:03.456','0000-05-01','\''),('\n','2024-02-29 01:02:03.456','2024-00-01','\n,\n'),
('\n\',,,\n','0000-00-00 10:00:00.5',NULL,''),('','2024-12-31 23:59:59.999','9999-12-31','0000-'),
('''','0000-00-00 00:00:00','0000-00-00','x'),('a','2024-01-01 25:00:00','2023-02-29','0000-00-00');
INSERT INTO `t` (`s`,`m`) VALUES ('0000-00-00','0000-00-00 00:00:00.000');
CREATE TABLE `u` (`d` date, `s` text, `e` date);
INSERT INTO `u` VALUES ('2024-01-01','a\nb','0000-00-00'),('0000-00-00','\n','2024-01-01');
"""


@pytest.mark.parametrize(
    "body",
    [dates_dump(), *(text.encode() for text in (MORE_DATES, LEAVES_OUT, NAMES, MOMENTS, DEFAULTS))],
    ids=["dates", "more dates", "columns left out", "names", "zones", "defaults"],
)
def test_odd_dates_columns_left_out_and_odd_names(body: bytes, land: Land, tmp_path: Path) -> None:
    same(land(body, tmp_path), body, tmp_path)


def test_more_bad_dates_than_the_protocol_can_count(land: Land, tmp_path: Path) -> None:
    values = ",".join(["('2024-02-30')"] * 70_000)
    found = land(f"CREATE TABLE `t` (`d` date);\nINSERT INTO `t` VALUES {values};\n".encode(), tmp_path)
    assert found.report.tables["t"].nulled == {("d", "impossible_date"): 70_000}
    assert found.tables["t"] == [(None,)] * 70_000


@pytest.mark.parametrize("photo", ["text", "blob"])
@pytest.mark.parametrize(("row", "what"), BAD_ROWS)
def test_a_bad_row_is_named_by_its_number(photo: str, row: str, what: str, land: Land, tmp_path: Path) -> None:
    dump = PEOPLE.format(photo=photo) + f"INSERT INTO `tenants` VALUES {GOOD},{row},{GOOD};\n"
    message = rejection(dump.encode("utf-8", "surrogateescape"), tmp_path, land)
    assert message.startswith("table tenants, row 1,204: "), message
    assert what in message


@pytest.mark.parametrize(
    ("declared", "literal"),
    [
        ("double", "1e400"), ("float", "1e39"), ("double", "-1e999"), ("double", "e5"), ("double", "1.-2"), ("int", "1--2"),
        ("decimal(5,2)", "."), ("decimal(5,2)", "1.005"), ("varchar(3)", "'abcd'"), ("varchar(3)", "'abc '"), ("binary(2)", "'abc'"),
        ("char(2)", "'日本語'"), ("bigint unsigned", "123456789012345678901"),
    ],
)  # fmt: skip
def test_value_that_does_not_fit_its_type_is_rejected(declared: str, literal: str, land: Land, tmp_path: Path) -> None:
    dump = f"CREATE TABLE `t` (`e5` int, `x` {declared});\nINSERT INTO `t` VALUES (1,NULL),(2,{literal});\n"
    assert rejection(dump, tmp_path, land).startswith("table t, row 2: ")


@pytest.mark.parametrize(
    "rows",
    ["(1,NULL),(1,NULL)", "(1,NULL);\nINSERT INTO `t` VALUES (2,NULL),(1,NULL)", "(NULL,1)"],
    ids=["twice", "twice, apart", "null"],
)
def test_a_primary_key_that_is_none_is_rejected(rows: str, land: Land, tmp_path: Path) -> None:
    create = "CREATE TABLE `t` (`Id` int NOT NULL AUTO_INCREMENT, `b` int DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`b`));\n"
    message = rejection(create + f"INSERT INTO `t` VALUES {rows};\n", tmp_path, land)
    assert message.startswith("table t, row "), message


@pytest.mark.parametrize(("columns", "rows", "count", "key"), REPEATED.values(), ids=REPEATED)
def test_a_repeated_key_is_refused(columns: str, rows: str, count: str, key: str, land: Land, tmp_path: Path) -> None:
    message = rejection(of("costs", columns, rows), tmp_path, land)
    assert message == f"table costs: {count} rows repeat a primary key ({key})"


def test_similar_and_computed_keys_are_no_repeats_on_mysql(land: Land, tmp_path: Path) -> None:
    body = ("".join(of(name, *table) for name, table in APART.items()) + COMPUTED).encode()
    same(land(body, tmp_path), body, tmp_path)


@pytest.mark.parametrize("type_", ["int", "char(1)"])
def test_omitted_key_part_takes_its_default_on_mysql(type_: str, land: Land, tmp_path: Path) -> None:
    body = BY_DEFAULT.format(type=type_, rows="(2),(1)").encode()
    same(land(body, tmp_path), body, tmp_path)
    assert "a primary key" in rejection(BY_DEFAULT.format(type=type_, rows="(2),(2)"), tmp_path, land)


def test_mysql_tables_have_only_integer_keys_wide_ones_fit(
    schema: pymysql.cursors.Cursor, server: MySQLServer, tmp_path: Path
) -> None:
    dump = (
        "CREATE TABLE `pair` (`a` int NOT NULL, `b` bigint unsigned NOT NULL, `c` varchar(9) NOT NULL, PRIMARY KEY (`b`,`a`), KEY (`c`));\n"
        "CREATE TABLE `inline` (`a` int PRIMARY KEY, `c` varchar(20000));\nCREATE TABLE `word` (`c` char(9) NOT NULL, PRIMARY KEY (`c`));\n"
        "CREATE TABLE `wide` (" + ",".join(f"`c{at}` varchar(400)" for at in range(120)) + ") CHARSET=latin1;\n"
        "CREATE TABLE `many` (" + ",".join(f"`c{at}` varchar(60)" for at in range(120)) + ") CHARSET=latin1;\n"
        f"INSERT INTO `wide` VALUES ({','.join(['NULL'] + [repr('日' * 400)] * 119)});\n"
        f"INSERT INTO `many` VALUES ({','.join([repr('日' * 60)] * 120)});\n"
    )
    landing = partial(MySQLDumpWriter, partial(server.connect, local_infile=True), SCHEMA)
    report = land_dump(landing, io.BytesIO(dump.encode()), "x.sql", scratch=tmp_path)
    assert report.rows_landed == 2
    schema.execute(
        "SELECT table_name, index_name, column_name FROM information_schema.statistics"
        f" WHERE table_schema = '{SCHEMA}' ORDER BY table_name, seq_in_index"
    )
    assert schema.fetchall() == (("inline", "PRIMARY", "a"), ("pair", "PRIMARY", "b"), ("pair", "PRIMARY", "a"))
    schema.execute(f"SELECT SUM(CHAR_LENGTH(c1)), MAX(c0) FROM {SCHEMA}.wide")
    assert schema.fetchone() == (400, None)
    schema.execute(
        f"SELECT DISTINCT table_collation, engine FROM information_schema.tables WHERE table_schema = '{SCHEMA}'"
    )
    assert schema.fetchall() == (("utf8mb4_bin", "InnoDB"),)


def test_the_server_knows_how_many_rows_there_are(server: MySQLServer, schema, tmp_path: Path) -> None:
    """Before its own statistics come, seconds later (here: never), a run that begins at once would join every row with every other."""
    dump = (
        "CREATE TABLE `t` (`a` int PRIMARY KEY);\nINSERT INTO `t` VALUES "
        + ",".join(f"({n})" for n in range(500))
        + ";\n"
    )
    landing = partial(MySQLDumpWriter, partial(server.connect, local_infile=True), SCHEMA)
    schema.execute("SET GLOBAL innodb_stats_auto_recalc = OFF")
    try:
        land_dump(landing, io.BytesIO(dump.encode()), "x.sql", scratch=tmp_path)
    finally:
        schema.execute("SET GLOBAL innodb_stats_auto_recalc = ON")
    schema.execute(f"SELECT n_rows FROM mysql.innodb_table_stats WHERE database_name = '{SCHEMA}' AND table_name = 't'")
    assert schema.fetchone() == (500,)


def test_table_name_too_long_for_mysql_rejects_the_dump(land: Land, tmp_path: Path) -> None:
    name = "部屋" * 32
    found = rejection(f"CREATE TABLE `{name}` (`a` int);\n", tmp_path, land)
    assert f"table {name}" in found
    assert "the server can have no such table" in found


def test_many_chunks_of_many_statements(land: Land, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loader.warehouse.mysql.writer.CHUNK_BYTES", 1 << 16)
    monkeypatch.setattr("loader.mysqldump.reader.SLICE_BYTES", 1 << 14)
    monkeypatch.setattr("loader.mysqldump.lexer.statements.SLICE_BYTES", 1 << 12)
    wide = "x\\n" * (1 << 20)
    dump = TWO.replace("varchar(20)", "longtext") + f"INSERT INTO `t` VALUES (0,'{wide}');\n"
    for start in range(1, 20_001, 500):
        dump += "INSERT INTO `t` VALUES " + ",".join(f"({n},'{n}),(\\'')" for n in range(start, start + 500)) + ";\n"
    found = land(dump.encode(), tmp_path)
    assert sorted(found.tables["t"]) == [(0, "x\n" * (1 << 20)), *((n, f"{n}),('") for n in range(1, 20_001))]


def test_a_value_larger_than_the_server_takes_is_named(server: MySQLServer, land: Land, tmp_path: Path) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@GLOBAL.max_allowed_packet")
        before = cursor.fetchone()[0]
        cursor.execute("SET GLOBAL max_allowed_packet = 1048576")
        try:
            dump = TWO.replace("varchar(20)", "longblob") + f"INSERT INTO `t` VALUES (1,'{'x' * (3 << 20)}');\n"
            # A file may be as long as it likes, but some servers cannot make bytes of that many hex digits.
            try:
                same(land(dump.encode(), tmp_path), dump.encode(), tmp_path)
            except DumpRejectedError as rejected:
                assert "row 1: " in str(rejected)
                assert "longer than the server takes (max_allowed_packet)" in str(rejected)
        finally:
            cursor.execute(f"SET GLOBAL max_allowed_packet = {before}")


class Pipe(io.BytesIO):
    """A stream that does something when it has been read to its end."""

    def __init__(self, body: bytes, at_end: Callable[[], object]):
        super().__init__(body)
        self.at_end = at_end

    def read(self, size: int = -1) -> bytes:
        piece = super().read(size)
        if not piece:
            at_end, self.at_end = self.at_end, lambda: None
            at_end()
        return piece


@pytest.mark.parametrize("end", ["stream", "row", "statement", "killed", None])
def test_afterwards_connections_threads_and_scratch_are_as_before(
    end: str | None, server: MySQLServer, schema: pymysql.cursors.Cursor, tmp_path: Path
) -> None:
    opened: list[pymysql.Connection] = []

    def connect() -> pymysql.Connection:
        opened.append(server.connect(local_infile=True))
        return opened[-1]

    def at_end() -> None:
        if end == "stream":
            raise ConnectionResetError("the bucket went away")
        if end == "killed":
            wait_until(lambda: len(opened) >= 2, "both connections are open")
            for connection in opened:
                schema.execute(f"KILL {connection.thread_id()}")

    body = PEOPLE.format(photo="text") + f"INSERT INTO `tenants` VALUES {GOOD};\n"
    body += {"row": "INSERT INTO `tenants` VALUES (1-2,'x',NULL,1,NULL);\n", "statement": "DELETE FROM tenants;\n"}.get(
        end, ""
    )
    landing = partial(MySQLDumpWriter, connect, SCHEMA)
    land = partial(land_dump, landing, Pipe(body.encode(), at_end), "x.sql", scratch=tmp_path)
    if end is None:
        assert land().rows_landed == 1203
    else:
        error = {"stream": ConnectionResetError, "killed": LoaderError}.get(end, DumpRejectedError)
        with pytest.raises(error) as raised:
            land()
        assert SECRET not in str(raised.value)
    assert len(opened) == 2
    assert not any(connection.open for connection in opened)
    assert list(tmp_path.iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("dump-")]


@pytest.mark.parametrize(("text", "message"), BAD_STATEMENTS[::7])
def test_a_bad_statement_is_named_by_its_place(text: str, message: str, land: Land, tmp_path: Path) -> None:
    start = PEOPLE.format(photo="blob") + f"INSERT INTO `tenants` VALUES {GOOD};\n"
    said = rejection(start + text + "\n" * (not text.endswith("(1")), tmp_path, land)
    assert message.replace("byte 0", f"byte {len(start.encode()):,}") in said


def test_mysql_rejects_a_cut_dump_or_lands_leading_rows(land: Land, tmp_path: Path) -> None:
    whole = (
        b"CREATE TABLE `t` (\n  `a` int,\n  `b` text\n);\nINSERT INTO `t` VALUES (1,'x;\\n\\''),(23,NULL);\n"
        b"INSERT INTO `t` VALUES (4,'),(');\n"
    )
    rows = [(1, "x;\n'"), (23, None), (4, "),(")]
    landed = set()
    for length in (n for n in range(len(whole) + 1) if n % 4 == 0 or whole[:n].endswith(b"\n")):
        try:
            found = land(whole[:length], tmp_path)
        except DumpRejectedError:
            continue
        count = len(found.tables.get("t", []))
        assert sorted(found.tables.get("t", [])) == sorted(rows[:count])
        landed.add(count)
    assert landed == {0, 2, 3}
