"""The dump that is damaged: a company of a few tenants, every text of theirs a canary, in mysqldump's manner."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from demo.rows import Rows, company, moving, tenant
from demo.schema import narrow, quoted

DAY = dt.date(2025, 6, 10)  # of the dump that is live when a case begins
NEXT = dt.date(2025, 6, 11)
PAST = dt.date(2025, 6, 7)  # of which nothing is landed
TODAY = dt.date(2025, 6, 12)
CANARY = "zqxj"  # in every text of a row, and nowhere else: whoever prints it has printed a row

_NOTES = {
    "id": "bigint unsigned NOT NULL AUTO_INCREMENT",
    "body": "longtext",
    "picture": "blob",
    "ratio": "double DEFAULT '1.5'",
    "share": "float",
    "amount": "decimal(12,2) DEFAULT '-1.00'",
    "widest": "decimal(50,3)",
    "born": "date DEFAULT '2000-01-31'",
    "seen": "datetime(6)",
    "took": "time",
    "flags": "bit(10)",
    "choice": "enum('a','it''s',');')",
    "moved": "timestamp(3) NULL DEFAULT '2020-02-29 12:00:00.125'",
    "computed": "int GENERATED ALWAYS AS (`id` + 1) VIRTUAL",
}
_ZONES = (*[b"+00:00"] * 5, b"+09:00", b"-03:30", b"SYSTEM")


@dataclass
class Table:
    """A table of a dump.

    Attributes:
        name: as written between backquotes.
        columns: name and declaration of each.
        rows: literals.
        left_out: places of columns that the rows leave out, by a column list.
    """

    name: str
    columns: list[tuple[str, str]]
    rows: list[list[bytes]] = field(default_factory=list)
    left_out: set[int] = field(default_factory=set)


def tables() -> list[Table]:
    """The company's tables: what models read, and two that none does."""
    found = [_table(name, rows) for name, rows in _company().items()]
    notes = [
        [b"1", _text(f"{CANARY} it's"), b"_binary '\\0\xff'", b"1.5e-10", b"0.1", b"-0.01", b"12.345", b"'2024-02-29'"]
        + [
            b"'2025-01-02 03:04:05.000006'",
            b"'-12:00:00'",
            b"b'1000000001'",
            b"'it\\'s'",
            b"'2025-01-02 03:04:05.678'",
            b"DEFAULT",
        ],
        [
            b"18446744073709551615",
            _text(f"),({CANARY}"),
            b"NULL",
            *[b"NULL"] * 4,
            b"'0000-00-00'",
            *[b"NULL"] * 5,
            b"2",
        ],
        [b"3", b"NULL", b"0x00FF", b"-3", b"1e10", b"99.90", b"-7", b"NULL", b"NULL", b"'00:00:00'", b"b'0'", b"');'"]
        + [b"DEFAULT", b"DEFAULT"],
    ]
    return [*found, Table("notes", list(_NOTES.items()), notes), Table("Quiet", [("id", "int"), ("name", "text")])]


def _company() -> dict[str, Rows]:
    people: Rows = [
        tenant(
            number,
            last_name=CANARY,
            first_name=f"{CANARY} {number}",
            full_name=f"試験 {CANARY}, {number}",
            full_name_kana=f"シケン {CANARY}",
            email_1=f"{CANARY}.{number}@{CANARY}.example",
            tel_1=f"{CANARY}-{number}",
            account_number=f"{CANARY}{number}",
            personal_identity=f"{CANARY}\n{number}",
            affiliation=f"O'{CANARY}",
            nationality=f"{CANARY}国",
            birth_date=dt.date(1990, 1, number),
            updated_at=dt.datetime(2025, 6, 1, 12),
        )
        for number in (1, 2, 3, 4, 5)
    ]
    contracts = [moving(number, moveout_date=dt.date(2025, 5, number)) for number in (1, 2, 3)]
    contracts.append(moving(4, room_id=2, updated_at=dt.datetime(2025, 6, 9, 3, 4, 5)))
    homes = company()["apartments"]
    homes[0].update(address=f"{CANARY} 1-1", full_address=CANARY, zip_code=CANARY, apartment_name=f'{CANARY}, "荘"')
    rooms = [room | {"room_number": f"{CANARY} {room['id']}"} for room in company()["rooms"]]
    return company(tenants=people, movings=contracts, apartments=homes, rooms=rooms)


def _table(name: str, rows: Rows) -> Table:
    columns = narrow()[name].columns
    declared = [(column.name, f"{column.type} DEFAULT NULL") for column in columns]
    declared.append(("memo", "text"))  # read by no model
    found = [[*(column.text(row.get(column.name)).encode() for column in columns), _text(CANARY)] for row in rows]
    return Table(name, declared, found)


