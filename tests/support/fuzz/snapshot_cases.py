"""Cases of daily files: new ones, and ones that were exported again with other bytes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random

from demo.objects import snapshot_key
from tests.support.fuzz.case import LANDS, Case, dump_files
from tests.support.fuzz.damage import damaged
from tests.support.fuzz.place import SNAPSHOTS
from tests.support.fuzz.reference_files import FILES, LONGEST
from tests.support.fuzz.source import CANARY, DAY, NEXT, PAST, render, tables

_PIECES = [
    b",", b'"', b'""', b"'", b"\n", b"\r\n", b"\r", b"\n\n", b"\0", b"\xff", b"\xe3\x81", b"\xef\xbb\xbf", b" ", b"\t", b";", b"\\", b"#",
    b"--", b"NULL", b"1", b"-", b"e1", b".5", b"_", b"0x1", "１".encode(), b"9,1,,", b"\x1a", b"\xe2\x80\xa8", b"\x0b", b"\x0c", b",,,,\r\n",
    b'"\r\n', b'"a"b', b"tenant_id",
]  # fmt: skip
_NUMBERS = [
    "0", "-1", "+1", " 1", "1 ", "01", "1.0", "1.5", "1e1", "0x1", "1_0", "1,0", "true", "NULL", "", "x", "１", "9223372036854775807",
    "9223372036854775808", "-0", "1.", ".5", "nan", "inf", "1\n", "'1'", "0b1", "1/2", "٣",
]  # fmt: skip
_DATES = [
    "{:%Y-%m-%d}", "{:%Y-%m-%d} ", " {:%Y-%m-%d}", "{0.year}-{0.month}-{0.day}", "{:%Y/%m/%d}", "{:%Y%m%d}", "{:%y-%m-%d}",
    "{:%Y-%m-%d} 00:00:00", "{:%Y-%m-%dT00:00:00Z}", "{:%d-%m-%Y}", "2025-02-30", "0000-00-00", "infinity", "epoch", "today", "", "NULL",
    "{:%Y-%m-%d} (BC)", "{:%Y-%m-%d}\n", "0{:%Y-%m-%d}", "-{:%Y-%m-%d}", "+{:%Y-%m-%d}", "2025-06-99", "2025-6-031",
]  # fmt: skip
_FRACTIONS = [
    "0", "-1", "1.5", "35.12345678", "-0.00000001", "999999999999.99999999", "1000000000000", "1.123456789", "1.1234567800", "0.0000000000001",
    ".5", "1.", "+1", "01", " 1", "1 ", "1e1", "1E-2", "1_0", "1,0", "0x1", "nan", "inf", "x", "-0", "-", "１", "1.5\n", "99999999999999999999",
]  # fmt: skip
_MOMENTS = [
    "2025-01-20 15:00:00", "2025-1-2 3:4:5", "2025-01-20", "2025-01-20T15:00:00", "2025-01-20 15:00", "2025-01-20 15:00:00.5", "0000-00-00 00:00:00",
    "2025-01-20 24:00:00", "2025-01-20 15:00:60", "2025-02-30 00:00:00", "2025-01-20 15:00:00Z", "2025-01-20 15:00:00+09:00", "now", "infinity",
    " 2025-01-20 15:00:00 ", "2025-01-20  15:00:00", "9999-12-31 23:59:59", "0001-01-01 00:00:00", "1737385200", "x",
]  # fmt: skip
_NAMES = [
    "", "NULL", f"{CANARY}", f"{CANARY}, 太郎", 'a"b', '"', '""', "a\nb", "a\r\nb", "a\rb", " 前後 ", "'", "\\", "\\N", "#", "\0", "\x1a", "😀",
    "\ufeff", "\u2028", "か\u3099", "x" * 300, ",,,,", "=1+1", "\t", "tenant_id",
]  # fmt: skip
_ODD = {"number": _NUMBERS, "fraction": _FRACTIONS, "date": _DATES, "moment": _MOMENTS, "text": _NAMES}
_ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp932", "latin-1", "euc_jp")

Row = list[str]


def new_file(rng: random.Random) -> Case:
    """A file of a day that is not landed."""
    kind, day = _kind(rng), rng.choice((PAST, dt.date(2025, 1, 31), dt.date(2000, 1, 1), DAY, NEXT))
    body, sound = _file(rng, kind, day)
    if day == NEXT:  # waits for its dump, or is written over by the export of that
        files = dump_files(NEXT, render(tables(), rng)) if rng.random() < 0.6 else {}
        return Case(files | {snapshot_key(day, kind): body}, day=NEXT if files else DAY, subject=("dump", NEXT))
    return Case(
        {snapshot_key(day, kind): body},
        day=DAY,
        subject=(kind, day),
        outcome=LANDS if sound and day != DAY else None,
    )


def again(rng: random.Random) -> Case:
    """A landed day's file with other bytes, by itself or with another dump."""
    kind, day = _kind(rng), rng.choice(SNAPSHOTS)
    body, _ = _file(rng, kind, day)
    files = {snapshot_key(day, kind): body}
    if rng.random() < 0.2:
        return Case(files | dump_files(NEXT, render(tables(), rng)), subject=("dump", NEXT), outcome=LANDS)
    return Case(files, day=DAY, subject=(kind, day))


