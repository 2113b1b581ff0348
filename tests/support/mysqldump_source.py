"""A schema of whatever breaks loaders, in a real server: its dumps by the server's own client, and its own word for each value."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.support.landed import REAL_DUMPS
from tests.support.servers import MySQLServer

DATABASE = "basis"
SIGNS = (
    "),(", "',NULL,'", "');\nINSERT INTO `pairs` VALUES ('", ";\n", "\\", "\\'", "'", '"', "`", "\0", "\x1a", "\r", "\n", "\t", "\b", "NULL",
    "\\N", "-- ", "#", "/*", "/*!50000 ", "*/", "DELIMITER ;;\n", "😀", "か\u3099", "e\u0301", "\u200d", "\ufeff", "表ソ", "%", "_", "(", " ", "",
)  # fmt: skip
NAMES = (
    "Order", "select", "VALUES", "NULL", "a`b", "`", "it's", 'q"q', "a b", "a.b", "semi;colon", "-- x", "#x", "/*x*/", "(t)", "),(", ",",
    "back\\slash", "100%", "か\u3099", "rowid",
)  # fmt: skip
DAYS = (
    "2024-02-29", "1000-01-01", "0001-01-01", "9999-12-31", "1582-10-10", "0000-00-00", "2024-00-00", "2024-00-10", "2024-02-00", "0000-05-01",
    "2023-02-29", "2024-02-30", "2024-04-31",
)  # fmt: skip
NUMBERS = {
    "tinyint unsigned": ("255", "0"), "bool": ("1", "-128"), "smallint unsigned": ("65535",), "mediumint unsigned": ("16777215",),
    "int(12) unsigned zerofill": ("4294967295", "7"), "bigint": ("-9223372036854775808", "9223372036854775807"),
    "bigint unsigned": ("18446744073709551615", "9223372036854775808"), "bigint(20) zerofill": ("18446744073709551615", "1"),
    "decimal(65,30)": ("-99999999999999999999999999999999999.999999999999999999999999999999", "0"), "decimal(65,0)": ("9" * 65, "-" + "9" * 65),
    "decimal(38,30)": ("99999999.999999999999999999999999999999",), "numeric(5,2)": ("-999.99", "0.01"), "dec(3)": ("999",),
    "float": ("3.40282e38", "1e-38", "0.333333", "16777216", "-0e0", "1.17549e-38"), "float(7,3)": ("-9999.999",),
    "double": ("1.7976931348623157e308", "-2.2250738585072014e-308", "0.1", "0.30000000000000004", "-0e0", "1e15", "1e16", "123456789012345680"),
    "real": ("1e22", "-1e-7"), "double(15,4)": ("12345678901.2345",), "year": ("1901", "2155", "0"),
    "bit(1)": ("b'1'", "b'0'"), "bit(7)": ("b'1100000'", "b'100111'"), "bit(64)": ("~0", "0", "39", "b'101110001011100'"),
}  # fmt: skip
# In the words of both families; the names of columns are c0, c1, ... in their order.
TABLES = {
    "pairs": ("varchar(99)", "text", "json"),
    "pairs beside bytes": ("varchar(99)", "longtext", "varbinary(300)"),
    "bytes": ("binary(1)", "varbinary(2)", "tinyblob", "longblob", "binary(4)"),
    "latin": ("char(1) CHARSET latin1", "varchar(9) CHARSET latin1", "text CHARSET latin1"),
    "charsets": tuple(f"varchar(20) CHARSET {name}" for name in ("cp932", "ujis", "utf8mb3", "utf16", "latin1")),
    "days": ("date", "datetime", "datetime(1)", "datetime(6)", "date NOT NULL"),
    "zones": ("timestamp NULL", "timestamp(6) NULL", "datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
    "times": ("time", "time(6)", "enum('','it''s','),(',';\n','\\\\')", "set('x','y y','日本')"),
    "numbers of all kinds": tuple(NUMBERS),
    "NULL or not": ("text", "char(4)", "varchar(4) NOT NULL DEFAULT 'NULL'", "int DEFAULT NULL", "blob", "json"),
    "odd": ("int INVISIBLE DEFAULT 3", "int COMMENT '); it''s\n-- `x`'", "int CHECK (`c2` <> '); --')", "int DEFAULT (1 + 1)"),
}  # fmt: skip
# Names that are keywords to some readers, and that a server writes without quotes if asked to.
WORDS = (
    "CREATE TABLE words (id int PRIMARY KEY, period int, `vector` int, sequence varchar(9), `history` date, versioning int, KEY (period))",
    "INSERT INTO words VALUES (1,2,3,'it''s','2024-02-29',NULL)",
    "CREATE TABLE no_words (period int, `vector` varchar(9))",
)
ONLY = {
    "mariadb": (
        "CREATE TABLE only_here (id int PRIMARY KEY, a inet4, b inet6, c uuid, d text COMPRESSED, e blob COMPRESSED, f geometry NOT NULL)",
        "INSERT INTO only_here VALUES (1,'10.0.0.1','::ffff:1.2.3.4',UUID(),'it''s','\\\\''',ST_GeomFromText('POINT(1 2)'))",
        "CREATE TABLE versions (id int PRIMARY KEY, a int, b int WITHOUT SYSTEM VERSIONING, since timestamp(6) GENERATED ALWAYS AS ROW START,"
        " until timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (since, until)) WITH SYSTEM VERSIONING",
        "INSERT INTO versions (id, a) VALUES (1,1),(2,2)",
        "UPDATE versions SET a = 3 WHERE id = 1",
        "CREATE TABLE stays (id int, a date, b date, PERIOD FOR p (a, b), PRIMARY KEY (id, p WITHOUT OVERLAPS))",
        "INSERT INTO stays VALUES (1,'2024-01-01','2024-02-01'),(2,'2024-02-01','2024-03-01')",
        "CREATE SEQUENCE down START WITH -7 INCREMENT BY -50 MINVALUE -9000 MAXVALUE -1",
        "CREATE TABLE numbered (id int PRIMARY KEY, a bigint DEFAULT NEXTVAL(down), KEY (a) IGNORED)",
        "INSERT INTO numbered (id) VALUES (1),(2)",
        "SET SESSION sql_mode = 'ORACLE'",
        "CREATE PACKAGE rooms AS FUNCTION f RETURN int; END",
        "CREATE PACKAGE BODY rooms AS FUNCTION f RETURN int AS BEGIN RETURN ';;'; END; END",
    ),
    "mysql": (
        "CREATE TABLE only_here (id int PRIMARY KEY, a vector(3), b point NOT NULL SRID 4326, c json, d varchar(9),"
        " e int DEFAULT (length(d)), KEY ((lower(d))), SPATIAL KEY (b), KEY ((CAST(c->'$.a' AS unsigned ARRAY))))",
        "INSERT INTO only_here VALUES (1,STRING_TO_VECTOR('[1,-2.5,3e-9]'),ST_SRID(POINT(1,2),4326),'{\"a\": [1, 2]}','it''s',4)",
        "SET SESSION sql_generate_invisible_primary_key = 1",
        "CREATE TABLE no_key (a varchar(9))",
        "INSERT INTO no_key VALUES ('x'),('y')",
        "ANALYZE TABLE only_here UPDATE HISTOGRAM ON d WITH 2 BUCKETS",
        "CREATE TABLE checked (id int PRIMARY KEY, a int, CONSTRAINT c CHECK (a > 0) NOT ENFORCED, KEY k ((a + 1) DESC) INVISIBLE)",
        "INSERT INTO checked VALUES (1,-1)",
        "CREATE LIBRARY lib LANGUAGE JAVASCRIPT AS $$ export function f(n) { return n } // it's ;; $$",
        """CREATE FUNCTION js(a INT) RETURNS INT NO SQL LANGUAGE JAVASCRIPT AS $tag$ // it's "\n return ";;" $tag$""",
        "CREATE JSON DUALITY VIEW documents AS SELECT JSON_DUALITY_OBJECT('_id': id, 'a': a) FROM checked",
        "CREATE MATERIALIZED VIEW kept AS SELECT * FROM checked",
    ),
}  # fmt: skip
_AS_HEX = ("binary", "varbinary", "blob", "tinyblob", "longblob", "geometry", "point", "vector")


