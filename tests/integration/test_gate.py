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
from loader.contract import Contract, read_contract
from loader.errors import DumpRejectedError, UsageError
from loader.load import load
from loader.settings import CONTRACT, Settings
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
snapshots: {}
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
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Contract]:
    """`contract(text)`: puts a contract in force and reads it."""

    def write(text: str) -> Contract:
        file = tmp_path / "rules.yaml"
        file.write_text(text)
        monkeypatch.setenv("WAREHOUSE_CONTRACT", str(file))
        return read_contract(file)

    return write


BLOCKED = {
    "rows": (houses(tenants=people(3)), r"rows:tenants: 3 .allowed: 4 or more"),
    "change": (houses(tenants=people(7)), r"change:tenants: 5 to 7, \+40.00 % .allowed: -20 % to \+20 %"),
    "key twice": (
        houses(tenants=people(id=2)).replace(b"PRIMARY KEY", b"KEY"),
        r"key:tenants: 1 rows repeat or lack their .id. .allowed: none",
    ),
    "fresh": (
        houses(tenants=[one | {"updated_at": dt.datetime(2025, 5, 1)} for one in people()]),
        r"fresh:tenants: 41 days .allowed: 14 days before the dump",
    ),
    "fresh by a stamp of the future alone": (
        houses(
            tenants=[one | {"updated_at": dt.datetime(2025, 5, 1)} for one in people(4)]
            + [tenant(5, updated_at=dt.datetime(2025, 7, 1))]
        ),
        r"fresh:tenants: 41 days; 1 rows are stamped later than the dump",
    ),
    "codes": (
        houses(tenants=people(status=99)),
        r"codes:tenants.status: 1 rows, 20.000 %, have a code that code_tenant_status lacks",
    ),
    "codes that are known and merged": (
        houses(tenants=[one | {"status": 17} if one["id"] < 3 else one for one in people()]),
        r"shift:tenants.status: 40.000 % of the rows moved to another code since the dump before .allowed: 20 %",
    ),
    "references": (
        houses(tenants=[one | {"moving_id": 900 + one["id"]} if one["id"] < 3 else one for one in people()]),
        r"references:tenants.moving_id: 2 of 5 ids, 40.000 %, are not in movings.id .allowed: 20 %",
    ),
    "nulled": (
        houses().replace(b"'2025-02-01'", b"'0000-00-00'", 2),
        r"nulled:movings: 40.000 % of movein_date are no dates .allowed: 20 %",
    ),
    "longer than a model keeps": (
        houses(tenants=people(affiliation="長" * 256)).replace(
            b"`affiliation` varchar(191)", b"`affiliation` varchar(400)"
        ),
        r"longer:tenants.affiliation: 1 values are longer than staging.tenants keeps .allowed: 255 characters",
    ),
    "larger than a model keeps": (
        houses(movings=[moving(1, rent=10**12)]).replace(b"`rent` int", b"`rent` bigint"),
        r"larger:movings.rent: 1 values are larger than staging.movings keeps .allowed: up to 999,999,999,999",
    ),
    "column gone": (
        houses().replace(b"`media_id`", b"`medium`"),
        r"columns: .*lacks column tenants.media_id, which staging.tenants reads",
    ),
    "a column that models read and the dump leaves to the server": (
        houses()
        .replace(b"`age` int DEFAULT NULL", b"`AGE` int GENERATED ALWAYS AS (1 + 1) VIRTUAL")
        .replace(b",30,", b",DEFAULT,"),
        r"generated:tenants.AGE: .*NULL in 5 of 5 rows; read by staging.tenants",
    ),
    "type changed": (
        houses().replace(b"`moveout_fee` int", b"`moveout_fee` double"),
        r"columns: .*movings.moveout_fee is double.*staging.movings",
    ),
}


@pytest.mark.parametrize("case", BLOCKED)
def test_a_dump_that_breaks_a_rule_is_rejected_with_figure_and_bound(bucket, empty_place, contract, case) -> None:
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


