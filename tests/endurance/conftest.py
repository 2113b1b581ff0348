"""How long: a sample of each test in `make test`, all of it in `make endurance`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TypeVar

import pytest

BEGAN = time.monotonic()
T = TypeVar("T")


@dataclass(frozen=True)
class Length:
    """How long the tests are to be.

    Attributes:
        whole: all of each, not a sample.
        seed: of everything that chance decides.
        mornings: how many the simulated company lives.
    """

    whole: bool
    seed: int
    mornings: int

    def of(self, whole: T, sample: T) -> T:
        """One or the other."""
        return whole if self.whole else sample


@pytest.fixture(scope="session")
def length(pytestconfig: pytest.Config) -> Length:
    return Length(*(pytestconfig.getoption(name) for name in ("at_length", "seed", "mornings")))


@pytest.fixture(autouse=True)
def _in_time(pytestconfig: pytest.Config) -> None:
    minutes = pytestconfig.getoption("minutes")
    if minutes is not None and time.monotonic() - BEGAN > minutes * 60:
        pytest.skip(f"not begun within {minutes:g} minutes")
