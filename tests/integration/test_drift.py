"""What the models read of the dump, and dumps that hold something else."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from demo import schema
from loader.errors import LoaderError
from loader.landing.access import open_warehouse
from loader.mysqldump.ddl.create_table import Column, parse_create_table
from loader.mysqldump.reader import land_dump
from loader.quality.model_columns import Reading, readings
from loader.quality.schema import Overflow, incompatible_columns, overflowing_values, schema_changes
from loader.settings import PROJECT
from tests.support.places import Place

NUMBERS, TEXTS, DATES = ("integer", "decimal"), ("text", "integer", "decimal"), ("date", "timestamp")
MODEL = """
/* Rooms ); 「部屋」. */
MODEL (
  name staging.rooms, kind VIEW, /* columns ( */
  audits (NOT_NULL(columns := (id, rent))),
  columns (Id BIGINT, rent DECIMAL(12, 0), day DATE, at TIMESTAMP, name VARCHAR(64), old DOUBLE PRECISION)
);

SELECT
  {} /* the column; not the end, FROM landing.tenants */
FROM landing.rooms
"""
TABLES = ["apartments", "inquiries", "m_nationalities", "movings", "rooms", "tenants"]


def written(folder: Path, text: str, name: str = "rooms") -> Path:
    (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    return folder


def columns(ddl: str) -> tuple[Column, ...]:
    return parse_create_table(ddl.encode()).columns


def rooms(kinds: tuple[str, ...], column: str = "rent", **more: Any) -> Reading:
    return Reading("rooms", column, "staging.rooms", frozenset(kinds), **more)


def test_the_readings_are_the_columns_that_sqlmesh_finds_in_the_projects_models(empty_warehouse: Path) -> None:
    from sqlglot import exp
    from sqlmesh import Context

    found = readings()
    context = Context(paths=[str(PROJECT)])
    try:
        models = {name: context.get_model(f"staging.{name}") for name in TABLES}
        queries = {name: model.render_query() for name, model in models.items()}
    finally:
        context.close()
    expected = {(name, column.name) for name, query in queries.items() for column in query.find_all(exp.Column)}
    assert {(reading.table, reading.column) for reading in found} == expected
    assert len(found) == len(expected) == sum(len(model.columns_to_types) for model in models.values()) == 89
    assert all(reading.model == f"staging.{reading.table}" for reading in found)


def test_a_dump_of_the_source_satisfies_them() -> None:
    dump = {table.name: columns(table.create(None).rstrip(";")) for table in schema.load(bulk=False)}
    assert incompatible_columns(readings(), dump) == []
    assert len(incompatible_columns(readings(), {})) == len(TABLES)


def test_reading_the_models_does_without_sqlmesh() -> None:
    code = "import sys; from loader.quality.model_columns import readings; readings(); print('sqlmesh' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


READ = [
    ("@clean_text(room_number, 64) AS name", rooms(TEXTS, "room_number", longest=64)),
    ("@CLEAN_DATE(made) AS day", rooms(DATES, "made")),
    ("@clean_timestamp(made) AS at", rooms(DATES, "made")),
    ("rent::BIGINT AS id", rooms(NUMBERS, scale=0, largest=2**63 - 1)),
    ("rent::DECIMAL(12, 0) AS rent", rooms(NUMBERS, scale=0, largest=10**12 - 1)),
    ("CAST(rent AS NUMERIC(11, 8)) AS rent", rooms(NUMBERS, scale=8, largest=999)),
    ("ID", rooms(("integer",), "ID", scale=0, largest=2**63 - 1)),
    ("rooms.number AS id", rooms(("integer",), "number", scale=0, largest=2**63 - 1)),
    ("day", rooms(("date",), "day")),
    ("label AS name", rooms(("text",), "label", longest=64)),
    ("COALESCE(rent::DECIMAL(12, 2), 0) AS rent", rooms(NUMBERS, scale=2, largest=10**10 - 1)),
]


@pytest.mark.parametrize(("expression", "reading"), READ)
def test_each_way_of_reading(tmp_path: Path, expression: str, reading: Reading) -> None:
    assert readings(written(tmp_path, MODEL.format(expression))) == (reading,)


def test_two_readings_of_one_column_are_both_kept_and_equal_ones_once(tmp_path: Path) -> None:
    twice = MODEL.format("COUNT(*) AS n, rent::BIGINT AS id, 2 * rent::BIGINT AS rent, @clean_text(rent, 9) AS name")
    assert readings(written(tmp_path, twice)) == (
        rooms(NUMBERS, scale=0, largest=2**63 - 1),
        rooms(TEXTS, longest=9),
    )


UNKNOWN = [
    ("@to_code(rent) AS id", "rooms.rent as to_code(rent)"),
    ("@to_code('rent') AS id", "by the macro @to_code"),
    ("@clean_text(rent) AS name", "rooms.rent as clean_text(rent)"),
    ("@clean_text(rent, 2 * 3) AS name", "rooms.rent as clean_text(rent, 2 * 3)"),
    ("@clean_date(other, rent) AS day", "rooms.other as clean_date(other, rent)"),
    ("id + 1 AS id", "rooms.id as id + 1"),
    ("COUNT(id) AS id", "rooms.id as COUNT(id)"),
    ("TRY_CAST(rent AS BIGINT) AS id", "rooms.rent as "),
    ("rent AS old", "rooms.rent as rent:"),
    ("(rent)::BIGINT AS id", "rooms.rent as (rent)"),
    ("rent::DECIMAL AS rent", "rooms.rent as CAST(rent AS DECIMAL)"),
    ("made::TIMESTAMP AS at", "rooms.made as CAST(made AS TIMESTAMP)"),
    ("label::VARCHAR(64) AS name", "rooms.label as CAST(label AS VARCHAR(64))"),
    ("at", "rooms.at as at"),
    ("rent", "rooms.rent as rent"),
    ("old", "rooms.old as old"),
    ("undeclared", "rooms.undeclared as undeclared"),
    ("*", "rooms.* as *"),
    ("rooms.*", "rooms.* as rooms.*"),
    ("@the_column AS id", "by the macro @the_column"),
    ("@EACH(['a', 'b'], x -> 1) AS id", "by the macro @each"),
    ("'@' || @IF(TRUE, 1, 2) AS id", "by the macro @if"),
]


@pytest.mark.parametrize(("expression", "said"), UNKNOWN)
def test_what_is_not_known_is_an_error_that_names_it(tmp_path: Path, expression: str, said: str) -> None:
    with pytest.raises(LoaderError) as caught:
        readings(written(tmp_path, MODEL.format(expression)))
    assert f"{tmp_path / 'rooms.sql'} reads" in str(caught.value) and said in str(caught.value)
    assert "the loader can't tell" in str(caught.value) and "@clean_text(column, n)" in str(caught.value)


SHAPES = [
    ("FROM landing.rooms", "FROM landing.rooms JOIN landing.movings USING (id)", "and more"),
    ("FROM landing.rooms", "FROM landing.rooms AS a, landing.rooms AS b", "and more"),
    ("FROM landing.rooms", "FROM landing.rooms WHERE EXISTS (SELECT 1 FROM landing.load_ledger)", "and more"),
    ("FROM landing.rooms", "FROM landing.rooms UNION ALL SELECT 1 AS id", "and more"),
    ("FROM landing.rooms", "FROM (SELECT id FROM landing.rooms) AS r", "and more"),
    ("SELECT\n", "WITH r AS (SELECT 1) SELECT\n", "and more"),
    ("audits (", "audits (HAS(query := (SELECT id FROM landing.movings)), ", "outside of its one query"),
    ("FROM landing.rooms", "FROM landing.rooms; ANALYZE landing.rooms", "outside of its one query"),
    ("MODEL (", "SELECT 1; MODEL (", "outside of its one query"),
    ("MODEL (", "SELECT (", "under no name"),
    ("name staging.rooms, ", "", "under no name"),
    ("FROM landing.rooms", "FROM landing.rooms WHERE id > 1 /* all */", "rooms.id as id > 1:"),
    ("FROM landing.rooms", "FROM landing.rooms WHERE (", "no SQL that can be parsed"),
    ("FROM landing.rooms", "FROM landing.rooms WHERE '", "no SQL that can be parsed"),
]


@pytest.mark.parametrize(("part", "instead", "said"), SHAPES)
def test_the_dump_is_read_one_table_a_model(tmp_path: Path, part: str, instead: str, said: str) -> None:
    model = MODEL.format("id")
    assert part in model and readings(written(tmp_path, model))
    with pytest.raises(LoaderError, match=said):
        readings(written(tmp_path, model.replace(part, instead)))


def test_the_pipelines_own_tables_are_no_part_of_it_and_quotes_keep_a_tables_case(tmp_path: Path) -> None:
    written(tmp_path, MODEL.format("at").replace("landing.rooms", "landing.load_ledger"), "ledger")
    with pytest.raises(LoaderError, match="no model in"):
        readings(tmp_path)
    written(tmp_path, MODEL.format("id").replace("landing.rooms", 'landing."Rooms"'), "a")
    written(tmp_path, MODEL.format("id").replace("landing.rooms", "LANDING.Rooms"), "b")
    assert [reading.table for reading in readings(tmp_path)] == ["Rooms", "rooms"]


MISFITS = [
    ("varchar(20)", rooms(NUMBERS, scale=0), "varchar(20)", "a whole number (integer, decimal)"),
    ("decimal(40,9)", rooms(NUMBERS, scale=8), "decimal(40,9)", "a number (integer, decimal)"),
    ("double", rooms(NUMBERS, scale=8), "double", "a number (integer, decimal)"),
    ("decimal(10,0)", rooms(("integer",), scale=0), "decimal(10,0)", "a whole number (integer)"),
    ("float", rooms(TEXTS, longest=9), "float", "a text (text, integer, decimal)"),
    ("datetime(6)", rooms(TEXTS, longest=9), "datetime(6)", "a text (text, integer, decimal)"),
    ("varbinary(9)", rooms(TEXTS, longest=9), "varbinary(9)", "a text (text, integer, decimal)"),
    ("enum('a','b')", rooms(DATES), "enum", "a date or time (date, timestamp)"),
    ("datetime", rooms(("date",)), "datetime", "a date (date)"),
    ("int", rooms(("text",), longest=9), "int", "a text (text)"),
]


@pytest.mark.parametrize(("declared", "reading", "now", "needed"), MISFITS)
def test_a_column_of_another_type_is_named(declared: str, reading: Reading, now: str, needed: str) -> None:
    dump = {"rooms": columns(f"CREATE TABLE rooms (id int, Rent {declared})")}
    assert incompatible_columns([reading], dump) == [
        f"column rooms.Rent is {now} at the source; staging.rooms reads {needed}"
    ]


@pytest.mark.parametrize(
    "declared", ["bigint unsigned", "decimal", "decimal(12,0)", "decimal(12,8)", "int(5) zerofill"]
)
def test_a_column_of_a_type_that_fits_is_not(declared: str) -> None:
    assert (
        incompatible_columns([rooms(NUMBERS, scale=8)], {"rooms": columns(f"CREATE TABLE rooms (rent {declared})")})
        == []
    )


def test_what_a_dump_lacks_is_said_once_with_every_model_that_reads_it() -> None:
    dump = {"rooms": columns("CREATE TABLE rooms (id int)"), "Movings": ()}
    other = Reading("rooms", "rent", "staging.prices", frozenset(DATES))
    gone = [Reading(table, "id", "staging.x", frozenset(NUMBERS), scale=0) for table in ("movings", "tenants")]
    assert incompatible_columns([rooms(NUMBERS), rooms(TEXTS), other, *gone, *gone], dump) == [
        "the dump lacks column rooms.rent, which staging.rooms and staging.prices read",
        "the dump lacks table movings (it has Movings, and capitals count), which staging.x reads",
        "the dump lacks table tenants, which staging.x reads",
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
    read = [rooms(TEXTS, column.name.lower(), longest=4) for column in table.columns]
    asked: list[str] = []
    with open_warehouse(empty_place.settings()) as warehouse:
        warehouse.create_schema("landing_1")
        body = f"{LONG};\nINSERT INTO `rooms` VALUES {ROWS};\n".encode()
        land_dump(warehouse.dump_writer("landing_1"), io.BytesIO(body), "a.sql", scratch=tmp_path)
        run, warehouse.query = warehouse.query, lambda sql: asked.append(sql) or run(sql)  # type: ignore[method-assign]
        found = overflowing_values(warehouse, "landing_1", [*read, rooms(DATES, "a")], {"rooms": table.columns})
        expected = {"a": 1, "B": 2, "d": 1, "f": 0, "g": 1, "h": 1, "i": 2, "j": 1}
        assert found == [
            Overflow("longer", "rooms", name, "staging.rooms", "4 characters", n) for name, n in expected.items() if n
        ]
        assert len(asked) == 1 and asked[0].count("CHAR_LENGTH") == len(expected)
        assert overflowing_values(warehouse, "landing_1", read, {"movings": ()}) == []
        fitting = [rooms(TEXTS, name, longest=300) for name in "bcdefghik"]
        assert overflowing_values(warehouse, "landing_1", fitting, {"rooms": table.columns}) == [] and len(asked) == 1


SIZES = """CREATE TABLE `rooms` (`a` int, `b` bigint, `c` bigint unsigned, `d` decimal(15,2), `e` decimal(5,2), `f` decimal(40,2),
 `g` decimal, `h` decimal(9))"""
NUMBERS_IN_IT = (
    "(1,1,1,1.00,1.00,1.00,1,1),(4294967295,10000000,18446744073709551615,9999999.99,999.99,9999999.99,9999999,9999999),"
    "(NULL,-10000000,9223372036854775808,10000000.00,1.00,-10000000.00,10000000,-99999999)"
)


def test_numbers_that_a_model_can_not_keep_are_counted(empty_place: Place, tmp_path: Path) -> None:
    table = parse_create_table(SIZES.encode())
    read = [rooms(NUMBERS, column.name, scale=2, largest=10**7 - 1) for column in table.columns]
    exact = [rooms(NUMBERS, name, scale=0, largest=2**63 - 1) for name in "abc"]
    coarse = [rooms(NUMBERS, name, scale=1) for name in "de"]
    with open_warehouse(empty_place.settings()) as warehouse:
        warehouse.create_schema("landing_1")
        body = f"{SIZES};\nINSERT INTO `rooms` VALUES {NUMBERS_IN_IT};\n".encode()
        land_dump(warehouse.dump_writer("landing_1"), io.BytesIO(body), "a.sql", scratch=tmp_path)
        found = overflowing_values(warehouse, "landing_1", [*read, *exact, *coarse], {"rooms": table.columns})
    counts = {"a": 1, "b": 2, "c": 2, "d": 1, "f": 1, "g": 1, "h": 1}
    assert found == [
        *(Overflow("larger", "rooms", name, "staging.rooms", "up to 9,999,999", n) for name, n in counts.items()),
        Overflow("larger", "rooms", "c", "staging.rooms", "up to 9,223,372,036,854,775,807", 2),
        *(Overflow("finer", "rooms", name, "staging.rooms", "1 decimal places", n) for name, n in (("d", 1), ("e", 1))),
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
    ("decimal(10,0)", "-3", "c::BIGINT", -3),
    ("year", "2025", "c::DECIMAL(12, 0)", Decimal(2025)),
    ("decimal(9,6)", "-0.000001", "c::DECIMAL(11, 8)", Decimal("-0.00000100")),
    ("decimal(40,2)", "12.50", "c::DECIMAL(11, 8)", Decimal("12.50000000")),
    ("date", "'2025-06-10'", "@clean_timestamp(c)", dt.datetime(2025, 6, 10)),
    ("datetime(6)", "'2025-06-10 23:59:59.900000'", "@clean_timestamp(c)", dt.datetime(2025, 6, 10, 23, 59, 59)),
    ("datetime(6)", "'2025-06-10 23:59:59.900000'", "@clean_date(c)", dt.date(2025, 6, 10)),
]


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
            (reading,) = readings(
                written(tmp_path, MODEL.format(expression).replace("landing.rooms", f"landing.t{at}"))
            )
            assert incompatible_columns([reading], {f"t{at}": columns(ddl[at])}) == []
            query = parse(f"SELECT {expression} FROM landing_1.t{at}", default_dialect="postgres")[0]
            (found,) = warehouse.query(evaluator.transform(query).sql(dialect))
            assert found == (expected,) and type(found[0]) is type(expected), (declared, expression)


def test_a_column_in_another_case_is_found_by_both_engines_and_a_table_by_one_alone(empty_place: Place) -> None:
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


def test_news_tells_what_is_new_gone_or_of_another_type() -> None:
    before = {"rooms": {"id": "int", "Rent": "int", "bed": "int"}, "old": {"id": "int"}, "same": {"id": "int"}}
    now = {"rooms": {"rent": "varchar(20)", "id": "int", "floor": "int"}, "new": {"id": "int"}, "same": {"ID": "int"}}
    assert schema_changes(before, now) == [
        "table new is new",
        "table old is gone",
        "column rooms.floor is new (int)",
        "column rooms.bed is gone",
        "column rooms.rent was int and is varchar(20)",
    ]
    assert schema_changes(now, now) == []
