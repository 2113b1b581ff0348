"""Writes the bucket: every object under a temporary name first, the manifest of a dump last, the stamp at the end."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from demo.days import Request

if TYPE_CHECKING:
    from demo.dump import Written

STAMP = ".demo.json"
_GENERATOR = 1  # another number here means that the same arguments give another company


class BucketInUse(Exception):
    """The folder holds something else than what is to be written."""


def is_complete(out: Path, request: Request) -> bool:
    """Look at the folder before anything is written.

    Args:
        out: the bucket's folder.
        request: what is to be written.

    Returns:
        Whether the folder already holds exactly that; False if it is empty or a run of the same request was cut off.

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
    """Write the whole bucket.

    Args:
        out: the bucket's folder, created if missing.
        request: what to write.
        begin: called with the name and the number of steps of each phase.
        step: called with a short text as each object (or each table of a dump) is done.

    Raises:
        OSError: the folder cannot be written.
    """
    from demo import company, dump, schema, snapshots  # DuckDB takes a while to import; a finished bucket needs none

    out.mkdir(parents=True, exist_ok=True)
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
    db.execute(dump.MACROS)
    db.execute(snapshots.MACROS)
    step("company")

    if snapshot_days:
        begin("snapshots", len(snapshot_days))
    for day, text in snapshots.texts(db, snapshot_days):
        key = f"snapshots/tenant_status/{day:%Y%m%d}.csv"
        _put(out / key, text.encode())
        step(key)

    tables = schema.load(bulk=request.bulk)
    begin("tables of dumps", len(dump_days) * len(tables))
    for day in dump_days:
        key = f"dumps/gghouse_{day:%Y%m%d}.sql" + (".gz" if request.gzip else "")
        partial = _partial(out / key)
        written = dump.write(db, partial, day, tables, scale=request.scale, compress=request.gzip, progress=step)
        os.replace(partial, out / key)
        manifest = json.dumps(_manifest(day, key, written), indent=2, ensure_ascii=False) + "\n"
        _put(out / f"dumps-manifest/gghouse_{day:%Y%m%d}.json", manifest.encode())
    db.close()
    _stamp(out, request, complete=True)


def _manifest(day: date, key: str, written: Written) -> dict[str, object]:
    """The manifest of a good dump; business time is Japan's."""
    from demo.dump import DATABASE, HOST

    names = ("movings", "tenants", "rooms", "inquiries", "apartments")
    newest = {name: written.newest[name].replace(" ", "T") + "+09:00" for name in names}
    return {
        "run_id": f"{day:%Y%m%d}-{2000 + day.toordinal() % 20000}",
        "generated_at": f"{day}T05:45:00+09:00",
        "dump_date": day.isoformat(),
        "dump_key": key,
        "dump_sha256": written.sha256,
        "dump_size_bytes": written.size,
        "source_host": HOST,
        "source_database": DATABASE,
        "source_port": 3306,
        "source_valid": True,
        "valid_for_etl": True,
        "max_updated_at_by_table": newest,
        "source_table_max_updated_at": newest,
    }


def _stamp(out: Path, request: Request, *, complete: bool) -> None:
    content = request.as_json() | {"generator": _GENERATOR, "complete": complete}
    _put(out / STAMP, (json.dumps(content, indent=2) + "\n").encode())


def _put(path: Path, content: bytes) -> None:
    """Write one small object, whole or not at all."""
    partial = _partial(path)
    partial.write_bytes(content)
    os.replace(partial, path)


def _partial(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.partial")
