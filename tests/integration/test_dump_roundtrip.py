"""Random tables and values, written as a mysqldump writes them in one of its ways, land as they were."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loader.errors import DumpRejectedError
from tests.support.landed import Landed

# What breaks loaders, besides any text at all: structure, escapes, comments, and look-alikes of NULL and numbers.
NASTY = [
    "),(",
    "',NULL,'",
    ");\n",
    "\\",
    "\\'",
    "''",
    '"',
    "\0",
    "\x1a",
    "\r\n",
    "NULL",
    "-- x",
    "/* x",
    "*/;",
    "😀",
    "か\u3099",
    "0",
    "",
]
TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.lists(st.sampled_from([*NASTY, "a", "日本", "\t"]), max_size=6).map("".join),
    st.text(st.characters(codec="utf-8"), max_size=30),
)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "int": st.integers(-(2**31), 2**31 - 1),
    "bigint unsigned": st.integers(0, 2**64 - 1),
    "decimal(12,2)": st.decimals("-9999999999.99", "9999999999.99", places=2),
    "varchar(300)": TEXT,
    "longtext": TEXT,
    "date": st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    "datetime": st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    "blob": st.binary(max_size=20),
}
ESCAPES = {"\\": "\\\\", "\0": "\\0", "\n": "\\n", "\r": "\\r", "'": "\\'", '"': '\\"', "\x1a": "\\Z"}


def literal(value: Any, hexed: bool) -> bytes:
    """A value as mysqldump writes it."""
    if value is None:
        return b"NULL"
    if isinstance(value, int | Decimal):
        return str(value).encode()
    if isinstance(value, bytes):
        if hexed and value:
            return b"0x" + value.hex().upper().encode()
        return b"_binary '" + b"".join(ESCAPES.get(chr(n), "").encode() or bytes([n]) for n in value) + b"'"
    if isinstance(value, str):
        return b"'" + "".join(ESCAPES.get(sign, sign) for sign in value).encode() + b"'"
    text = value.isoformat(sep=" ") if isinstance(value, dt.datetime) else value.isoformat()
    return f"'{text}'".encode()


@st.composite
def dumps(draw: st.DrawFn) -> tuple[bytes, list[tuple[Any, ...]]]:
    """A dump of one table, and its rows."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=6))
    rows = draw(st.lists(st.tuples(*(st.none() | KINDS[kind] for kind in kinds)), max_size=6))
    names = [f"`c{at}`" for at in range(len(kinds))]
    declared = ",\n".join(f"  {name} {kind} DEFAULT NULL" for name, kind in zip(names, kinds, strict=True))
    hexed, complete, style = (
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.sampled_from(["one line", "row a line", "single"])),
    )
    head = b"INSERT INTO `t` " + (f"({', '.join(names)}) ".encode() if complete else b"") + b"VALUES"
    values = [b"(" + b",".join(literal(value, hexed) for value in row) + b")" for row in rows]
    if style == "single":
        inserts = b"".join(head + b" " + row + b";\n" for row in values)
    elif values:
        inserts = head + (b" " + b",".join(values) if style == "one line" else b"\n" + b",\n".join(values)) + b";\n"
    else:
        inserts = b""
    create = f"CREATE TABLE `t` (\n{declared}\n) ENGINE=InnoDB COMMENT='it''s; a\\ncomment';\n"
    return b"-- MySQL dump 10.13\n" + create.encode() + inserts + b"-- Dump completed\n", rows


FIXED = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(FIXED, max_examples=250)
@given(dumps())
def test_what_was_written_lands(tmp_path: Path, dump: tuple[bytes, list[tuple[Any, ...]]]) -> None:
    body, rows = dump
    found = Landed(body, tmp_path)
    assert found.report.complete
    assert sorted(found.tables["t"], key=repr) == sorted(rows, key=repr)


@settings(FIXED, max_examples=250)
@given(dumps(), st.data())
def test_truncated_dump_is_rejected_without_values_or_reported_incomplete(
    tmp_path: Path, dump: tuple[bytes, list[tuple[Any, ...]]], data: st.DataObject
) -> None:
    body, rows = dump
    cut = data.draw(st.integers(0, len(body) - 1))
    try:
        found = Landed(body[:cut], tmp_path)
    except DumpRejectedError as rejection:
        assert not any(
            isinstance(value, str) and len(value) > 9 and value in str(rejection) for row in rows for value in row
        )
    else:
        assert not found.report.complete
        assert len(found.tables.get("t", [])) <= len(rows)