def quoted(name: str) -> str:
    """A name as MySQL writes it."""
    return "`" + name.replace("`", "``") + "`"


class Source:
    """The filled schema in a server."""

    def __init__(self, server: MySQLServer) -> None:
        self.server = server
        self._command = server.client()
        fill = f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; USE {DATABASE};\n"
        fill += "SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00';\n"
        fill += (REAL_DUMPS / "schema.sql").read_text()
        subprocess.run(self._command, input=fill.encode(), check=True, capture_output=True)
        with server.connect(database=DATABASE) as connection, connection.cursor() as cursor:
            cursor.execute("SET SESSION sql_mode = 'ALLOW_INVALID_DATES', SESSION time_zone = '+00:00'")
            _fill(cursor)
            for statement in (*WORDS, *ONLY[server.flavour]):
                cursor.execute(statement)

    def dump(self, *options: str, tables: tuple[str, ...] = ()) -> bytes:
        """What the client that came with the server dumps of the schema, or of some of its tables."""
        start = self._command.index("--no-defaults")
        client = Path(self._command[start - 1])
        program = client.with_name(client.name.replace("mysql", "mysqldump").replace("mariadb", "mariadb-dump"))
        command = [*self._command[: start - 1], str(program), *self._command[start:], *options, DATABASE, *tables]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def says(self, zone: str) -> dict[str, dict[str, list[str | None]]]:
        """The server's own text of each value (of bytes, their hex), by table and column, ordered by the first column.

        A generated column is all NULL where the server's client leaves it out of its dumps.

        Args:
            zone: time zone that TIMESTAMPs are told in.
        """
        found = {}
        with self.server.connect(database=DATABASE) as connection, connection.cursor() as cursor:
            cursor.execute("SET time_zone = %s", (zone,))
            for table, columns in self._columns(cursor).items():
                first = quoted(next(iter(columns)))
                cursor.execute(f"SELECT {', '.join(columns.values())} FROM {quoted(table)} ORDER BY {first}")
                values = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(columns)
                found[table] = {name: list(texts) for name, texts in zip(columns, values, strict=True)}
        return found

    def _columns(self, cursor: Any) -> dict[str, dict[str, str]]:
        cursor.execute(
            "SELECT table_name, column_name, data_type, numeric_precision, datetime_precision, extra"
            " FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = %s AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY table_name, ordinal_position",
            (DATABASE,),
        )
        tables: dict[str, dict[str, str]] = {}
        for table, column, kind, bits, fraction, extra in cursor.fetchall():
            name = quoted(column)
            text = f"CAST({name} AS CHAR)"
            if kind.lower() in _AS_HEX:
                text = f"HEX({name})"
            elif kind == "bit":
                text = f"LPAD(HEX({name} + 0), {(bits + 7) // 8 * 2}, '0')"
            elif kind in ("datetime", "timestamp") and fraction:
                text = f"RPAD({text}, 26, '0')"
            if "GENERATED" in extra and "DEFAULT_GENERATED" not in extra and self.server.flavour == "mysql":
                text = "NULL"
            tables.setdefault(table, {})[column] = text
        return tables


