"""The company: its timelines, built once in DuckDB from the arguments alone. No clock and no random source."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from demo import words

_HERE = Path(__file__).parent
# A company is made block by block: buildings, and who lived there. A block is all that is in memory, and is of this scale at most.
BLOCK = 1.0

# Everything that grows with the scale: its count at scale 1, and the least there must be for the company to make sense.
SIZES = {
    "tenants": (50_425, 300), "movings": (62_506, 380), "rooms": (16_401, 100), "apartments": (1_202, 8), "inquiries": (719, 10),
    "cancelled": (5_337, 20), "prospects": (47, 9), "archived": (8_300, 20), "without_contract": (12_700, 40),
    "doubles": (57, 1), "shared": (50, 1), "void": (40, 2), "vanished": (12, 3), "deleted": (40, 4),
    "corrections": (240, 60), "dangling": (338, 4), "dangling_current": (36, 1), "shared_inquiries": (12, 2),
}  # fmt: skip

# Deliberate faults and how many rows have them at scale 1; never none.
TENANT_DIRT = {
    "nasty": 60, "name_literal": 60, "name_dashes": 20, "name_lower": 10, "name_empty": 10, "name_null": 15, "blank_last": 40,
    "blank_first": 60, "trailing": 40, "identity_junk": 80, "myanmar": 16, "japan_space": 20, "american": 3, "indonesia": 3,
    "taiwan": 5, "gender_word": 2, "company_word": 2, "year_2200": 5, "raw_bytes": 3,
}  # fmt: skip
# Contracts by what they are by now: moved out, replaced by a renewal, or still open.
MOVING_DIRT = {
    "left": {"zero_integrated": 141, "zero_last_rent": 30, "impossible": 4, "out_before_in": 0},
    "superseded": {
        "deleted": 40,
        "future_created": 95,
        "no_tenant": 10,
        "no_apartment": 5,
        "no_room": 8,
        "year_2302": 3,
    },
    "open": {"zero_decided": 25, "zero_original": 12, "far_term": 30, "cancel_null": 60, "type_null": 25},
    "cancelled": {"cancel_null": 60, "zero_movein": 6},
}
_LEAST = {"nasty": len(words.NASTY), "deleted": SIZES["deleted"][1], "zero_integrated": 3}

_MACROS = """
CREATE MACRO var(name) AS getvariable(name);
-- The only source of chance: a whole number in [0, n) that depends on the seed, the purpose and the row alone.
CREATE MACRO rnd(purpose, i, n) AS (md5_number_lower(concat('{seed}/', purpose, '/', i)) % n::UBIGINT)::BIGINT;
CREATE MACRO skew(purpose, i, n) AS rnd(purpose, i, n) * rnd(purpose, i, n) // n;
-- Office hours; whole-number arithmetic, because a stamp is needed for every row of every dump.
CREATE MACRO stamp(day, i) AS strftime(
  day::TIMESTAMP + to_seconds(32400 + (i * 7919 + (day - DATE '2000-01-01') * 104729) % 43200), '%Y-%m-%d %H:%M:%S');
-- The last time up to the day before d that somebody touched a row which is touched every so many days.
CREATE MACRO touched(d, i) AS d - (1 + ((d - DATE '2000-01-01') + i * 37) % (3 + i % 300))::INTEGER;
"""


def blocks(scale: float) -> int:
    """How many blocks a company of that scale has."""
    return max(1, math.ceil(scale / BLOCK))


def connect(seed: int | str) -> duckdb.DuckDBPyConnection:
    """A database with the only source of chance and the parts of names, and without a company."""
    db = duckdb.connect(":memory:")
    db.execute(_MACROS.replace("{seed}", str(seed)))
    words.install(db)
    return db


def build(
    *, seed: int, scale: float, end: date, first_dump: date, days: Iterable[date], block: int = 0
) -> duckdb.DuckDBPyConnection:
    """Build the tables of one block of the company and the queries that read its state on a day.

    Args:
        seed: another seed is another company.
        scale: 1 is the company of 62,506 contracts; everything grows with it.
        end: the day of the last dump, which the magnitudes are for.
        first_dump: the archive of old tenants is restored four days before it.
        days: all days whose state will be asked for.
        block: which of its `blocks`. Each has a chance of its own and ids above those of the block before.

    Returns:
        A connection with `tenants_at(d)`, `movings_at(d)` and the like, and the view `tenant_days`.
    """
    db = connect(f"{seed}.{block}" if block else seed)
    of = blocks(scale)
    scale /= of
    sizes = {name: max(least, round(count * scale)) for name, (count, least) in SIZES.items()}
    variables: dict[str, object] = sizes | _ids(sizes, block, of)
    variables |= {"end_day": end, "founded": end - timedelta(days=3700), "restored": first_dump - timedelta(days=4)}
    for name, value in variables.items():
        db.execute(f"SET VARIABLE {name} = " + (f"DATE '{value}'" if isinstance(value, date) else f"{value}::BIGINT"))
    db.execute(f"CREATE MACRO tenant_dirt(rank) AS {_faults('rank', TENANT_DIRT, scale)}")
    cases = " ".join(f"WHEN '{grade}' THEN {_faults('rank', kinds, scale)}" for grade, kinds in MOVING_DIRT.items())
    db.execute(f"CREATE MACRO moving_dirt(grade, rank) AS CASE grade {cases} END")
    db.execute(
        "CREATE TABLE nationalities AS SELECT id, name, weight FROM read_csv($path, header = true)",
        {"path": str(_HERE / "schema" / "nationalities.csv")},
    )
    db.execute("CREATE TABLE days AS SELECT unnest($days::DATE[]) AS day", {"days": sorted(days)})
    for script in sorted((_HERE / "sql").glob("*.sql")):
        db.execute(script.read_text(encoding="utf-8"))
    return db


def _ids(sizes: dict[str, int], block: int, of: int) -> dict[str, int]:
    """Where the ids of a block begin, and of what is named and not there."""
    spans = {
        "apartment": 2 * sizes["apartments"],
        "room": sizes["rooms"],
        "tenant": 2 * (sizes["tenants"] + sizes["vanished"]),
        "moving": 2 * (sizes["movings"] + sizes["deleted"]),
        "inquiry": sizes["inquiries"],
    }
    last = (of - 1) * spans["moving"] + sizes["movings"] * 1474 // 1000
    return {
        "block": block,
        **{f"{name}_base": block * span for name, span in spans.items()},
        "dangling_base": last + block * sizes["dangling"],
        "no_apartment": max(90_000, of * spans["apartment"]),
        "no_room": max(900_000, of * spans["room"]),
        "no_tenant": max(900_000, of * spans["tenant"]),
    }


def _faults(rank: str, kinds: dict[str, int], scale: float) -> str:
    """SQL that names the fault of a row by its rank: the first so many rows have the first fault, and so on."""
    cases, upto = [], 0
    for kind, count in kinds.items():
        upto += max(_LEAST.get(kind, 1), round(count * scale))
        cases.append(f"WHEN {rank} <= {upto} THEN '{kind}'")
    return f"CASE {' '.join(cases)} END"
