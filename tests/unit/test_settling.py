"""What the spark gateway copies to Iceberg."""

from __future__ import annotations

from ruamel.yaml import YAML

from loader.settings import PROJECT
from loader.sources.daily_file_kinds import DATASETS
from loader.warehouse.own_tables import OWN_TABLES
from loader.warehouse.spark.settling import COPIED


def test_own_tables_copied_to_iceberg_are_those_that_models_read() -> None:
    text = (PROJECT / "external_models.yaml").read_text(encoding="utf-8")
    declared = {one["name"].removeprefix("landing.") for one in YAML(typ="safe", pure=True).load(text)}
    assert {*COPIED, *(dataset.table for dataset in DATASETS)} == declared & set(OWN_TABLES)
    assert COPIED[-1] == "load_ledger"  # what "landed" means to models
