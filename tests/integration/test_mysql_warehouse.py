"""The warehouse on a server of the MySQL family: what is shown changes in one step."""

from __future__ import annotations

import pymysql
import pytest

from loader.landing.access import open_warehouse
from tests.support.places import Place


@pytest.mark.server
@pytest.mark.engine
def test_a_swap_that_fails_has_moved_nothing(empty_aurora: Place) -> None:
    with open_warehouse(empty_aurora.settings()) as warehouse:
        for schema in ("landing_1", "landing_2"):
            warehouse.create_schema(schema)
        for table in ("landing.aa", "landing.bb", "landing_2.aa", "landing_2.bb", "landing_1.bb"):
            warehouse.execute(f"CREATE TABLE {table} (id INT)")
        with pytest.raises(pymysql.MySQLError):  # landing_1.bb is in the way, behind a table that could be moved
            warehouse.publish("landing_2", "landing_1")
        assert {"aa", "bb"} == warehouse.columns("landing").keys() == warehouse.columns("landing_2").keys()
        warehouse.execute("DROP TABLE landing_1.bb")
        warehouse.publish("landing_2", "landing_1")
        assert {"aa", "bb"} == warehouse.columns("landing").keys() == warehouse.columns("landing_1").keys()
