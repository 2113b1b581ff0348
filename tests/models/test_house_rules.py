"""The house lint rules, each against a model that breaks it; and the project's own models against all of them."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from sqlmesh.core.dialect import parse
from sqlmesh.core.linter.rule import RuleViolation
from sqlmesh.core.model import create_external_model, load_sql_based_model

from linter import house_rules
from loader.sources.daily_file_kinds import DATASETS
from loader.warehouse.own_tables import OWN_TABLES
from tests.support import marts_page

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


SEED = """
MODEL (
  name seeds.example, kind SEED (path 'example.csv'), dialect postgres, columns (id BIGINT, name VARCHAR(10)),
  column_descriptions (id = 'id', name = 'name')
)
"""
CASES = [
    (house_rules.DescribedModel, "owner data_team, ", "", "no owner: add `owner data_team` to MODEL"),
    (house_rules.DescribedModel, "/* A model. */", "", "no description: write /* what the table is */ above MODEL"),
    (house_rules.DescribedModel, ", grain id", "", "no grain: add the table's key to MODEL, `grain id`"),
    (house_rules.DescribedColumns, " /* name */", "", "(name): write /* meaning, unit */ behind each in the model's last"),
    (house_rules.SurvivingTypes, "BIGINT", "INT", "id INT: add ::BIGINT in the model's last SELECT"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "TEXT", "name TEXT: add ::VARCHAR(n) in"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "VARCHAR", "name VARCHAR: add ::VARCHAR(n) in"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "CHAR(10)", "name CHAR(10): add ::VARCHAR(n) in"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "TIMESTAMPTZ", "name TIMESTAMPTZ: add ::TIMESTAMP in"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "BOOLEAN", "name BOOLEAN: add ::BIGINT in"),
    (house_rules.SurvivingTypes, "VARCHAR(10)", "DECIMAL", "name DECIMAL: add ::DECIMAL(p, s) in"),
    (house_rules.SurvivingTypes, "name::VARCHAR(10)", "name", "name UNKNOWN: add ::DATE, or TIMESTAMP, BIGINT,"),
    (house_rules.NoWallClock, "FROM gold.source", "FROM gold.source WHERE day < CURRENT_DATE", "(CURRENT_DATE): take as_of_date"),
    (house_rules.NoWallClock, "FROM gold.source", "FROM gold.source WHERE day < NOW()", "(CURRENT_TIMESTAMP): take"),
    (house_rules.NoWallClock, "FROM gold.source", "FROM gold.source WHERE day < CURRENT_TIMESTAMP", "CROSS JOIN silver.as_of"),
    (house_rules.NoWindowInCase, "id::", "CASE WHEN MAX(id) OVER () > 1 THEN id END::", '(MAX("id") OVER ()): make each a column of a CTE'),
    (house_rules.NoWindowInCase, "id::", "COALESCE(LAG(id) OVER (ORDER BY id), 0)::", '(LAG("id") OVER (ORDER BY "id")): make'),
    (house_rules.NoWindowInCase, "id::", "NULLIF(1, 1 + ROW_NUMBER() OVER (ORDER BY id))::", '(ROW_NUMBER() OVER (ORDER BY "id")): make'),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "part", "instead", "said"), CASES)
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule: type, part: str, instead: str, said: str) -> None:
    assert broken(rule, MODEL) is None
    assert part in MODEL
    assert said in broken(rule, MODEL.replace(part, instead))


SEEDS = [
    (house_rules.SurvivingTypes, "VARCHAR(10)", "TEXT", "name TEXT: write `name VARCHAR(n)` in columns of MODEL"),
    (house_rules.DescribedColumns, ", name = 'name'", "", "(name): add each to column_descriptions in MODEL"),
]


@pytest.mark.parametrize(("rule", "part", "instead", "said"), SEEDS)
def test_lint_rule_names_the_violation_in_a_seed_model(
    rule: type, part: str, instead: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "example.csv").write_text("id,name\n1,x\n")

    def told(sql: str) -> str | None:
        model = load_sql_based_model(parse(sql), path=tmp_path / "example.sql")
        violation = rule(None).check_model(model)
        return violation and violation.violation_msg

    assert told(SEED) is None
    assert part in SEED
    assert said in told(SEED.replace(part, instead))


ROOMS = """
MODEL (name staging.rooms, dialect postgres);
SELECT id, rent::DECIMAL(12, 0) AS rent, @clean_text(number, 64) AS number, @clean_date(day) AS day, @clean_timestamp(at) AS at
FROM landing.rooms
"""
DECLARED = {"id": "BIGINT", "rent": "DECIMAL(12, 0)", "number": "VARCHAR(64)", "day": "DATE", "at": "TIMESTAMP"}
READ = [
    ("rent::DECIMAL(12, 0)", "rent::BIGINT", "rent is DECIMAL(12, 0) in external_models.yaml: read it by rent::DECIMAL(12, 0)"),
    ("rent::DECIMAL(12, 0) AS rent", "rent", "rent is DECIMAL(12, 0) in external_models.yaml: read it by"),
    ("SELECT id", "SELECT id + 1 AS id", "id is BIGINT in external_models.yaml: read it by id::BIGINT"),
    ("(number, 64)", "(number, 65)", "number is VARCHAR(64) in external_models.yaml: read it by @clean_text(number, 64)"),
    ("@clean_date(day)", "day::DATE", "day is DATE in external_models.yaml: read it by @clean_date(day)"),
    ("@clean_timestamp(at)", "@other(at)", "at is TIMESTAMP in external_models.yaml: read it by @clean_timestamp(at)"),
    ("landing.rooms", "landing.rooms WHERE id > 1", "id is BIGINT in external_models.yaml: read it by id::BIGINT"),
    ("SELECT id, ", "SELECT ", "no model reads id of landing.rooms: remove it from external_models.yaml"),
    ("landing.rooms", "landing.rooms, landing.tenants", "reads landing.rooms, landing.tenants: read each in a model of its own, staging.rooms"),
    ("landing.rooms", "landing.rooms WHERE EXISTS (SELECT 1)", "reads landing.rooms: read each in a model of its own, staging.rooms"),
    ("staging.rooms", "silver.rooms", "reads landing.rooms: read each in a model of its own, staging.rooms"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "instead", "message"), READ)
def test_a_table_of_the_source_is_read_as_it_is_declared(part: str, instead: str, message: str) -> None:
    declared = create_external_model("landing.rooms", columns=DECLARED, dialect="postgres")

    def violation(sql: str) -> RuleViolation | None:
        context = SimpleNamespace(get_model={"landing.rooms": declared}.get)
        return house_rules.ReadsAsDeclared(context).check_model(
            load_sql_based_model(parse(sql, default_dialect="postgres"))
        )

    assert violation(ROOMS) is None
    assert violation(ROOMS.replace("id, ", "id::BIGINT AS id, ")) is None
    assert part in ROOMS
    assert message in violation(ROOMS.replace(part, instead)).violation_msg


def test_the_pipelines_own_tables_are_declared_as_the_loader_makes_them(project: Context) -> None:
    made = {
        name: dict(column.split(maxsplit=1) for column in re.split(r", *(?![^(]*\))", ddl))
        for name, ddl in OWN_TABLES.items()
    }
    for name in (
        "load_ledger",
        "rejections",
        "waivers",
        "llm_enrichment_cache",
        "property_geo_latlon_backup",
        *(one.table for one in DATASETS),
    ):
        kinds = {
            column.strip(): kind.removesuffix(" NOT NULL").replace("DATETIME", "TIMESTAMP")
            for column, kind in made[name].items()
        }
        assert {
            column: kind.sql("postgres")
            for column, kind in project.get_model(f"landing.{name}").columns_to_types.items()
        } == {column: kind.replace("DOUBLE", "DOUBLE PRECISION") for column, kind in kinds.items()}, name


def test_every_project_model_passes_the_lint_rules(project: Context) -> None:
    """As `sqlmesh lint` does."""
    rules = {
        "describedmodel",
        "describedcolumns",
        "survivingtypes",
        "nowallclock",
        "nowindowincase",
        "nomissingexternalmodels",
        "readsasdeclared",
    }
    assert rules <= project.config.linter.rules
    assert not project.lint_models(raise_on_error=False)


def test_every_model_and_audit_is_in_the_house_format(project: Context) -> None:
    """As `sqlmesh format --check` does."""
    assert project.format(check=True)


def test_the_page_of_marts_is_up_to_date(project: Context) -> None:
    assert marts_page.FILE.read_text(encoding="utf-8") == marts_page.page(project), "type: make docs"
