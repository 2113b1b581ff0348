"""What is replaced in SQLMesh, function by function."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlmesh.core.dialect import parse
from sqlmesh.core.model import load_sql_based_model
from sqlmesh.core.snapshot import Snapshot
from sqlmesh.core.state_sync.db import snapshot as state

from loader.transform.speedups import quicken


def test_a_version_is_read_from_the_state_each_time(tmp_path: Path) -> None:
    quicken()
    model = load_sql_based_model(parse("MODEL (name a.b, kind FULL); SELECT 1 AS c"))
    of_other_warehouse, ours = (Snapshot.from_node(model, nodes={}) for _ in range(2))
    of_other_warehouse.version, ours.version = "1", "2"
    for snapshot in (of_other_warehouse, ours):
        cache = state.SnapshotCache(tmp_path)
        cache.put(snapshot)
        found, from_file = cache.get_or_load({snapshot.snapshot_id}, lambda _, one=snapshot: [one])
        assert found[snapshot.snapshot_id].version == snapshot.version
        assert not from_file  # or else SQLMesh would ask the state for it once more


def test_dateparser_reads_time_zones_as_it_does_alone() -> None:
    read = "; ".join(
        (
            "import regex, dateparser, dateparser.timezone_parser as zones",
            "print(*map(dateparser.parse, ('2020-01-01 10:00:00 est', '2020-01-01 10:00 +0900', '2020-01-01 JST')))",
            "print(zones.word_is_tz('JST'), len(zones._tz_offsets), type(regex.compile('a')).__name__)",
        )
    )
    assert _printed(f"from loader.transform import speedups; speedups.before_import(); {read}") == _printed(read)


def _printed(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
