"""All kinds of cases, and the case that belongs to a seed and a number."""

from __future__ import annotations

import random
from itertools import accumulate
from typing import NamedTuple

from tests.support.fuzz.big_cases import big
from tests.support.fuzz.case import Build, Case
from tests.support.fuzz.dump_cases import damage, gzip_damage, rows, statements, unverified
from tests.support.fuzz.key_cases import gone, keys, strange_dump
from tests.support.fuzz.manifest_cases import manifest
from tests.support.fuzz.schema_cases import schema
from tests.support.fuzz.section_cases import section
from tests.support.fuzz.snapshot_cases import again, new_file


class Kind(NamedTuple):
    """A kind of case.

    Attributes:
        build: makes one.
        share: how many of a hundred cases are of it.
        landing: percent of them that land something, at least.
    """

    build: Build
    share: int
    landing: int


KINDS = {
    "rows": Kind(rows, 4, 100),
    "schema": Kind(schema, 8, 40),
    "damage": Kind(damage, 9, 12),
    "big": Kind(big, 1, 40),
    "sections": Kind(section, 10, 0),
    "statements": Kind(statements, 9, 15),
    "unverified": Kind(unverified, 9, 0),
    "gzip": Kind(gzip_damage, 7, 25),
    "new snapshot": Kind(new_file, 13, 35),
    "snapshot again": Kind(again, 10, 35),
    "manifest": Kind(manifest, 13, 25),
    "keys": Kind(keys, 5, 10),
    "strange dump": Kind(strange_dump, 1, 0),
    "gone": Kind(gone, 1, 0),
}
_ENDS = list(accumulate(kind.share for kind in KINDS.values()))


def kind_of(number: int) -> str:
    """The kind of the case with a number: of each hundred, every kind has its share."""
    # 37 and 100 have no common divisor, so the kinds are spread evenly over a hundred.
    place = number * 37 % 100
    return next(name for name, end in zip(KINDS, _ENDS, strict=True) if place < end)


def case_of(seed: int, number: int) -> Case:
    """The case that belongs to a seed and a number, the same on every machine."""
    return KINDS[kind_of(number)].build(random.Random(f"{seed} {number}"))
