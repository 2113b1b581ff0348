"""What a plan leaves in the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loader.transform.evaluator import HISTORY

if TYPE_CHECKING:
    from sqlmesh import Context


def test_models_are_shown_in_the_schemas_that_they_name(planned: Path, query, project: Context) -> None:
    """I17: a default of the tool put _analytics, _silver and _gold behind the schemas' names, and dashboards read the empty ones."""
    views = query(planned, "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal")
    shown = {name for (name,) in views if not name.startswith(("landing.", "sqlmesh__", "sqlmesh."))}
    assert shown == {model.name for model in project.models.values() if not model.kind.is_symbolic}
    assert {name.partition(".")[0] for name in shown} == {"staging", "seeds", "silver", "gold"}


def test_every_column_says_what_the_model_says_of_it(planned: Path, query, project: Context) -> None:
    said = query(
        planned,
        "SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal",
    )
    shown = {(name, column): comment for name, column, comment in said}
    for model in (model for model in project.models.values() if not model.kind.is_symbolic):
        assert model.column_descriptions == {column: shown[model.name, column] for column in model.column_descriptions}


def test_history_models_have_rows_from_first_landed_day(planned: Path, query, project: Context) -> None:
    ((first,),) = query(planned, "SELECT MIN(business_date) FROM landing.load_ledger")
    tagged = [model for model in project.models.values() if HISTORY in model.tags]
    assert len(tagged) == 6
    for model in tagged:
        ((oldest,),) = query(planned, f"SELECT MIN({model.time_column.column.name}) FROM {model.name}")
        assert oldest is not None and oldest >= first