def test_a_rule_may_only_warn_or_be_accepted_for_once(bucket, empty_place, contract) -> None:
    contract(RULES)
    settings = empty_place.settings(bucket)
    put_dump(bucket, DAY, houses(tenants=people(gender_type=7)))
    load(settings)
    put_dump(bucket, NEXT, houses(tenants=people(7), movings=[moving(n) for n in range(1, 8)]))
    with pytest.raises(DumpRejectedError, match="change:tenants"):
        load(settings)
    assert load(settings, accepted=frozenset(["change:tenants"])) == NEXT
    found = "SELECT rule_name, outcome FROM landing.load_findings WHERE outcome NOT IN ('passed', 'blocked') ORDER BY 1"
    assert empty_place.query(found) == [("change:tenants", "accepted"), ("codes:tenants.gender_type", "warned")]


def test_a_rule_that_there_is_not_can_be_accepted_by_nobody(bucket, empty_place, contract) -> None:
    contract(RULES)
    put_dump(bucket, DAY, houses())
    with pytest.raises(UsageError, match="--accept change:tenant: there is no such rule"):
        load(empty_place.settings(bucket), accepted=frozenset(["change:tenant"]))


def test_what_is_new_at_the_source_lands_and_is_noted(bucket, empty_place) -> None:
    settings = empty_place.settings(bucket)
    put_dump(bucket, DAY, company())
    load(settings)
    more = dump_sql(company(inquiries=[{"id": 1, "created_at": STAMP}]))
    more = more.replace(b"  `inquiry_date`", b"  `abort_date` date DEFAULT NULL,\n  `inquiry_date`").replace(
        b"VALUES (1,NULL,NULL,'2025-06-09 20:00:00',NULL)",
        b"VALUES (1,NULL,'2025-01-01',NULL,'2025-06-09 20:00:00',NULL)",
    )
    put_dump(bucket, NEXT, more)
    load(settings)
    assert empty_place.query("SELECT abort_date FROM landing.inquiries") == [(dt.date(2025, 1, 1),)]
    ((figure,),) = empty_place.query("SELECT figure FROM landing.load_findings WHERE outcome = 'noted'")
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
def test_a_contract_that_makes_no_sense_is_a_usage_error_that_names_the_field(contract, case) -> None:
    text, message = WRONG[case]
    with pytest.raises(UsageError, match=f"rules.yaml.*{message}"):
        contract(text)


def test_a_contract_that_is_not_there_is_named(bucket, empty_place, monkeypatch) -> None:
    monkeypatch.setenv("WAREHOUSE_CONTRACT", "/nowhere.yaml")
    with pytest.raises(UsageError, match="/nowhere.yaml can't be read: No such file"):
        load(empty_place.settings(bucket))


def test_the_projects_own_contract_has_rules_for_every_table_that_models_read() -> None:
    from loader.contract.readings import readings

    assert {reading.table for reading in readings()} == set(read_contract(CONTRACT).tables)
    assert Settings("duckdb", Path("x"), None).contract == CONTRACT


PARTS = {
    "made with --where": (b"-- Dumping data for table `rooms`\n", b"\\g<0>--\n-- WHERE:  id < 3\n"),
    "without its rows": (b"-- Dumping data for table `rooms`\n(?:.*\n){6}UNLOCK TABLES;\n", b""),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_table_that_models_read_is_refused_and_nobody_can_accept_it(
    part: str, empty_warehouse: Path, bucket: Path
) -> None:
    whole = dump_sql(company())
    body = re.sub(*PARTS[part], whole)
    assert body != whole
    put_dump(bucket, DAY, body)
    settings = Settings.resolve(str(bucket))
    with pytest.raises(
        DumpRejectedError, match=r"Have the producer make the whole dump again\n  whole:rooms: the dump holds"
    ):
        load(settings, DAY)
    with pytest.raises(UsageError, match="there is no such rule"):
        load(settings, DAY, accepted=frozenset({"whole:rooms"}))
