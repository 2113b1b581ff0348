"""A warehouse without models, in memory: what the loader keeps in its own tables, in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loader.warehouse.duckdb.connection import DuckDBWarehouse, open_file


@pytest.fixture
def own() -> Iterator[DuckDBWarehouse]:
    """An embedded warehouse with the loader's own tables, all empty."""
    with open_file(Path(":memory:")) as opened:
        yield opened
