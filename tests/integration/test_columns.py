"""What the models read of the dump, and dumps that hold something else."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from demo import schema
from loader.errors import LoaderError
from loader.landing.access import open_warehouse
from loader.mysqldump.ddl.create_table import Column, parse_create_table
from loader.mysqldump.reader import land_dump
from loader.quality.columns import (
    RequiredColumn,
    incompatible_columns,
    overflowing_values,
    required_columns,
    schema_changes,
)
from loader.quality.findings import BLOCKED, Finding
from loader.settings import PROJECT
from tests.support.places import Place

TABLES = ["apartments", "inquiries", "m_nationalities", "movings", "rooms", "tenants"]


def declared(folder: Path, kind: str) -> Path:
    """An external_models.yaml with one column of the source, and one table of the pipeline's own."""
    file = folder / "external_models.yaml"
    own = "- name: landing.load_ledger\n  columns: {load_id: BIGINT}\n"
    file.write_text(f"{own}- name: landing.rooms\n  columns:\n    rent: {kind}\n")
    return file


def columns(ddl: str) -> tuple[Column, ...]:
    return parse_create_table(ddl.encode()).columns


def overflow(how: str, column: str, keeps: str, values: int) -> Finding:
    return Finding(f"{how}:rooms.{column}", f"{values:,} values are {how} than staging.rooms keeps", keeps, BLOCKED)


def rooms(kind: str, column: str = "rent") -> RequiredColumn:
    name, *sizes = re.findall(r"\w+", kind)
    return RequiredColumn("rooms", column, name, tuple(map(int, sizes)))


def test_a_dump_of_the_source_satisfies_them() -> None:
    dump = {table.name: columns(table.create(None).rstrip(";")) for table in schema.load(bulk=False)}
    assert incompatible_columns(required_columns(), dump) == []
    assert len(incompatible_columns(required_columns(), {})) == len(TABLES)


def test_the_columns_are_read_without_sqlmesh() -> None:
    code = "import sys; from loader.quality.columns import required_columns as r; r(); print('sqlmesh' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


TYPES = {
    "BIGINT": ((), None, 2**63 - 1, None),
    "DECIMAL(11, 8)": ((11, 8), None, 999, 8),
    "VARCHAR(64)": ((64,), 64, None, None),
    "DATE": ((), None, None, None),
    "TIMESTAMP": ((), None, None, None),
}


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_says_what_a_model_keeps(tmp_path: Path, kind: str) -> None:
    (column,) = required_columns(declared(tmp_path, kind))
    assert (column.sizes, *column.keeps) == TYPES[kind]
    assert (column.table, column.name, column.model) == ("rooms", "rent", "staging.rooms")


UNKNOWN = ["INT", "DECIMAL", "DECIMAL(9)", "VARCHAR", "TEXT", "DOUBLE PRECISION", "BIGINT(3)"]


@pytest.mark.parametrize("kind", UNKNOWN)
def test_a_type_that_the_gate_can_not_check_is_an_error(tmp_path: Path, kind: str) -> None:
    with pytest.raises(
        LoaderError, match=re.escape(f"external_models.yaml can't be read (rooms.rent is {kind}, not BIGINT, ")
    ):
        required_columns(declared(tmp_path, kind))


@pytest.mark.parametrize(
    "text", ["", "- name: [", "- columns: {}", "- name: landing.load_ledger\n  columns: {load_id: BIGINT}"]
)
def test_a_file_without_the_sources_tables_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "external_models.yaml").write_text(text)
    with pytest.raises(LoaderError, match="put the project's own there again"):
        required_columns(tmp_path / "external_models.yaml")


