"""The README's pictures: each is there, and those of pages can still be taken; what the fourth shows is for test_ui."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from loader.settings import PROJECT
from report.dictionary.__main__ import main as make_dictionary
from tests.support import screenshots

ROOF = 500_000  # bytes of a picture: everybody who clones gets it


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    stream = io.BytesIO(picture[16:24])
    return int.from_bytes(stream.read(4), "big"), int.from_bytes(stream.read(4), "big")


def test_readme_shows_exactly_the_pictures_in_docs_images() -> None:
    shown = set(re.findall(r"docs/images/([a-z-]+\.png)", (PROJECT / "README.md").read_text()))
    made = {f"{take.__name__.replace('_', '-')}.png" for take in screenshots.PICTURES}
    assert shown == made == {path.name for path in screenshots.IMAGES.iterdir()}
    for name in made:
        picture = (screenshots.IMAGES / name).read_bytes()
        assert min(size(picture)) >= 390
        assert 20_000 < len(picture) < ROOF, f"{name}: {len(picture):,} bytes"


def test_the_pages_are_pictured(demo: Path, tmp_path: Path, browser, monkeypatch: pytest.MonkeyPatch) -> None:
    page = demo.parent / "bucket" / "reports" / "20260210.html"
    assert CliRunner().invoke(make_dictionary, [str(tmp_path / "dictionary.html")]).exit_code == 0
    for take, of, expected in (
        (screenshots.report, page, (1180, 900)),
        (screenshots.report_page, page, None),  # as high as the page
        (screenshots.report_on_a_phone, page, (390, 844)),
        (screenshots.dictionary, tmp_path / "dictionary.html", (1180, 700)),
    ):
        take(browser, of, tmp_path / "picture.png")
        picture = (tmp_path / "picture.png").read_bytes()
        assert size(picture) == (expected or (1180, max(901, size(picture)[1])))
        assert len(picture) > 20_000  # something is drawn on it
