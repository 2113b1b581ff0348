"""Dumps by the server's own client, under each of its options that matters: they land value for value, or they are rejected."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from loader.errors import DumpRejectedError
from tests.integration.test_dump_real import landed_as
from tests.support.landed import Landed, MySQLLanded
from tests.support.mysqldump_source import DATABASE, DAYS, NAMES, SIGNS, Source
from tests.support.places import Servers

pytestmark = pytest.mark.server
Texts = dict[str, dict[str, list[str | None]]]

PRODUCER = "--single-transaction --quick --routines --triggers --events"
LANDS = [
    "", PRODUCER, f"{PRODUCER} --skip-lock-tables --compact", "--compact", "--compact --hex-blob", "--hex-blob", "--complete-insert",
    "--complete-insert --hex-blob --skip-extended-insert", "--skip-extended-insert", "--skip-opt", "--skip-set-charset", "--skip-comments",
    "--default-character-set=utf8mb4", "--databases", "--databases --no-create-db", "--databases --add-drop-database", "--order-by-primary",
    "--tz-utc", "--skip-tz-utc", "--no-autocommit", "--skip-create-options", "--skip-add-locks --skip-disable-keys", "--skip-add-drop-table",
    "--net-buffer-length=4096", "--skip-dump-date", "--allow-keywords --complete-insert", "--add-drop-trigger --flush-privileges",
    "--apply-slave-statements",
]  # fmt: skip
NO_INSERT = "an INSERT that is not INSERT INTO table VALUES"
REJECTED = [
    ("--insert-ignore", NO_INSERT),
    ("--insert-ignore --complete-insert --compact", NO_INSERT),
    ("--replace", "REPLACE statements are not accepted"),
    ("--replace --skip-extended-insert", "REPLACE statements are not accepted"),
    ("--compatible=ansi", "an sql_mode that changes what quotes or backslashes mean"),
    ("--compatible=ansi --compact", "a name that is none without backquotes"),
    ("--compatible=ansi --skip-quote-names", "an sql_mode that changes what quotes or backslashes mean"),
    ("--no-create-info", "has a rows section and no CREATE TABLE"),
    *(
        (f"--default-character-set={name}", f"is written in {name}, not in UTF-8")
        for name in ("latin1", "cp932", "ujis", "binary")
    ),
    ("--default-character-set=latin1 --skip-set-charset", "text that is not UTF-8"),
    ("--default-character-set=cp932 --skip-set-charset", "a value that is no plain literal"),
]
# The client itself stumbles over the other names under some of these.
PLAIN = (
    "pairs",
    "charsets",
    "days",
    "zones",
    "texts",
    "moments",
    "latin",
    "numbers",
    "bytes",
    "nothing",
    "words",
    "no_words",
)


@pytest.fixture(scope="module")
def source(servers: Servers) -> Iterator[Source]:
    """The filled schema; the server's own time zone is Tokyo's."""
    with servers.mysql.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@GLOBAL.time_zone")
        before = cursor.fetchone()
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute("SET GLOBAL time_zone = '+09:00'")
        try:
            yield Source(servers.mysql)
        finally:
            cursor.execute("SET GLOBAL time_zone = %s", before)
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")


@pytest.fixture(scope="module")
def texts(source: Source) -> dict[str, Texts]:
    """Time zone -> what the server says of every value."""
    return {zone: source.says(zone) for zone in ("+00:00", "+09:00")}


def zone_of(options: str, source: Source) -> str:
    """The time zone that a dump's TIMESTAMPs are in. MySQL's --compact leaves --tz-utc out without a word, MariaDB's does not."""
    local = "--skip-tz-utc" in options or ("--compact" in options and source.server.flavour == "mysql")
    return "+09:00" if local else "+00:00"


def landings(body: bytes, source: Source, scratch: Path) -> Iterator[Landed | MySQLLanded]:
    """A dump landed in DuckDB, and in the server."""
    yield Landed(body, scratch)
    yield MySQLLanded(source.server, body, scratch)


def same(found: Landed | MySQLLanded, kinds: dict[str, dict[str, str]], wanted: Texts) -> None:
    """Compares what landed, and the report on it, with what the server says.

    Args:
        found: what landed.
        kinds: table -> column -> DuckDB type.
        wanted: table -> column -> the server's texts.
    """
    assert set(found.tables) == set(wanted)
    for table, columns in wanted.items():
        assert list(found.types[table]) == list(columns), table
        values = [[landed_as(kinds[table][name], text) for text in texts] for name, texts in columns.items()]
        rows = list(zip(*values, strict=True))
        assert sorted(found.tables[table], key=repr) == sorted(rows, key=repr), table
        nulled = Counter(
            (name, "zero_date" if text.startswith("0000") or "-00" in text else "impossible_date")
            for (name, texts), landed in zip(columns.items(), values, strict=True)
            for text, value in zip(texts, landed, strict=True)
            if value is None and text is not None
        )
        report = found.report.tables[table]
        assert report.nulled == dict(nulled), table
        assert report.rows_in_dump == report.rows_landed == len(rows), table


