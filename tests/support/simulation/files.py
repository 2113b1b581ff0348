"""The bucket: dumps that are whole or damaged, and the files of a day under `snapshots/`, of whatever kinds there are."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.objects import put_dump, put_snapshot, snapshot_file

_STATUS = (4, 5, 9, 14, 15, 17)
# What may stand otherwise in a file that is exported again: column -> values.
CHANGED = {
    "status": _STATUS,
    "tenant_status": _STATUS,
    "is_current_contract": (0, 1),
    "rent": (31000, 47000),
    "room_count": (30, 40),  # never fewer than are let, nor a property less: an audit would stop such a file
    "municipality": ("港区", "北区"),
}


@dataclass
class Files:
    """A folder as the bucket.

    Attributes:
        bucket: the folder.
        rng: where chance comes from.
    """

    bucket: Path
    rng: random.Random

    def put(self, day: dt.date, body: bytes, **manifest: Any) -> None:
        """Puts a day's dump with its manifest; `manifest` replaces fields."""
        put_dump(self.bucket, day, body, zipped=day.day % 3 == 0, generated_at=f"{day}T00:00:00+09:00", **manifest)

    def cut(self, day: dt.date, body: bytes) -> None:
        """Puts a dump whose upload broke off."""
        self.put(day, body)
        path = self.dump_of(day)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])

    def wrong_sha(self, day: dt.date, body: bytes) -> None:
        """Puts a dump that is not the one of its manifest."""
        self.put(day, body, dump_sha256="0" * 64)

    def duplicate_key(self, day: dt.date, body: bytes) -> None:
        """Puts a dump that holds a contract twice, which only the gate sees."""
        first = body.index(b"INSERT INTO `movings` VALUES (") + len(b"INSERT INTO `movings` VALUES ")
        row = body[first : body.index(b"),(", first) + 1]
        self.put(day, (body[:first] + row + b"," + body[first:]).replace(b"PRIMARY KEY", b"KEY"))

    def dump_of(self, day: dt.date) -> Path:
        """The dump of a day that is there."""
        (path,) = (self.bucket / "dumps").glob(f"gghouse_{day:%Y%m%d}.sql*")
        return path

    def days(self) -> list[dt.date]:
        """The days whose dumps are there, oldest first."""
        names = (path.name for path in (self.bucket / "dumps").glob("gghouse_*"))
        return sorted(dt.datetime.strptime(name[8:16], "%Y%m%d").date() for name in names)  # noqa: DTZ007

    def of_day(self, day: dt.date) -> list[Path]:
        """The day's files under `snapshots/`, one a kind."""
        return sorted((self.bucket / "snapshots").glob(f"*/{day:%Y%m%d}.csv"))

    def export_again(self, day: dt.date) -> list[str]:
        """Changes the content of some of a day's files: a row less, or another value. Returns what was done."""
        done = []
        for path in self.of_day(day):
            if self.rng.random() < 0.8:
                header, *rows = csv.reader(io.StringIO(path.read_bytes().decode()))
                row = self.rng.randrange(len(rows))
                told = [name for name in CHANGED if name in header and rows[row][header.index(name)]]
                if told and self.rng.random() < 0.7:
                    name = self.rng.choice(told)
                    rows[row][header.index(name)] = str(self.rng.choice(CHANGED[name]))
                elif "tenant_id" in header and len(rows) > 1:
                    del rows[row]
                put_snapshot(self.bucket, day, snapshot_file(path.parent.name, rows), path.parent.name)
                done.append(f"{path.parent.name}/{path.name}")
        return done

    def late(self, day: dt.date, like: dt.date) -> list[str]:
        """Writes files of a day that had none: most of those of another day, with this date and a row less."""
        done = []
        for path in self.of_day(like):
            header, *rows = csv.reader(io.StringIO(path.read_bytes().decode().replace(str(like), str(day))))
            if "tenant_id" in header and len(rows) > 1:
                del rows[self.rng.randrange(len(rows))]
            late = path.with_name(f"{day:%Y%m%d}.csv")
            if not late.exists() and self.rng.random() < 0.85:
                put_snapshot(self.bucket, day, snapshot_file(path.parent.name, rows), path.parent.name)
                done.append(f"{late.parent.name}/{late.name}")
        return done
