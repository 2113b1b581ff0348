"""The daily files in the bucket: writing a day's, and finding out which are to land. See docs/decisions/0005 and 0023."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from loader import dates
from loader.console import Step, counted, warn
from loader.errors import DumpRejectedError
from loader.landing import calendar, ledger
from loader.plain_text import plain
from loader.sources.daily_file_kinds import DATASETS, Dataset
from loader.sources.storage import Bucket
from loader.warehouse.base import Warehouse
from loader.warehouse.duckdb import daily_file

Rejected = tuple[dt.date | None, DumpRejectedError]  # the file's day, None where its name holds none


@dataclass(frozen=True)
class File:
    dataset: Dataset
    day: dt.date
    key: str
    version: str


@dataclass
class Found:
    # New files and such with other content than the landed one, kind by kind and oldest first.
    to_land: list[File] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)  # files that can be no file of any day so far
    missing: list[str] = field(default_factory=list)  # keys of landed files not in the listing; their rows stay
    waiting: int = 0  # files of days after the live dump's
    # Landed files that are the same, though the listing calls them by another name, or another one was refused meanwhile.
    same: list[File] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        figures = {"gone_from_bucket": len(self.missing), "waiting_for_their_dump": self.waiting}
        return {name: number for name, number in figures.items() if number}


def missing_kinds(warehouse: Warehouse, day: dt.date) -> list[Dataset]:
    """The kinds of file of which a day has none landed."""
    return [dataset for dataset in DATASETS if day not in ledger.days(warehouse, dataset.name)]


def export(
    warehouse: Warehouse,
    bucket: Bucket,
    day: dt.date,
    datasets: Iterable[Dataset],
    schema: str = "landing",
    progress: Step | None = None,
) -> None:
    """Writes daily files of a dump to the bucket: standard CSV, CRLF, NULL as nothing, ordered by key. A file that the
    bucket has already, byte for byte, stays as it is. Where the bucket does not take one, those before it are written."""
    written: dict[str, int] = {}  # rows by object key
    same: list[str] = []  # keys of the files that stay
    for dataset in datasets:
        key = dataset.key_of(day)
        rows = warehouse.query(dataset.select(warehouse.quote(schema), day))
        body = daily_file.text_of(dataset, rows, day).encode()
        there = bool(bucket.keys(key))
        if there and digest(bucket, key) == hashlib.sha256(body).hexdigest():
            same.append(key)
        else:
            if there:
                warn(f"{key} is written anew from the dump of {day}")
            bucket.write(key, body)
            written[key] = len(rows)
        ledger.admit_again(warehouse, dataset.name, day)
        if progress:
            progress.advance(1)
    if progress:
        progress.add_figures(rows=written, **({"same_in_bucket": same} if same else {}))
        words = f"{counted(len(written), 'file')}, {counted(sum(written.values()), 'row')}"
        progress.summarize(f"{words}; {counted(len(same), 'file')} the same in the bucket already" if same else words)


def diff(warehouse: Warehouse, bucket: Bucket, live: dt.date, today: dt.date) -> Found:
    """Compares the bucket with the ledger and changes neither. What is landed is read again only where the listing shows another version.

    Files of days after the live dump's wait for theirs; a file of a day after today's business date is rejected. Raises a LoaderError where the
    bucket can't be read.
    """
    found = Found()
    for dataset in DATASETS:
        landed, withdrawn = ledger.entries(warehouse, dataset.name), ledger.withdrawn(warehouse, dataset.name)
        suspects, refused = {day for day, _ in withdrawn}, calendar.refused(warehouse, dataset.name)
        listed = set()
        for stored in bucket.stored(dataset.prefix):
            name, _, rest = stored.key.removeprefix(dataset.prefix).partition(".")
            day = dates.of_digits(name) if rest == "csv" else None
            if day is None or day > today:
                why = "the name is not YYYYMMDD.csv with a real date" if day is None else f"{day} lies in the future"
                rejection = DumpRejectedError(f"daily file {plain(stored.key)}: {why}; rename or remove it")
                found.rejected.append((day, rejection))
                continue
            listed.add(day)
            file = File(dataset, day, stored.key, stored.version)
            entry = landed.get(day)
            if day > live:
                found.waiting += 1
            elif entry is None:
                if day not in suspects or (day, digest(bucket, stored.key)) not in withdrawn:
                    found.to_land.append(file)
            elif entry.object_version != stored.version and digest(bucket, stored.key) != entry.sha256:
                found.to_land.append(file)
            elif entry.object_version != stored.version or day in refused:
                found.same.append(file)
        found.missing += [dataset.key_of(day) for day in sorted(set(landed) - listed)]
    return found


def sha256_of(body: BinaryIO) -> str:
    """The sha256 of what is left of a stream, lower-case hex, whatever its length in little memory."""
    hashed = hashlib.sha256()
    while block := body.read(1 << 20):
        hashed.update(block)
    return hashed.hexdigest()


def digest(bucket: Bucket, key: str) -> str:
    """The sha256 of an object's bytes, lower-case hex."""
    with bucket.open(key) as body:
        return sha256_of(body)
