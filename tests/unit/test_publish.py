"""A report that can't be made harms no green morning, and a text in it no page."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from loader.landing.access import open_warehouse
from loader.settings import Settings
from loader.transform.run import RunResult
from report import page
from report.publish import after_green_run


def test_failing_report_returns_a_message_and_never_raises(tmp_path: Path) -> None:
    settings = Settings("duckdb", tmp_path / "warehouse.duckdb", str(tmp_path))
    with open_warehouse(settings):
        pass
    told = after_green_run(settings, RunResult(dt.date(2025, 6, 10)))  # there is no gold
    assert told and told.startswith("the report of 2025-06-10 was not written: CatalogException: ")
    assert "python -m loader report" in told


def test_source_text_cannot_end_its_script_element() -> None:
    written = page._in_script({"name": "</script><!-- & 東京"})
    assert not {"<", ">", "&"} & {*written}
    assert json.loads(written) == {"name": "</script><!-- & 東京"}
