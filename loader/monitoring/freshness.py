"""How far each layer reaches: a layer is as fresh as its stalest model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

_LAYERS = ("staging", "silver", "gold")


@dataclass(frozen=True)
class Layer:
    """One layer.

    Attributes:
        name: its schema.
        models: how many it has.
        reaches: the last day (JST) that every model has computed, None where one has none.
        behind: the models that end before the day asked for, each with its last day.
    """

    name: str
    models: int
    reaches: dt.date | None
    behind: list[str]


def by_layer(fresh: Mapping[str, dt.date | None], day: dt.date | None) -> list[Layer]:
    """Sums up models by layer.

    Args:
        fresh: model (`gold.x`) -> the last day computed, None where there is none.
        day: the day that they should reach, None where none is loaded.
    """
    layers = []
    for layer in _LAYERS:
        reached = {name: last for name, last in fresh.items() if name.startswith(f"{layer}.")}
        behind = [
            f"{name.partition('.')[2]} ({last or 'nothing'})"
            for name, last in reached.items()
            if not last or (day and last < day)
        ]
        known = [last for last in reached.values() if last]
        layers.append(Layer(layer, len(reached), min(known) if known and len(known) == len(reached) else None, behind))
    return layers
