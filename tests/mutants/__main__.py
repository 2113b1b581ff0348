"""Plants each fault of the list in a copy of the project, and says which test finds it, in which tier and after how many seconds."""

from __future__ import annotations

import argparse
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from loader.settings import PROJECT
from tests.mutants.faults import PYTEST, Fault, ListError, command, planted, read, write
from tests.mutants.runs import import_libraries, ran
from tests.mutants.table import ESCAPED, Found, merged
from tests.support.worktree import worktree

TRY_SECONDS, TIER_SECONDS = 1800, 3600  # then it hangs
TIERS = ("unit", "models", "integration", "end_to_end", "deploy", "endurance")
HANGS = "hangs"
_PYTEST_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.M)
_SQLMESH_FAILED = re.compile(r"^(?:FAIL|ERROR): (\S+) \(", re.M)


@contextmanager
def copied(commit: str) -> Iterator[Path]:
    """A working tree of a commit, with this environment, for `with`."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, worktree(commit, Path(folder) / "project") as copy:
        (copy / ".venv").symlink_to((PROJECT / ".venv").resolve())
        yield copy


def failed(output: str) -> list[str]:
    """The tests that pytest or SQLMesh say failed, from `tests/` on."""
    return [one.removeprefix("tests/") for one in _PYTEST_FAILED.findall(output) + _SQLMESH_FAILED.findall(output)]


def found(fault: Fault, project: Path, tiers: Sequence[str]) -> Found:
    """What finds a fault that is planted in a project.

    Args:
        tiers: the folders of tests to run behind the fault's own ones, in this order.
    """
    started = time.monotonic()
    runs = [(words, TRY_SECONDS) for entry in fault.tries if (words := command(entry, project))]
    runs += [([*PYTEST, "-x", f"tests/{tier}"], TIER_SECONDS) for tier in tiers if (project / "tests" / tier).is_dir()]
    for words, limit in runs:
        good, output = ran(words, project, limit)
        if not good:
            first = HANGS if output is None else next(iter(failed(output)), " ".join(words[:2]))
            tier = next(
                (tier for tier in TIERS if f"tests/{tier}" in " ".join(words)),
                "models" if words[0] == "sqlmesh" else "",
            )
            return Found(first, tier, time.monotonic() - started)
    return Found(ESCAPED, "", time.monotonic() - started)


def main(words: list[str]) -> int:
    """Returns 0 where every fault was found, 1 where one escaped."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="ID", help="these faults, by id or how it begins")
    parser.add_argument("--out", type=Path, metavar="FILE", help="page whose table takes the results")
    parser.add_argument(
        "--before",
        metavar="COMMIT",
        help="plant in that commit, run each fault's own tests alone, fill the table's first half",
    )
    parser.add_argument(
        "--tiers", nargs="*", choices=TIERS, default=TIERS, help="tiers to run where those tests find nothing (all)"
    )
    given = parser.parse_args(words)
    faults = read(before=bool(given.before))
    chosen = [one for one in faults if not given.only or one.id.startswith(tuple(given.only))]
    finders: dict[str, list[str]] = {}  # test -> the faults that it found; "" of those that escaped

    def tell(fault: Fault, result: Found) -> None:
        print(f"{fault.id}: {' '.join(filter(None, (result.tier, result.test)))}, {result.seconds:.0f} s", flush=True)
        if given.out:
            page = given.out.read_text(encoding="utf-8")
            given.out.write_text(merged(page, faults, fault, result, before=bool(given.before)), encoding="utf-8")

    import_libraries()
    with copied(given.before or "HEAD") as project:
        texts = {one.file: (project / one.file).read_text(encoding="utf-8") for one in chosen}
        with_fault = {one.id: planted(one, texts[one.file]) for one in chosen}  # all, before the first is tried
        for fault in chosen:
            write(project / fault.file, with_fault[fault.id])
            try:
                result = found(fault, project, () if given.before else given.tiers)
            finally:
                write(project / fault.file, texts[fault.file])
            finders.setdefault(result.test.replace(ESCAPED, ""), []).append(fault.id)
            tell(fault, result)
        for test in _red(finders, project):
            print(f"{test} fails without any fault, and has found nothing")
            for fault in (one for one in chosen if one.id in finders[test]):
                tell(fault, Found(ESCAPED, "", 0))
            finders.setdefault("", []).extend(finders.pop(test))
    escaped = finders.get("", [])
    print(
        "\n".join(
            [
                f"{len(chosen) - len(escaped)} of {len(chosen)} faults were found",
                *(f"escaped: {one}" for one in escaped),
            ]
        )
    )
    return int(bool(escaped))


def _red(tests: Sequence[str], project: Path) -> list[str]:
    """Those that fail in the project as it is."""
    named = [f"tests/{test}" for test in tests if ".py" in test]
    runs = [[*PYTEST, *named]] if named else []
    runs += [["sqlmesh", part] for part in ("lint", "test") if any(".py" not in test for test in tests)]
    red: set[str] = set()
    for words in runs:
        good, output = ran(words, project, TIER_SECONDS)
        red |= set() if good else {*failed(output or ""), " ".join(words)}
    return [test for test in tests if test in red]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the copy goes
    try:
        sys.exit(main(sys.argv[1:]))
    except ListError as error:
        sys.exit(f"error: {error}")
