"""The bucket's objects: a dump and its manifest, and the daily files. Each is whole or not there."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from demo import dump
from demo.rows import Rows
from loader.sources.daily_file_kinds import DATASETS

COORDINATES_KEY = "reference/property_geo_latlon/latest/property_geo_latlon_backup.csv"
_COORDINATES = (
    "apartment_id", "asset_id_hj", "apartment_name", "full_address", "prefecture", "municipality", "latitude", "longitude",
    "source_updated_at",
)  # fmt: skip
_WATERMARKS = ("movings", "tenants", "rooms", "inquiries", "apartments")


def dump_key(day: date, zipped: bool = False) -> str:
    """The key of a day's dump."""
    return f"dumps/gghouse_{day:%Y%m%d}.sql{'.gz' if zipped else ''}"


def manifest_key(day: date) -> str:
    """The key of a day's manifest."""
    return f"dumps-manifest/gghouse_{day:%Y%m%d}.json"


def snapshot_key(day: date, kind: str = "tenant_status") -> str:
    """The key of a day's file of a kind."""
    return f"snapshots/{kind}/{day:%Y%m%d}.csv"


def put_dump(
    bucket: Path,
    day: date,
    content: Mapping[str, Rows] | bytes | Iterable[bytes],
    *,
    zipped: bool = False,
    newest: Mapping[str, str] | None = None,
    **changes: Any,
) -> Path:
    """Write a dump, and then its manifest.

    Args:
        bucket: the bucket's folder.
        day: the dump's day.
        content: rows by table, a dump, or its pieces; a closing line that says no time gets one of the day.
        zipped: write gzip.
        newest: the newest `updated_at` of each table, complete when the last piece of the content is; of this morning by default.
        changes: fields of the manifest to replace.

    Returns:
        The dump's path.

    Raises:
        OSError: the folder cannot be written.
    """
    path = bucket / dump_key(day, zipped)
    if isinstance(content, bytes):
        content = dump.dated(content, day)
    elif isinstance(content, Mapping):
        content = dump.dump_sql(content, day)
    with _partial(path).open("wb") as file:
        hashing = _Hashing(file)
        # no name and no time in the header: the same rows are the same bytes
        out = gzip.GzipFile("", "wb", 6, hashing, mtime=0) if zipped else hashing  # type: ignore[arg-type]
        for piece in [content] if isinstance(content, bytes) else content:
            out.write(piece)
        if zipped:
            out.close()
    os.replace(_partial(path), path)
    said = manifest(day, dump_key(day, zipped), hashing.sha.hexdigest(), hashing.size, newest) | changes
    put(bucket / manifest_key(day), json.dumps(said, indent=2, ensure_ascii=False) + "\n")
    return path


def manifest(day: date, key: str, sha256: str, size: int, newest: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The fields of a good dump's manifest; `newest` is the newest `updated_at` of each table, of this morning by default."""
    stamps = {name: (newest or {}).get(name, f"{day} 05:00:00").replace(" ", "T") + "+09:00" for name in _WATERMARKS}
    return {
        "run_id": f"{day:%Y%m%d}-{2000 + day.toordinal() % 20000}",
        "generated_at": f"{day}T05:45:00+09:00",
        "dump_date": day.isoformat(),
        "dump_key": key,
        "dump_sha256": sha256,
        "dump_size_bytes": size,
        "source_host": dump.HOST,
        "source_database": dump.DATABASE,
        "source_port": 3306,
        "source_valid": True,
        "valid_for_etl": True,
        "max_updated_at_by_table": stamps,
        "source_table_max_updated_at": stamps,
    }


def snapshot_file(kind: str, rows: Iterable[Sequence[Any]]) -> str:
    """A daily file of a kind (a name of `loader.sources.daily_file_kinds`): its header, and rows that end with the day."""
    text = io.StringIO(newline="")
    columns = next(dataset.columns for dataset in DATASETS if dataset.name == kind)
    csv.writer(text).writerows([list(columns), *rows])
    return text.getvalue()


def put_snapshot(bucket: Path, day: date, text: str, kind: str = "tenant_status") -> Path:
    """Write a daily file of a kind. Returns its path."""
    return put(bucket / snapshot_key(day, kind), text)


def coordinates_file(rows: Iterable[Sequence[Any]]) -> str:
    """The reference file of coordinates: its header, and rows."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_COORDINATES, *rows])
    return text.getvalue()


def put_coordinates(bucket: Path, rows: Iterable[tuple[int, Any, Any]]) -> Path:
    """Write the reference file of coordinates, of rows of property, latitude and longitude alone. Returns its path."""
    return put(
        bucket / COORDINATES_KEY, coordinates_file((number, *[""] * 5, *degrees, "") for number, *degrees in rows)
    )


def put(path: Path, text: str) -> Path:
    """Write one small object. Returns its path."""
    _partial(path).write_bytes(text.encode())
    os.replace(_partial(path), path)
    return path


def _partial(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.partial")


class _Hashing:
    """A file that knows the hash and the size of what went through it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.sha, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.sha.update(data)
        self.size += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()
