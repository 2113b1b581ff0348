"""The house lint rules, each against a model that breaks it; and the project's own models against all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmesh.core.dialect import parse
from sqlmesh.core.model import load_sql_based_model

from linter import house_rules

if TYPE_CHECKING:
    from sqlmesh import Context

MODEL = """
/* A model. */
MODEL (name gold.example, kind FULL, dialect postgres, owner data_team, grain id);
SELECT id::BIGINT AS id, /* id */ name::VARCHAR(10) AS name /* name */ FROM gold.source
"""


def broken(rule: type, sql: str) -> str | None:
    violation = rule(None).check_model(load_sql_based_model(parse(sql)))
    return violation and violation.violation_msg


CASES = [
    (house_rules.DescribedModel, "owner data_team, ", "", "owner"),
    (house_rules.DescribedModel, "/* A model. */", "", "description"),
    (house_rules.DescribedModel, ", grain id", "", "grain"),
    (house_rules.DescribedColumns, " /* name */", "", "name"),
    (house_rules.SurvivingTypes, "BIGINT", "INT", "id INT"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "TEXT", "name TEXT"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "VARCHAR", "name VARCHAR"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "CHAR(10)", "name CHAR(10)"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "TIMESTAMPTZ", "name TIMESTAMPTZ"),
    (house_rules.SurvivingTypes, "name::VARCHAR(10)", "name", "name UNKNOWN"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "BOOLEAN", "name BOOLEAN"),
    (house_rules.NoWallClock, "FROM gold.source", "FROM gold.source WHERE day < CURRENT_DATE", "clock"),
    (house_rules.NoWallClock, "FROM gold.source", "FROM gold.source WHERE day < NOW()", "clock"),
    (house_rules.NoWallClock, "FROM gold.source", "FROM gold.source WHERE day < CURRENT_TIMESTAMP", "clock"),
]


@pytest.mark.parametrize(("rule", "part", "instead", "said"), CASES)
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule: type, part: str, instead: str, said: str) -> None:
    assert broken(rule, MODEL) is None
    assert part in MODEL
    assert said in broken(rule, MODEL.replace(part, instead))


def test_every_model_of_the_project_is_held_to_the_rules(project: Context) -> None:
    """As `sqlmesh lint` does."""
    assert {"describedmodel", "describedcolumns", "survivingtypes", "nowallclock"} <= project.config.linter.rules
    assert not project.lint_models(raise_on_error=False)


def test_every_model_and_audit_is_in_the_house_format(project: Context) -> None:
    """As `sqlmesh format --check` does."""
    assert project.format(check=True)
