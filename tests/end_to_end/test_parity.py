"""The same rows on DuckDB and on MySQL, exactly: the demo company, and a company made of what engines disagree on."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner

from demo.dump import dump_sql
from demo.objects import put_dump, put_snapshot, snapshot_file
from demo.rows import company, moving, tenant
from loader.landing.access import read_warehouse
from loader.landing.load import load
from loader.quality.columns import required_columns
from loader.sources.daily_file_kinds import DATASETS
from loader.transform.run import assert_fresh, run
from tests.support import places
from tests.support.places import FILE, Place, contents, duckdb_place

pytestmark = [pytest.mark.server, pytest.mark.engine, pytest.mark.audited]

# As in the Makefile's demo.
COMPANY = ["--end", "2026-02-10", "--days", "3", "--scale", "0.05", "--seed", "1", "--snapshots", "60"]
HEADER = snapshot_file("tenant_status", [])


def live(place: Place, bucket: Path, days: list[dt.date]) -> None:
    """Loads and runs these mornings; the first one is planned. Texts that models cut are accepted: they must cut alike.

    Audited on the server alone: on DuckDB the demo's mornings are.
    """
    cut = frozenset(f"longer:{one.table}.{one.name}" for one in required_columns() if one.keeps[0])
    with place.chosen(), nullcontext() if place.on_mysql else places.unaudited():
        for number, day in enumerate(days):
            load(place.settings(bucket), day, accepted=cut)
            if number == 0:
                places.plan(audited=place.on_mysql)
            assert_fresh(run(place.settings(), day))


def landed(place: Place) -> dict[str, list[tuple]]:
    """The live dump's tables, the daily files and the load's report, as landed."""
    with place.chosen(), read_warehouse(place.settings()) as warehouse:
        names = [name for (name,) in warehouse.query("SELECT DISTINCT table_name FROM landing.load_tables")]
        own = [*(dataset.table for dataset in DATASETS), "load_nulled", "load_changes"]
        tables = [f"landing.{warehouse.quote(name)}" for name in [*names, *own]]
        return {table.replace("`", '"'): warehouse.query(f"SELECT * FROM {table}") for table in tables}


def differences(left: dict[str, list[tuple]], right: dict[str, list[tuple]]) -> dict[str, tuple[list[str], list[str]]]:
    """What only one side has, by table: rows as text, so that 1 and Decimal('1') are not the same either."""
    assert left.keys() == right.keys()
    found = {}
    for name in left:
        ours, others = Counter(map(repr, left[name])), Counter(map(repr, right[name]))
        if ours != others:
            found[name] = (sorted(ours - others)[:3], sorted(others - ours)[:3])
    return found


@pytest.mark.twin
def test_the_demo_company_is_the_same_on_both(empty_aurora: Place, tmp_path: Path) -> None:
    from demo.__main__ import main

    bucket = tmp_path / "bucket"
    made = CliRunner().invoke(main, ["--out", str(bucket), *COMPANY])
    assert made.exit_code == 0, made.output
    embedded = duckdb_place(tmp_path / FILE)
    days = [dt.date(2026, 2, day) for day in (8, 9, 10)]
    for place in (embedded, empty_aurora):
        live(place, bucket, days)
    assert differences(landed(embedded), landed(empty_aurora)) == {}
    assert differences(contents(embedded), contents(empty_aurora)) == {}


# Texts that a MySQL collation such as utf8mb4_0900_ai_ci calls equal, or that servers trim or match in ways of their own.
TEXTS = [
    "か", "が", "カ", "ｶ", "はは", "ぱぱ", "ハハ", "A", "a", "Ａ", "ß", "ss", "é", "e\u0301", "😀", "😁",
    "NULL", "Null", "nUll", "null", "ＮＵＬＬ", "--", "－－", "-", "", " ", "　", " 　 x 　 ", "x ", " x", "x\t", "x\n", "\tx", "x\u00a0",
    "%", "_", "\\", "a\\", "it's", '"', "0", "ﾚｿﾄ", "れそと", "レソト", "レソト　", " レソト", "レソﾄ", "長" * 255,
]  # fmt: skip
# Whole numbers or nothing, in the text column personal_identity.
CODES = ["3", " 3 ", "３", "3\n", "3 x", "12abc", "-1", "1.5", "1e0", "0x1", "999999999", "1000000000", "007", "", None]
D = dt.date
# Start and end of a stay: month ends, leap days, the same day, the wrong way round, nothing.
STAYS = [
    (D(2024, 1, 31), D(2024, 2, 29)), (D(2024, 1, 31), D(2024, 2, 28)), (D(2023, 1, 31), D(2023, 2, 28)),
    (D(2023, 1, 29), D(2023, 2, 28)), (D(2024, 2, 29), D(2025, 2, 28)), (D(2024, 2, 29), D(2025, 3, 1)),
    (D(2023, 12, 31), D(2024, 2, 29)), (D(2023, 8, 31), D(2023, 9, 30)), (D(2023, 8, 31), D(2023, 10, 1)),
    (D(2024, 2, 1), D(2024, 2, 1)), (D(2024, 2, 2), D(2024, 2, 1)), (None, D(2024, 2, 1)), (D(2024, 2, 1), None),
    (D(1900, 1, 1), D(2024, 1, 1)), (D(1900, 1, 2), D(2024, 1, 1)), (D(2024, 1, 1), D(2099, 12, 31)),
    (D(2024, 1, 1), D(2100, 1, 1)), (D(2023, 12, 31), D(9999, 12, 31)),
]  # fmt: skip
LEAP_DAY = dt.date(2024, 2, 29)


def trap_company(shift: int) -> bytes:
    """A dump of a company whose every row is a trap; another `shift` moves values from row to row."""
    count = max(len(TEXTS), 3 * len(STAYS))
    tenants, movings = [], []
    for number in range(1, count + 1):
        text, code = TEXTS[(number + shift) % len(TEXTS)], CODES[(number + shift) % len(CODES)]
        start, end = STAYS[(number + shift) % len(STAYS)]
        moment = dt.datetime(2024, 2, 28, 23, 59, 59, 500000 if number % 2 else 499999)
        tenants.append(
            tenant(
                number,
                full_name=text,
                last_name=text,
                first_name=TEXTS[(number * 7 + shift) % len(TEXTS)],
                nationality=text,
                affiliation=text,
                personal_identity=code,
                m_nationality_id=(None, 0, -1, 1, 200, 7)[number % 6],
                tel_1=text,
                email_1=text,
                email_2=f"{text}@{text}" if number % 2 else f"{text}@x.example",
                birth_date=(start, end)[number % 2],
                age=(None, 0, 41)[number % 3],
                status=(4, 5, 9, 10, 14, 16, 17)[number % 7],
                gender_type=(None, 1, 2, 3)[number % 4],
                created_at=moment,
                updated_at=moment if number % 5 else None,
            )
        )
        for part in range(
            2
        ):  # two contracts for the same room: the order of ties and of NULLs decides which one stands
            movings.append(
                moving(
                    number * 2 + part,
                    tenant_id=number,
                    room_id=1 + number % 3,
                    movein_date=start,
                    original_movein_date=(start, None, end)[number % 3],
                    movein_decided_date=(moment, None)[(number + part) % 3 == 0],
                    moveout_receipt_date=(end, start, None)[number % 3],
                    moveout_plans_date=(end, None)[number % 4 == 0],
                    moveout_date=(None, end)[number % 4 == 0],
                    rent=(50000, 49999, -1, 0, None, 1e9)[(number + part) % 6],
                    moving_agreement_type=number % 10,
                    cancel_flag=(0, None, 1)[(number + part) % 3],
                    is_moveout=(0, 1, None)[number % 3],
                    move_renew_flag=(None, 0, 1)[number % 3],
                    created_at=moment,
                    updated_at=(None, moment)[(number + part) % 2],
                )
            )
    for number, one in enumerate(tenants, 1):
        one["moving_id"] = number * 2 if number % 9 else 10**6 + number  # some dangle
    tables = company(tenants=tenants, movings=movings)
    tables["apartments"][0] |= {"latitude": 35.123456, "longitude": 139.999999, "apartment_name": TEXTS[7 * shift]}
    for one in tables["rooms"]:
        one["room_number"] = TEXTS[(one["id"] * 11 + shift) % len(TEXTS)]
    inquired = dt.datetime(2019, 5, 5, 23, 59, 59, 999999)
    tables["inquiries"] = [{"id": 1, "tenant_id": 1, "created_at": inquired}, {"id": 2, "created_at": inquired}]
    body = dump_sql(tables).replace(b"datetime", b"datetime(6)").replace(b"`rent` int", b"`rent` decimal(14,2)")
    return re.sub(rb"varchar\(\d+\)", b"varchar(600)", re.sub(rb" int( unsigned)?", b" bigint", body))


def test_a_company_of_traps_is_the_same_on_both(empty_aurora: Place, bucket: Path, tmp_path: Path) -> None:
    """As-of days at the ends of months, so that the window of 24 months is a trap as well."""
    days = [LEAP_DAY, dt.date(2024, 3, 31)]
    for shift, day in enumerate(days):
        put_dump(bucket, day, trap_company(shift))
    before = dt.date(2024, 2, 27)
    put_snapshot(bucket, before, HEADER + "".join(f'{n},{n % 18},1,"{n}",{before}\r\n' for n in range(1, 60)))
    embedded = duckdb_place(tmp_path / FILE)
    for place in (embedded, empty_aurora):
        live(place, bucket, days)
    assert differences(landed(embedded), landed(empty_aurora)) == {}
    assert differences(contents(embedded), contents(empty_aurora)) == {}
    for place in (embedded, empty_aurora):  # and right, not only the same
        stays = place.query(
            """SELECT DISTINCT contract_start_date, moveout_date, total_stay_days, total_stay_months
               FROM silver.int_contracts WHERE contract_start_date = '2024-01-31' OR contract_start_date = '2024-02-29'
               ORDER BY 1, 2"""
        )
        assert stays == [
            (D(2024, 1, 31), D(2024, 2, 28), 28, 0),
            (D(2024, 1, 31), D(2024, 2, 29), 29, 0),
            (D(2024, 2, 29), D(2025, 2, 28), 365, 11),
            (D(2024, 2, 29), D(2025, 3, 1), 366, 12),
        ]
        affiliations = {text for (text,) in place.query("SELECT DISTINCT affiliation FROM silver.stg_tenants")}
        assert {
            "か",
            "が",
            "カ",
            "ｶ",
            "A",
            "a",
            "Ａ",
            "Null",
            "ＮＵＬＬ",
            "x",
            "x\t",
            "x\n",
            "é",
            "e\u0301",
        } <= affiliations
        assert not affiliations & {"NULL", "null", "--", "", " ", "x "}
