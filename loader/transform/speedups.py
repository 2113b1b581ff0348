"""SQLMesh made quicker, for runs and plans alike, and made to read versions from its state alone. What it computes, finds and writes is what it was.

Written for sqlglot 30.8.0, SQLMesh 0.236.4 and dateparser 1.2.1. They leave no other way in for these: two functions, a method, two classes
and dateparser's patterns are replaced, for the whole process. What a run has by SQLMesh's own seams is in loader/transform/evaluator.py and
loader/transform/prod.py.
"""

import functools
import gc
import importlib
from typing import Any

_FLAT = (str, int, float, bool, type(None))
_LONGEST_NAME = 200  # characters, with its schema and catalog


@functools.cache
def quicken() -> None:
    """Replaces them, once a process, and has Python look for garbage rarely: trees are many small objects, and most of them no garbage."""
    before_import()
    from sqlmesh.core import context

    from loader.transform.evaluator import RunEvaluator

    context.SnapshotEvaluator = RunEvaluator  # `sqlmesh plan` makes its own
    _read_versions_from_the_state()
    _comment_on_columns_at_once()
    _copy_trees_quickly()
    _parse_a_name_once()
    collect_garbage_rarely()


@functools.cache
def before_import() -> None:
    """What makes SQLMesh's import quicker; does nothing behind it."""
    collect_garbage_rarely()
    _compile_time_zones_when_used()


def collect_garbage_rarely() -> None:
    """To be called before much is imported, and once more when everything is."""
    gc.freeze()
    gc.set_threshold(1_000_000, 20, 20)  # a run makes fewer; it takes 70 MB


def _compile_time_zones_when_used() -> None:
    """dateparser, which reads "1 week ago" for SQLMesh, compiles 773 patterns of time zones as it is imported: 0.15 s."""
    regex = importlib.import_module("regex")  # dateparser's
    compiled = regex.compile

    class Pattern:
        def __init__(self, *expression: Any, **flags: Any) -> None:
            self._compiled = functools.partial(compiled, *expression, **flags)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._compiled(), name)

    regex.compile = Pattern
    try:
        importlib.import_module("dateparser.timezone_parser")
    finally:
        regex.compile = compiled


def _read_versions_from_the_state() -> None:
    """SQLMesh keeps versions in files, by the hash of their models. Which table is a version's is its own state's to say: with the file of
    another warehouse a run would write a table that no view shows. Only the model is taken from there."""
    from sqlmesh.core.state_sync.db import snapshot

    class VersionCache(snapshot.SnapshotCache):
        def get_or_load(self, snapshot_ids: Any, loader: Any) -> Any:
            read = {one.snapshot_id: one for one in loader(snapshot_ids)}
            kept, _ = super().get_or_load(set(read), lambda missing: [read[one] for one in missing])
            for name, version in read.items():
                version.node = kept[name].node
            return read, set()

    snapshot.SnapshotCache = VersionCache


def _comment_on_columns_at_once() -> None:
    """On DuckDB each column's comment is a statement and a commit of its own, which is a sixth of a small company's first plan."""
    from sqlglot import exp
    from sqlmesh.core.engine_adapter.duckdb import DuckDBEngineAdapter

    def create_column_comments(
        adapter: DuckDBEngineAdapter, table_name: Any, column_comments: dict[str, str], *_: Any, **__: Any
    ) -> None:
        table = exp.to_table(table_name)
        comments = (adapter._build_create_comment_column_exp(table, *one) for one in column_comments.items())
        if statements := "; ".join(map(adapter._to_sql, comments)):
            adapter.execute(f"BEGIN; {statements}; COMMIT")  # SQLMesh opens no transactions on DuckDB

    DuckDBEngineAdapter._create_column_comments = create_column_comments


def _copy_trees_quickly() -> None:
    """sqlglot copies each node's comments and notes with the general deepcopy, at four fifths of a copy's cost; they are flat."""
    from sqlglot.expressions import core

    whole = core.deepcopy

    def copied(value: Any) -> Any:
        if isinstance(value, core.Expr):
            return value.__deepcopy__(None)
        if type(value) is dict:
            return {key: one if isinstance(one, _FLAT) else whole(one) for key, one in value.items()}
        if type(value) is list:
            return [one if isinstance(one, _FLAT) else whole(one) for one in value]
        return whole(value)

    core.deepcopy = copied


def _parse_a_name_once() -> None:
    """SQLMesh parses the same names of tables and columns tens of thousands of times for a plan; a copy of what came out is quicker."""
    import sqlglot

    parse = sqlglot.parse_one
    known = functools.lru_cache(maxsize=20_000)(lambda sql, options: parse(sql, **dict(options)))

    def parse_one(sql: str, read: Any = None, dialect: Any = None, into: Any = None, **options: Any) -> Any:
        if options or len(sql) > _LONGEST_NAME:
            return parse(sql, read=read, dialect=dialect, into=into, **options)
        return known(sql, (("read", read), ("dialect", dialect), ("into", into))).copy()

    sqlglot.parse_one = parse_one
