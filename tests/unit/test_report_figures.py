"""The report's figures: what is reckoned between gold and the page."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp, parse_one
from sqlglot.optimizer.scope import traverse_scope

from loader.settings import PROJECT
from loader.warehouse.base import Warehouse
from report import figures
from report.page import PAGES, SCRIPTS, _in_script, page
from report.quality import nulled
from report.text import VALUES, WORDS

AS_OF = dt.date(2026, 2, 11)  # a Wednesday


def gold(own: Warehouse, table: str, rows: str) -> None:
    schema = table.partition(".")[0]
    own.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    own.execute(f"CREATE OR REPLACE TABLE {table} AS {rows}")


RENTS = """
    SELECT * FROM (VALUES (DATE '2026-02-11', 'individual', '港区', 50000.0), ('2026-02-11', 'individual', '港区', 50000),
      ('2026-02-12', 'corporate', NULL, 1), ('2025-01-08', 'corporate', NULL, NULL), ('2025-01-07', 'corporate', NULL, 9))
    AS t (contract_date, tenant_type, municipality, monthly_rent)"""


def test_a_query_takes_the_days_shown_and_packs_its_rows(own: Warehouse) -> None:
    gold(own, "gold.new_contracts", RENTS)
    sql = (PROJECT / "report" / "figures" / "rents.sql").read_text(encoding="utf-8")
    assert figures.table(own, sql, AS_OF) == {
        "day": {"texts": ["2025-01-08", "2026-02-11"], "index": [0, 1]},
        "type": {"texts": ["corporate", "individual"], "index": [0, 1]},
        "place": {"texts": [None, "港区"], "index": [0, 1]},
        "rent": [None, 50_000],
        "count": [1, 2],
    }


def test_no_rows_pack_to_empty_columns() -> None:
    assert figures.packed(["day", "count"], []) == {"day": [], "count": []}


@pytest.mark.parametrize("file", figures.QUERIES, ids=lambda file: file.stem)
def test_a_query_reads_gold_alone_and_names_its_columns(file: Path) -> None:
    query = parse_one(file.read_text(encoding="utf-8"), dialect="duckdb")
    sources = [
        source for scope in traverse_scope(query) for source in scope.sources.values()
    ]  # a CTE is a scope, no table
    assert {source.db for source in sources if isinstance(source, exp.Table)} == {"gold"}
    assert all(name.isidentifier() for name in query.named_selects)
    assert "name" not in {column.name for column in query.find_all(exp.Column)} - {"apartment_name"}


def test_placeholder_values_are_counted_beside_nulled_ones(own: Warehouse) -> None:
    own.execute(
        "INSERT INTO landing.generations VALUES (2, 'now', '2026-02-11', 'live'), (1, 'before', '2026-02-10', 'previous')"
    )
    own.execute(
        """INSERT INTO landing.load_nulled (load_id, table_name, column_name, reason, value_count)
           VALUES (2, 'movings', 'movein_date', 'zero_date', 2), (1, 'movings', 'movein_date', 'zero_date', 9)"""
    )
    gold(own, "landing.movings", "SELECT * FROM (VALUES (1, 0), (2, 5), (3, NULL)) AS t (id, rent)")
    gold(own, "staging.movings", "SELECT id, NULLIF(rent, 0) AS rent FROM landing.movings")
    gold(
        own,
        "staging.tenants",
        """SELECT * FROM (VALUES (1, 124, NULL), (2, NULL, DATE '1901-01-01'), (3, 0, NULL), (4, 30, NULL), (5, NULL, NULL))
           AS t (id, age, birth_date)""",
    )
    gold(
        own, "silver.stg_tenants", "SELECT id AS tenant_id, CASE WHEN age = 30 THEN 30 END AS age FROM staging.tenants"
    )
    assert [tuple(row.values()) for row in nulled(own)] == [
        ("tenants", "age", "placeholder", 3),
        ("movings", "movein_date", "zero_date", 2),
        ("movings", "rent", "placeholder", 1),
    ]


PLAIN = [
    (Decimal("3.00"), 3),
    (Decimal("0.75"), 0.75),
    (dt.date(2026, 2, 11), "2026-02-11"),
    (None, None),
    ("東京", "東京"),
    (5, 5),
]


@pytest.mark.parametrize(("value", "plain"), PLAIN)
def test_a_value_is_one_of_jsons(value: Any, plain: Any) -> None:
    found = figures._plain(value)
    assert (found, type(found)) == (plain, type(plain))


def test_a_text_of_the_source_ends_no_script() -> None:
    text = "</script><!-- & 東京"
    written = _in_script({"name": text})
    assert not re.search("[<>&]", written)
    assert json.loads(written) == {"name": text}


WORD = re.compile(r"\bt\(\s*[\"'](\w+)[\"']\s*[,)]")


def test_every_word_is_bilingual_and_used() -> None:
    files = [PAGES / "page.html", *(PAGES / f"{name}.js" for name in SCRIPTS)]
    used = "".join(file.read_text(encoding="utf-8") for file in files)
    for name, both in {**WORDS, **VALUES}.items():
        assert len(both) == 2
        assert all(both), name
    for name in WORDS:
        stem = re.sub("^(page|ignores|now|movein|moveout)_|_(title|note)$", "", name)
        assert re.search(rf"\b{stem}\b", used), f"{name} is used nowhere"
    assert {*WORD.findall(used)} <= {*WORDS}


def test_each_script_is_in_the_page_once() -> None:
    assert sorted(SCRIPTS) == sorted(file.stem for file in PAGES.glob("*.js"))


def test_a_page_is_made_of_figures_alone() -> None:
    with pytest.raises(Exception, match="as_of"):
        page({})