def _text(text: str) -> bytes:
    return quoted(text).encode()


_HEAD = b"""-- MySQL dump 10.13  Distrib 8.0.39, for Linux (x86_64)
--
-- Host: gghouse-db.internal    Database: basis
-- ------------------------------------------------------
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
"""
_VIEW = b"""
/*!50001 CREATE TABLE `residents` (`id` tinyint NOT NULL) ENGINE=MyISAM */;
/*!50001 DROP TABLE IF EXISTS `residents`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`%` SQL SECURITY DEFINER */
/*!50001 VIEW `residents` AS select `tenants`.`id` AS `id` from `tenants` where `status` = 'a;b' */;
"""
_TRIGGER = b"""
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER `seen` BEFORE INSERT ON `notes`
FOR EACH ROW BEGIN SET NEW.seen = NOW(); SET NEW.took = '0:0:0'; END */;;
DELIMITER ;
"""
_TAIL = b"""/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;

-- Dump completed on 2025-06-11  5:40:00
"""


@dataclass
class Section:
    """A table in a dump, in the pieces that mysqldump writes.

    Attributes:
        name: the table's.
        structure: its DROP and CREATE TABLE.
        opening: what stands before its rows.
        inserts: its INSERTs.
        closing: what stands behind its rows.
    """

    name: str
    structure: bytes
    opening: list[bytes]
    inserts: list[bytes]
    closing: list[bytes]

    @property
    def rows(self) -> bytes:
        """The section of its rows."""
        return b"".join([*self.opening, *self.inserts, *self.closing])


def render(found: list[Table], rng: random.Random) -> bytes:
    """A dump of these tables in one of mysqldump's ways; the plainest is the likeliest."""
    head, parts, tail = sections(found, rng)
    body = b"".join([head, *(part.structure + part.rows for part in parts), tail])
    return body.replace(b"\n", b"\r\n") if rng.random() < 0.05 else body


def sections(found: list[Table], rng: random.Random) -> tuple[bytes, list[Section], bytes]:
    """The same in pieces: what stands before the tables, the tables, and what stands behind them."""
    complete, style = rng.random() < 0.2, rng.choice(["one line", "one line", "row a line", "single"])
    head = [_HEAD.replace(b"+00:00", rng.choice(_ZONES))]
    if rng.random() < 0.15:
        head.append(b"CREATE DATABASE /*!32312 IF NOT EXISTS*/ `basis`;\n\nUSE `basis`;\n")
    comments = rng.random() < 0.5
    parts = [_section(table, complete, style, comments) for table in found]
    tail = [part for part in (_VIEW, _TRIGGER) if rng.random() < 0.3]
    return b"".join(head), parts, b"".join([*tail, _TAIL])


def _section(table: Table, complete: bool, style: str, comments: bool) -> Section:
    name = _quoted(table.name)
    columns = ",\n".join(f"  {_quoted(column)} {declared}" for column, declared in table.columns)
    key = f",\n  PRIMARY KEY (`id`),\n  KEY `k` ({_quoted(table.columns[-1][0])}(9))" if table.columns else ""
    structure = (
        f"DROP TABLE IF EXISTS {name};\nCREATE TABLE {name} (\n{columns}{key}\n) ENGINE=InnoDB COMMENT='it''s; a';\n"
    )
    opening = [f"LOCK TABLES {name} WRITE;\n", f"/*!40000 ALTER TABLE {name} DISABLE KEYS */;\n"]
    closing = [f"/*!40000 ALTER TABLE {name} ENABLE KEYS */;\n", "UNLOCK TABLES;\n"]
    if comments and "\n" not in name:
        structure = f"\n--\n-- Table structure for table {name}\n--\n\n{structure}"
        opening.insert(0, f"\n--\n-- Dumping data for table {name}\n--\n\n")
    return Section(
        table.name,
        structure.encode(),
        [line.encode() for line in opening],
        _inserts(table, name, complete, style),
        [line.encode() for line in closing],
    )


def _inserts(table: Table, name: str, complete: bool, style: str) -> list[bytes]:
    listed = [_quoted(column) for at, (column, _) in enumerate(table.columns) if at not in table.left_out]
    names = f" ({', '.join(listed)})" if complete or table.left_out else ""
    head = f"INSERT INTO {name}{names} VALUES".encode()
    rows = [
        b"(" + b",".join(value for at, value in enumerate(row) if at not in table.left_out) + b")" for row in table.rows
    ]
    if not rows:
        return []
    if style == "single":
        return [head + b" " + row + b";\n" for row in rows]
    return [head + (b"\n" + b",\n".join(rows) if style == "row a line" else b" " + b",".join(rows)) + b";\n"]


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
