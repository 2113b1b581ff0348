"""One Spark session and one Postgres for all tests here: `make test-spark`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from loader.transform.spark import register
from tests.support.servers import state
from tests.support.spark import SparkPlace

register()  # for contexts that tests make themselves


@pytest.fixture(scope="session")
def new_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], SparkPlace]]:
    """`new_place(name)`: the session's warehouse without any landing, with a state of SQLMesh's of that name, empty too."""
    warehouse = tmp_path_factory.mktemp("warehouse")
    with state(tmp_path_factory.mktemp("postgres") / "state") as postgres:

        def made(name: str) -> SparkPlace:
            place = SparkPlace(warehouse, postgres.create(name))
            place.drop_landing()
            return place

        yield made
