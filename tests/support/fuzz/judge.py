"""The judge of a case: refused with a plain answer and nothing changed, or landed as the reference reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from demo.objects import snapshot_key
from loader.errors import LoaderError
from tests.support.fuzz.case import LANDS, REFUSED, Case
from tests.support.fuzz.expected import Wrong, entries, expected, landed
from tests.support.fuzz.place import RECORDS, Contents, Ran
from tests.support.fuzz.reference_files import FILES
from tests.support.fuzz.source import CANARY, DAY

_EXIT_CODES = (2, 3, 4)
_LONGEST_MESSAGE = 4000  # characters; a longer one is no answer


@dataclass(frozen=True)
class Verdict:
    """What became of a case that was handled right.

    Attributes:
        exit_code: what the command would have ended with.
        landed: whether anything landed.
    """

    exit_code: int
    landed: bool


def judge(case: Case, base: Contents, ran: Ran) -> Verdict:
    """Judges a case.

    Raises:
        Wrong: the load did what it must not do.
    """
    _answer(case, ran)
    _no_canary(ran)
    wanted = expected(base, ran)
    _same(wanted, ran.contents)
    _bucket(ran)
    new = landed(base, ran)
    if ran.error is None:
        _nothing_passed_over(case, ran)
    if case.outcome == LANDS and case.subject not in new:
        raise Wrong(f"what is sound was refused: {ran.error}")
    if case.outcome == REFUSED and case.subject in new:
        raise Wrong("what must be refused landed")
    return Verdict(ran.error.exit_code if isinstance(ran.error, LoaderError) else 0, bool(new))


def _answer(case: Case, ran: Ran) -> None:
    if ran.error is None:
        return
    if not isinstance(ran.error, LoaderError):
        raise Wrong(f"no answer but {type(ran.error).__name__}: {ran.error}") from ran.error
    text = str(ran.error)
    # Where a folder has an object's name, the bucket itself is broken.
    broken = any(re.search(r"\.(csv|json|sql|gz)/", key) for key in (*case.files, *case.links))
    if ran.error.exit_code not in _EXIT_CODES and not (broken and type(ran.error) is LoaderError):
        raise Wrong(f"exit code {ran.error.exit_code}: {text}") from ran.error
    if len(text) > _LONGEST_MESSAGE:
        raise Wrong(f"a message of {len(text):,} characters: {text[:200]}")


def _no_canary(ran: Ran) -> None:
    told = {"the message": str(ran.error), "the log": ran.output}
    told |= {f"landing.{name}": repr(ran.contents[f"landing.{name}"][1]) for name in RECORDS}
    for where, text in told.items():
        if CANARY in text.lower():
            raise Wrong(f"{where} tells a row's value: {text[max(0, text.lower().index(CANARY) - 200) :][:400]}")


def _same(wanted: Contents, found: Contents) -> None:
    records = {f"landing.{name}" for name in RECORDS}
    if wanted.keys() != found.keys():
        raise Wrong(
            f"missing: {sorted(wanted.keys() - found.keys())}; too many: {sorted(found.keys() - wanted.keys())}"
        )
    for name in sorted(wanted.keys() - records):
        if wanted[name] != found[name] and _sorted(wanted[name]) != _sorted(found[name]):
            raise Wrong(f"{name} is\n  {found[name]}\nand must be\n  {wanted[name]}")


def _sorted(table: tuple) -> tuple:
    return table[0], sorted(map(repr, table[1]))


def _bucket(ran: Ran) -> None:
    """A load writes the daily files that it exports, and nothing else."""
    changed = {key for key in ran.before.keys() | ran.after.keys() if ran.before.get(key) != ran.after.get(key)}
    exports = {snapshot_key(day, kind) for dataset, day in entries(ran.contents) if dataset == "dump" for kind in FILES}
    if changed - exports:
        raise Wrong(f"the bucket's {sorted(changed - exports)} changed")


def _nothing_passed_over(case: Case, ran: Ran) -> None:
    """It ended well, so the day that was asked for is in, and so is every file of a day until then."""
    now = entries(ran.contents)
    if case.day is not None and ("dump", case.day) not in now:
        raise Wrong(f"it ended well without a dump of {case.day}")
    live = max(day for dataset, day in now if dataset == "dump")
    assert live >= DAY
    for key in ran.after:
        match = re.fullmatch(rf"snapshots/({'|'.join(FILES)})/(\d{{8}})\.csv", key, re.A)
        if match and match[2] <= f"{live:%Y%m%d}" and not any(entry.key == key for entry in now.values()):
            raise Wrong(f"it ended well without {key}")
