"""`doctor` on a planned warehouse, on both engines."""

from __future__ import annotations

from types import SimpleNamespace

from loader.monitoring import doctor
from tests.support.places import Place


def test_a_planned_warehouse_is_as_the_files_are(place: Place) -> None:
    found = {one.part: one for one in doctor.examine(place.settings())}
    assert found["prod"].is_well, found["prod"]
    assert found["database"].is_well or "certificate is not verified" in found["database"].text
    assert ("state" in found) == place.on_mysql
    assert all(one.is_well for part, one in found.items() if part == "state")


def test_models_that_differ_are_named() -> None:
    changed, added, removed = ('"w"."gold"."moveouts"', '"w"."silver"."as_of"', '"w"."gold"."gone"')
    found = SimpleNamespace(
        modified_snapshots={changed: ()},
        added=[SimpleNamespace(name=added)],
        removed_snapshots=[SimpleNamespace(name=removed)],
    )
    assert doctor._other_models(found) == ["gold.gone", "gold.moveouts", "silver.as_of"]
