"""`python -m deploy.dashboards`: writes deploy/dashboards.json, the CloudFormation stack of QuickSight, from the models. `make docs` runs it.

A data source, a data set per table of gold that a dashboard reads, and a dashboard of two pages. The source is Aurora with the account `bi` of
deploy/grants.sql; or Athena, where gateway spark's run job copies gold to (jobs/athena.py).
"""

from __future__ import annotations

import json
from typing import Any

from sqlglot import exp
from sqlmesh import Context

from jobs import athena
from loader.settings import PROJECT

FILE = PROJECT / "deploy" / "dashboards.json"
NO_SET = {"gold.tenant_status_transitions"}  # of gold, what no dashboard reads
AURORA, SPARK = "aurora", "spark"
PARAMETERS = {
    "Gateway": "As in deploy/template.yaml: aurora, or spark, whose tables QuickSight reads by Athena. What the other alone needs is none.",
    "RoleArn": "spark: the output DashboardRole of deploy/template.yaml.",
    "WorkGroup": "spark: the output WorkGroup of deploy/template.yaml.",
    "Host": "aurora: name of the cluster's reader endpoint.",
    "Port": "aurora: its port.",
    "SecretArn": "aurora: the secret with user name and password of the account bi, which reads gold alone (deploy/grants.sql).",
    "VpcConnectionArn": "aurora: QuickSight's VPC connection into the database's subnets.",
    "PrincipalArn": "The QuickSight user or group that owns what is made here.",
}
TYPES = {"BIGINT": "INTEGER", "DECIMAL": "DECIMAL", "DATE": "DATETIME", "TIMESTAMP": "DATETIME", "VARCHAR": "STRING"}
READ = ["Describe{0}", "Describe{0}Permissions", "Pass{0}"]
CHANGE = ["Update{0}", "Delete{0}", "Update{0}Permissions"]
REFRESH = ["ListIngestions", "DescribeIngestion", "CreateIngestion", "CancelIngestion"]
SHOW = ["DescribeDashboard", "ListDashboardVersions", "QueryDashboard", "UpdateDashboard", "DeleteDashboard"]
SHOW += ["UpdateDashboardPermissions", "DescribeDashboardPermissions", "UpdateDashboardPublishedVersion"]
ACCOUNT, NOTHING = {"Ref": "AWS::AccountId"}, {"Ref": "AWS::NoValue"}


def template(project: Context) -> dict[str, Any]:
    """The stack as the models are now.

    Raises:
        KeyError: a column has a type that QuickSight does not know.
    """
    read = {model.name: model for model in project.models.values() if model.name not in NO_SET}
    marts = {name.removeprefix("gold."): read[name] for name in sorted(read) if name.startswith("gold.")}
    sets = {_logical(name): _data_set(name, model.columns_to_types) for name, model in marts.items()}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Dashboards on gold in QuickSight. Written by python -m deploy.dashboards.",
        "Parameters": {name: _parameter(name, text) for name, text in PARAMETERS.items()},
        "Conditions": {"OnSpark": {"Fn::Equals": [{"Ref": "Gateway"}, SPARK]}},
        "Resources": {"Source": _source(), **sets, "Dashboard": _dashboard()},
        "Outputs": {
            "DataSets": {
                "Description": "The parameter DataSets of deploy/template.yaml: what a green run refreshes.",
                "Value": ",".join(_id(name) for name in marts),
            }
        },
    }


def _parameter(name: str, text: str) -> dict[str, Any]:
    declared: dict[str, Any] = {"Type": "String", "Description": text}
    return declared | {"AllowedValues": [AURORA, SPARK], "Default": AURORA} if name == "Gateway" else declared


def _by_gateway(spark: Any, aurora: Any) -> dict[str, Any]:
    return {"Fn::If": ["OnSpark", spark, aurora]}


def _source() -> dict[str, Any]:
    group = {"WorkGroup": {"Ref": "WorkGroup"}, "RoleArn": {"Ref": "RoleArn"}}
    server = {"Host": {"Ref": "Host"}, "Port": {"Ref": "Port"}, "Database": "gold"}
    return _resource(
        "DataSource",
        DataSourceId="warehouse-gold",
        Name="Warehouse, gold",
        Type=_by_gateway("ATHENA", "AURORA"),
        DataSourceParameters=_by_gateway({"AthenaParameters": group}, {"AuroraParameters": server}),
        Credentials=_by_gateway(NOTHING, {"SecretArn": {"Ref": "SecretArn"}}),
        SslProperties={"DisableSsl": False},
        VpcConnectionProperties=_by_gateway(NOTHING, {"VpcConnectionArn": {"Ref": "VpcConnectionArn"}}),
        Permissions=_granted([word.format("DataSource") for word in READ + CHANGE]),
    )


