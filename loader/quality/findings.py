"""A finding: what one rule of the contract found."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from loader.quality.data_contract import Change

PASSED, NOTED, WARNED, ACCEPTED, BLOCKED = "passed", "noted", "warned", "accepted", "blocked"


@dataclass(frozen=True)
class Finding:
    """What one rule found.

    Attributes:
        rule: its name, `kind:table` or `kind:table.column`.
        figure: what is, in words and numbers; never a value of a row.
        bound: what may be; empty where the figure says it.
        outcome: passed, noted, warned, accepted or blocked.
    """

    rule: str
    figure: str
    bound: str = ""
    outcome: str = PASSED

    def __str__(self) -> str:
        return f"{self.rule}: {self.figure}" + (f" (allowed: {self.bound})" if self.bound else "")


def judged(rule: str, figure: str, bound: str, good: bool) -> Finding:
    """A finding that blocks unless it is good.

    Args:
        rule, figure, bound: as of Finding.
        good: whether the figure is within the bound.
    """
    return Finding(rule, figure, bound, PASSED if good else BLOCKED)


def softened(finding: Finding, only_warn: Collection[str], accepted: Collection[str]) -> Finding:
    """A finding as the contract and the person at the keyboard take it.

    Args:
        only_warn: names of rules that the contract only warns of.
        accepted: those that somebody accepts; what only warns stays a warning.
    """
    if finding.outcome == BLOCKED and finding.rule in only_warn:
        return replace(finding, outcome=WARNED)
    if finding.outcome == BLOCKED and finding.rule in accepted:
        return replace(finding, outcome=ACCEPTED)
    return finding


def on_rows(
    subject: str, rows: int, before: int | None, at_least: int | None, change: Change | None
) -> Iterator[Finding]:
    """The findings on a number of rows.

    Args:
        subject: name of the table or the kind of daily file.
        rows: the number.
        before: the number before, None for the first.
        at_least: the least there must be.
        change: lowest and highest change against the number before, in percent.
    """
    if at_least is not None:
        yield judged(f"rows:{subject}", f"{rows:,}", f"{at_least:,} or more", rows >= at_least)
    if change is not None and before:
        percent = 100 * (rows - before) / before
        figure = f"{before:,} to {rows:,}, {percent:+.2f} %"
        yield judged(
            f"change:{subject}", figure, "{:+g} % to {:+g} %".format(*change), change[0] <= percent <= change[1]
        )
