"""Whole mornings, without audits: they cost half of a run and change no row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from tests.support import places


@pytest.fixture(autouse=True)
def _unaudited(request: pytest.FixtureRequest) -> Iterator[None]:
    """Audits are tested in tests/models, and run on the demo's mornings, the simulated ones and those of test_parity.py."""
    with nullcontext() if request.node.get_closest_marker("audited") else places.unaudited():
        yield
