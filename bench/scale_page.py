"""docs/scale.md's tables: what was measured, how it grows, and where one machine ends. All of it from docs/scale.json."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bench.watch import Cost

NAMES = {"duckdb": "DuckDB", "spark": "Spark"}
BEGIN, END = "<!-- measured by make bench-scale: begin -->", "<!-- end -->"
CONTRACTS = 62_506  # at scale 1
WINDOW = 3 * 3600  # seconds between 05:00 and 08:00
MEMORY_A_CORE, USABLE = 4_000, 0.8  # MB; the share of memory that one process may take
DISK = 16_000_000  # MB: the largest gp3 volume that EC2 had for years
MACHINES = (2, 16, 64)  # cores


@dataclass(frozen=True)
class Measured:
    """One company on one engine.

    Attributes:
        on: `duckdb`, `spark`, or `demo` for the writing of its bucket.
        scale: 1 is the real company.
        days: of history.
        day: when it was measured.
        cores: of the machine.
        steps: `first load`, `plan`, `load` and `run` (the morning), or `bucket`.
        disk: MB of the warehouse behind the morning, or of the bucket.
        failed: which step failed, and how; empty where none did.
    """

    on: str
    scale: float
    days: int
    day: str
    cores: int
    steps: dict[str, Cost]
    disk: float
    failed: str = ""

    @property
    def morning(self) -> list[Cost]:
        return [self.steps["load"], self.steps["run"]]

    def wall(self, cores: int) -> float:
        """Seconds of its morning on so many cores, if what ran on several cores here goes on to spread, and the rest does not."""
        return sum(_on(cost, self.cores, cores) for cost in self.morning)


def _on(cost: Cost, here: int, cores: int) -> float:
    spread = max(0.0, (cost.cpu - cost.wall) * here / (here - 1)) if here > 1 else 0.0
    return cost.wall - spread / here + spread / cores


class Fit(NamedTuple):
    """How a figure grows with the scale: as `scale ** slope`, and as `start + step * scale`."""

    slope: float
    factor: float
    start: float
    step: float

    def reaches(self, limit: float) -> float:
        """The scale where it reaches a limit, by the more cautious of the two; infinite where it does not grow."""
        power = (limit / self.factor) ** (1 / self.slope) if self.slope > 0 else math.inf
        line = (limit - self.start) / self.step if self.step > 0 else math.inf
        return max(0.0, min(power, line))


def fit(points: list[tuple[float, float]]) -> Fit:
    """Least squares over scale and figure, at least two points with figures above zero."""
    slope, log = _line([(math.log(x), math.log(y)) for x, y in points])
    step, start = _line(points)
    return Fit(slope, math.exp(log), start, step)


def _line(points: list[tuple[float, float]]) -> tuple[float, float]:
    x, y = (sum(one) / len(points) for one in zip(*points, strict=True))
    step = sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)
    return step, y - step * x


FIGURES: dict[str, Callable[[Measured], float]] = {
    "morning, wall s": lambda one: sum(cost.wall for cost in one.morning),
    "morning, CPU s": lambda one: sum(cost.cpu for cost in one.morning),
    "morning, memory MB": lambda one: max(cost.memory for cost in one.morning),
    "morning, written MB": lambda one: sum(cost.written for cost in one.morning),
    "plan, wall s": lambda one: one.steps["plan"].wall,
    "plan, memory MB": lambda one: one.steps["plan"].memory,
    "disk MB": lambda one: one.disk,
}


def tables(measured: list[Measured], left_out: list[str]) -> str:
    """The text between the markers."""
    if not measured:
        return "Nothing is measured yet. Type `make bench-scale`."
    measured = sorted(measured, key=lambda one: (one.on, one.scale, one.days))
    parts = [_sizes(measured), *left_out, _growth(measured), _ends(measured)]
    return "\n\n".join(part for part in parts if part)


def _sizes(measured: list[Measured]) -> str:
    """A row for each size that an engine has served, and a line for what it has not."""
    lines = [
        "| on | scale | days | first load | plan | its memory | morning | its CPU | its memory | written | disk |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(one) for one in measured if one.on != "demo" and not one.failed]
    made = [
        f"scale {one.scale:g} in {one.steps['bucket'].wall:,.0f} s with {one.steps['bucket'].memory:,.0f} MB of memory"
        for one in measured
        if one.on == "demo"
    ]
    failed = [f"{NAMES[one.on]} at scale {one.scale:g} failed: {one.failed}." for one in measured if one.failed]
    when = ", ".join(sorted({f"{one.day} ({one.cores} cores)" for one in measured}))
    written = f"The demo's generator wrote {'; '.join(made)}."
    return "\n".join([f"Measured on {when}. {written}", "", *lines, *(f"\n{text}" for text in failed)])


def _row(one: Measured) -> str:
    wall, cpu, memory, written, plan, plan_memory, disk = (figure(one) for figure in FIGURES.values())
    return (
        f"| {NAMES[one.on]} | {one.scale:g} | {one.days} | {one.steps['first load'].wall:,.0f} s | {plan:,.0f} s | {plan_memory:,.0f} MB "
        f"| {wall:,.0f} s | {cpu:,.0f} s | {memory:,.0f} MB | {written:,.0f} MB | {disk:,.0f} MB |"
    )


def _growing(measured: list[Measured], on: str) -> list[Measured]:
    """The sizes of an engine that are complete, of the history that most of them have."""
    whole = [one for one in measured if one.on == on and not one.failed]
    days = [one.days for one in whole]
    return [one for one in whole if one.days == max(days, key=lambda number: (days.count(number), number))]


def _growth(measured: list[Measured]) -> str:
    lines = [f"| | {' | '.join(NAMES.values())} |", "|---|---|---|"]
    for name, figure in FIGURES.items():
        cells = []
        for on in NAMES:
            points = [(one.scale, figure(one)) for one in _growing(measured, on)]
            cells.append(_fitted(points) if len(points) > 1 and min(y for _, y in points) > 0 else "needs two sizes")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(["How it grows: a line, and the slope of both logarithms (1 is in proportion).", "", *lines])


def _fitted(points: list[tuple[float, float]]) -> str:
    grown = fit(points)
    return f"{grown.start:,.1f} + {grown.step:,.1f} × scale; slope {grown.slope:.2f}"


def _ends(measured: list[Measured]) -> str:
    sizes = _growing(measured, "duckdb")
    if len(sizes) < 2:
        return "Where DuckDB on one machine ends needs two sizes of DuckDB: `python -m bench.scale --scale 1 --scale 10 --on duckdb`."
    machines = list(_machines(sizes))
    few, many = (_size(min(ends.values())) for _, ends in (machines[0], machines[-1]))
    largest = max(one.scale for one in sizes)
    return f"""Where DuckDB ends, in companies of {CONTRACTS:,} contracts, with {sizes[0].days} days of history:

| cores | memory | morning takes 3 hours | memory is full | disk is full | ends at |
|---|---|---|---|---|---|
{chr(10).join(_machine(cores, ends) for cores, ends in machines)}

**Stay on one machine until the company is {few} times as large on {MACHINES[0]} cores, or {many} times on {MACHINES[-1]}.**
The largest company that was measured is {largest:g} times as large; what lies above is extrapolated."""


def _machine(cores: int, ends: dict[str, float]) -> str:
    cells = " | ".join(_size(scale) for scale in ends.values())
    return f"| {cores} | {cores * MEMORY_A_CORE // 1000} GB | {cells} | **{_size(min(ends.values()))}** |"


def _machines(sizes: list[Measured]) -> Iterator[tuple[int, dict[str, float]]]:
    def reaches(figure: Callable[[Measured], float], limit: float) -> float:
        return fit([(one.scale, figure(one)) for one in sizes]).reaches(limit)

    for cores in MACHINES:
        yield (
            cores,
            {
                "time": reaches(lambda one, cores=cores: one.wall(cores), WINDOW),
                "memory": reaches(FIGURES["morning, memory MB"], cores * MEMORY_A_CORE * USABLE),
                "disk": reaches(FIGURES["disk MB"], DISK),
            },
        )


def _size(number: float) -> str:
    """Two digits that count, for no more is known."""
    if math.isinf(number):
        return "never"
    return f"{float(f'{number:.2g}'):,.{0 if number >= 10 else 1}f}"