REFUSED = {
    "function": b"INSERT INTO `t` VALUES (NOW());",
    "expression": b"INSERT INTO `t` VALUES (1+1);",
    "two numbers": b"INSERT INTO `t` VALUES (1-2);",
    "subquery": b"INSERT INTO `t` VALUES ((SELECT 1));",
    "variable": b"INSERT INTO `t` VALUES (@@version);",
    "select": b"INSERT INTO `t` SELECT * FROM `t`;",
    "upsert": b"INSERT INTO `t` VALUES (1) ON DUPLICATE KEY UPDATE `id` = 2;",
    "second statement": b"INSERT INTO `t` VALUES (1); DROP TABLE `t`;",
    "other schema": b"INSERT INTO `mysql`.`user` VALUES (1);",
    "unknown table": b"INSERT INTO `u` VALUES (1);",
    "too few": b"INSERT INTO `t` VALUES ();",
    "too many": b"INSERT INTO `t` VALUES (1,2);",
    "text for a number": b"INSERT INTO `t` VALUES ('1');",
    "update": b"UPDATE `t` SET `id` = 1;",
    "load data": b"LOAD DATA INFILE '/etc/passwd' INTO TABLE `t`;",
    "grant": b"GRANT ALL ON *.* TO 'x';",
    "create as": b"CREATE TABLE `v` AS SELECT 1;",
    "create twice": b"CREATE TABLE `t` (`id` int);",
    "case": b"CREATE TABLE `T` (`id` int);",
    "latin1": b"SET NAMES latin1;\nINSERT INTO `t` VALUES (1);",
    "not a set": b"SETTINGS 1;",
    "open comment": b"/* never closed",
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_literal_row_is_refused(case: str, tmp_path: Path) -> None:
    good = b"CREATE TABLE `t` (`id` int);\nINSERT INTO `t` VALUES (7);\n"
    assert Landed(good, tmp_path).tables == {"t": [(7,)]}
    with pytest.raises(DumpRejectedError, match=r"^dump gghouse_20260210\.sql.*nothing was changed"):
        Landed(good + REFUSED[case] + b"\n-- Dump completed\n", tmp_path)


@pytest.mark.parametrize("name", ["load_ledger", "Tenant_Daily_Snapshots"])
def test_dump_table_named_like_a_pipeline_table_is_rejected(name: str, tmp_path: Path) -> None:
    import io
    from functools import partial

    import duckdb

    from loader.mysqldump.reader import land_dump
    from loader.warehouse.duckdb.writer import DuckDBDumpWriter

    body = io.BytesIO(f"CREATE TABLE `{name}` (`id` int);\n".encode())
    with duckdb.connect() as connection, pytest.raises(DumpRejectedError, match="pipeline's own"):
        connection.execute("CREATE SCHEMA g")
        reserved = frozenset({"load_ledger", "tenant_daily_snapshots"})
        land_dump(partial(DuckDBDumpWriter, connection, "g"), body, "x.sql", scratch=tmp_path, reserved=reserved)


def test_non_utf8_text_and_broken_gzip_are_rejected(tmp_path: Path) -> None:
    import gzip

    create = b"CREATE TABLE `t` (`id` varchar(9));\n"
    for bad in (b"\xff", b"\xe3\x81", b"\xfe", b"\\n\xfe"):  # the last one stands for a quote within the reader
        with pytest.raises(DumpRejectedError, match="not UTF-8"):
            Landed(create + b"INSERT INTO `t` VALUES ('a'),('" + bad + b"');\n", tmp_path)
    zipped = gzip.compress(create * 50)
    assert Landed(gzip.compress(create) + gzip.compress(b"INSERT INTO `t` VALUES ('a');\n"), tmp_path, True).tables == {
        "t": [("a",)]
    }
    for body in (zipped[:-1], zipped + b"rest", b"plain", zipped[:40] + b"\0" + zipped[41:]):
        with pytest.raises(DumpRejectedError):
            Landed(body, tmp_path)