def _fill(cursor: Any) -> None:
    for table, kinds in TABLES.items():
        columns = ", ".join(f"c{at} {kind}" for at, kind in enumerate(kinds))
        cursor.execute(f"CREATE TABLE {quoted(table)} (id int NOT NULL PRIMARY KEY, {columns})")
    pairs = [one + other for one in SIGNS for other in SIGNS]
    _insert(cursor, "pairs", [(text, text, json.dumps(text, ensure_ascii=False)) for text in pairs])
    _insert(cursor, "pairs beside bytes", [(text, text, text.encode()) for text in pairs])
    each = [bytes([n]) for n in range(256)]
    _insert(cursor, "bytes", [(one, one + b"'", one * 3, b"\\" + one, one) for one in each])
    every_pair = b"".join(one + other for one in each for other in each)
    _insert(cursor, "bytes", [(b"'", b"\\'", b"".join(each)[1:], every_pair, b"NULL")], first=256)
    _insert(cursor, "charsets", [("表示ソ能十①髙", "表示ソ能十", "表ソか\u3099", "表ソ😀'", "é'\\"), (None,) * 5])
    _insert(
        cursor, "days", [(day, f"{day} 23:59:59", f"{day} 00:00:00.5", f"{day} 01:02:03.000001", day) for day in DAYS]
    )
    moments = ("1970-01-01 09:00:01", "2024-02-29 23:30:00", "2038-01-18 19:14:07", "0000-00-00 00:00:00", None)
    _insert(cursor, "zones", [(moment, moment, moment) for moment in moments])
    times = ("838:59:59", "-838:59:59", "-00:00:01", "00:00:00.000001", "12:34:56.789", None)
    _insert(cursor, "times", [(time, time, at, at) for at, time in enumerate(times)])
    for at, texts in enumerate(zip(*([*values, *["NULL"] * 8][:8] for values in NUMBERS.values()), strict=True)):
        cursor.execute(f"INSERT INTO `numbers of all kinds` VALUES ({at},{','.join(texts)})")
    texts = ("NULL", "null", "", "0", " ", "NUL", "\\N", "x'4'", "0x41")
    _insert(cursor, "NULL or not", [(text, text, text, None, text, json.dumps(text)) for text in texts])
    cursor.execute("INSERT INTO odd (id, c0, c1) VALUES (1, NULL, 1), (2, 2, NULL)")
    cursor.execute("INSERT INTO odd (id, c2, c3) VALUES (3, 1, NULL)")
    for n in range(256):
        sign = f"CHAR({n} USING latin1)"
        cursor.execute(f"INSERT INTO latin VALUES ({n}, {sign}, CONCAT('a', {sign}, 'b'), REPEAT({sign}, 3))")
    columns = ", ".join(f"{quoted(name)} varchar(9) DEFAULT 'it''s'" for name in NAMES)
    for name in NAMES:
        comment = cursor.mogrify("%s", (name,))
        cursor.execute(f"CREATE TABLE {quoted(name)} (id int PRIMARY KEY, {columns}) COMMENT {comment}")
        _insert(cursor, name, [tuple(name[:9] for name in NAMES), (None,) * len(NAMES)])
    cursor.execute("CREATE VIEW `a ``view``` AS SELECT `a``b` AS `it's; --` FROM `a``b`")
    # A dump switches to this mode for the trigger, with rows before and behind it.
    cursor.execute("SET SESSION sql_mode = 'ANSI_QUOTES'")
    cursor.execute(
        """CREATE TRIGGER "other_mode" BEFORE INSERT ON "days" FOR EACH ROW SET @"x`" = '";\n', NEW."c0" = NULL"""
    )


def _insert(cursor: Any, table: str, rows: list[tuple[Any, ...]], first: int = 0) -> None:
    places = ", ".join(["%s"] * (len(rows[0]) + 1))
    sql = f"INSERT INTO {quoted(table).replace('%', '%%')} VALUES ({places})"
    cursor.executemany(sql, [(number, *row) for number, row in enumerate(rows, first)])