INCOMPATIBLE = [
    ("varchar(20)", "DECIMAL(12, 0)", "varchar(20)", "a whole number (integer, decimal)"),
    ("decimal(40,9)", "DECIMAL(11, 8)", "decimal(40,9)", "a number (integer, decimal)"),
    ("double", "DECIMAL(11, 8)", "double", "a number (integer, decimal)"),
    ("decimal(10,0)", "BIGINT", "decimal(10,0)", "a whole number (integer)"),
    ("float", "VARCHAR(9)", "float", "a text (text, integer, decimal)"),
    ("datetime(6)", "VARCHAR(9)", "datetime(6)", "a text (text, integer, decimal)"),
    ("varbinary(9)", "VARCHAR(9)", "varbinary(9)", "a text (text, integer, decimal)"),
    ("enum('a','b')", "DATE", "enum", "a date or time (date, timestamp)"),
    ("int", "TIMESTAMP", "int", "a date or time (date, timestamp)"),
]


@pytest.mark.parametrize(("declared", "kind", "now", "needed"), INCOMPATIBLE)
def test_a_column_of_another_type_is_named(declared: str, kind: str, now: str, needed: str) -> None:
    dump = {"rooms": columns(f"CREATE TABLE rooms (id int, Rent {declared})")}
    assert incompatible_columns([rooms(kind)], dump) == [
        f"column rooms.Rent is {now} at the source; staging.rooms reads {needed}"
    ]


@pytest.mark.parametrize(
    "declared", ["bigint unsigned", "decimal", "decimal(12,0)", "decimal(12,8)", "int(5) zerofill"]
)
def test_a_column_of_a_type_that_fits_is_not(declared: str) -> None:
    dump = {"rooms": columns(f"CREATE TABLE rooms (rent {declared})")}
    assert incompatible_columns([rooms("DECIMAL(11, 8)")], dump) == []


def test_what_a_dump_lacks_is_said_once() -> None:
    dump = {"rooms": columns("CREATE TABLE rooms (id int)"), "Movings": ()}
    missing = [RequiredColumn(table, name, "BIGINT") for table in ("movings", "tenants") for name in ("id", "status")]
    assert incompatible_columns([rooms("BIGINT"), *missing], dump) == [
        "the dump has no column rooms.rent, which staging.rooms reads",
        "the dump has no table movings (it has Movings, and capitals count), which staging.movings reads",
        "the dump has no table tenants, which staging.tenants reads",
    ]


LONG = """CREATE TABLE `rooms` (`id` int, `a` text, `B` varchar(5), `c` varchar(4), `d` tinytext, `e` int, `f` char(9),
 `g` enum('12345','x'), `h` set('abc','d'), `i` time, `j` json, `k` char)"""
ROWS = (
    "(1,'日本語😀','日本語😀!','abcd',NULL,123456,'abcd','12345','abc,d','10:00:00','{}','x'),"
    "(2,'日本語😀e\u0301','12345','abcd','12345',1,NULL,'x','d','10:00:00','[1, 2]','x'),"
    "(3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL)"
)


def test_texts_that_a_model_cuts_are_counted_in_characters(empty_place: Place, tmp_path: Path) -> None:
    table = parse_create_table(LONG.encode())
    read = [rooms("VARCHAR(4)", column.name.lower()) for column in table.columns]
    asked: list[str] = []
    with open_warehouse(empty_place.settings()) as warehouse:
        warehouse.create_schema("landing_1")
        body = f"{LONG};\nINSERT INTO `rooms` VALUES {ROWS};\n".encode()
        land_dump(warehouse.dump_writer("landing_1"), io.BytesIO(body), "a.sql", scratch=tmp_path)
        run, warehouse.query = warehouse.query, lambda sql: asked.append(sql) or run(sql)  # type: ignore[method-assign]
        found = overflowing_values(warehouse, "landing_1", [*read, rooms("DATE", "a")], {"rooms": table.columns})
        expected = {"a": 1, "B": 2, "d": 1, "f": 0, "g": 1, "h": 1, "i": 2, "j": 1}
        assert found == [overflow("longer", name, "4 characters", n) for name, n in expected.items() if n]
        assert len(asked) == 1 and asked[0].count("CHAR_LENGTH") == len(expected)
        assert overflowing_values(warehouse, "landing_1", read, {"movings": ()}) == []
        fitting = [rooms("VARCHAR(300)", name) for name in "bcdefghik"]
        assert overflowing_values(warehouse, "landing_1", fitting, {"rooms": table.columns}) == [] and len(asked) == 1


