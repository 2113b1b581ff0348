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
    def versions(**of: int) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=f'"w"."gold"."{name}"', fingerprint=number) for name, number in of.items()]

    prod = SimpleNamespace(snapshots=versions(same=1, changed=1, removed=1))
    assert doctor.other_models(prod, versions(same=1, changed=2, added=1)) == [
        "gold.added",
        "gold.changed",
        "gold.removed",
    ]
