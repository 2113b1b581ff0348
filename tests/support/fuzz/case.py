"""A case: what is put into the bucket of a loaded warehouse, and what is asked of `load` then."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from demo.objects import dump_key, manifest, manifest_key
from tests.support.fuzz.source import DAY, NEXT, PAST

LANDS, REFUSED = "lands", "is refused"


@dataclass
class Case:
    """A case.

    Attributes:
        files: object key -> bytes, put into the bucket over what is there.
        links: object key -> what a symbolic link there points to.
        day: what `load` is asked for, None for the newest.
        subject: the dataset and day that the case is about.
        outcome: LANDS or REFUSED where that is known of the subject, else None.
    """

    files: dict[str, bytes]
    links: dict[str, str] = field(default_factory=dict)
    day: dt.date | None = NEXT
    subject: tuple[str, dt.date] = ("dump", NEXT)
    outcome: str | None = None


Build = Callable[[random.Random], Case]


def dated(body: bytes, day: dt.date) -> bytes:
    """A dump whose closing line says this day, as far as it still says one."""
    return body.replace(f"on {NEXT}".encode(), f"on {day}".encode())


def dump_files(day: dt.date, body: bytes, zipped: bool = False) -> dict[str, bytes]:
    """A dump, these bytes as they are, and its manifest."""
    key = dump_key(day, zipped)
    said = manifest(day, key, hashlib.sha256(body).hexdigest(), len(body)) | {"reason": None}
    return {key: body, manifest_key(day): json.dumps(said).encode()}


def dump_case(rng: random.Random, body: bytes, outcome: str | None = None) -> Case:
    """A dump and its manifest: mostly of the next day, also of the live one and of an earlier one."""
    day = rng.choices((NEXT, DAY, PAST), (10, 1, 1))[0]
    return Case(dump_files(day, dated(body, day)), day=day, subject=("dump", day), outcome=outcome)


def zipped_case(body: bytes, outcome: str | None = None) -> Case:
    """A dump of the next day that is stored as these bytes under a name for gzip."""
    return Case(dump_files(NEXT, body, zipped=True), outcome=outcome)


def plain_case(body: bytes, outcome: str | None = None) -> Case:
    """The same under a name for plain SQL."""
    return Case(dump_files(NEXT, body), outcome=outcome)


def gzipped(body: bytes) -> bytes:
    """The bytes as gzip, the same each time."""
    return gzip.compress(body, mtime=0)
