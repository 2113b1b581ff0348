"""The gate: each rule of a contract blocks what breaks it, with figure and bound, and passes what does not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo.dump import dump_sql
from demo.objects import put_dump
from demo.rows import company, moving, tenant
from loader.errors import DumpRejectedError, UsageError
from loader.landing.access import open_warehouse
from loader.landing.load import load
from loader.quality.columns import required_columns
from loader.quality.data_contract import DataContract, read_data_contract
from loader.quality.findings import judged
from loader.settings import DATA_CONTRACT, Settings
from tests.support.gate_rules import CASES, finding
from tests.support.places import everything

DAY = dt.date(2025, 6, 10)
NEXT = dt.date(2025, 6, 11)
STAMP = dt.datetime(2025, 6, 9, 20)
RULES = """
source:
  allowed: [gghouse-db.internal/basis]
continuity_days: 14
tables:
  tenants:
    key: [id]
    at_least: 4
    change_percent: [-20, 20]
    fresh_days: 14
    nulled_percent: 30
    codes:
      status: {seed: code_tenant_status, unknown_percent: 0, shift_percent: 20}
      gender_type: {seed: code_gender, unknown_percent: 0}
    references:
      moving_id: {to: movings.id, dangling_percent: 20}
  movings:
    key: [id]
    nulled_percent: 20