def _kind(rng: random.Random) -> str:
    return rng.choices(list(FILES), (3, 4, 2))[0]


def _file(rng: random.Random, kind: str, day: dt.date) -> tuple[bytes, bool]:
    """A file, and whether it must land."""
    header, rows, how = list(FILES[kind]), _rows(rng, kind, day), rng.random()
    if how < 0.3:
        return _written(rng, header, rows), all(len(field) <= LONGEST for row in rows for field in row)
    if how < 0.58:
        for _ in range(rng.choice((1, 1, 2))):
            _spoil(rng, kind, header, rows, day)
        return _written(rng, header, rows), False
    body = _written(rng, header, rows)
    if how < 0.65:
        return _whole(rng, body), False
    return damaged(rng, body, _PIECES, rng.choice((1, 1, 2, 3))), False


def _rows(rng: random.Random, kind: str, day: dt.date) -> list[Row]:
    """Sound rows, but for a text that may be too long."""
    numbers = rng.sample(range(1, 30), rng.choice((3, 4, 5)))
    fields = {
        "number!": ("9", "14", "-1"), "number": ("", "1", "17"), "text": _NAMES, "fraction": ("", "50000", "35.69000000", "-1.5"),
        "date": ("", "2025-02-01", "1900-01-01", "9999-12-31"), "moment": ("", "2025-01-20 15:00:00"), "date!": (str(day),),
    }  # fmt: skip
    return [[str(number), *(rng.choice(fields[what]) for what in list(FILES[kind].values())[1:])] for number in numbers]


def _written(rng: random.Random, header: Row, rows: list[Row]) -> bytes:
    """CSV, in one of its ways."""
    order = list(range(len(header)))
    if rng.random() < 0.2:
        rng.shuffle(order)
    text = io.StringIO(newline="")
    # By itself the writer would leave a name with a CR bare where lines end with LF.
    end, quoting = rng.choice((("\r\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL), ("\n", csv.QUOTE_ALL)))
    text.write(",".join(header[at] for at in order) + end)
    csv.writer(text, quoting=quoting, lineterminator=end).writerows(
        [row[at] for at in order if at < len(row)] + row[len(order) :] for row in rows
    )
    body = text.getvalue()
    return (body.removesuffix(end) if rng.random() < 0.1 else body).encode()


def _spoil(rng: random.Random, kind: str, header: Row, rows: list[Row], day: dt.date) -> None:
    """Spoils a value, a row or the header."""
    kinds = [what.removesuffix("!") for what in FILES[kind].values()]
    whole = [row for row in rows if len(row) == len(kinds)]
    row, what = rng.choice(whole or [[""] * len(kinds)]), rng.randrange(8)
    if what < 3:
        at = rng.randrange(len(kinds) - 1)
        row[at] = rng.choice(_ODD[kinds[at]]).format(day)
    elif what == 3:
        row[-1] = rng.choice(_DATES).format(day)
    elif what == 4:
        row[-1] = str(day + dt.timedelta(days=rng.choice((-366, -1, 1))))
    elif what == 5:
        rows.append([*rng.choice(rows)[:1], *row[1:]])
    elif what == 6:
        row[:] = rng.choice((row[:3], [*row, ""], [*row, "1"], [""], []))
    else:
        at = rng.randrange(len(header))
        header[at] = rng.choice(("", "id", header[at].upper(), header[0], f" {header[at]}", f'"{header[at]}"', "日"))


def _whole(rng: random.Random, body: bytes) -> bytes:
    """A file that is wrong, or strange, as a whole."""
    lines = body.splitlines(keepends=True)
    how = rng.randrange(8)
    if how == 0:
        return body.decode().encode(rng.choice(_ENCODINGS), "replace")
    if how == 1:
        return rng.choice((b"", b"\n", lines[0], lines[0] * 2, lines[0] + b"\r\n", b"\0" * 100, body * 2))
    if how == 2:
        return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r")
    if how == 3:
        return body.replace(CANARY.encode(), b"x" * rng.choice((2_000, 300_000, 2_500_000)))
    if how == 4:
        return body.replace(b",", rng.choice((b";", b"\t", b", ", b" ,")))
    if how == 5:
        return b"".join(
            [*lines, *rng.choice(([b"\r\n"], [b"\n"] * 3, [b" \r\n"], [b",,,,\r\n"], [b"-- end\r\n"], [b"\x1a"]))]
        )
    if how == 6:
        return b"".join([lines[0], b"\r\n", *lines[1:]])
    return b"".join(lines[rng.randrange(len(lines)) :])
