"""docs/runbook.md against what it speaks of: alarms, exit codes, commands and tests that are there."""

from __future__ import annotations

import re

from loader import errors
from loader.cli import cli
from loader.settings import PROJECT
from tests.deploy.test_template import resources

RUNBOOK = (PROJECT / "docs" / "runbook.md").read_text()


def section(title: str) -> str:
    return RUNBOOK.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_alarm_and_message_to_the_topic_has_a_row() -> None:
    found, alarms = resources(), section("Alarms")
    assert found["Silence"]["AlarmName"].replace("Silence", "") in alarms
    for state in found["JobFailed"]["EventPattern"]["detail"]["state"]:
        assert f'"{state}"' in alarms
    sent = "".join((PROJECT / "deploy" / name).read_text() for name in ("producer.py", "glue/run.py"))
    subjects = re.findall(r"[Ss]ubject ?= ?\"(.+?)\"", sent)
    assert len(subjects) == 3
    for subject in subjects:
        assert f'"{subject}"' in alarms


def test_every_exit_code_has_a_row() -> None:
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.LoaderError)]
    assert len(kinds) == 5
    for kind in kinds:
        assert re.search(rf"^\| {kind.exit_code} \|", section("Exit codes"), re.M), kind


def test_what_it_says_to_type_is_there() -> None:
    targets = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.M)
    assert set(re.findall(r"make ([a-z-]+)", RUNBOOK)) <= set(targets)
    assert set(re.findall(r"-m loader ([a-z]+)", RUNBOOK)) <= cli.commands.keys()
    for name in re.findall(r"(?:deploy|tests|docs)/[\w./-]+\.\w+", RUNBOOK):
        assert (PROJECT / name).is_file(), name
    for file, test in re.findall(r"(tests/[\w/]+\.py)::(\w+)", RUNBOOK):
        assert f"def {test}(" in (PROJECT / file).read_text()
    names = {one.get("Name") for one in resources().values()}
    assert set(re.findall(r"--(?:job-)?name (warehouse-\w+)", RUNBOOK)) <= names


def test_the_sum_is_the_sum_of_its_rows() -> None:
    rows = re.findall(r"^\| (.+?) \|.*\| \**([\d.]+)\** \|$", section("What it costs a month"), re.M)
    total = next(at for at, (what, _) in enumerate(rows) if what.startswith("**"))
    assert round(sum(float(cost) for _, cost in rows[:total])) == float(rows[total][1])
