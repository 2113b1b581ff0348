"""Damage to bytes, such as disks, networks and people do: flips, cuts, pieces twice, swapped or gone, and pieces put in."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

Damage = Callable[[random.Random, bytes], bytes]


def damaged(rng: random.Random, body: bytes, snippets: Sequence[bytes], times: int) -> bytes:
    """Bytes with that many pieces of damage."""
    for _ in range(times):
        body = rng.choice(_WAYS)(rng, body) if rng.random() < 0.6 else put_in(rng, body, rng.choice(snippets))
    return body


def put_in(rng: random.Random, body: bytes, piece: bytes) -> bytes:
    """A piece put in, or written over what is there."""
    at = place(rng, body)
    return body[:at] + piece + body[at + rng.choice((0, 0, 0, 1, len(piece))) :]


def place(rng: random.Random, body: bytes) -> int:
    """A place: anywhere, or in a long line, or near an end of the whole."""
    how = rng.random()
    if how < 0.4:
        return rng.randint(0, len(body))
    if how < 0.5:
        return rng.choice((rng.randint(0, min(40, len(body))), len(body) - rng.randint(0, min(80, len(body)))))
    lines = body.split(b"\n")
    number = rng.choices(range(len(lines)), [len(line) ** 2 + 1 for line in lines])[0]
    return sum(len(line) + 1 for line in lines[:number]) + rng.randint(0, len(lines[number]))


def _flip(rng: random.Random, body: bytes) -> bytes:
    at = place(rng, body)
    return body[:at] + bytes(byte ^ 1 << rng.randrange(8) for byte in body[at : at + 1]) + body[at + 1 :]


def _digit(rng: random.Random, body: bytes) -> bytes:
    places = [at for at, byte in enumerate(body) if 48 <= byte <= 57]
    if not places:
        return body
    at = rng.choice(places)
    return body[:at] + bytes([rng.randint(48, 57)]) + body[at + 1 :]


def _overwrite(rng: random.Random, body: bytes) -> bytes:
    at, size = place(rng, body), rng.choice((1, 2, 8, 30))
    return body[:at] + rng.randbytes(min(size, len(body) - at)) + body[at + size :]


def _cut(rng: random.Random, body: bytes) -> bytes:
    if rng.random() < 0.5:
        return b"".join(body.splitlines(keepends=True)[: -rng.randint(1, 8)])
    return body[: place(rng, body)]


def _take_out(rng: random.Random, body: bytes) -> bytes:
    at = place(rng, body)
    return body[:at] + body[at + rng.choice((1, 1, 2, 5, 50, 512)) :]


def _twice(rng: random.Random, body: bytes) -> bytes:
    at, size = place(rng, body), rng.choice((1, 2, 5, 50, 512))
    return body[: at + size] + body[at:]


def _swap(rng: random.Random, body: bytes) -> bytes:
    first, second = sorted((place(rng, body), place(rng, body)))
    size = min(rng.choice((1, 8, 64, 512)), second - first)
    there, here = body[second : second + size], body[first : first + size]
    return body[:first] + there + body[first + size : second] + here + body[second + size :]


def _lines(rng: random.Random, body: bytes) -> bytes:
    lines = body.splitlines(keepends=True)
    if not lines:
        return body
    at, other, how = rng.randrange(len(lines)), rng.randrange(len(lines)), rng.choice(("out", "twice", "swap", "join"))
    if how == "out":
        del lines[at]
    elif how == "twice":
        lines.insert(other, lines[at])
    elif how == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = lines[at].rstrip(b"\r\n")
    return b"".join(lines)


_WAYS: tuple[Damage, ...] = (_flip, _flip, _digit, _digit, _overwrite, _cut, _take_out, _twice, _swap, _lines, _lines)
