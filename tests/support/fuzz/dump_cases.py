"""Cases of a dump: its rows, its bytes, its statements, and its gzip."""

from __future__ import annotations

import random

from demo.objects import dump_key
from tests.support.fuzz.case import LANDS, REFUSED, Case, dump_case, dump_files, gzipped, plain_case, zipped_case
from tests.support.fuzz.damage import damaged
from tests.support.fuzz.literals import other_rows
from tests.support.fuzz.snippets import HARMLESS, MODES, PIECES, STATEMENTS
from tests.support.fuzz.source import NEXT, render, tables


def rows(rng: random.Random) -> Case:
    """A sound dump with other rows: it must land."""
    found = tables()
    other_rows(rng, found)
    body = render(found, rng)
    if rng.random() < 0.2:
        return zipped_case(gzipped(body), LANDS)
    return dump_case(rng, body, LANDS)


def damage(rng: random.Random) -> Case:
    """A damaged dump that fits its manifest: the damage came before the producer measured it."""
    return dump_case(rng, damaged(rng, _sound(rng), PIECES, rng.choice((1, 1, 2, 3))))


def unverified(rng: random.Random) -> Case:
    """A dump that was damaged after the producer measured it: nothing of it may land."""
    body = _sound(rng)
    zipped = rng.random() < 0.3
    body = gzipped(body) if zipped else body
    files = dump_files(NEXT, body, zipped)
    bad = damaged(rng, body, PIECES, 1)
    if bad == body:
        bad = body[:-1]
    return Case(files | {dump_key(NEXT, zipped): bad}, outcome=REFUSED)


def statements(rng: random.Random) -> Case:
    """A dump with a statement between its own, or within one."""
    body, kind = _sound(rng), rng.choice((STATEMENTS, STATEMENTS, MODES, HARMLESS))
    piece = rng.choice(kind).encode()
    if rng.random() < 0.2:
        return dump_case(rng, damaged(rng, body, [piece + b";\n", piece], 1))
    lines = body.splitlines(keepends=True)
    # Where a statement ends: behind a `;` of the delimiter's, never within a CREATE TABLE or a trigger.
    ends = [
        at + 1
        for at, line in enumerate(lines)
        if line.rstrip().endswith(b";") and not line.rstrip().endswith((b";;", b"R ;"))
    ]
    at = rng.choice(ends)
    newline = b"\r\n" if body.count(b"\r\n") > 5 else b"\n"
    body = b"".join([*lines[:at], piece.replace(b"\n", newline), b";", newline, *lines[at:]])
    return dump_case(rng, body)


def gzip_damage(rng: random.Random) -> Case:
    """A gzip file: damaged before it was zipped, or after, or both; of several members, or with something behind them."""
    body = _sound(rng)
    how = rng.random()
    if how < 0.25:
        return zipped_case(gzipped(damaged(rng, body, PIECES, 1)))
    if how < 0.45:
        cuts = sorted(rng.randint(0, len(body)) for _ in range(rng.choice((1, 2, 5))))
        pieces = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]
        return zipped_case(b"".join(map(gzipped, pieces)), LANDS)
    if how < 0.55:
        behind = rng.choice(
            (b"\0", b"\0" * 512, b"rest", b"\x1f\x8b", b"\n", gzipped(b"")[:-1], gzipped(b"rest"), body)
        )
        return zipped_case(gzipped(body) + behind)
    if how < 0.65:
        return zipped_case(_long(rng, body))
    if how < 0.7:
        # What a file is, its first bytes say, whatever it is called.
        return rng.choice((zipped_case, plain_case))(rng.choice((body, gzipped(body), gzipped(gzipped(body)))), LANDS)
    if how < 0.75:
        return zipped_case(rng.choice((b"", gzipped(gzipped(gzipped(body))), gzipped(b""), gzipped(b"\n" * 1_000_000))))
    return zipped_case(damaged(rng, gzipped(body), [b"\0", b"\x1f\x8b\x08", b"\xff\xff"], rng.choice((1, 1, 2))))


def _long(rng: random.Random, body: bytes) -> bytes:
    """A few kilobytes that unzip to megabytes: of white space, of one text, of an open comment."""
    piece = rng.choice((b"\n" * 3_000_000, b"-- " + b"a" * 2_500_000 + b"\n", b"/* " + b" " * 2_500_000))
    head, tail = body.split(b"-- Dump completed", 1)
    return gzipped(head + piece + b"-- Dump completed" + tail)


def _sound(rng: random.Random) -> bytes:
    found = tables()
    if rng.random() < 0.3:
        other_rows(rng, found)
    return render(found, rng)
