"""The audits of a model as one statement: the count of each, whatever its shape."""

from __future__ import annotations

import duckdb
import pytest
from sqlglot import exp, parse_one

from loader.transform.evaluator import counted

ROWS = "SELECT * FROM (VALUES (1, 'a'), (2, NULL), (2, 'c'), (NULL, 'd')) AS t(id, name)"
AUDITS = {
    "a condition": "SELECT * FROM t WHERE id IS NULL",
    "another one": "SELECT id FROM t WHERE name IS NULL OR id > 1",
    "a condition that is NULL": "SELECT id FROM t WHERE id > 5",
    "no condition": "SELECT id FROM t",
    "groups": "SELECT id FROM t GROUP BY id HAVING COUNT(*) > 1",
    "an aggregate": "SELECT COUNT(*) FROM t WHERE id = 2",
    "an aggregate of none": "SELECT COUNT(*) FROM t WHERE id = 7",
    "different ones": "SELECT DISTINCT id FROM t WHERE id = 2",
    "a window": "SELECT * FROM (SELECT ROW_NUMBER() OVER (PARTITION BY id) AS n FROM t) AS w WHERE n > 1",
    "a join": "SELECT a.id FROM t AS a LEFT JOIN t AS b ON b.id = a.id + 1 WHERE b.id IS NULL",
    "a subquery": "SELECT id FROM t WHERE id = (SELECT MAX(id) FROM t)",
    "a part of the rows": "SELECT id FROM (SELECT * FROM t WHERE name <> 'c') AS part WHERE id >= 1",
    "with": "WITH x AS (SELECT id FROM t) SELECT id FROM x WHERE id = 2",
    "a limit": "SELECT id FROM t WHERE id = 2 LIMIT 1",
}


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    """A table of four rows, and one of none."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t AS {ROWS}; CREATE TABLE none AS SELECT * FROM t WHERE FALSE")
    return connection


def queries(table: str) -> list[exp.Query]:
    """The audits over a table, as syntax trees."""
    found = [parse_one(sql, dialect="duckdb") for sql in AUDITS.values()]
    return [exp.replace_tables(one, {"t": table}, copy=False) for one in found]


@pytest.mark.parametrize("table", ["t", "none"])
def test_each_audit_is_counted_as_by_itself(database: duckdb.DuckDBPyConnection, table: str) -> None:
    alone = [database.execute(f"SELECT COUNT(*) FROM ({one.sql('duckdb')})").fetchone()[0] for one in queries(table)]
    together = database.execute(counted(queries(table)).sql("duckdb")).fetchone()
    assert dict(zip(AUDITS, together, strict=True)) == dict(zip(AUDITS, alone, strict=True))


def test_conditions_on_one_table_are_one_scan() -> None:
    simple = [AUDITS[name] for name in ("a condition", "another one", "a condition that is NULL")]
    whole = counted([parse_one(sql, dialect="duckdb") for sql in simple])
    assert [table.name for table in whole.find_all(exp.Table)] == ["t"]
