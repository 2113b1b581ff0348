"""SQLMesh made quicker for hundreds of contexts in one process. What it plans and computes stays what it is.

In pytest's own processes: the commands that tests start are as they are in production, but for the last two of these in those that
tests.support.crash forks.
"""

from __future__ import annotations

import functools
import gc
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from sqlmesh.core.config import Config, GatewayConfig

_FLAT = (str, int, float, bool, type(None))
_LONGEST_NAME = 200  # characters, with its schema and catalog
_KEPT_QUERIES = 300  # of several copies of the project


def hurry() -> None:
    """Saves what SQLMesh does anew for each context and that is the same for all of them."""
    from sqlmesh.core import constants, context_diff
    from sqlmesh.core.config import Config

    # The models of a warehouse are read from the cache although it lies in another file, or on a server at another port, than the one
    # before: else each test reads and optimizes them anew. The gateway's name and catalog are part of the cache's key by themselves.
    whole = Config.fingerprint.fget
    Config.fingerprint = property(lambda config: whole(config.copy(update={"gateways": _without_addresses(config)})))
    read_no_model_tests()
    _copy_trees_quickly()
    _parse_a_name_once()
    _unpickle_a_query_once()
    # Which package brings which module, for each plan looked up in all that is installed.
    known = functools.cache(context_diff.metadata.packages_distributions)
    context_diff.metadata.packages_distributions = known
    # pytest's workers keep the processors busy; more processes that read models only cost their start.
    constants.MAX_FORK_WORKERS = 1


def read_no_model_tests() -> None:
    """The unit tests of the models are for tests/models alone. To read them is a third of what a context costs."""
    from sqlmesh.core.loader import SqlMeshLoader

    SqlMeshLoader.load_model_tests = functools.wraps(SqlMeshLoader.load_model_tests)(lambda _: [])


def collect_garbage_rarely() -> None:
    """To be called when everything is imported: SQLMesh's syntax trees are many small objects, and most of them no garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


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


def _unpickle_a_query_once() -> None:
    """Each context reads the same optimized queries from SQLMesh's cache of files, whose names say what they hold; a copy is quicker."""
    from sqlmesh.core.model.cache import OptimizedQueryCacheEntry
    from sqlmesh.utils.cache import FileCache

    read = FileCache.get
    known: OrderedDict[Path, OptimizedQueryCacheEntry] = OrderedDict()

    def get(cache: FileCache, name: str, entry_id: str = "") -> Any:
        path = cache._cache_entry_path(name, entry_id)
        if path not in known:
            entry = read(cache, name, entry_id)
            if not isinstance(entry, OptimizedQueryCacheEntry):
                return entry
            known[path] = entry
        known.move_to_end(path)
        if len(known) > _KEPT_QUERIES:
            known.popitem(last=False)
        query = known[path].optimized_rendered_query
        return replace(known[path], optimized_rendered_query=query.copy() if query else None)

    FileCache.get = get


def _without_addresses(config: Config) -> dict[str, GatewayConfig]:
    kept = {"connection": None, "state_connection": None, "test_connection": None}
    return {name: gateway.copy(update=kept) for name, gateway in config.gateways.items()}