def test_the_source_holds_what_it_was_given(texts: dict[str, Texts]) -> None:
    """Else a server that changed or cut a value would make the rest of this file an easy one."""
    tables = texts["+00:00"]
    assert tables["pairs"]["c0"] == tables["pairs beside bytes"]["c1"] == [one + two for one in SIGNS for two in SIGNS]
    assert [bytes.fromhex(text) for text in tables["bytes"]["c0"]][:256] == [bytes([n]) for n in range(256)]
    assert len(tables["bytes"]["c3"][256]) == 4 * 65_536
    assert tables["days"]["c0"] == tables["days"]["c4"] == list(DAYS)
    assert set(NAMES) < set(tables)
    assert tables["zones"]["c0"][1] == "2024-02-29 23:30:00"
    assert texts["+09:00"]["zones"]["c0"][1] == "2024-03-01 08:30:00"


@pytest.mark.parametrize("options", LANDS)
def test_every_value_lands_as_the_server_has_it(
    options: str, source: Source, texts: dict[str, Texts], tmp_path: Path
) -> None:
    body = source.dump(*options.split())
    commented = "--compact" not in options and "--skip-comments" not in options
    kinds = None
    for found in landings(body, source, tmp_path):
        kinds = kinds or found.types
        same(found, kinds, texts[zone_of(options, source)])
        unknown = {one.table for one in found.report.remarks if one.rule == "timezone"}
        # MariaDB's --compact writes UTC and does not say so.
        stamped = {"zones", "moments", "versions"} & found.tables.keys()  # with columns of type TIMESTAMP
        assert unknown == (set() if b"SET TIME_ZONE='+00:00'" in body else stamped)
        assert (found.report.headed, found.report.complete) == (commented, commented)


@pytest.mark.parametrize(("options", "message"), REJECTED)
def test_what_is_no_plain_dump_in_utf8_is_rejected(options: str, message: str, source: Source, tmp_path: Path) -> None:
    body = source.dump(*options.split(), tables=PLAIN)
    for land in (Landed, partial(MySQLLanded, source.server)):
        with pytest.raises(DumpRejectedError, match=re.escape(message)):
            land(body, tmp_path)


@pytest.mark.parametrize(
    "statement",
    [
        "CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='b.000002', SOURCE_LOG_POS=349813",
        "CHANGE MASTER TO MASTER_LOG_FILE='b.000001', MASTER_LOG_POS=507925",
        "START REPLICA",
        "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '8f7ab6de-6d3b-11f0-8de9-0242ac120002:1-9'",
        "SET @@SESSION.SQL_LOG_BIN= 0",
    ],
)
def test_where_a_replica_would_go_on_is_skipped(statement: str, tmp_path: Path) -> None:
    """As --source-data, --set-gtid-purged and --apply-replica-statements write it, on servers that have a binary log."""
    found = Landed(f"{statement};\nCREATE TABLE `t` (`a` int);\nINSERT INTO `t` VALUES (1);\n".encode(), tmp_path)
    assert found.tables == {"t": [(1,)]}


@pytest.mark.parametrize("options", ["--skip-quote-names", "--skip-quote-names --complete-insert"])
def test_unquoted_names_land_unchanged_or_are_rejected(
    options: str, source: Source, texts: dict[str, Texts], tmp_path: Path
) -> None:
    kinds = None
    for found in landings(source.dump(*options.split(), tables=PLAIN), source, tmp_path):
        kinds = kinds or found.types
        same(found, kinds, {table: texts["+00:00"][table] for table in PLAIN})
    for name in NAMES:
        try:
            found = Landed(source.dump(*options.split(), tables=(name,)), tmp_path)
        except (subprocess.CalledProcessError, DumpRejectedError):
            continue
        same(found, found.types, {name: texts["+00:00"][name]})


@pytest.mark.parametrize("name", ["utf8", "utf8mb3"])
def test_utf8mb3_dump_lands_with_the_clients_question_marks(
    name: str, source: Source, texts: dict[str, Texts], tmp_path: Path
) -> None:
    """Signs of four bytes are lost in the dump already."""
    written = {
        table: {
            column: [text and re.sub("[\U00010000-\U0010ffff]", "?", text) for text in found]
            for column, found in columns.items()
        }
        for table, columns in texts["+00:00"].items()
    }
    found = Landed(source.dump(f"--default-character-set={name}"), tmp_path)
    same(found, found.types, written)
    assert {"pairs", "odd"} & {one.table for one in found.report.remarks if one.rule == "charset"} == {"pairs"}


def test_values_longer_than_usual_packets_land(tmp_path: Path) -> None:
    """--max-allowed-packet and --net-buffer-length let a client write longer statements than it does by itself."""
    size = 24 << 20
    body = (
        b"CREATE TABLE `t` (`a` int, `b` longblob, `c` text);\nINSERT INTO `t` VALUES (1,0x%s,'\\n'),(2,NULL,'\\n');\n"
    )
    assert Landed(body % (b"ab" * size), tmp_path).tables["t"] == [(1, b"\xab" * size, "\n"), (2, None, "\n")]
    rows = [(n, f"{n}\n" + "x" * 999) for n in range(size // 1000)]
    body = b"CREATE TABLE `t` (`a` int, `b` text);\nINSERT INTO `t` VALUES "
    body += ",".join(f"({n},'{text}')" for n, text in rows).encode() + b";\n"
    assert sorted(Landed(body, tmp_path).tables["t"]) == rows
