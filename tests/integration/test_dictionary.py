"""The data dictionary: every column that the warehouse has, described, with its way back to landing; read in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from loader.settings import PROJECT
from tests.support.browser import complaints, until

if TYPE_CHECKING:
    from sqlmesh import Context


@pytest.fixture(scope="module")
def dictionary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dictionary, made where there is no warehouse."""
    from report.dictionary.__main__ import main

    folder = tmp_path_factory.mktemp("dictionary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DUCKDB", str(folder / "none.duckdb"))
        patch.setenv("WAREHOUSE_GATEWAY", "duckdb")
        made = CliRunner().invoke(main, [str(folder / "dictionary.html")], catch_exceptions=False)
    assert made.exit_code == 0, made.output
    assert not (folder / "none.duckdb").exists()
    return folder / "dictionary.html"


def test_it_has_the_columns_that_the_warehouse_has(dictionary: Path, planned: Path, query, project: Context) -> None:
    lineage = json.loads(re.search(r'id="lineage">(.*?)</script>', dictionary.read_text(), re.S)[1])
    columns: dict[str, set[str]] = {}
    for table, column in query(
        planned,
        "SELECT v.schema_name || '.' || view_name, column_name FROM duckdb_views() AS v JOIN duckdb_columns() AS c "
        "ON c.schema_name = v.schema_name AND c.table_name = v.view_name "
        "WHERE v.schema_name IN ('seeds', 'staging', 'silver', 'gold')",
    ):
        columns.setdefault(table, set()).add(column)
    models = {name: set(its) for name, its in lineage.items() if not name.startswith("landing.")}
    # A step within another model: no view shows it.
    embedded = {model.name for model in project.models.values() if model.kind.is_embedded}
    assert {name: its for name, its in models.items() if name not in embedded} == columns
    made_of = [(table, source) for its in lineage.values() for sources in its.values() for table, source in sources]
    assert [(table, source) for table, source in made_of if source not in lineage.get(table, ())] == []
    # What is said to lie in landing does.
    landed = set(
        query(
            planned, "SELECT 'landing.' || table_name, column_name FROM duckdb_columns() WHERE schema_name = 'landing'"
        )
    )
    assert {pair for pair in made_of if pair[0].startswith("landing.")} <= landed


def test_every_column_of_a_model_has_type_and_meaning(dictionary: Path) -> None:
    row = re.compile(r'<tr data-column="(.+?)">.*?</td>\s*<td>(.*?)</td><td>(.*?)</td>', re.S)
    for name, section in re.findall(r'<section id="(.+?)">(.*?)</section>', dictionary.read_text(), re.S):
        if not name.startswith("landing."):
            columns = row.findall(section)
            assert columns
            assert [column for column, kind, meaning in columns if not kind or not meaning] == [], name


def test_dictionary_follows_a_column_back_to_landing(dictionary: Path, browser: Any) -> None:
    browser.get(dictionary.as_uri())
    summary = "document.getElementById('gold.daily_activity_summary')"
    shown = until(browser, f"{summary}.querySelector('tr[data-column=contracts_signed_count]').innerText")
    assert "BIGINT" in shown
    assert "valid contracts by day of signing" in shown
    assert (
        browser.execute_script(f"return {summary}.querySelector('.grain').textContent") == "activity_date, tenant_type"
    )
    contracts = "document.getElementById('gold.new_contracts')"
    browser.execute_script(f"{contracts}.querySelector('tr[data-column=contract_date] button').click()")
    path = until(browser, f"{contracts}.querySelector('tr.lineage').innerText")
    for step in ("silver.int_contracts", "silver.stg_movings", "staging.movings", "landing.movings"):
        assert f"{step}." in path
    assert "landing.movings.movein_decided_date" in path
    browser.execute_script("document.querySelector('#search').value = 'moveout_reason_ja'")
    browser.execute_script("document.querySelector('#search').dispatchEvent(new Event('input'))")
    left = browser.execute_script("return [...document.querySelectorAll('section:not([hidden])')].map((one) => one.id)")
    assert "gold.moveouts" in left
    assert "gold.new_contracts" not in left
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert complaints(browser) == []


def test_every_model_file_has_its_section(dictionary: Path) -> None:
    files = {file.relative_to(PROJECT).as_posix() for file in (PROJECT / "models").rglob("*.sql")}
    assert set(re.findall(r"<dt>File</dt><dd>(.+?)</dd>", dictionary.read_text())) == files
