"""docs/runbook.md against what it speaks of: alarms, exit codes, commands and tests that are there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess

import jmespath

from loader import errors
from loader.cli import cli
from loader.settings import PROJECT
from tests.deploy.test_template import PARAMETERS, RIGHTS, SPARK, resources

RUNBOOK = (PROJECT / "docs" / "runbook.md").read_text()


def section(title: str) -> str:
    return RUNBOOK.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_alarm_and_topic_message_has_a_runbook_row() -> None:
    found, alarms = resources(), section("Alarms")
    assert found["Silence"]["AlarmName"].replace("Silence", "") in alarms
    for state in found["JobFailed"]["EventPattern"]["detail"]["state"]:
        assert f'"{state}"' in alarms
    sent = "".join((PROJECT / name).read_text() for name in ("deploy/producer.py", "jobs/run.py"))
    subjects = re.findall(r"[Ss]ubject ?= ?\"(.+?)\"", sent)
    assert len(subjects) == 3
    for subject in subjects:
        assert f'"{subject}"' in alarms


BOX = "On call: an alarm at 05:31 or 08:31"
# What each command of the box asks AWS for.
ASKED = {
    "cloudformation describe-stacks": "cloudformation:DescribeStacks",
    "glue get-workflow-runs": "glue:GetWorkflowRuns",
    "glue start-workflow-run": "glue:StartWorkflowRun",
    "logs describe-log-groups": "logs:DescribeLogGroups",
    "logs tail": "logs:FilterLogEvents",
    "s3 ls": "s3:ListBucket",
}


def test_runbook_commands_use_stack_names_and_on_call_rights() -> None:
    box = section(BOX)
    read = re.findall(r"\(parameter (\w+)\)", box)
    assert len(read) == 4
    assert set(read) <= PARAMETERS.keys()
    found = resources()
    names = {one.get("Name") for one in found.values()} | {found["FreshnessLog"]["LogGroupName"]}
    used = {name.replace("$STACK", "warehouse") for name in re.findall(r"[\w/]*\$STACK-\w+", box)}
    assert used == {"warehouse-morning", "/aws/lambda/warehouse-freshness"} <= names
    asked = set(re.findall(r"\baws ([a-z0-9]+ [a-z-]+)", box))
    assert asked == ASKED.keys()
    assert {ASKED[one] for one in asked} <= RIGHTS["OnCallPolicy"].keys()


def test_runbook_first_look_shows_jobs_of_the_newest_runs() -> None:
    (query,) = re.findall(r"get-workflow-runs .*--query '(.+)'$", section(BOX), re.M)

    def run(day: int, *jobs: dict[str, str]) -> dict[str, object]:
        nodes = [{"Type": "TRIGGER", "TriggerDetails": {}}, *({"JobDetails": {"JobRuns": [one]}} for one in jobs)]
        return {"StartedOn": f"2026-02-0{day}T07:00:01", "Status": "COMPLETED", "Graph": {"Nodes": nodes}}

    failed = {"JobName": "warehouse-load", "JobRunState": "FAILED", "ErrorMessage": "SystemExit: 4"}
    good = {"JobName": "warehouse-load", "JobRunState": "SUCCEEDED"}
    answer = {"Runs": [run(7, good), run(9, failed), run(8, good, {**good, "JobName": "warehouse-run"})]}
    assert jmespath.search(query, answer) == [
        ["2026-02-09T07:00:01", "COMPLETED", [["warehouse-load", "FAILED", "SystemExit: 4"]]],
        ["2026-02-08T07:00:01", "COMPLETED", [["warehouse-load", "SUCCEEDED", None], ["warehouse-run", "SUCCEEDED", None]]],
    ]  # fmt: skip


def test_prod_on_spark_starts_the_command_job_with_the_words_as_typed() -> None:
    (function,) = re.findall(r"^prod\(\) \{ aws .*$", section("On Spark"), re.M)
    (example,) = re.findall(r"`(prod \S+ -m loader waive .*?)`", section("On Spark"))
    typed = f"STACK=warehouse\naws() {{ printf '%s\\n' \"$@\"; }}\n{function}\n{example}"
    words = subprocess.run(["bash", "-euc", typed], capture_output=True, text=True, check=True).stdout.splitlines()
    given = dict(zip(words, words[1:], strict=False))
    assert given["--job-name"] == resources(**SPARK)["CommandJob"]["Name"]
    assert shlex.split(json.loads(given["--arguments"])["--words"])[-2:] == ["--reason", "the source was down"]


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
