"""Writes the demo's bucket: its objects, and the stamp at the end."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from demo.days import Request
from demo.objects import COORDINATES_KEY, coordinates_file, put, put_dump, snapshot_file, snapshot_key

if TYPE_CHECKING:
    from demo.schema import Table

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
    """Write the whole bucket, telling of each phase and how many steps it has, and of each step: a file, or a table of a dump.

    One block of the company after the other is made, and what it says is appended to parts of the objects. The objects come last.
    """
    from demo import company, dump, queries, schema  # DuckDB takes a while to import; a finished bucket needs none

    _stamp(out, request, complete=False)
    parts = out / ".parts"
    shutil.rmtree(parts, ignore_errors=True)  # of a run that was cut off
    tables, dump_days = schema.load(bulk=request.bulk), request.dump_days()
    said: dict[tuple[date, str], tuple[int, str]] = {}
    for block in range(company.blocks(request.scale)):
        _write_block(parts, request, block, tables, said, begin=begin, step=step)
    for path in list(parts.rglob("*.csv")):
        _place(path, out / path.relative_to(parts))

    begin("tables of dumps", len(dump_days) * len(tables))
    with company.connect(request.seed) as db:
        queries.install(db)

        def sections(day: date) -> Iterator[dump.Section]:
            for table in tables:
                step(table.name)
                if table.rows is None:
                    last, _ = said[day, table.name]
                    yield dump.Section(table, last, _taken(_rows(parts, day, table.name)))
                else:
                    yield queries.bulk(db, table, request.scale)

        for day in dump_days:
            newest = {name: stamp for (of, name), (_, stamp) in said.items() if of == day}
            put_dump(out, day, dump.write(sections(day), day), zipped=request.gzip, newest=newest)
    shutil.rmtree(parts)
    _stamp(out, request, complete=True)


def _write_block(
    parts: Path,
    request: Request,
    block: int,
    tables: list[Table],
    said: dict[tuple[date, str], tuple[int, str]],
    *,
    begin: Callable[[str, int], None],
    step: Callable[[str], None],
) -> None:
    """Appends what a block says; `said` is given the last id and the newest `updated_at` of each day's tables."""
    from demo import company, queries

    own = [table for table in tables if table.rows is None]
    dump_days, snapshot_days = request.dump_days(), request.snapshot_days()
    blocks = company.blocks(request.scale)
    of = f", block {block + 1} of {blocks}" if blocks > 1 else ""
    begin(f"company{of}", 1)
    with company.build(
        seed=request.seed,
        scale=request.scale,
        end=request.end,
        first_dump=request.first_dump,
        days=dump_days + snapshot_days,
        block=block,
    ) as db:
        queries.install(db)
        step("company")

        if snapshot_days:
            begin(f"daily files{of}", 3 * len(snapshot_days))
        header = "" if block else snapshot_file("tenant_status", [])
        for day, lines in queries.statuses(db, snapshot_days):
            step(_append(parts, snapshot_key(day), header + lines))
        for day in snapshot_days:
            for dataset, text in queries.room_files(db, day, tables):
                step(_append(parts, dataset.key_of(day), text.partition("\r\n")[2] if block else text))
        apartments = next(table for table in own if table.name == "apartments")
        header = "" if block else coordinates_file([])
        _append(parts, COORDINATES_KEY, header + queries.coordinates(db, request.end, apartments))

        begin(f"rows of dumps{of}", len(dump_days) * len(own))
        for day in dump_days:
            for table in own:
                step(table.name)
                last, newest = said.get((day, table.name), (0, ""))
                with _rows(parts, day, table.name).open("a", encoding="utf-8", newline="") as file:
                    for rows, highest, stamp in queries.statements(db, table, day):
                        file.write(rows + "\n")  # a row has no line break of its own
                        last, newest = max(last, highest), max(newest, stamp)
                said[day, table.name] = last, newest


def _append(parts: Path, key: str, text: str) -> str:
    """Appends to a part. Returns its key."""
    path = parts / key
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(text.encode())
    return key


def _rows(parts: Path, day: date, table: str) -> Path:
    """Where the rows of a table in a day's dump wait, a statement a line."""
    folder = parts / f"{day:%Y%m%d}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / table


def _taken(path: Path) -> Iterator[str]:
    """The lines of a file, which is removed behind the last one."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line[:-1]
    path.unlink()


def _place(part: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(part, path)


def _stamp(out: Path, request: Request, *, complete: bool) -> None:
    content = request.as_json() | {"generator": _GENERATOR, "complete": complete}
    put(out / STAMP, json.dumps(content, indent=2) + "\n")
