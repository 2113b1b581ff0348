"""Random dumps, manifests and daily files against a slow and obvious reader of the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fuzz.cases import KINDS, kind_of
from tests.support.fuzz.place import Place
from tests.support.fuzz.runner import Tally, run

SEED, CASES = 1, 2000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The warehouse that every case begins with."""
    found = Place(tmp_path_factory.mktemp("fuzz"))
    yield found
    found.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_bucket_whatever_was_done_to_it_is_refused_or_lands_as_the_reference_reads_it(
    kind: str, place: Place
) -> None:
    tally = Tally()
    for _ in run(place, SEED, [number for number in range(CASES) if kind_of(number) == kind], tally):
        pass
    assert not tally.failures, "\n".join(map(str, tally.failures[:5]))
    # Cases of which none lands would prove little.
    assert 100 * tally.landed >= KINDS[kind].landing * tally.cases
