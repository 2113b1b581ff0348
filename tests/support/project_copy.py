"""The SQLMesh project in a folder of its own, where a test edits models as a person would, and looks at what a plan does."""

from __future__ import annotations

import functools
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loader.landing.access import read_warehouse
from loader.settings import PROJECT
from tests.support.places import Place

if TYPE_CHECKING:
    from sqlmesh import Context

_RULES = ("macros", "audits", "signals", "linter")
_MODELS = ("models", "seeds")


@dataclass(frozen=True)
class ProjectCopy:
    """A copy of the project; `loader` is the repository's.

    Attributes:
        path: its folder.
    """

    path: Path

    @contextmanager
    def context(self) -> Iterator[tuple[Context, dict[str, int]]]:
        """A context on the warehouse that the environment names, and what it computes: model -> batches."""
        from sqlmesh import Context
        from sqlmesh.core.console import NoopConsole, set_console

        computed: dict[str, int] = {}

        class Counting(NoopConsole):
            def update_snapshot_evaluation_progress(self, snapshot: Any, interval: Any, *args: Any, **options: Any):
                # Called for a view's audits too: what has no rows of its own computes none.
                if not snapshot.is_view:
                    name = snapshot.name.replace('"', "").split(".")[-2:]
                    computed[".".join(name)] = computed.get(".".join(name), 0) + 1

            def log_failed_models(self, errors: Any) -> None:
                # To pytest's captured output: the plan's own error says nothing.
                print(*(f"{error}: {error.__cause__!r}" for error in errors), sep="\n")

        set_console(Counting())
        _forget_modules()
        context = Context(paths=[str(self.path)])
        try:
            yield context, computed
        finally:
            context.close()
            _forget_modules()

    def plan(self, environment: str = "prod", **options: Any) -> dict[str, int]:
        """Plans and applies; what was computed: model -> batches."""
        with self.context() as (context, computed):
            context.plan(environment, auto_apply=True, no_prompts=True, skip_tests=True, **options)
        return computed

    def model(self, name: str) -> Path:
        """The file of a model, `silver.x`."""
        return self.path / "models" / f"{name.replace('.', '/')}.sql"

    def edit(self, name: str, before: str, after: str) -> None:
        """Replaces the one place in a model's file that reads so."""
        text = self.model(name).read_text()
        assert text.count(before) == 1, f"{name}: {before!r} is there {text.count(before)} times"
        self.model(name).write_text(text.replace(before, after))


def copy_project(folder: Path, models: bool = True, config: dict[str, str] | None = None) -> ProjectCopy:
    """Copies the project into a new folder.

    Args:
        folder: it is made.
        models: whether to bring the models and seeds.
        config: what to replace in config.yaml, text by text.
    """
    for part in (*_RULES, *(_MODELS if models else ())):
        shutil.copytree(PROJECT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    text = (PROJECT / "config.yaml").read_text()
    for before, after in (config or {}).items():
        assert text.count(before) == 1, f"config.yaml: {before!r} is there {text.count(before)} times"
        text = text.replace(before, after)
    (folder / "config.yaml").write_text(text)
    shutil.copy2(PROJECT / "external_models.yaml", folder)
    # A model that is the same in all copies, down to its time, is read and optimized once.
    shutil.copystat(PROJECT / "config.yaml", folder / "config.yaml")
    (folder / ".cache").symlink_to(_cache().name)
    (folder / "models").mkdir(exist_ok=True)
    return ProjectCopy(folder)


@functools.cache
def _cache() -> tempfile.TemporaryDirectory[str]:
    """A cache for all copies that this process makes: one model's versions are told apart by the time of the edit."""
    return tempfile.TemporaryDirectory(prefix="project-cache-")


def _forget_modules() -> None:
    """Forgets the modules of rules, and the macros and signals that they registered: one that another project's context, or a test,
    imported would count as foreign in this one, and SQLMesh looks for the variables that a macro uses (`engine`) in the project's own
    code only."""
    from sqlmesh import macro, signal

    for name in filter(_is_rule, list(sys.modules)):
        del sys.modules[name]
    for registered in (macro, signal):
        known = registered.get_registry()
        for name in [name for name, one in known.items() if _is_rule(one.func.__module__)]:
            del known[name]
        registered.set_registry(known)


def _is_rule(module: str) -> bool:
    return module.partition(".")[0] in _RULES


def physical_tables(place: Place) -> dict[str, tuple[list[tuple], list[tuple]]]:
    """SQLMesh's tables behind the views: `schema.table` -> (columns and their types, sorted rows)."""
    found: dict[str, tuple[list[tuple], list[tuple]]] = {}
    with place.chosen(), read_warehouse(place.settings()) as warehouse:
        names = warehouse.query(
            """SELECT table_schema, table_name FROM information_schema.tables
               WHERE table_schema LIKE 'sqlmesh\\_\\_%' AND table_type = 'BASE TABLE'"""
            if place.on_mysql
            else """SELECT schema_name, table_name FROM duckdb_tables() WHERE schema_name LIKE 'sqlmesh_\\_%' ESCAPE '\\'"""
        )
        for schema, name in names:
            columns = warehouse.query(
                "SELECT column_name, data_type, character_maximum_length, numeric_precision FROM information_schema.columns "
                f"WHERE table_schema = '{schema}' AND table_name = '{name}' ORDER BY ordinal_position"
            )
            rows = warehouse.query(f"SELECT * FROM {schema}.{warehouse.quote(name)}")
            found[f"{schema}.{name}"] = (columns, sorted(rows, key=repr))
    return found


def rows_of(place: Place, name: str) -> tuple[list[str], list[tuple]]:
    """A view's columns, by their names, and its rows, sorted."""
    schema, _, view = name.partition(".")
    columns = [
        column
        for (column,) in place.query(
            "SELECT column_name FROM information_schema.columns "
            f"WHERE table_schema = '{schema}' AND table_name = '{view}' ORDER BY ordinal_position"
        )
    ]
    return columns, sorted(place.query(f"SELECT * FROM {name}"), key=repr)
