"""`daily --dry-run` says what the morning then does, and changes nothing."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from pathlib import Path

import pytest

from demo.objects import put_coordinates, put_dump
from demo.rows import company
from loader import dates
from loader.daily import daily
from loader.dry_run import preview
from loader.errors import DumpRejectedError, LoaderError, NoDumpError
from loader.landing.load_steps import LoadRequest
from tests.conftest import FIRST_DAY, settings_for

NEXT = FIRST_DAY + dt.timedelta(days=1)
LAST = FIRST_DAY + dt.timedelta(days=2)


def test_what_is_said_is_done_and_nothing_before(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query
) -> None:
    monkeypatch.setattr(dates, "business_today", lambda: LAST)
    bucket = tmp_path / "bucket"
    bucket.mkdir()
    settings, request = settings_for(warehouse, bucket), LoadRequest(LAST, catch_up=True)

    def said(ends: type[LoaderError] | None = None) -> str:
        lines: list[str] = []
        with pytest.raises(ends, match=f"exit code {ends.exit_code},") if ends else nullcontext():
            for line in preview(settings, request):
                lines.append(line)
        return "\n".join(lines)

    told = said(NoDumpError)
    assert f"no dump: {bucket} holds no dump of {LAST}" in told
    assert f"  {NEXT} is missing (dump and daily files)\n  Get it into the bucket" in told
    put_dump(bucket, LAST, company())
    put_dump(bucket, NEXT, company())
    manifest = bucket / f"dumps-manifest/gghouse_{NEXT:%Y%m%d}.json"
    good = manifest.read_bytes()
    manifest.unlink()
    assert f"not this one: dump dumps/gghouse_{NEXT:%Y%m%d}" in said(DumpRejectedError)
    manifest.write_bytes(good)
    put_coordinates(bucket, [(1, "139.5", "35.5")])
    assert "  refused: coordinates" in said(DumpRejectedError)
    put_coordinates(bucket, [(1, "35.5", "139.5")])
    before = warehouse.read_bytes()
    told = said()
    assert warehouse.read_bytes() == before
    assert f"  dumps of days before, not loaded yet: {NEXT}" in told
    assert "MB: new, and its manifest is good" in told
    assert "property_geo_latlon_backup.csv: 1 rows" in told
    assert f"Compute, up to {LAST}" in told
    assert f"models: {NEXT} to {LAST}" in told
    daily(settings, request)
    assert query(warehouse, "SELECT MAX(business_date) FROM landing.load_ledger WHERE dataset = 'dump'") == [(LAST,)]
    told = said()
    assert "MB: loaded already" in told
    assert "property_geo_latlon_backup.csv: nothing new" in told
    assert "  no model: all of them are there" in told
    assert "is missing" not in told