SIZES = """CREATE TABLE `rooms` (`a` int, `b` bigint, `c` bigint unsigned, `d` decimal(15,2), `e` decimal(5,2), `f` decimal(40,2),
 `g` decimal, `h` decimal(9))"""
NUMBERS_IN_IT = (
    "(1,1,1,1.00,1.00,1.00,1,1),(4294967295,10000000,18446744073709551615,9999999.99,999.99,9999999.99,9999999,9999999),"
    "(NULL,-10000000,9223372036854775808,10000000.00,1.00,-10000000.00,10000000,-99999999)"
)


def test_numbers_that_a_model_can_not_keep_are_counted(empty_place: Place, tmp_path: Path) -> None:
    table = parse_create_table(SIZES.encode())
    read = [rooms("DECIMAL(9, 2)", column.name) for column in table.columns]
    exact = [rooms("BIGINT", name) for name in "abc"]
    coarse = [rooms("DECIMAL(30, 1)", name) for name in "de"]
    with open_warehouse(empty_place.settings()) as warehouse:
        warehouse.create_schema("landing_1")
        body = f"{SIZES};\nINSERT INTO `rooms` VALUES {NUMBERS_IN_IT};\n".encode()
        land_dump(warehouse.dump_writer("landing_1"), io.BytesIO(body), "a.sql", scratch=tmp_path)
        found = overflowing_values(warehouse, "landing_1", [*read, *exact, *coarse], {"rooms": table.columns})
    counts = {"a": 1, "b": 2, "c": 2, "d": 1, "f": 1, "g": 1, "h": 1}
    assert found == [
        *(overflow("larger", name, "up to 9,999,999", n) for name, n in counts.items()),
        overflow("larger", "c", "up to 9,223,372,036,854,775,807", 2),
        *(overflow("finer", name, "1 decimal places", n) for name, n in (("d", 1), ("e", 1))),
    ]


ACCEPTED = [
    ("bigint unsigned", "18446744073709551614", "@clean_text(c, 20)", "18446744073709551614"),
    ("int(5) unsigned zerofill", "00012", "@clean_text(c, 20)", "12"),
    ("decimal(10,2)", "-0.50", "@clean_text(c, 20)", "-0.50"),
    ("decimal(40,2)", "12.50", "@clean_text(c, 20)", "12.50"),
    ("json", "'[1]'", "@clean_text(c, 20)", "[1]"),
    ("time", "'-10:00:00'", "@clean_text(c, 20)", "-10:00:00"),
    ("enum('a','b')", "'b'", "@clean_text(c, 20)", "b"),
    ("text", "'日本語😀'", "@clean_text(c, 3)", "日本語"),
    ("bigint", "-9223372036854775808", "c::BIGINT", -(2**63)),
    ("decimal(10,0)", "-3", "c::DECIMAL(10, 0)", Decimal(-3)),
    ("year", "2025", "c::DECIMAL(12, 0)", Decimal(2025)),
    ("decimal(9,6)", "-0.000001", "c::DECIMAL(11, 8)", Decimal("-0.00000100")),
    ("decimal(40,2)", "12.50", "c::DECIMAL(11, 8)", Decimal("12.50000000")),
    ("date", "'2025-06-10'", "@clean_timestamp(c)", dt.datetime(2025, 6, 10)),
    ("datetime(6)", "'2025-06-10 23:59:59.900000'", "@clean_timestamp(c)", dt.datetime(2025, 6, 10, 23, 59, 59)),
    ("datetime(6)", "'2025-06-10 23:59:59.900000'", "@clean_date(c)", dt.date(2025, 6, 10)),
]


