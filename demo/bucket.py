"""Writes the demo's bucket: its objects, and the stamp at the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from demo.days import Request
from demo.objects import COORDINATES_KEY, coordinates_file, put, put_dump, put_snapshot, snapshot_file

STAMP = ".demo.json"
_GENERATOR = 4  # another number here means that the same arguments give another company


class BucketInUse(Exception):
    """The folder holds something else than what is to be written."""


def is_complete(out: Path, request: Request) -> bool:
    """Whether the folder holds exactly that already; False if it is empty or a run of the same request was cut off.

    Raises:
        BucketInUse: the folder holds anything else.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return False
    try:
        stamp = json.loads((out / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BucketInUse(
            f"{out} is not empty and not a demo bucket; nothing was changed. Name another --out."
        ) from None
    asked = request.as_json() | {"generator": _GENERATOR}
    differing = sorted(name for name, value in asked.items() if stamp.get(name) != value)
    if differing:
        was = ", ".join(f"{name} {stamp.get(name)} (asked: {asked[name]})" for name in differing)
        raise BucketInUse(
            f"{out} holds a demo bucket of other arguments: {was}; nothing was changed. Name another --out, or remove it."
        )
    return bool(stamp.get("complete"))


def write(out: Path, request: Request, *, begin: Callable[[str, int], None], step: Callable[[str], None]) -> None:
    """Write the whole bucket, telling of each phase and how many steps it has, and of each step: a file, or a table of a dump."""
    from demo import company, dump, queries, schema  # DuckDB takes a while to import; a finished bucket needs none

    _stamp(out, request, complete=False)
    dump_days, snapshot_days = request.dump_days(), request.snapshot_days()
    begin("company", 1)
    db = company.build(
        seed=request.seed,
        scale=request.scale,
        end=request.end,
        first_dump=request.first_dump,
        days=dump_days + snapshot_days,
    )
    queries.install(db)
    step("company")

    if snapshot_days:
        begin("daily files", 3 * len(snapshot_days))
    header = snapshot_file("tenant_status", [])
    for day, lines in queries.statuses(db, snapshot_days):
        step(str(put_snapshot(out, day, header + lines).relative_to(out)))
    tables = schema.load(bulk=request.bulk)
    for day in snapshot_days:
        for dataset, text in queries.room_files(db, day, tables):
            step(str(put_snapshot(out, day, text, dataset.name).relative_to(out)))

    apartments = next(table for table in tables if table.name == "apartments")
    put(out / COORDINATES_KEY, coordinates_file([]) + queries.coordinates(db, request.end, apartments))
    begin("tables of dumps", len(dump_days) * len(tables))
    for day in dump_days:
        newest: dict[str, str] = {}
        sections = queries.sections(db, day, tables, scale=request.scale, newest=newest, progress=step)
        put_dump(out, day, dump.write(sections, day), zipped=request.gzip, newest=newest)
    db.close()
    _stamp(out, request, complete=True)


def _stamp(out: Path, request: Request, *, complete: bool) -> None:
    content = request.as_json() | {"generator": _GENERATOR, "complete": complete}
    put(out / STAMP, json.dumps(content, indent=2) + "\n")
