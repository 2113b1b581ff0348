"""What a person reads of a dump that the gate refused: which rules, and what to type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from loader import commands
from loader.quality.data_contract import DataContract
from loader.quality.findings import Finding

_OF_MODELS = {"columns", "larger"}  # a column is gone, or holds what a model can't keep


def refusal(name: str, day: dt.date, blocked: Sequence[Finding], contract: DataContract) -> str:
    """The message: the findings, then what to do.

    Args:
        name: the dump's file.
        day: its business day.
        blocked: what the gate found, at least one.
        contract: its rules.
    """
    first = f"dump {name} did not pass the gate; nothing was changed"
    return "\n  ".join([first, *map(str, blocked), *_to_do(day, blocked, contract)])


def _to_do(day: dt.date, blocked: Sequence[Finding], contract: DataContract) -> Iterator[str]:
    kinds = {one.rule.partition(":")[0] for one in blocked}
    acceptable = all(contract.may_be_accepted(one.rule) for one in blocked)
    again = f"  {commands.again(day)}"
    if kinds & _OF_MODELS:
        yield "If the source changed for good, let models/staging follow it. Prod can't compute between load and plan. Type"
        yield f"  {commands.loader('load', '--date', day)}"
        yield f"  {commands.sqlmesh('plan')}"
        yield f"  {commands.loader('daily', '--date', day)}"
    if seeds := sorted({seed for one in blocked if (seed := contract.seed_of(one.rule))}):
        yield f"If the source means the code, add it to {' and '.join(f'seeds/{seed}.csv' for seed in seeds)}, then type"
        yield f"  {commands.sqlmesh('plan')}"
        yield again
    yield commands.ask_producer(day)
    yield again
    if acceptable:
        yield "If the dump is right all the same, type"
        yield f"  {commands.again(day, *(word for one in blocked for word in ('--accept', one.rule)))}"
        yield "If it always is, change the rule's bound in data_contract.yaml, or name the rule under only_warn there"
