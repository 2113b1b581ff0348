"""The report made and put where people find it."""

from __future__ import annotations

from pathlib import Path

from loader.bucket import open_bucket
from loader.errors import LoaderError
from loader.progress import step
from loader.report.figures import SECTIONS, figures
from loader.report.page import page
from loader.report.quality import quality
from loader.run import RunResult, as_it_stands
from loader.settings import Settings
from loader.warehouse import read_warehouse


def made(settings: Settings, result: RunResult) -> str:
    """The report of the warehouse as it is.

    Args:
        settings: the warehouse.
        result: the run that it follows.

    Returns:
        One HTML file.

    Raises:
        LoaderError: the warehouse can't be read.
    """
    with (
        read_warehouse(settings) as warehouse,
        step(f"report {result.day}", total=len(SECTIONS) + 1, unit="sections") as progress,
    ):
        shown = {**figures(warehouse, progress.advance), "data": quality(warehouse, result)}
        progress.advance(1)
        html = page(shown)
        progress.note(bytes=len(html.encode()))
        return html


def write(settings: Settings, file: Path | None) -> str:
    """Makes the report by hand.

    Args:
        settings: the warehouse, and the bucket where no file is named.
        file: where to write it; None for `reports/YYYYMMDD.html` in the bucket.

    Returns:
        Where it lies.

    Raises:
        LoaderError: nothing was planned yet, or it can't be read or written.
    """
    result = as_it_stands(settings)
    html = made(settings, result)
    if file is None:
        return _into_bucket(settings, result, html)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(html, encoding="utf-8")
    except OSError as error:
        raise LoaderError(
            f"the report can't be written to {file}: {error.strerror}; name another file with --out"
        ) from error
    return str(file)


def after_green_run(settings: Settings, result: RunResult) -> str | None:
    """Puts the report of a green run into the bucket. The data is good whatever becomes of it, so nothing is raised.

    Returns:
        What went wrong, a sentence with the next step; None where the report is in the bucket.
    """
    try:
        _into_bucket(settings, result, made(settings, result))
    # As decision 0006 has it for dashboards: what fails is told, whatever it is, and the morning stays green.
    except Exception as error:  # noqa: BLE001
        reason = str(error).splitlines()[0] if isinstance(error, LoaderError) else f"{type(error).__name__}: {error}"
        return f"the report of {result.day} was not written: {reason}. The data is good; make it again: python -m loader report"
    return None


def _into_bucket(settings: Settings, result: RunResult, html: str) -> str:
    key = f"reports/{result.day:%Y%m%d}.html"
    bucket = open_bucket(settings.bucket_uri)
    bucket.write(key, html.encode())
    return f"{bucket.uri}/{key}"