def reading(expression: str, table: str) -> RequiredColumn:
    """The column that the lint rule readsasdeclared lets a model read so."""
    cleaner, kind, sizes = re.fullmatch(r"(?:@clean_(\w+)\(c(?:, )?)?(?:c::(\w+))?\(?([\d, ]*)\)*", expression).groups()
    name = {"text": "VARCHAR", "date": "DATE", "timestamp": "TIMESTAMP", None: kind}[cleaner]
    return RequiredColumn(table, "c", name, tuple(map(int, re.findall(r"\d+", sizes))))


def test_what_is_accepted_gives_the_same_on_either_engine(empty_place: Place, tmp_path: Path) -> None:
    from sqlmesh.core.dialect import parse
    from sqlmesh.core.macros import MacroEvaluator, normalize_macro_name

    from macros import cleaning

    evaluator = MacroEvaluator(dialect="postgres")
    # By hand: whatever project was loaded last has put its own in.
    for macro in (cleaning.clean_text, cleaning.clean_date, cleaning.clean_timestamp):
        evaluator.macros[normalize_macro_name(macro.__name__)] = macro
    ddl = [f"CREATE TABLE `t{at}` (`id` int, `c` {declared})" for at, (declared, *_) in enumerate(ACCEPTED)]
    rows = [f"INSERT INTO `t{at}` VALUES (1,{literal})" for at, (_, literal, *_) in enumerate(ACCEPTED)]
    body = "".join(f"{table};\n{row};\n" for table, row in zip(ddl, rows, strict=True)).encode()
    dialect = "mysql" if empty_place.on_mysql else "duckdb"
    (tmp_path / "scratch").mkdir()
    with open_warehouse(empty_place.settings()) as warehouse:
        warehouse.create_schema("landing_1")
        landing = warehouse.dump_writer("landing_1")
        land_dump(landing, io.BytesIO(body), "a.sql", scratch=tmp_path / "scratch")
        for at, (declared, _, expression, expected) in enumerate(ACCEPTED):
            assert incompatible_columns([reading(expression, f"t{at}")], {f"t{at}": columns(ddl[at])}) == []
            query = parse(f"SELECT {expression} FROM landing_1.t{at}", default_dialect="postgres")[0]
            (found,) = warehouse.query(evaluator.transform(query).sql(dialect))
            assert found == (expected,) and type(found[0]) is type(expected), (declared, expression)


def test_column_case_is_ignored_table_case_only_by_duckdb(empty_place: Place) -> None:
    with open_warehouse(empty_place.settings()) as warehouse:
        warehouse.create_schema("landing_1")
        warehouse.execute("CREATE TABLE landing_1.rooms (Rent BIGINT)")
        quote = warehouse.quote
        assert warehouse.query(f"SELECT {quote('rent')} FROM landing_1.{quote('rooms')}") == []
        other = f"SELECT COUNT(*) FROM landing_1.{quote('Rooms')}"
        if empty_place.on_mysql:
            with pytest.raises(Exception, match="doesn't exist"):
                warehouse.query(other)
        else:
            assert warehouse.query(other) == [(0,)]


def test_changes_of_the_schema_are_what_is_new_missing_or_of_another_type() -> None:
    before = {"rooms": {"id": "int", "Rent": "int", "bed": "int"}, "old": {"id": "int"}, "same": {"id": "int"}}
    now = {"rooms": {"rent": "varchar(20)", "id": "int", "floor": "int"}, "new": {"id": "int"}, "same": {"ID": "int"}}
    assert schema_changes(before, now) == [
        "table new is new",
        "table old is missing",
        "column rooms.floor is new (int)",
        "column rooms.bed is missing",
        "column rooms.rent was int and is varchar(20)",
    ]
    assert schema_changes(now, now) == []
