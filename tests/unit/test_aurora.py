"""The SQL that SQLMesh sends to Aurora."""

from __future__ import annotations

import pytest
from sqlglot import parse_one

from loader.transform.aurora import AuroraAdapter
from loader.warehouse.mysql.session import COLLATION


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("SELECT CAST(a AS VARCHAR(9)) = b AS x", f"SELECT CAST(`a` AS CHAR(9)) COLLATE {COLLATION} = `b` AS `x`"),
        (
            "SELECT CAST(CAST(a AS VARCHAR(9)) AS VARCHAR(3)) AS x",
            f"SELECT CAST(CAST(`a` AS CHAR(9)) COLLATE {COLLATION} AS CHAR(3)) COLLATE {COLLATION} AS `x`",
        ),
        ("SELECT CAST(a AS BIGINT) AS x", "SELECT CAST(`a` AS SIGNED) AS `x`"),
    ],
)
def test_a_cast_to_text_compares_bytes(sql: str, sent: str) -> None:
    """Without it a view on MySQL compares under the charset's default, which folds case and voicing."""
    adapter = AuroraAdapter(lambda: None)
    assert adapter._to_sql(parse_one(sql, read="postgres")) == sent
