"""The report made and put where people find it."""

from __future__ import annotations

from pathlib import Path

from loader import commands
from loader.console import step
from loader.errors import LoaderError
from loader.landing.access import read_warehouse
from loader.settings import Settings
from loader.sources.storage import Bucket, open_bucket
from loader.transform.run import RunResult, current_result
from report.figures import QUERIES, figures
from report.page import page
from report.quality import quality


def write(settings: Settings, file: Path | None) -> str:
    """Makes the report by hand.

    Args:
        settings: the warehouse, and the bucket where no file is named.
        file: where to write it; None for `reports/YYYYMMDD.html` in the bucket.

    Returns:
        Where it lies.

    Raises:
        UsageError: no bucket was named, and no file.
        LoaderError: nothing was planned yet, or it can't be read or written.
    """
    if file is None:
        bucket = open_bucket(settings.bucket_uri)  # before anything is computed for it
        return _made(settings, current_result(settings), bucket)
    return _made(settings, current_result(settings), file)


def after_green_run(settings: Settings, result: RunResult) -> str | None:
    """Puts the report of a green run into the bucket. The data is good whatever becomes of it, so nothing is raised.

    Returns:
        What went wrong, a sentence with the next step; None where the report is in the bucket.
    """
    try:
        _made(settings, result, open_bucket(settings.bucket_uri))
    # As decision 0006 has it for dashboards: what fails is told, whatever it is, and the morning stays green.
    except Exception as error:  # noqa: BLE001
        reason = str(error).splitlines()[0] if isinstance(error, LoaderError) else f"{type(error).__name__}: {error}"
        return f"the report of {result.day} was not written: {reason}. The data is good; make it again: {commands.loader('report')}"
    return None


def _made(settings: Settings, result: RunResult, to: Path | Bucket) -> str:
    """Makes the report of the warehouse as it is, and says where it lies."""
    with (
        read_warehouse(settings) as warehouse,
        step(f"report {result.day}", total=len(QUERIES) + 1, unit="sections") as progress,
    ):
        shown = {**figures(warehouse, progress.advance), "data": quality(warehouse, result)}
        progress.advance(1)
        body = page(shown).encode()
        place = _to_file(to, body) if isinstance(to, Path) else _to_bucket(to, result, body)
        progress.add_figures(file=place)
        progress.summarize(place)
    return place


def _to_file(file: Path, body: bytes) -> str:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    except OSError as error:
        raise LoaderError(
            f"the report can't be written to {file}: {error.strerror}; name another file with --out"
        ) from error
    return str(file)


def _to_bucket(bucket: Bucket, result: RunResult, body: bytes) -> str:
    key = f"reports/{result.day:%Y%m%d}.html"
    bucket.write(key, body)
    return f"{bucket.uri}/{key}"
