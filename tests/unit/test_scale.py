"""What docs/scale.md makes of measured figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import scale
from bench.scale_page import BEGIN, END, Measured, fit, tables
from bench.watch import Cost


def measured(on: str, size: float, seconds: float, *, cpu: float = 1, memory: float = 100) -> Measured:
    step = Cost(seconds / 2, seconds / 2 * cpu, memory, 10 * size)
    return Measured(
        on, size, 14, "2026-02-10", 2, dict.fromkeys(("first load", "plan", "load", "run"), step), 50 * size
    )


def test_a_fit_says_slope_and_line() -> None:
    grown = fit([(size, 20 + 3 * size) for size in (1, 10, 100)])
    assert (grown.start, grown.step) == pytest.approx((20, 3))
    assert fit([(size, 5 * size**1.5) for size in (1, 10, 100)]).slope == pytest.approx(1.5)


def test_the_more_cautious_of_power_and_line_says_where_a_limit_is_reached() -> None:
    line = [(size, 20 + 3 * size) for size in (1, 10, 100)]  # its power grows slower
    assert fit(line).reaches(3020) == pytest.approx(1000)
    power = [(size, 2 * size**1.5) for size in (1, 10, 100)]  # a line through it grows slower
    assert fit(power).reaches(2 * 1000**1.5) == pytest.approx(1000)
    assert fit([(1, 5), (10, 5)]).reaches(50) == float("inf")


def test_more_cores_shorten_what_ran_on_several_alone() -> None:
    assert measured("duckdb", 1, 100, cpu=1).wall(64) == pytest.approx(100)
    assert measured("duckdb", 1, 100, cpu=2).wall(64) == pytest.approx(100 * 2 / 64)
    assert measured("duckdb", 1, 100, cpu=1.5).wall(4) == pytest.approx(50 + 25)


def test_the_page_says_where_duckdb_ends() -> None:
    text = tables([measured("duckdb", size, 108 * size) for size in (1, 10)], ["Left out: scale 100."])
    assert "| 64 | 256 GB | 100 |" in text
    assert "until the company is 100 times as large on 2 cores, or 100 times on 64.**" in text
    assert "largest company that was measured is 10 times" in text and "Left out: scale 100." in text
    assert "| morning, wall s | 0.0 + 108.0 × scale; slope 1.00 | needs two sizes |" in text


def test_a_size_that_failed_is_named_and_is_in_no_fit() -> None:
    failed = Measured("duckdb", 100, 14, "2026-02-10", 2, {}, 0, "`plan` ended with -9")
    text = tables([*(measured("duckdb", size, 10 * size) for size in (1, 10)), failed], [])
    assert "DuckDB at scale 100 failed: `plan` ended with -9." in text
    assert "largest company that was measured is 10 times" in text


def test_one_size_ends_nowhere() -> None:
    assert "needs two sizes" in tables([measured("duckdb", 1, 10)], [])


def test_a_size_needs_what_the_largest_one_took_and_a_reserve() -> None:
    assert scale.needed(10, 14, "duckdb", []) == 10 * (250 + 5 * 14 + 100 + 2 * 14)
    taken = [measured("duckdb", 1, 10), measured("duckdb", 2, 10), measured("demo", 2, 10)]
    assert scale.needed(10, 14, "duckdb", taken) == 10 * 1.5 * (50 + 50)
    assert scale.needed(10, 15, "duckdb", taken) == scale.needed(10, 15, "duckdb", [])


def test_figures_are_kept_and_the_rest_of_the_page_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "PAGE", tmp_path / "scale.md")
    monkeypatch.setattr(scale, "FIGURES", tmp_path / "scale.json")
    scale.PAGE.write_text(f"head\n{BEGIN}\nold\n{END}\ntail\n")
    kept = [measured("duckdb", 1, 10)]
    for _ in range(2):
        scale.keep(kept, [])
    text = scale.PAGE.read_text()
    assert text.startswith(f"head\n{BEGIN}\n\nMeasured on") and text.endswith(f"\n\n{END}\ntail\n")
    assert (scale.read(), json.loads(scale.FIGURES.read_text())[0]["scale"]) == (kept, 1)


def test_the_page_says_what_the_kept_figures_say() -> None:
    text = scale.PAGE.read_text()
    assert len(text.encode()) <= 6_000
    between = text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip()
    left_out = [line for line in between.splitlines() if line.startswith("Left out")]
    assert between == tables(scale.read(), left_out)
