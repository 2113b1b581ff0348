"""Cases of sections: cut, doubled, moved or appended within a dump whose closing line is good. None of them may land."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.support.fuzz.case import REFUSED, Case, dump_case
from tests.support.fuzz.literals import other_rows
from tests.support.fuzz.source import Section, sections, tables

_OF_NO_MODEL = ("notes", "Quiet")  # one of them left out is a warning: that is a dump of fewer tables


def section(rng: random.Random) -> Case:
    """A dump that is whole but for its sections; its manifest fits."""
    found = tables()
    if rng.random() < 0.3:
        other_rows(rng, found)
    head, parts, tail = sections(found, rng)
    return dump_case(rng, rng.choice(_WAYS)(rng, head, parts, tail), REFUSED)


def _join(head: bytes, parts: list[Section], tail: bytes, pieces: dict[str, bytes] | None = None) -> bytes:
    """The dump, some tables of which have other pieces."""
    whole = {part.name: part.structure + part.rows for part in parts}
    return head + b"".join((whole | (pieces or {})).values()) + tail


def _broke_off(rng: random.Random, head: bytes, parts: list[Section], tail: bytes) -> bytes:
    """--force: the client gave a table up within its rows, or before its first, and went on."""
    part = rng.choice(parts)
    lines = [*part.opening, *part.inserts, *part.closing]
    kept = lines[: rng.randint(1, len(lines) - 1)]
    return _join(head, parts, tail, {part.name: part.structure + b"".join(kept)})


def _cut_across(rng: random.Random, head: bytes, parts: list[Section], tail: bytes) -> bytes:
    """A piece is missing, from within one table's rows to within another's."""
    first, last = sorted(rng.sample(range(len(parts)), 2))
    before, behind = parts[first], parts[last]
    opened = len(before.opening) + rng.randint(0, len(before.inserts))
    kept = b"".join([*before.opening, *before.inserts, *before.closing][:opened])
    closed = rng.randint(1, len(behind.inserts) + len(behind.closing))
    rest = b"".join([*behind.inserts, *behind.closing][-closed:])
    pieces = {part.name: b"" for part in parts[first : last + 1]}
    pieces |= {before.name: before.structure + kept, behind.name: rest}
    return _join(head, parts, tail, pieces)


def _left_out(rng: random.Random, head: bytes, parts: list[Section], tail: bytes) -> bytes:
    """A table without its rows, without its structure, or not there at all."""
    part = rng.choice([part for part in parts if part.name not in _OF_NO_MODEL])
    return _join(head, parts, tail, {part.name: rng.choice((b"", part.structure, part.rows))})


def _twice(rng: random.Random, head: bytes, parts: list[Section], tail: bytes) -> bytes:
    """A table's rows twice, or a whole table, next to each other or apart."""
    part = rng.choice(parts)
    again = rng.choice((part.rows, part.structure + part.rows, b"".join(part.inserts or part.opening)))
    at = rng.randint(parts.index(part), len(parts) - 1)
    host = parts[at]
    return _join(head, parts, tail, {host.name: host.structure + host.rows + again})


def _moved(rng: random.Random, head: bytes, parts: list[Section], tail: bytes) -> bytes:
    """A table's rows stand elsewhere, or two tables' rows stand in each other's place."""
    one, other = rng.sample(parts, 2)
    if rng.random() < 0.5:
        pieces = {one.name: one.structure + other.rows, other.name: other.structure + one.rows}
    else:
        pieces = {one.name: one.structure, other.name: other.structure + other.rows + one.rows}
    return _join(head, parts, tail, pieces)


def _swapped(rng: random.Random, head: bytes, parts: list[Section], tail: bytes) -> bytes:
    """Lines around a table's rows in another order, or one of them missing, or twice."""
    part = rng.choice(parts)
    lines = [*part.opening, *part.inserts, *part.closing]
    first, second = len(part.opening) - 2, len(lines) - 1  # of LOCK TABLES, and of UNLOCK TABLES
    how = rng.choice(("swap", "swap", "out", "twice"))
    if how == "swap":
        lines[first], lines[second] = lines[second], lines[first]
    elif how == "out":
        del lines[rng.choice((first, first + 1, second - 1, second))]
    else:
        at = rng.choice((first, first + 1, second - 1, second))
        lines.insert(at, lines[at])
    return _join(head, parts, tail, {part.name: part.structure + b"".join(lines)})


def _appended(rng: random.Random, head: bytes, parts: list[Section], tail: bytes) -> bytes:
    """A loop of dumps in one file, one of which is cut; or a whole dump and the same again."""
    if rng.random() < 0.3:
        return _join(head, parts, tail) * 2
    at = rng.randint(1, len(parts) - 1)
    first, second = _join(head, parts[:at], b""), _join(head, parts[at:], tail)
    if rng.random() < 0.5:
        return first + second
    last = parts[at - 1]
    return first[: -len(b"".join(last.closing))] + rng.choice((b"", tail)) + second


_WAYS: tuple[Callable[..., bytes], ...] = (
    _broke_off,
    _broke_off,
    _cut_across,
    _left_out,
    _twice,
    _moved,
    _swapped,
    _appended,
)
