"""The demo's three mornings, end to end through the command line; docs/differences.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loader.settings import PROJECT


def test_enrichment_baseline_fills_only_tenants_without_a_nationality(demo: Path, query) -> None:
    kinds = dict(query(demo, "SELECT nationality_data_source, COUNT(*) FROM silver.stg_tenants GROUP BY 1"))
    assert kinds["llm"] > 10
    wrong = """SELECT COUNT(*) FROM silver.stg_tenants AS s JOIN silver.tenant_nationality AS o USING (tenant_id)
        WHERE (s.nationality_data_source = 'llm') <> (s.llm_nationality IS NOT NULL AND
            o.nationality_data_source IN ('missing', 'lesotho_placeholder'))"""
    assert query(demo, wrong) == [(0,)]
    runs = "SELECT stopped_by, SUM(calls) = SUM(answered), SUM(yen) FROM landing.enrichment_runs GROUP BY 1"
    assert query(demo, runs) == [("done", True, 0)]


DOCUMENT = (PROJECT / "docs" / "differences.md").read_text()
CASES = re.findall(r"^## (.+?)\n.*?\*\*([\d,]+)\*\*.*?```sql\n(.*?)```", DOCUMENT, re.S | re.M)


def test_every_difference_has_its_figure_and_query() -> None:
    assert len(CASES) == DOCUMENT.count("\n## ") == DOCUMENT.count("```sql")


@pytest.mark.parametrize(("title", "figure", "sql"), CASES, ids=[title[:60] for title, _, _ in CASES])
def test_differences_page_figures_match_the_demo(demo: Path, query, title: str, figure: str, sql: str) -> None:
    assert query(demo, sql) == [(int(figure.replace(",", "")),)]


def test_no_tenant_name_outside_the_tables_that_need_it(demo: Path, query) -> None:
    """Searches every silver and gold column for tenants' full names."""
    needed = {"silver.stg_tenants", "silver.tokyo_beta_tenant_room_info", "staging.tenants"}
    columns = query(
        demo,
        "SELECT v.schema_name || '.' || view_name, LIST('\"' || column_name || '\"') FROM duckdb_views() AS v JOIN duckdb_columns() AS c "
        "ON c.schema_name = v.schema_name AND c.table_name = v.view_name "
        "WHERE v.schema_name IN ('staging', 'silver', 'gold') AND c.data_type = 'VARCHAR' GROUP BY 1",
    )
    names = "SELECT full_name FROM landing.tenants WHERE LENGTH(full_name) > 4"
    hold = {
        view: [column for column, found in zip(texts, row, strict=True) if found]
        for view, texts in columns
        for row in query(demo, f"SELECT {', '.join(f'COUNT_IF({text} IN ({names}))' for text in texts)} FROM {view}")
    }
    assert hold["silver.stg_tenants"]
    assert {view: found for view, found in hold.items() if found}.keys() <= needed, hold
