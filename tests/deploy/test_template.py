"""deploy/template.yaml: cfn-lint, what cfn-lint does not see, and each resource replayed through boto3 on moto, for both gateways."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from cfnlint import decode
from cfnlint.api import lint_file

from jobs import athena
from jobs.common import BOTH, TABLES
from loader.settings import GATEWAYS, PROJECT
from loader.warehouse.spark.session import configuration
from tests.support.aws import REGION, moto_server

FILE = PROJECT / "deploy" / "template.yaml"
ACCOUNT = "1" * 12
PARAMETERS = {
    "Release": "0.4.0-1a2b3c4",
    "Bucket": "the-warehouse",
    "Gateway": "aurora",
    "WorkerType": "G.1X",
    "Workers": "2",
    "AthenaScanLimit": "10000000000",
    "WarehouseSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:etl-a1",
    "StateSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:state-a1",
    "LookWarehouseSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:look-etl-a1",
    "LookStateSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:look-state-a1",
    "CaKey": "reference/ca.pem",
    "VpcId": "vpc-1",
    "SubnetId": "subnet-1",
    "AvailabilityZone": f"{REGION}a",
    "WarehouseSecurityGroupId": "sg-aurora",
    "WarehousePort": "3306",
    "StateSecurityGroupId": "sg-state",
    "StatePort": "5432",
    "SourceSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:source-a1",
    "LogKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1",
    "DataSets": "rooms,contracts",
    "EnrichModel": "anthropic.model-v1:0",
    "NameKeySecret": "names",
    "AlarmEmail": "on-call@example.com",
}
# Spark, with no Aurora any more.
SPARK = {
    "Gateway": "spark",
    **dict.fromkeys(("WarehouseSecretArn", "LookWarehouseSecretArn", "WarehouseSecurityGroupId"), "none"),
}


def template() -> dict[str, Any]:
    parsed, matches = decode.decode(str(FILE))
    assert not matches
    return parsed


def resolved(part: Any, known: dict[str, str]) -> Any:
    """A part of the template with its Refs, GetAtts, Subs and Ifs replaced; what a resource is called stands for its Ref and ARN."""
    if isinstance(part, list):
        return [one for one in (resolved(one, known) for one in part) if one is not None]
    if not isinstance(part, dict):
        return part
    if len(part) == 1:
        (name, value), *_ = part.items()
        if name == "Ref":
            return None if value == "AWS::NoValue" else known.get(value, value)
        if name == "Fn::GetAtt":
            name = ".".join(value) if isinstance(value, list) else value
            return known.get(name, name)
        if name == "Fn::Sub":
            value, more = value if isinstance(value, list) else (value, {})
            known = known | resolved(more, known)
            return re.sub(r"\$\{([^}]+)\}", lambda match: known.get(match[1], match[1]), value)
        if name == "Fn::If":
            return resolved(value[1] if holds(value[0], known) else value[2], known)
        if name == "Fn::FindInMap":
            mapping, key, field = value
            return template()["Mappings"][mapping][key][field]
    found = {key: resolved(value, known) for key, value in part.items()}
    return {key: value for key, value in found.items() if value is not None}


def holds(condition: str | dict[str, Any], known: dict[str, str]) -> bool:
    """Whether a condition of the template, or the expression of one, holds."""
    if isinstance(condition, str):
        return holds(template()["Conditions"][condition], known)
    ((name, parts),) = condition.items()
    if name == "Fn::Not":
        return not holds(parts[0], known)
    assert name == "Fn::Equals"
    left, right = resolved(parts, known)
    return left == right


def resources(**parameters: str) -> dict[str, Any]:
    """The resources that the stack makes with these parameters, by name."""
    pseudo = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::StackName": "warehouse"}
    known = PARAMETERS | pseudo | parameters
    return {
        name: resolved(one["Properties"], known)
        for name, one in template()["Resources"].items()
        if "Condition" not in one or holds(one["Condition"], known)
    }


def statements(properties: dict[str, Any]) -> list[dict[str, Any]]:
    documents = [properties.get("PolicyDocument"), *(one["PolicyDocument"] for one in properties.get("Policies", []))]
    return [statement for document in documents if document for statement in document["Statement"]]


def test_cfn_lint_finds_nothing() -> None:
    assert [str(match) for match in lint_file(FILE)] == []


def test_template_holds_no_account_region_or_secret() -> None:
    text = FILE.read_text()
    assert not re.search(r"\b\d{12}\b|\b(?:ap|us|eu)-[a-z]+-\d\b|(?i:password:)\s*\S", text)
    assert "arn:aws:" not in text
    assert not template()["Parameters"].keys() ^ PARAMETERS.keys()


def test_nothing_that_keeps_data_is_in_it() -> None:
    """Whatever is removed from the template, or the whole of it: buckets, secrets and databases are parameters, and stay."""
    kept = {
        name: one["Type"] for name, one in template()["Resources"].items() if one["Type"] != "AWS::S3::BucketPolicy"
    }
    keeping = ("S3", "SecretsManager", "RDS", "DynamoDB", "KMS", "EFS", "Backup")
    assert [name for name, kind in kept.items() if kind.split("::")[1] in keeping] == []


@pytest.mark.parametrize(("parameters", "glue"), [({}, "5.0"), (SPARK, "5.1")], ids=["aurora", "spark"])
@pytest.mark.parametrize(("name", "minutes"), [("LoadJob", 40), ("RunJob", 60), ("JanitorJob", 30)])
def test_a_job_is_one_that_glue_takes_and_ends(name: str, minutes: int, parameters: dict[str, str], glue: str) -> None:
    job = resources(**parameters)[name]
    assert (job["GlueVersion"], job["WorkerType"], job["NumberOfWorkers"]) == (glue, "G.1X", "2")
    assert job["Command"]["Name"] == "glueetl"
    assert not {"MaxCapacity", "AllocatedCapacity"} & job.keys()
    assert (job["ExecutionProperty"]["MaxConcurrentRuns"], job["MaxRetries"], job["Timeout"]) == (1, 1, minutes)
    assert job["Connections"]["Connections"] == ["Network"]
    assert job["DefaultArguments"]["--python-modules-installer-option"] == "--no-index"
    assert job["SecurityConfiguration"] == "Encryption"


JOBS = [("LoadJob", "load.py"), ("RunJob", "run.py"), ("JanitorJob", "janitor.py")]
ON_SPARK = {"datalake-formats", "enable-glue-datacatalog", "conf"}


@pytest.mark.parametrize(
    ("name", "script", "parameters"),
    [*((*one, {}) for one in JOBS), *((*one, SPARK) for one in [*JOBS, ("CommandJob", "command.py")])],
)
def test_a_jobs_arguments_are_exactly_those_its_script_reads(
    name: str, script: str, parameters: dict[str, str]
) -> None:
    job = resources(**parameters)[name]
    assert job["Command"]["ScriptLocation"] == f"s3://the-warehouse/releases/0.4.0-1a2b3c4/{script}"
    code = ast.parse((PROJECT / "jobs" / script).read_text())
    calls = (node for node in ast.walk(code) if isinstance(node, ast.Call))
    (call,) = (node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "main")
    read = {*BOTH, *(one.value for one in call.args if isinstance(one, ast.Constant))}
    glues_own = {"additional-python-modules", "python-modules-installer-option", "custom-logGroup-prefix"}
    glues_own |= ON_SPARK if parameters else set()
    assert {key.removeprefix("--") for key in job["DefaultArguments"]} == read | glues_own
    assert all(isinstance(value, str) and value for value in job["DefaultArguments"].values())


@pytest.mark.parametrize("name", ["LoadJob", "RunJob", "JanitorJob", "CommandJob"])
def test_spark_starts_with_the_settings_of_the_loaders_session(name: str) -> None:
    given = resources(**SPARK)[name]["DefaultArguments"]
    assert (given["--datalake-formats"], given["--enable-glue-datacatalog"]) == ("iceberg", "true")
    settings = dict(one.split("=", 1) for one in given["--conf"].split(" --conf "))
    assert settings == configuration(f"s3://the-warehouse/{TABLES}")


def test_a_typed_command_may_take_a_plan_of_all_history_and_is_not_repeated() -> None:
    job = resources(**SPARK)["CommandJob"]
    assert (job["GlueVersion"], job["MaxRetries"], job["Timeout"]) == ("5.1", 0, 480)
    assert "CommandJob" not in resources()


def test_gateways_are_those_that_a_server_or_spark_computes() -> None:
    parsed = template()
    assert parsed["Parameters"]["Gateway"]["AllowedValues"] == [one for one in GATEWAYS if one != "duckdb"]
    (rule,) = parsed["Rules"]["AuroraNeedsServer"]["Assertions"]
    assert set(re.findall(r"'Ref': '(\w+)'", str(rule))) == SPARK.keys() - {"Gateway"}


def test_athena_reads_no_more_than_the_limit_and_encrypts_results() -> None:
    group = resources(**SPARK)["WorkGroup"]["WorkGroupConfiguration"]
    assert (group["EnforceWorkGroupConfiguration"], group["BytesScannedCutoffPerQuery"]) == (True, "10000000000")
    result = group["ResultConfiguration"]
    assert result["OutputLocation"] == "s3://the-warehouse/athena/"
    assert result["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}


def test_morning_starts_at_seven_in_tokyo_run_follows_load() -> None:
    found = resources()
    schedule = found["Schedule"]
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == (
        "cron(0 7 * * ? *)",
        "Asia/Tokyo",
    )
    assert (schedule["State"], schedule["FlexibleTimeWindow"]["Mode"]) == ("ENABLED", "OFF")
    assert schedule["Target"]["Arn"].endswith(":aws-sdk:glue:startWorkflowRun")
    assert json.loads(schedule["Target"]["Input"]) == {"Name": "Morning"}
    start, after = found["StartLoad"], found["RunAfterLoad"]
    assert start["WorkflowName"] == after["WorkflowName"] == "Morning"
    assert [start["Actions"], after["Actions"]] == [[{"JobName": "LoadJob"}], [{"JobName": "RunJob"}]]
    (condition,) = after["Predicate"]["Conditions"]
    assert (after["Type"], after["StartOnCreation"], after["Predicate"]["Logical"]) == ("CONDITIONAL", True, "ANY")
    assert condition == {"JobName": "LoadJob", "LogicalOperator": "EQUALS", "State": "SUCCEEDED"}
    assert found["Morning"]["MaxConcurrentRuns"] == 1


def test_janitor_runs_on_sundays_after_the_morning() -> None:
    weekly = resources()["Weekly"]
    assert (weekly["ScheduleExpression"], weekly["ScheduleExpressionTimezone"], weekly["State"]) == (
        "cron(0 10 ? * SUN *)",
        "Asia/Tokyo",
        "ENABLED",
    )
    assert weekly["Target"]["Arn"].endswith(":aws-sdk:glue:startJobRun")
    assert json.loads(weekly["Target"]["Input"]) == {"JobName": "JanitorJob"}
    assert resources()["JanitorJob"]["Command"]["ScriptLocation"].rpartition("/")[2] == "janitor.py"
    assert "janitor.clean(" in (PROJECT / "jobs" / "janitor.py").read_text()


def test_logs_and_bookmarks_are_encrypted_and_logs_end() -> None:
    found, key = resources(), PARAMETERS["LogKeyArn"]
    encryption = found["Encryption"]["EncryptionConfiguration"]
    assert encryption["CloudWatchEncryption"] == {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": key}
    assert encryption["JobBookmarksEncryption"] == {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": key}
    logs = [found["JobOutputLog"], found["JobErrorLog"]]
    assert {log["KmsKeyId"] for log in logs} == {key}
    assert {log["RetentionInDays"] for log in [*logs, found["FreshnessLog"]]} <= {30, 90}
    prefixes = {
        found[job]["DefaultArguments"]["--custom-logGroup-prefix"] for job in ("LoadJob", "RunJob", "JanitorJob")
    }
    assert [log["LogGroupName"] for log in logs] == [
        f"{one}/{kind}" for one in prefixes for kind in ("output", "error")
    ]
    policy = json.loads((PROJECT / "deploy" / "log-key.json").read_text())
    service = next(one for one in policy["Statement"] if "Service" in one["Principal"])
    (allowed,) = service["Condition"]["ArnLike"].values()
    assert allowed.endswith(":log-group:/aws-glue/*")


def test_the_bucket_is_reached_by_tls_alone() -> None:
    (only,) = resources()["OnlyTls"]["PolicyDocument"]["Statement"]
    assert (only["Effect"], only["Principal"], only["Action"]) == ("Deny", "*", "s3:*")
    assert only["Resource"] == [_BUCKET, f"{_BUCKET}/*"]
    assert only["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_jobs_touch_only_interfaces_of_their_own_subnet() -> None:
    conditions = {
        action: statement.get("Condition")
        for statement in statements(resources()["JobPolicy"])
        for action in statement["Action"]
        if action.startswith("ec2:") and not action.startswith("ec2:Describe")
    }
    subnet = f"arn:aws:ec2:{_HERE}:subnet/subnet-1"
    tags = {
        "ForAllValues:StringEquals": {"aws:TagKeys": ["aws-glue-service-resource"]},
        "Null": {"aws:TagKeys": "false"},
    }
    assert conditions == {
        "ec2:CreateNetworkInterface": None,  # its resources say the subnet and the security group
        "ec2:DeleteNetworkInterface": {"ArnEquals": {"ec2:Subnet": subnet}},
        "ec2:CreateTags": tags,
        "ec2:DeleteTags": tags,
    }


def test_lifecycle_expires_only_reports_state_and_old_object_versions() -> None:
    rules = json.loads((PROJECT / "deploy" / "lifecycle.json").read_text())["Rules"]
    ending = {rule["Filter"]["Prefix"]: rule["Expiration"]["Days"] for rule in rules if "Expiration" in rule}
    assert ending == {"reports/": 400, "state/": 90, "athena/": 7}
    (everywhere,) = (rule for rule in rules if rule["Filter"]["Prefix"] == "")
    assert everywhere["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90
    (tables,) = (rule for rule in rules if rule["Filter"]["Prefix"] == f"{TABLES}/")
    assert tables["NoncurrentVersionExpiration"]["NoncurrentDays"] == 7
    assert {rule["Status"] for rule in rules} == {"Enabled"}


# Every action and what it may touch; a new one is looked at here first.
_BUCKET = "arn:aws:s3:::the-warehouse"
_READ = [
    f"{_BUCKET}/{one}"
    for one in (
        "dumps/*",
        "dumps-manifest/*",
        "snapshots/*",
        "enrichment/*",
        "reference/property_geo_latlon/*",
    )
]
_HERE = f"{REGION}:{ACCOUNT}"
_INTERFACES = f"arn:aws:ec2:{_HERE}:network-interface/*"
_CONNECTION = [f"arn:aws:glue:{_HERE}:catalog", f"arn:aws:glue:{_HERE}:connection/warehouse-network"]
_JOIN = [
    _INTERFACES,
    f"arn:aws:ec2:{_HERE}:subnet/subnet-1",
    f"arn:aws:ec2:{_HERE}:security-group/JobSecurityGroup.GroupId",
]
RIGHTS = {
    "FilesPolicy": {
        "s3:GetObject": _READ,
        "s3:ListBucket": [_BUCKET],
        "s3:PutObject": [f"{_BUCKET}/snapshots/*", f"{_BUCKET}/enrichment/*"],
    },
    "JobPolicy": {
        "s3:GetObject": [f"{_BUCKET}/releases/0.4.0-1a2b3c4/*", f"{_BUCKET}/reference/ca.pem"],
        "secretsmanager:GetSecretValue": [PARAMETERS["WarehouseSecretArn"], PARAMETERS["StateSecretArn"]],
        **dict.fromkeys(
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:AssociateKmsKey"],
            [f"arn:aws:logs:{_HERE}:log-group:/aws-glue/*"],
        ),
        **dict.fromkeys(["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], [PARAMETERS["LogKeyArn"]]),
        "glue:GetSecurityConfiguration": ["*"],
        "glue:GetConnection": _CONNECTION,
        **{
            f"ec2:Describe{one}": ["*"]
            for one in "NetworkInterfaces RouteTables SecurityGroups Subnets VpcAttribute VpcEndpoints".split()
        },
        "ec2:CreateNetworkInterface": _JOIN,
        **dict.fromkeys(["ec2:CreateTags", "ec2:DeleteTags", "ec2:DeleteNetworkInterface"], [_INTERFACES]),
    },
    "LoadRole": {
        "bedrock:InvokeModel": [f"arn:aws:bedrock:{REGION}::foundation-model/anthropic.model-v1:0"],
        "secretsmanager:GetSecretValue": [f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:names-??????"],
    },
    "RunRole": {
        "s3:PutObject": [f"{_BUCKET}/runs/*", f"{_BUCKET}/reports/*"],
        "sns:Publish": ["Topic"],
        **dict.fromkeys(
            ["quicksight:CreateIngestion", "quicksight:DescribeIngestion"], [f"arn:aws:quicksight:{_HERE}:dataset/*"]
        ),
    },
    "JanitorRole": {},
    "ScheduleRole": {
        "glue:StartJobRun": [f"arn:aws:glue:{_HERE}:job/JanitorJob"],
        "glue:StartWorkflowRun": [f"arn:aws:glue:{_HERE}:workflow/Morning"],
        "lambda:InvokeFunction": ["Freshness.Arn"],
    },
    "ProducerPolicy": {
        **dict.fromkeys(
            ["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"],
            [f"{_BUCKET}/dumps/*", f"{_BUCKET}/dumps-manifest/*"],
        ),
        "s3:ListBucket": [_BUCKET],
        "secretsmanager:GetSecretValue": [PARAMETERS["SourceSecretArn"]],
        "sns:Publish": ["Topic"],
    },
    "LookPolicy": {
        "s3:GetObject": [f"{_BUCKET}/reference/ca.pem"],
        "secretsmanager:GetSecretValue": [PARAMETERS["LookWarehouseSecretArn"], PARAMETERS["LookStateSecretArn"]],
    },
    "PlanPolicy": {
        "s3:GetObject": [f"{_BUCKET}/reference/ca.pem"],
        "s3:PutObject": [f"{_BUCKET}/state/*"],
        "secretsmanager:GetSecretValue": [PARAMETERS["WarehouseSecretArn"], PARAMETERS["StateSecretArn"]],
    },
    "OnCallPolicy": {
        "cloudformation:DescribeStacks": [f"arn:aws:cloudformation:{_HERE}:stack/warehouse/*"],
        **dict.fromkeys(["glue:GetWorkflowRuns", "glue:StartWorkflowRun"], [f"arn:aws:glue:{_HERE}:workflow/Morning"]),
        "glue:StartJobRun": [f"arn:aws:glue:{_HERE}:job/{job}" for job in ("LoadJob", "RunJob", "JanitorJob")],
        "logs:DescribeLogGroups": [f"arn:aws:logs:{_HERE}:log-group:*"],
        "logs:FilterLogEvents": [f"arn:aws:logs:{_HERE}:log-group:/aws-glue/warehouse*", "FreshnessLog.Arn"],
        "s3:ListBucket": [_BUCKET],
        "s3:GetObject": [
            f"{_BUCKET}/{one}/*" for one in ("dumps", "dumps-manifest", "snapshots", "reference/property_geo_latlon")
        ],
    },
    "FreshnessRole": {
        "s3:ListBucket": [_BUCKET],
        "cloudwatch:PutMetricData": ["*"],
        **dict.fromkeys(["logs:CreateLogStream", "logs:PutLogEvents"], ["FreshnessLog.Arn"]),
    },
}

_CATALOG = f"arn:aws:glue:{_HERE}:"
_PROJECTS = "landing landing_* staging staging__* silver silver__* gold gold__* sqlmesh__* dashboards".split()
_DATABASES = [f"{_CATALOG}{kind}" for one in _PROJECTS for kind in (f"database/{one}", f"table/{one}/*")]
_COPIES = [f"{_CATALOG}{one}" for one in ("catalog", "database/dashboards", "table/dashboards/*")]
_LISTS = [f"{_CATALOG}{one}" for one in ("catalog", "database/*", "userDefinedFunction/*")]
_GROUP = f"arn:aws:athena:{_HERE}:workgroup/WorkGroup"
_WRITE = "CreateDatabase CreateTable DeleteDatabase DeleteTable GetTable GetTables UpdateTable".split()
_ONLY_AURORA = {PARAMETERS[name] for name in ("WarehouseSecretArn", "LookWarehouseSecretArn")}
SPARK_RIGHTS = {
    **{
        name: {action: [one for one in touched if one not in _ONLY_AURORA] for action, touched in rights.items()}
        for name, rights in RIGHTS.items()
    },
    "CommandRole": {},
    "TablesPolicy": {
        **dict.fromkeys(
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], [f"{_BUCKET}/tables/*"]
        ),
        "s3:ListBucket": [_BUCKET],
        **{f"glue:{one}": [f"{_CATALOG}catalog", *_DATABASES] for one in _WRITE},
        "glue:GetDatabase": [f"{_CATALOG}catalog", *_DATABASES, *_LISTS],
        **dict.fromkeys(["glue:GetDatabases", "glue:GetUserDefinedFunctions"], _LISTS),
    },
    "DashboardRole": {
        **{
            f"athena:{one}": [_GROUP]
            for one in "GetQueryExecution GetQueryResults GetWorkGroup StartQueryExecution StopQueryExecution".split()
        },
        **{
            f"athena:{one}": [f"arn:aws:athena:{_HERE}:datacatalog/AwsDataCatalog"]
            for one in "GetDataCatalog GetTableMetadata ListDatabases ListTableMetadata".split()
        },
        **{f"glue:{one}": _COPIES for one in "GetDatabase GetTable GetTables".split()},
        "s3:GetObject": [f"{_BUCKET}/tables/{athena.DATABASE}.db/*", f"{_BUCKET}/athena/*"],
        **dict.fromkeys(["s3:PutObject", "s3:AbortMultipartUpload"], [f"{_BUCKET}/athena/*"]),
        **dict.fromkeys(["s3:GetBucketLocation", "s3:ListBucket"], [_BUCKET]),
    },
}
SPARK_RIGHTS["PlanPolicy"] |= dict.fromkeys(
    ["glue:StartJobRun", "glue:GetJobRun"], [f"arn:aws:glue:{_HERE}:job/CommandJob"]
)


@pytest.mark.parametrize(("parameters", "rights"), [({}, RIGHTS), (SPARK, SPARK_RIGHTS)], ids=["aurora", "spark"])
def test_roles_have_these_rights_and_no_other(parameters: dict[str, str], rights: dict[str, Any]) -> None:
    found = {}
    for name, properties in resources(**parameters).items():
        if template()["Resources"][name]["Type"] not in ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy"):
            continue
        found[name] = allowed = {}
        for statement in statements(properties):
            assert statement["Effect"] == "Allow"
            touched = statement["Resource"]
            for action in statement["Action"]:
                allowed.setdefault(action, []).extend([touched] if isinstance(touched, str) else touched)
    assert found == rights


def test_without_a_model_nobody_may_ask_one() -> None:
    parsed = template()
    assert [parsed["Parameters"][name]["Default"] for name in ("EnrichModel", "NameKeySecret")] == ["none", "none"]
    assert parsed["Conditions"]["Enriches"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "EnrichModel"}, "none"]}]}
    (policy,) = parsed["Resources"]["LoadRole"]["Properties"]["Policies"]
    condition, _, without = policy["Fn::If"]
    assert (condition, without) == ("Enriches", {"Ref": "AWS::NoValue"})
    # Nobody else may, and a profile, which sends names to other regions, is no such id.
    assert "bedrock:" not in str([one for name, one in parsed["Resources"].items() if name != "LoadRole"])
    assert json.dumps(parsed["Resources"]["LoadRole"]).count("bedrock:InvokeModel") == 1
    assert "${AWS::Region}::foundation-model/${EnrichModel}" in json.dumps(policy)
    assert "--enrich-model" not in parsed["Resources"]["RunJob"]["Properties"]["DefaultArguments"]


def test_secrets_are_named_and_never_put_into_the_template() -> None:
    """A dynamic reference would be read at deployment only: a rotation would break the next morning."""
    assert "{{resolve:" not in FILE.read_text()
    for name in ("LoadJob", "RunJob", "JanitorJob"):
        assert resources()[name]["DefaultArguments"]["--warehouse-secret"] == PARAMETERS["WarehouseSecretArn"]


def test_failed_jobs_and_missing_gold_freshness_notify_the_topic() -> None:
    found = resources()
    pattern = found["JobFailed"]["EventPattern"]
    assert (pattern["source"], pattern["detail-type"]) == (["aws.glue"], ["Glue Job State Change"])
    assert pattern["detail"]["jobName"] == ["LoadJob", "RunJob", "JanitorJob"]
    assert {"FAILED", "TIMEOUT"} <= set(pattern["detail"]["state"])
    assert found["JobFailed"]["Targets"] == [{"Id": "topic", "Arn": "Topic"}]
    silence, looks = found["Silence"], found["FreshnessSchedule"]
    assert silence["TreatMissingData"] == "breaching"
    assert silence["AlarmActions"] == ["Topic"]
    assert (silence["Namespace"], silence["MetricName"]) == ("warehouse", "GoldFresh")
    assert (silence["Threshold"], silence["ComparisonOperator"]) == (1, "LessThanThreshold")
    # As often as the alarm wants a value, so that one that is missing is a look that failed.
    assert looks["ScheduleExpression"] == f"cron(0/{silence['Period'] // 60} * * * ? *)"
    assert "aws.scheduler.scheduled-time" in looks["Target"]["Input"]
    (may_publish,) = found["TopicPolicy"]["PolicyDocument"]["Statement"]
    assert set(may_publish["Principal"]["Service"]) == {"events.amazonaws.com", "cloudwatch.amazonaws.com"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with moto_server() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-02-09T23:29:00Z", "20260209"), ("2026-02-09T23:30:00Z", "20260210"), ("2026-02-10T15:00:00Z", "20260210")],
)
def test_freshness_asks_for_the_day_that_is_due(
    aws: None, monkeypatch: pytest.MonkeyPatch, moment: str, day: str
) -> None:
    function = resources()["Freshness"]
    monkeypatch.setenv("BUCKET", "the-warehouse")
    monkeypatch.setenv("NAMESPACE", "warehouse")
    code: dict[str, Any] = {}
    exec(compile(function["Code"]["ZipFile"], "index.py", "exec"), code)
    assert function["Handler"] == "index.handler"
    s3, cloudwatch = boto3.client("s3"), boto3.client("cloudwatch")
    s3.create_bucket(Bucket="the-warehouse", CreateBucketConfiguration={"LocationConstraint": REGION})

    def told() -> float:
        code["handler"]({"time": moment}, None)
        at = dt.datetime.fromisoformat(moment.replace("Z", "+00:00"))
        found = cloudwatch.get_metric_statistics(
            Namespace="warehouse", MetricName="GoldFresh", StartTime=at, EndTime=at + dt.timedelta(minutes=1), Period=60,
            Statistics=["Maximum"],
        )  # fmt: skip
        return found["Datapoints"][0]["Maximum"]

    assert told() == 0
    s3.put_object(Bucket="the-warehouse", Key=f"runs/{day}.json", Body=b"{}")
    assert told() == 1


def _glues(configuration: dict[str, Any]) -> dict[str, Any]:
    """CloudFormation calls one part otherwise than Glue's API does."""
    return {"S3Encryption" if name == "S3Encryptions" else name: value for name, value in configuration.items()}