daily_files: {}
only_warn: ["codes:tenants.gender_type"]
"""


def people(count: int = 5, **first: Any) -> list[dict[str, Any]]:
    """Tenants in order, the first of them changed."""
    rows = [tenant(n, updated_at=STAMP) for n in range(1, count + 1)]
    return [rows[0] | first, *rows[1:]]


def houses(**changes: Any) -> bytes:
    tables = {"tenants": people(), "movings": [moving(n, updated_at=STAMP) for n in range(1, 6)]}
    return dump_sql(company(**{**tables, **changes}))


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], DataContract]:
    """`contract(text)`: puts a contract in force and reads it."""

    def write(text: str) -> DataContract:
        file = tmp_path / "rules.yaml"
        file.write_text(text)
        monkeypatch.setenv("WAREHOUSE_DATA_CONTRACT", str(file))
        return read_data_contract(file)

    return write


# Each rule: tests/unit/test_gate_rules.py, and below for a server.
BLOCKED = {
    "change": (houses(tenants=people(7)), r"change:tenants: 5 to 7, \+40.00 % .allowed: -20 % to \+20 %"),
    "a column that models read and the dump leaves to the server": (
        houses()
        .replace(b"`age` int DEFAULT NULL", b"`AGE` int GENERATED ALWAYS AS (1 + 1) VIRTUAL")
        .replace(b",30,", b",DEFAULT,"),
        r"generated:tenants.AGE: .*NULL in 5 of 5 rows; read by staging.tenants",
    ),
}


@pytest.mark.parametrize("case", BLOCKED)
def test_broken_rule_rejects_the_dump_with_figure_and_bound(bucket, empty_place, contract, case) -> None:
    contract(RULES)
    settings = empty_place.settings(bucket)
    put_dump(bucket, DAY, houses())
    load(settings)
    before = everything(empty_place)
    body, message = BLOCKED[case]
    put_dump(bucket, NEXT, body)
    with pytest.raises(DumpRejectedError, match=message) as rejection:
        load(settings, NEXT)
    assert "nothing was changed" in str(rejection.value)
    assert everything(empty_place) == before
    # Its report is kept: what was refused, why, and the findings, good and bad.
    ((key, reason),) = empty_place.query("SELECT object_key, reason FROM landing.rejections")
    assert (key, reason) == ("dumps/gghouse_20250611.sql", str(rejection.value))
    outcomes = dict(
        empty_place.query(
            """SELECT outcome, COUNT(*) FROM landing.load_findings
               WHERE load_id = (SELECT load_id FROM landing.rejections) GROUP BY outcome"""
        )
    )
    assert outcomes["blocked"] >= 1
    # A corrected dump of that day goes in, and the refusal stays on record.
    put_dump(bucket, NEXT, houses(tenants=people(age=31)))
    load(settings, NEXT)
    assert empty_place.query("SELECT MAX(business_date) FROM landing.load_ledger") == [(NEXT,)]


@pytest.mark.server
@pytest.mark.engine
def test_each_rule_finds_the_same_on_a_server(empty_aurora) -> None:
    with open_warehouse(empty_aurora.settings()) as warehouse:
        found = {name: finding(warehouse, case) for name, case in CASES.items()}
    assert found == {name: judged(*case.found, case.good) for name, case in CASES.items()}


def test_gate_rule_may_only_warn_or_be_accepted_once(bucket, embedded, contract) -> None:
    contract(RULES)
    settings = embedded.settings(bucket)
    put_dump(bucket, DAY, houses(tenants=people(gender_type=7)))
    load(settings)
    put_dump(bucket, NEXT, houses(tenants=people(7), movings=[moving(n) for n in range(1, 8)]))
    with pytest.raises(DumpRejectedError, match="change:tenants"):
        load(settings)
    assert load(settings, accepted=frozenset(["change:tenants"])) == NEXT
    found = "SELECT rule_name, outcome FROM landing.load_findings WHERE outcome NOT IN ('passed', 'blocked') ORDER BY 1"
    assert embedded.query(found) == [("change:tenants", "accepted"), ("codes:tenants.gender_type", "warned")]


def test_accepting_an_unknown_gate_rule_is_a_usage_error(bucket, embedded, contract) -> None:
    contract(RULES)
    put_dump(bucket, DAY, houses())
    with pytest.raises(UsageError, match="--accept change:tenant: there is no such rule"):
        load(embedded.settings(bucket), accepted=frozenset(["change:tenant"]))


def test_new_source_column_lands_and_is_noted(bucket, embedded) -> None:
    settings = embedded.settings(bucket)
    put_dump(bucket, DAY, company())
    load(settings)
    more = dump_sql(company(inquiries=[{"id": 1, "created_at": STAMP}]))
    more = more.replace(b"  `inquiry_date`", b"  `abort_date` date DEFAULT NULL,\n  `inquiry_date`").replace(
        b"VALUES (1,NULL,NULL,'2025-06-09 20:00:00',NULL)",
        b"VALUES (1,NULL,'2025-01-01',NULL,'2025-06-09 20:00:00',NULL)",
    )
    put_dump(bucket, NEXT, more)
    load(settings)
    assert embedded.query("SELECT abort_date FROM landing.inquiries") == [(dt.date(2025, 1, 1),)]
    ((figure,),) = embedded.query("SELECT figure FROM landing.load_findings WHERE outcome = 'noted'")
    assert "inquiries" in figure
    assert "abort_date" in figure


WRONG = {
    "no YAML": ("source: [", "is no YAML"),
    "nothing": ("", "contract: "),
    "a field that there is not": (RULES + "typo: 1\n", "typo: Extra inputs"),
    "a rule that there is not": (RULES.replace("at_least", "at_lest"), "tables.tenants.at_lest: Extra inputs"),
    "a bound that is none": (RULES.replace("at_least: 4", "at_least: four"), "tables.tenants.at_least: "),
    "bounds the wrong way": (RULES.replace("[-20, 20]", "[20, -20]"), "the lower bound comes first"),
    "a share over all": (RULES.replace("dangling_percent: 20", "dangling_percent: 200"), "dangling_percent: "),
    "a seed that there is not": (RULES.replace("code_gender", "code_genders"), "there is no seeds/code_genders.csv"),
    "a warning of nothing": (RULES.replace('"codes:tenants.gender_type"', '"codes:x"'), "only_warn names codes:x"),
    "a reference to nowhere": (RULES.replace("movings.id", "moves.id"), "that table has no rules"),
    "a source without its database": (RULES.replace("internal/basis", "internal"), "source.allowed.0"),
}


@pytest.mark.parametrize("case", WRONG)
def test_invalid_data_contract_error_names_the_field(contract, case) -> None:
    text, message = WRONG[case]
    with pytest.raises(UsageError, match=f"rules.yaml.*{message}"):
        contract(text)


def test_a_contract_that_is_not_there_is_named(bucket, embedded, monkeypatch) -> None:
    monkeypatch.setenv("WAREHOUSE_DATA_CONTRACT", "/nowhere.yaml")
    with pytest.raises(UsageError, match="/nowhere.yaml can't be read: No such file"):
        load(embedded.settings(bucket))


def test_data_contract_has_rules_for_every_table_models_read() -> None:
    assert {column.table for column in required_columns()} == set(read_data_contract(DATA_CONTRACT).tables)
    assert Settings("duckdb", Path("x"), None).data_contract == DATA_CONTRACT


PARTS = {
    "made with --where": (b"-- Dumping data for table `rooms`\n", b"\\g<0>--\n-- WHERE:  id < 3\n"),
    "without its rows": (b"-- Dumping data for table `rooms`\n(?:.*\n){6}UNLOCK TABLES;\n", b""),
}


@pytest.mark.parametrize("part", PARTS)
def test_incomplete_table_that_models_read_cannot_be_accepted(part: str, empty_warehouse: Path, bucket: Path) -> None:
    whole = dump_sql(company())
    body = re.sub(*PARTS[part], whole)
    assert body != whole
    put_dump(bucket, DAY, body)
    settings = Settings.resolve(str(bucket))
    with pytest.raises(DumpRejectedError, match=r"(?s)whole:rooms: the dump holds.*Ask the producer for the dump of"):
        load(settings, DAY)
    with pytest.raises(UsageError, match="there is no such rule"):
        load(settings, DAY, accepted=frozenset({"whole:rooms"}))
