"""Random dumps, manifests and daily files against a slow and obvious reader of the same bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from tests.endurance.conftest import Length
from tests.support.fuzz.cases import KINDS, kind_of
from tests.support.fuzz.place import Place
from tests.support.fuzz.runner import Tally, run


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The warehouse that every case begins with."""
    found = Place(tmp_path_factory.mktemp("fuzz"))
    yield found
    found.close()


@pytest.mark.parametrize("kind", KINDS)
def test_altered_bucket_is_rejected_or_lands_like_the_reference(kind: str, place: Place, length: Length) -> None:
    tally, cases = Tally(), range(length.of(20_000, 100))
    for _ in run(place, length.seed, [number for number in cases if kind_of(number) == kind], tally):
        pass
    assert not tally.failures, "\n".join(map(str, tally.failures[:5]))
    # Cases of which none lands would prove little; by chance it may be three standard deviations fewer.
    share, cases = KINDS[kind].landing / 100, tally.cases
    assert tally.landed >= share * cases - 3 * math.sqrt(cases * share * (1 - share))
