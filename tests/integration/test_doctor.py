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


def test_models_that_differ_are_named_those_before_their_readers() -> None:
    def versions(**of: str) -> list[SimpleNamespace]:
        hashes = ("data_hash", "metadata_hash", "parent_data_hash")
        return [
            SimpleNamespace(
                name=f'"w"."gold"."{name}"', fingerprint=SimpleNamespace(**dict(zip(hashes, text, strict=True)))
            )
            for name, text in of.items()
        ]

    prod = SimpleNamespace(snapshots=versions(same="111", a_reader="111", changed="111", sentence="111", removed="111"))
    files = versions(same="111", a_reader="112", changed="211", sentence="121", added="111")
    assert doctor.other_models(prod, files) == [
        f"gold.{name}" for name in ("added", "changed", "removed", "sentence", "a_reader")
    ]
