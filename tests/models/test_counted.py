"""The audits of a model as one statement: the count of each, whatever its shape."""

from __future__ import annotations

import duckdb
import pytest
from sqlglot import exp, parse_one

from loader.transform.audit_counts import counted

ROWS = """SELECT * FROM (VALUES (1, 'a', 'x', NULL), (2, NULL, 'y', NULL), (2, 'c', 'y', 1), (NULL, 'd', 'x', 2))
    AS t(id, name, kind, gap)"""
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
    "the highest": "SELECT id FROM t WHERE id = (SELECT MAX(id) FROM t)",
    "above the highest": "SELECT id FROM t WHERE id > (SELECT MAX(gap) FROM t)",
    "a group's highest": "SELECT id FROM t WHERE id IN (SELECT MAX(id) FROM t GROUP BY kind)",
    "an aggregate of the highest": "SELECT COUNT(*) FROM t WHERE id > (SELECT MAX(gap) FROM t)",
    "a subquery": "SELECT a.id FROM t AS a WHERE EXISTS (SELECT 1 FROM t AS o WHERE o.id = a.id + 1)",
    "a part of the rows": "SELECT id FROM (SELECT * FROM t WHERE name <> 'c') AS part WHERE id >= 1",
    "with": "WITH x AS (SELECT id FROM t) SELECT id FROM x WHERE id = 2",
    "a limit": "SELECT id FROM t WHERE id = 2 LIMIT 1",
}

REPEATS = {
    "a column": "SELECT id FROM t WHERE TRUE GROUP BY id HAVING COUNT(*) > 1",
    "two columns": "SELECT id, kind FROM t WHERE TRUE GROUP BY id, kind HAVING COUNT(*) > 1",
    "no repeat": "SELECT id, name FROM t WHERE id IS NOT NULL AND name IS NOT NULL GROUP BY id, name HAVING COUNT(*) > 1",
    "NULL twice": "SELECT gap FROM t WHERE TRUE GROUP BY gap HAVING COUNT(*) > 1",
    "a repeat beside other rows": "SELECT kind FROM t WHERE id = 2 GROUP BY kind HAVING COUNT(*) > 1",
    "a repeat among other rows": "SELECT kind FROM t WHERE id = 1 GROUP BY kind HAVING COUNT(*) > 1",
    "repeats above the highest": "SELECT kind FROM t WHERE id > (SELECT MAX(gap) - 1 FROM t) GROUP BY kind HAVING COUNT(*) > 1",
    "repeats of the highest": "SELECT kind FROM t WHERE id = (SELECT MAX(id) FROM t) GROUP BY kind HAVING COUNT(*) > 1",
    "other groups": "SELECT id FROM t WHERE TRUE GROUP BY id HAVING COUNT(*) > 2",
}


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    """A table of four rows, and one of none."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t AS {ROWS}; CREATE TABLE none AS SELECT * FROM t WHERE FALSE")
    return connection


def queries(table: str, audits: dict[str, str] = AUDITS) -> list[exp.Query]:
    """Audits over a table, as syntax trees."""
    found = [parse_one(sql, dialect="duckdb") for sql in audits.values()]
    return [exp.replace_tables(one, {"t": table}, copy=False) for one in found]


@pytest.mark.parametrize("table", ["t", "none"])
def test_each_audit_is_counted_as_by_itself(database: duckdb.DuckDBPyConnection, table: str) -> None:
    alone = [database.execute(f"SELECT COUNT(*) FROM ({one.sql('duckdb')})").fetchone()[0] for one in queries(table)]
    together = database.execute(counted(queries(table)).sql("duckdb")).fetchone()
    assert dict(zip(AUDITS, together, strict=True)) == dict(zip(AUDITS, alone, strict=True))


@pytest.mark.parametrize("table", ["t", "none"])
def test_a_repeat_is_never_counted_as_none(database: duckdb.DuckDBPyConnection, table: str) -> None:
    repeats = queries(table, REPEATS)
    alone = [database.execute(f"SELECT COUNT(*) FROM ({one.sql('duckdb')})").fetchone()[0] for one in repeats]
    together = database.execute(counted(repeats).sql("duckdb")).fetchone()
    missed = [name for name, one, other in zip(REPEATS, alone, together, strict=True) if one and not other]
    assert not missed
    assert dict(zip(REPEATS, together, strict=True))["no repeat"] == 0


def test_conditions_and_repeats_of_one_table_are_one_scan() -> None:
    names = "a condition", "another one", "a condition that is NULL", "above the highest"
    simple = [*(AUDITS[name] for name in names), REPEATS["a column"]]
    whole = counted([parse_one(sql, dialect="duckdb") for sql in simple])
    assert [table.name for table in whole.find_all(exp.Table)] == ["t", "t"]  # the second is that of the highest


def test_the_newest_day_is_found_by_its_index() -> None:
    newest = "SELECT id FROM t WHERE id = (SELECT MAX(id) FROM t) GROUP BY id HAVING COUNT(*) > 1"
    whole = counted([parse_one(sql, dialect="duckdb") for sql in (newest, AUDITS["the highest"])])
    assert whole.sql("duckdb").count("WHERE") == 2
