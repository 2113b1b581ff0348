"""The commands that messages tell a person to type: whole, and as a shell takes them."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path

import pytest

from loader import commands
from loader.errors import UsageError
from loader.quality.data_contract import read_data_contract
from loader.quality.findings import BLOCKED, Finding, refusal
from loader.settings import DATA_CONTRACT, Settings

DAY = dt.date(2025, 6, 10)


def test_advised_command_repeats_bucket_and_gateway_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_GATEWAY", "aurora")
    monkeypatch.setenv("WAREHOUSE_DUCKDB", str(tmp_path / "w.duckdb"))
    Settings.resolve(f"{tmp_path}/a bucket", "duckdb")
    assert commands.loader("daily", "--date", DAY) == (
        f"python -m loader daily --date 2025-06-10 --bucket '{tmp_path}/a bucket' --gateway duckdb"
    )
    assert commands.loader("run") == "python -m loader run --gateway duckdb"
    assert commands.sqlmesh("plan") == "WAREHOUSE_GATEWAY=duckdb sqlmesh plan"


def test_what_the_shell_says_already_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_BUCKET", "s3://ours")
    commands.remember_places(None, "duckdb")
    commands.remember_bucket("s3://other")
    assert (commands.loader("load"), commands.sqlmesh("plan")) == ("python -m loader load", "sqlmesh plan")


def test_unnamed_bucket_in_advice_is_the_last_loaded_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert commands.loader("load") == "python -m loader load --bucket BUCKET"
    monkeypatch.chdir(tmp_path)
    commands.remember_bucket(str(tmp_path / "data" / "bucket"))
    assert commands.loader("load") == "python -m loader load --bucket data/bucket"


def test_again_is_what_was_typed_for_that_day() -> None:
    commands.remember_command("load", again=True, no_manifest=False)
    assert commands.again(DAY, "--accept", "dated") == (
        "python -m loader load --date 2025-06-10 --again --accept dated --bucket BUCKET"
    )


QUERIES = [
    "SELECT id FROM staging.tenants",
    "SELECT id FROM t WHERE a = 'x'",
    """SELECT "Id" FROM t WHERE a = 'x'""",
    "SELECT `a` FROM t WHERE b = '$HOME!'",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_survives_a_shell(query: str) -> None:
    assert shlex.split(commands.sqlmesh("fetchdf", query)) == ["sqlmesh", "fetchdf", query]


def test_commands_are_found_in_text_to_their_line_end() -> None:
    text = f"it is cut\n  {commands.ask_producer(DAY)}\n  or: WAREHOUSE_GATEWAY=aurora sqlmesh plan\n  bye"
    assert commands.commands(text) == [commands.again(DAY), "WAREHOUSE_GATEWAY=aurora sqlmesh plan"]


AGAIN = "python -m loader daily --date 2025-06-10 --bucket BUCKET"
REFUSED = {
    # The dump is more often wrong than right: the producer first.
    ("change:tenants",): [AGAIN, "python -m loader daily --date 2025-06-10 --accept change:tenants --bucket BUCKET"],
    ("dated", "change:tenants"): [
        AGAIN,
        "python -m loader daily --date 2025-06-10 --accept dated --accept change:tenants --bucket BUCKET",
    ],
    ("codes:tenants.status", "change:tenants"): ["sqlmesh plan", AGAIN, AGAIN],
    ("key:tenants",): [AGAIN],
    ("whole:tenants",): [AGAIN],
    ("columns",): ["python -m loader load --date 2025-06-10 --bucket BUCKET", "sqlmesh plan", AGAIN, AGAIN],
    ("larger:movings.rent",): ["python -m loader load --date 2025-06-10 --bucket BUCKET", "sqlmesh plan", AGAIN, AGAIN],
}


@pytest.mark.parametrize("rules", REFUSED)
def test_gate_rejection_advises_commands_that_lead_on(rules: tuple[str, ...]) -> None:
    text = refusal(
        "d.sql", DAY, [Finding(rule, "much", outcome=BLOCKED) for rule in rules], read_data_contract(DATA_CONTRACT)
    )
    assert commands.commands(text) == REFUSED[rules]
    assert all(f"\n  {rule}: much" in text for rule in rules)


def test_unknown_code_is_added_to_its_seed_never_accepted() -> None:
    contract = read_data_contract(DATA_CONTRACT)
    codes = {
        f"codes:{table}.{column}": one.seed
        for table, rules in contract.tables.items()
        for column, one in rules.codes.items()
    }
    assert codes
    for rule, seed in codes.items():
        text = refusal("d.sql", DAY, [Finding(rule, "1 rows", outcome=BLOCKED)], contract)
        assert f"add it to seeds/{seed}.csv, then type\n    sqlmesh plan\n" in text
        with pytest.raises(UsageError, match=f"is not accepted, but added to seeds/{seed}.csv"):
            contract.require_acceptable([rule])