def _data_set(name: str, columns: dict[str, exp.DataType]) -> dict[str, Any]:
    typed = [{"Name": column, "Type": TYPES[kind.this.name]} for column, kind in columns.items()]
    schema = _by_gateway(athena.DATABASE, "gold")
    table = {"DataSourceArn": {"Fn::GetAtt": ["Source", "Arn"]}, "Schema": schema, "Name": name, "InputColumns": typed}
    return _resource(
        "DataSet",
        DataSetId=_id(name),
        Name=f"gold.{name}",
        ImportMode="SPICE",
        PhysicalTableMap={"table": {"RelationalTable": table}},
        Permissions=_granted([word.format("DataSet") for word in READ + CHANGE] + REFRESH),
    )


def _dashboard() -> dict[str, Any]:
    read = rooms, kpis, types = ("occupancy_daily_metrics", "kpi_month_end_metrics", "occupancy_tenant_type_daily")
    sheets = [
        _sheet(
            "index",
            "Index",
            _line("index-rate", rooms, "Occupied rooms by rooms to let, share from 0 to 1", "occupancy_rate", "AVERAGE"),
            _line("index-moves", rooms, "New move-ins and move-outs, rooms a day", "new_moveins new_moveouts", "SUM"),
            _line("index-key", kpis, "RevPAR and RecPAR, yen a month per room to let", "revpar_jpy recpar_cash_jpy", "AVERAGE", day="as_of_date"),
        ),
        _sheet(
            "occupancy",
            "Occupancy",
            _line("occupancy-rooms", rooms, "Occupied rooms at the end of the day", "period_end_rooms", "SUM", split="day_kind"),
            _line("occupancy-delta", rooms, "Move-ins less move-outs, rooms a day", "occupancy_delta", "SUM"),
            _line("occupancy-types", types, "Occupied rooms by type of tenant", "occupied_rooms", "SUM", split="tenant_type"),
        ),
    ]  # fmt: skip
    declared = [{"Identifier": name, "DataSetArn": {"Fn::GetAtt": [_logical(name), "Arn"]}} for name in read]
    return _resource(
        "Dashboard",
        DashboardId="warehouse",
        Name="Share houses",
        Definition={"DataSetIdentifierDeclarations": declared, "Sheets": sheets},
        Permissions=_granted(SHOW),
    )


def _sheet(name: str, title: str, *visuals: dict[str, Any]) -> dict[str, Any]:
    return {"SheetId": name, "Name": title, "Visuals": list(visuals)}


def _line(
    name: str, mart: str, title: str, columns: str, sum_up: str, *, day: str = "snapshot_date", split: str | None = None
) -> dict[str, Any]:
    """A line chart of a mart's columns by its day."""

    def column(of: str) -> dict[str, str]:
        return {"DataSetIdentifier": mart, "ColumnName": of}

    wells: dict[str, Any] = {
        "Category": [{"DateDimensionField": {"FieldId": f"{name}-day", "Column": column(day), "DateGranularity": "DAY"}}],
        "Values": [
            {
                "NumericalMeasureField": {
                    "FieldId": f"{name}-{one}",
                    "Column": column(one),
                    "AggregationFunction": {"SimpleNumericalAggregation": sum_up},
                }
            }
            for one in columns.split()
        ],
    }  # fmt: skip
    if split:
        wells["Colors"] = [{"CategoricalDimensionField": {"FieldId": f"{name}-{split}", "Column": column(split)}}]
    chart = {"FieldWells": {"LineChartAggregatedFieldWells": wells}, "Type": "LINE"}
    text = {"Visibility": "VISIBLE", "FormatText": {"PlainText": title}}
    return {"LineChartVisual": {"VisualId": name, "Title": text, "ChartConfiguration": chart}}


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::QuickSight::{kind}", "Properties": {"AwsAccountId": ACCOUNT, **properties}}


def _granted(actions: list[str]) -> list[dict[str, Any]]:
    return [{"Principal": {"Ref": "PrincipalArn"}, "Actions": [f"quicksight:{action}" for action in actions]}]


def _id(name: str) -> str:
    return f"gold-{name.replace('_', '-')}"


def _logical(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def written(project: Context) -> str:
    """The file's text."""
    return json.dumps(template(project), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(Context(paths=str(PROJECT))), encoding="utf-8")
