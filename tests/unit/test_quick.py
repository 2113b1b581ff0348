"""What is replaced in SQLMesh, function by function."""

from __future__ import annotations

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
