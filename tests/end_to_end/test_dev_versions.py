"""A model's version that prod does not show, for it is tried in dev or was replaced, is as exact as prod's once prod shows it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from loader.transform.run import run
from tests.conftest import FIRST_DAY, settings_for
from tests.support.landing import land_snapshot
from tests.support.project_copy import copy_project

COLUMN = "days_since_previous_snapshot::BIGINT AS days_since_previous_snapshot"
EDITED = COLUMN.replace("::", " + 0::")
CHANGES = "SELECT * FROM silver.tenant_status_changes ORDER BY 1, 2"


@pytest.mark.parametrize("how", ["promoted", "taken back"])
def test_late_daily_file_reaches_model_versions_outside_prod(warehouse: Path, tmp_path: Path, query, how: str) -> None:
    """Days that a late file changes are found by the calendar, which all versions share: once it is right, nothing tells any more that
    another version of what stands on it lacks the file."""
    settings = settings_for(warehouse)
    project = copy_project(tmp_path / "project")
    project.edit("silver.tenant_status_changes", COLUMN, EDITED)
    project.plan("dev" if how == "promoted" else "prod")
    late = FIRST_DAY - dt.timedelta(days=3)
    land_snapshot(warehouse, late, {1: 5, 2: 4})
    run(settings)
    right = query(warehouse, CHANGES)
    assert late in {row[1] for row in right}
    if how == "taken back":
        project.edit("silver.tenant_status_changes", EDITED, COLUMN)
    project.plan()
    run(settings)
    assert query(warehouse, CHANGES) == right
