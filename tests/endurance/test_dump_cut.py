"""A dump that ends at any byte."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from loader.errors import DumpRejectedError
from tests.endurance.conftest import Length
from tests.support.landed import REAL_DUMPS, Landed


def small(path: Path) -> bytes:
    """A small real dump: one table and its rows, with the header and trailer around them."""
    body = path.read_bytes()
    start, end = (
        body.index(b"-- Table structure for table `parted`"),
        body.index(b"UNLOCK TABLES;\n", body.index(b"`parted` VALUES")) + len(b"UNLOCK TABLES;\n"),
    )
    return (
        body[: body.index(b"-- Table structure for table")]
        + body[start:end]
        + body[body.rindex(b"-- Dump completed") :]
    )


@pytest.mark.parametrize("server", ["mariadb", "mysql"])
@pytest.mark.parametrize("gzipped", [False, True], ids=["plain", "gz"])
def test_dump_cut_at_any_byte_is_never_complete(server: str, gzipped: bool, length: Length, tmp_path: Path) -> None:
    whole = small(REAL_DUMPS / server / "plain.sql")
    body = gzip.compress(whole) if gzipped else whole
    assert Landed(body, tmp_path).report.complete
    # The last kilobyte, where an end is most like another one, at each byte; a sample takes every 199th before it, and every 19th of those.
    step, tail = length.of(1, 199), max(len(body) - 1000, 0)
    for size in [*range(0, tail, step), *range(tail, len(body), length.of(1, 19))]:
        try:
            found = Landed(body[:size], tmp_path)
        except DumpRejectedError as rejection:
            assert "gghouse_20260210.sql" in str(rejection)
        else:
            assert not found.report.complete
