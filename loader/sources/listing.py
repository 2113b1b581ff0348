"""What a listing says of an object."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stored:
    """An object as a listing shows it."""

    key: str  # its `/`-separated path without a leading slash
    version: str  # another text whenever the content may have changed; only to be compared, within one bucket