def _replayed(found: dict[str, Any], network: dict[str, str]) -> Iterator[str]:
    """Makes each resource by the call that CloudFormation makes; the names of those that were made."""
    iam, glue, events, ec2 = (boto3.client(name) for name in ("iam", "glue", "events", "ec2"))
    scheduler, sns, cloudwatch, logs = (boto3.client(name) for name in ("scheduler", "sns", "cloudwatch", "logs"))
    for name, role in found.items():
        if not name.endswith("Role"):
            continue
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(role["AssumeRolePolicyDocument"]))
        for policy in role.get("Policies", []):
            document = json.dumps(policy["PolicyDocument"])
            iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)
        yield name
    for name, policy in found.items():
        if name.endswith("Policy") and name != "TopicPolicy":
            iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(policy["PolicyDocument"]))
            yield name
    glue.create_connection(**{key: value for key, value in found["Network"].items() if key != "CatalogId"})
    yield "Network"
    encryption = found["Encryption"]
    glue.create_security_configuration(
        Name=encryption["Name"], EncryptionConfiguration=_glues(encryption["EncryptionConfiguration"])
    )
    yield "Encryption"
    for name, job in found.items():
        if name.endswith("Job"):
            glue.create_job(**job | {"NumberOfWorkers": int(job["NumberOfWorkers"])})
            yield name
    if group := found.get("WorkGroup"):
        settings = group["WorkGroupConfiguration"]
        settings["BytesScannedCutoffPerQuery"] = int(settings["BytesScannedCutoffPerQuery"])
        boto3.client("athena").create_work_group(
            Name=group["Name"], Description=group["Description"], Configuration=settings
        )
        yield "WorkGroup"
    glue.create_workflow(**found["Morning"])
    yield "Morning"
    for name in ("StartLoad", "RunAfterLoad"):
        glue.create_trigger(**found[name])
        yield name
    for name in ("Schedule", "Weekly", "FreshnessSchedule"):
        scheduler.create_schedule(**found[name])
        yield name
    topic = sns.create_topic(Name=found["Topic"]["TopicName"])["TopicArn"]
    yield "Topic"
    policy = json.dumps(found["TopicPolicy"]["PolicyDocument"])
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    yield "TopicPolicy"
    sns.subscribe(TopicArn=topic, Protocol=found["Mail"]["Protocol"], Endpoint="on-call@example.com")
    yield "Mail"
    rule = found["JobFailed"]
    events.put_rule(Name=rule["Name"], State=rule["State"], EventPattern=json.dumps(rule["EventPattern"]))
    events.put_targets(Rule=rule["Name"], Targets=[{"Id": "topic", "Arn": topic}])
    yield "JobFailed"
    cloudwatch.put_metric_alarm(**found["Silence"] | {"AlarmActions": [topic], "OKActions": [topic]})
    yield "Silence"
    for name in ("FreshnessLog", "JobOutputLog", "JobErrorLog"):
        log = found[name]
        logs.create_log_group(
            logGroupName=log["LogGroupName"], **({"kmsKeyId": log["KmsKeyId"]} if "KmsKeyId" in log else {})
        )
        logs.put_retention_policy(logGroupName=log["LogGroupName"], retentionInDays=log["RetentionInDays"])
        yield name
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=found["OnlyTls"]["Bucket"], CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_policy(Bucket=found["OnlyTls"]["Bucket"], Policy=json.dumps(found["OnlyTls"]["PolicyDocument"]))
    lifecycle = json.loads((PROJECT / "deploy" / "lifecycle.json").read_text())
    s3.put_bucket_lifecycle_configuration(Bucket=found["OnlyTls"]["Bucket"], LifecycleConfiguration=lifecycle)
    yield "OnlyTls"
    group = ec2.create_security_group(
        GroupName="jobs", Description=found["JobSecurityGroup"]["GroupDescription"], VpcId=network["VpcId"]
    )["GroupId"]
    yield "JobSecurityGroup"
    groups = {"JobSecurityGroup.GroupId": group}
    for name, rule in found.items():
        if name not in ("AmongWorkers", "IntoWarehouse", "IntoState", "ToWorkers"):
            continue
        other = rule.get("SourceSecurityGroupId") or rule["DestinationSecurityGroupId"]
        permission = {
            "IpProtocol": rule["IpProtocol"],
            "FromPort": int(rule["FromPort"]),
            "ToPort": int(rule["ToPort"]),
            "UserIdGroupPairs": [{"GroupId": groups.get(other, other), "Description": rule["Description"]}],
        }
        allow = ec2.authorize_security_group_egress if name == "ToWorkers" else ec2.authorize_security_group_ingress
        allow(GroupId=groups.get(rule["GroupId"], rule["GroupId"]), IpPermissions=[permission])
        yield name


@pytest.mark.parametrize("parameters", [{}, SPARK], ids=["aurora", "spark"])
def test_each_resource_is_what_its_service_takes(aws: None, parameters: dict[str, str]) -> None:
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = {
        name: ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("WarehouseSecurityGroupId", "StateSecurityGroupId")
    }
    network = {"VpcId": vpc, **made}
    arns = {
        "Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts",
        "Freshness.Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:freshness",
        "FreshnessLog.Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:freshness",
        **{
            f"{name}.Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"
            for name in ("LoadRole", "RunRole", "JanitorRole", "CommandRole", "ScheduleRole")
        },
    }
    found = resources(**network | arns | parameters)
    # The function's code is run above; moto would start a container for it.
    assert {*_replayed(found, network), "Freshness"} == found.keys()
