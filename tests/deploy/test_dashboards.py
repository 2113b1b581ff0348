"""deploy/dashboards.json: as the models are, clean for cfn-lint, and each resource replayed through boto3 on moto."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from cfnlint.api import lint_file
from sqlmesh import Context

from deploy import dashboards
from tests.support import marts_page
from tests.support.aws import REGION, moto_server

ACCOUNT = "1" * 12
VALUES = {
    "AWS::AccountId": ACCOUNT,
    "AWS::NoValue": None,
    "WorkGroup": "warehouse-dashboards",
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/dashboards",
    "Host": "reader.local",
    "Port": 3306,
    "SecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:bi-a1",
    "VpcConnectionArn": f"arn:aws:quicksight:{REGION}:{ACCOUNT}:vpcConnection/one",
    "PrincipalArn": f"arn:aws:quicksight:{REGION}:{ACCOUNT}:group/default/managers",
}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return json.loads(dashboards.FILE.read_text(encoding="utf-8"))


def test_the_stack_is_written_from_the_models(project: Context) -> None:
    assert dashboards.FILE.read_text(encoding="utf-8") == dashboards.written(project), "type: make docs"


def test_each_mart_that_a_page_reads_has_a_data_set(template: dict[str, Any]) -> None:
    read = {f"gold-{name.replace('_', '-')}" for name, (_, page) in marts_page.MARTS.items() if page != "-"}
    assert read < set(template["Outputs"]["DataSets"]["Value"].split(","))
    pattern = re.search(
        r'DataSets:.*?AllowedPattern: "(.*?)"', (dashboards.PROJECT / "deploy" / "template.yaml").read_text(), re.S
    )
    assert pattern and re.fullmatch(pattern[1], template["Outputs"]["DataSets"]["Value"])


def test_cfn_lint_finds_nothing() -> None:
    assert lint_file(Path(dashboards.FILE)) == []


def test_visuals_read_columns_that_their_data_sets_have(template: dict[str, Any]) -> None:
    def columns(name: str) -> set[str]:
        (table,) = template["Resources"][name]["Properties"]["PhysicalTableMap"].values()
        return {column["Name"] for column in table["RelationalTable"]["InputColumns"]}

    definition = template["Resources"]["Dashboard"]["Properties"]["Definition"]
    declared = {
        one["Identifier"]: one["DataSetArn"]["Fn::GetAtt"][0] for one in definition["DataSetIdentifierDeclarations"]
    }
    used = re.findall(r'"DataSetIdentifier": "(.*?)", "ColumnName": "(.*?)"', json.dumps(definition))
    assert len(used) >= 14
    assert {mart for mart, _ in used} == set(declared)
    assert not [(mart, column) for mart, column in used if column not in columns(declared[mart])]


def test_a_gateway_is_one_of_two(template: dict[str, Any]) -> None:
    assert template["Conditions"] == {"OnSpark": {"Fn::Equals": [{"Ref": "Gateway"}, "spark"]}}
    gateway = template["Parameters"]["Gateway"]
    assert (gateway["AllowedValues"], gateway["Default"]) == (["aurora", "spark"], "aurora")


@pytest.mark.parametrize(("source_type", "schema"), [("AURORA", "gold"), ("ATHENA", "dashboards")])
def test_every_resource_is_made_on_moto(
    template: dict[str, Any], monkeypatch: pytest.MonkeyPatch, source_type: str, schema: str
) -> None:
    def resolved(part: Any) -> Any:
        if isinstance(part, list):
            return [resolved(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "Ref" in part:
            return VALUES[part["Ref"]]
        if "Fn::If" in part:
            condition, spark, aurora = part["Fn::If"]
            assert condition == "OnSpark"
            return resolved(spark if source_type == "ATHENA" else aurora)
        if "Fn::GetAtt" in part:
            return f"arn:aws:quicksight:{REGION}:{ACCOUNT}:thing/{part['Fn::GetAtt'][0]}"
        found = {key: resolved(value) for key, value in part.items()}
        return {key: value for key, value in found.items() if value is not None}

    with moto_server() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        client = boto3.client("quicksight")
        for name, one in template["Resources"].items():
            kind = one["Type"].split("::")[-1]
            make = {
                "DataSource": client.create_data_source,
                "DataSet": client.create_data_set,
                "Dashboard": client.create_dashboard,
            }[kind]
            properties = resolved(one["Properties"])
            assert make(**properties)["Arn"], name
            if kind == "DataSet":
                assert properties["PhysicalTableMap"]["table"]["RelationalTable"]["Schema"] == schema
        source = client.describe_data_source(AwsAccountId=ACCOUNT, DataSourceId="warehouse-gold")["DataSource"]
        assert source["Type"] == source_type
