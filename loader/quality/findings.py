"""A finding: what one rule of the data contract found; and the message of a dump that findings block."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from loader import commands
from loader.quality.data_contract import Change, DataContract

_OF_MODELS = {"columns", "larger"}  # a column is missing, or holds what a model can't keep
PASSED, NOTED, WARNED, ACCEPTED, BLOCKED = "passed", "noted", "warned", "accepted", "blocked"


@dataclass(frozen=True)
class Finding:
    rule: str  # its name, `kind:table` or `kind:table.column`
    figure: str  # what is, in words and numbers; never a value of a row
    bound: str = ""  # what may be; empty where the figure says it
    outcome: str = PASSED  # passed, noted, warned, accepted or blocked

    def __str__(self) -> str:
        return f"{self.rule}: {self.figure}" + (f" (allowed: {self.bound})" if self.bound else "")


def judged(rule: str, figure: str, bound: str, good: bool) -> Finding:
    """A finding that blocks unless it is good: unless its figure is within the bound."""
    return Finding(rule, figure, bound, PASSED if good else BLOCKED)


def softened(finding: Finding, only_warn: Collection[str], accepted: Collection[str]) -> Finding:
    """A finding as the data contract and the person at the keyboard take it: names of rules that the contract only warns of, and of those
    that somebody accepts; what only warns stays a warning.
    """
    if finding.outcome == BLOCKED and finding.rule in only_warn:
        return replace(finding, outcome=WARNED)
    if finding.outcome == BLOCKED and finding.rule in accepted:
        return replace(finding, outcome=ACCEPTED)
    return finding


def on_rows(
    subject: str, rows: int, before: int | None, at_least: int | None, change: Change | None
) -> Iterator[Finding]:
    """The findings on the rows of a table or daily file: `change` is the lowest and highest change against those before, in percent."""
    if at_least is not None:
        yield judged(f"rows:{subject}", f"{rows:,}", f"{at_least:,} or more", rows >= at_least)
    if change is not None and before:
        percent = 100 * (rows - before) / before
        figure = f"{before:,} to {rows:,}, {percent:+.2f} %"
        yield judged(
            f"change:{subject}", figure, "{:+g} % to {:+g} %".format(*change), change[0] <= percent <= change[1]
        )


def accept(blocked: Sequence[Finding]) -> list[str]:
    """The words of a command that accept findings."""
    return [word for one in blocked for word in ("--accept", one.rule)]


def refusal(name: str, day: dt.date, blocked: Sequence[Finding], contract: DataContract) -> str:
    """The message for a dump's file and business day: the findings that block it, then what to do."""
    first = f"dump {name} did not pass the gate; nothing was changed"
    return "\n  ".join([first, *map(str, blocked), *_to_do(day, blocked, contract)])


def _to_do(day: dt.date, blocked: Sequence[Finding], contract: DataContract) -> Iterator[str]:
    kinds = {one.rule.partition(":")[0] for one in blocked}
    acceptable = all(contract.may_be_accepted(one.rule) for one in blocked)
    again = f"  {commands.again(day)}"
    if kinds & _OF_MODELS:
        yield "If the source changed for good, let external_models.yaml and models/staging follow it. Prod can't compute between load and plan. Type"
        yield f"  {commands.loader('load', '--date', day)}"
        yield f"  {commands.sqlmesh('plan')}"
        yield f"  {commands.loader('daily', '--date', day)}"
    if seeds := sorted({seed for one in blocked if (seed := contract.seed_of(one.rule))}):
        yield f"If the source means the code, add it to {' and '.join(f'seeds/{seed}.csv' for seed in seeds)}, then type"
        yield f"  {commands.sqlmesh('plan')}"
        yield again
    yield commands.ask_producer(day)
    if acceptable:
        yield "If the dump is right all the same, type"
        yield f"  {commands.again(day, *accept(blocked))}"
        yield "If it always is, change the rule's bound in data_contract.yaml, or name the rule under only_warn there"
