"""Cases of big values, and of statements and comments without end: small once zipped, and gigabytes where something is read carelessly."""

from __future__ import annotations

import random

from tests.support.fuzz.case import LANDS, REFUSED, Case, dump_case, gzipped, zipped_case
from tests.support.fuzz.source import render, tables

_BEYOND = 3 << 20  # bytes: more than a statement without rows may have
_ENDLESS = [
    (b"SET @x = '", b"a", b"';\n"), (b"SET @x = '", b"''", b"';\n"), (b"SET @x = ", b"(", b"1;\n"), (b"SET @x", b"/**/", b" = 1;\n"),
    (b"/*!50000 SET @x = '", b"\\\\", b"' */;\n"), (b"/* ", b"'", b" */;\n"), (b"-- ", b"`", b"\n"), (b"DROP TABLE ", b"`a`,", b"`a`;\n"),
    (b"CREATE TABLE `x` (`id` int COMMENT '", b"a''", b"');\n"), (b"INSERT INTO `notes` (", b"`id`,", b"`id`) VALUES (1);\n"),
    (b"DELIMITER ;;\nCREATE PROCEDURE `p`() SELECT '", b"a", b"';;\nDELIMITER ;\n"), (b"INSERT INTO `notes` VALUES (", b"1,", b"1);\n"),
]  # fmt: skip
_VALUES = [b"a", b"''", b"\\\\", b"\\'", b"a;\\n", b"),(", "試".encode(), b"mysqldump: Got "]


def big(rng: random.Random) -> Case:
    """A dump with something big in it: a value, which lands, or what brings no rows, which is refused."""
    found = tables()
    if rng.random() < 0.5:
        (notes,) = (table for table in found if table.name == "notes")
        value = rng.choice(_VALUES)
        rng.choice(notes.rows)[1] = b"'" + value * (rng.choice((1000, 600_000, 600_000, 5 << 20)) // len(value)) + b"'"
        return zipped_case(gzipped(render(found, rng)), LANDS)
    before, piece, behind = rng.choice(_ENDLESS)
    body = render(found, rng)
    at = body.index(b"/*!40103 SET TIME_ZONE")
    body = body[:at] + before + piece * (_BEYOND // len(piece)) + behind + body[at:]
    return dump_case(rng, body, REFUSED)
