"""The measure: warehouses built from nothing, from the same landing data or from the bucket alone. In a process of their own."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import io
import multiprocessing
import random
import shutil
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from loader.errors import DumpRejectedError
from loader.landing.load import load
from loader.settings import PROJECT
from tests.support import places, quick, rebuild
from tests.support.places import FILE, Place, duckdb_place
from tests.support.project_copy import ProjectCopy
from tests.support.simulation import moment
from tests.support.simulation.compare import LEFT_OUT, Contents, Difference, contents, differences
from tests.support.simulation.files import Files


@dataclass(frozen=True)
class Source:
    """What a rebuild from the bucket begins with.

    Attributes:
        bucket: a copy of the bucket, which the rebuild may write to; without what a rollback withdrew, for only the database knows that.
        at: what the loader takes for now.
    """

    bucket: Path
    at: dt.datetime


def plan(place: Place, project: Path) -> None:
    """Plans a project to prod, unaudited; a copy of the project needs its own modules."""
    with place.chosen(), places.unaudited(), contextlib.redirect_stdout(io.StringIO()):
        if project == PROJECT:
            places.plan()
        else:
            ProjectCopy(project).plan()


def from_landing(file: Path, folder: Path, project: Path) -> list[Difference]:
    """What a DuckDB warehouse shows, against a new one planned on the same landing data. Nothing is left out."""
    folder.mkdir()
    new = duckdb_place(rebuild.copy_landing(file, folder))
    plan(new, project)
    found = differences(contents(duckdb_place(file)), contents(new), {})
    shutil.rmtree(folder)
    file.unlink()
    return found


def from_bucket(here: Contents, source: Source, new: Place, project: Path) -> list[Difference]:
    """What a warehouse shows, against a new one built from the bucket alone, by the commands that a person would type."""
    build(source, new, project)
    return differences(here, contents(new), LEFT_OUT)


def build(source: Source, new: Place, project: Path) -> None:
    """Builds a warehouse on an empty place: the newest good dump, with all files of days; then the past ones, aside; then the plan."""
    # The newest one first: a past day that is loaded beside it leaves the day's files as they are, the newest one's are written anew.
    days = Files(source.bucket, random.Random(0)).days()
    with new.chosen(), moment.at(source.at), contextlib.redirect_stdout(io.StringIO()):
        while not _loaded(new, source, days.pop()):
            pass
        for day in days:
            _loaded(new, source, day)
    plan(new, project)


def _loaded(new: Place, source: Source, day: dt.date) -> bool:
    """Loads a day, unless its dump is refused, as it was then."""
    try:
        load(new.settings(source.bucket), day)
    except DumpRejectedError:
        return False
    return True


def source_of(place: Place, bucket: Path, folder: Path, at: dt.datetime) -> Source:
    """What a rebuild from a copy of the bucket, in the folder, begins with."""
    copied = folder / "bucket"
    shutil.copytree(bucket, copied)
    for key, sha256 in place.query("SELECT object_key, sha256 FROM landing.withdrawn_files"):
        path = copied / key
        if path.exists() and _digest(path) == sha256:
            path.unlink()
    return Source(copied, at)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Rebuilder:
    """Rebuilds beside the simulation: it goes on while another process plans from nothing.

    Args:
        folder: for the rebuilt warehouses.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), quick.hurry)
        folder.mkdir()

    def _next(self) -> Path:
        self._number += 1
        return self._folder / f"rebuild{self._number}"

    def from_landing(self, place: Place, project: Path) -> Future[list[Difference]]:
        """Compares a DuckDB warehouse as it is now."""
        folder = self._next()
        folder.mkdir()
        copy = Path(shutil.copy(place.variables["WAREHOUSE_DUCKDB"], folder / FILE))
        return self._pool.submit(from_landing, copy, folder / "new", project)

    def from_bucket(self, place: Place, bucket: Path, at: dt.datetime, project: Path) -> Future[list[Difference]]:
        """Compares a warehouse on any engine with one built from the bucket on DuckDB."""
        folder = self._next()
        folder.mkdir()
        source = source_of(place, bucket, folder, at)
        return self._pool.submit(from_bucket, contents(place), source, duckdb_place(folder / FILE), project)

    def close(self) -> None:
        """Ends the other process."""
        self._pool.shutdown(cancel_futures=True)
