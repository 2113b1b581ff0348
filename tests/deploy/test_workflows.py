"""The workflows, as GitHub would read them: what they may do, what they run, and in which order."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from loader.settings import PROJECT

FOLDER = PROJECT / ".github" / "workflows"


def workflow(name: str) -> dict[str, Any]:
    return YAML(typ="safe").load(FOLDER / f"{name}.yml")


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", ["ci", "deploy"])
def test_actions_are_pinned_and_permissions_are_least(name: str) -> None:
    assert workflow(name)["permissions"] == {"contents": "read"}
    for step in steps(name):
        if "uses" in step:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), step
            if step["uses"].startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
        else:
            # Whatever somebody typed is a variable of the shell, never part of its program.
            assert "${{" not in step["run"], step
    for job in workflow(name)["jobs"].values():
        assert job["timeout-minutes"] <= 180


def test_a_pull_request_needs_no_credentials() -> None:
    text = (FOLDER / "ci.yml").read_text()
    assert workflow("ci")["on"].keys() == {"pull_request", "push"}
    for word in ("pull_request_target", "secrets.", "id-token", "aws-actions", "vars."):
        assert word not in text
    assert all("permissions" not in job for job in workflow("ci")["jobs"].values())
    runs = [step.get("run", "") for step in steps("ci")]
    assert {"make check", "make test"} <= set(runs)
    assert '.ci/plan "$BASE" "pr_$NUMBER"' in runs


def test_prod_is_planned_manually_after_approval_and_state_export() -> None:
    found = workflow("deploy")
    assert found["on"].keys() == {"workflow_dispatch"}
    assert found["concurrency"] == {"group": "production", "cancel-in-progress": False}
    look, apply = found["jobs"]["look"], found["jobs"]["apply"]
    assert (apply["environment"], apply["needs"]) == ("production", "look")
    assert look["permissions"] == apply["permissions"] == {"contents": "read", "id-token": "write"}
    assert not any("auto-apply" in step.get("run", "") for step in look["steps"])
    (asked,) = (step["run"] for step in look["steps"] if "loader sqlmesh plan" in step.get("run", ""))
    assert (
        "echo n | .venv/bin/python deploy/as_prod.py python -m loader sqlmesh plan --no-prompts" in asked
    )  # it asks, and fails unanswered
    runs = [step["run"] for step in apply["steps"] if "run" in step]
    (kept,) = (at for at, run in enumerate(runs) if "loader sqlmesh state export" in run and "keep state.json" in run)
    (applied,) = (at for at, run in enumerate(runs) if "loader sqlmesh plan" in run)
    assert kept < applied
    # Both work on what was approved: a commit of main, checked before anything else runs.
    for job in (look, apply):
        assert job["steps"][0]["with"]["ref"] == "${{ inputs.commit }}"
        assert "merge-base --is-ancestor" in job["steps"][1]["run"]


def test_the_look_has_no_credentials_that_can_write() -> None:
    """It runs before anybody approved anything."""
    look, apply = (workflow("deploy")["jobs"][name] for name in ("look", "apply"))
    assert (look["environment"], apply["environment"]) == ("production-look", "production")

    def credentials(job: dict[str, Any]) -> set[str]:
        return set(re.findall(r"vars\.(\w*(?:ROLE|SECRET_ARN))", str(job)))

    assert credentials(look) == {"LOOK_ROLE", "LOOK_WAREHOUSE_SECRET_ARN", "LOOK_STATE_SECRET_ARN"}
    assert credentials(apply) == {"WAREHOUSE_ROLE", "WAREHOUSE_SECRET_ARN", "STATE_SECRET_ARN"}


def test_environments_deploy_only_main_and_roles_trust_one_environment() -> None:
    """Or else a branch could edit the workflow and do without its checks."""
    setup = (PROJECT / "docs" / "runbook.md").read_text().partition("\n### GitHub")[2].partition("\n## ")[0]
    environments = {job["environment"] for job in workflow("deploy")["jobs"].values()}
    (loop,) = re.findall(r"for name in ([a-z -]+); do\n  gh api", setup)
    assert set(loop.split()) == environments
    (body,) = re.findall(r"--input - <<<'(.+)'", setup)
    assert json.loads(body) == {
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}
    }
    assert re.findall(r"deployment-branch-policies\" -f name=(\S+)", setup) == ["main"]
    (statement,) = json.loads((PROJECT / "deploy" / "github-trust.json").read_text())["Statement"]
    (test,) = statement["Condition"].items()
    assert test == (
        "StringEquals",
        {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:REPOSITORY:environment:ENVIRONMENT",
        },
    )
    assert set(re.findall(r"s/ENVIRONMENT/([\w-]+)/", setup)) == environments
    told = dict(re.findall(r"gh variable set (\w+) --env ([\w-]+)", setup))
    used = {
        name: job["environment"]
        for job in workflow("deploy")["jobs"].values()
        for name in re.findall(r"vars\.(\w*(?:ROLE|SECRET_ARN))", str(job))
    }
    assert told == used
