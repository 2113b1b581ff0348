"""SQLMesh made quicker for hundreds of contexts in one process. What it plans and computes stays what it is.

In pytest's own processes: the commands that tests start are as they are in production, but for the last two of these in those that
tests.support.crash forks.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from loader.transform.aurora import register
from loader.transform.speedups import collect_garbage_rarely, quicken

if TYPE_CHECKING:
    from pathlib import Path

    from sqlmesh.core.config import Config, GatewayConfig

__all__ = ["collect_garbage_rarely", "hurry", "read_no_model_tests"]
_KEPT_QUERIES = 300  # of several copies of the project


def hurry() -> None:
    """Saves what SQLMesh does anew for each context and that is the same for all of them."""
    from sqlmesh.core import context_diff
    from sqlmesh.core.config import Config

    # The models of a warehouse are read from the cache although it lies in another file, or on a server at another port, than the one
    # before: else each test reads and optimizes them anew. The gateway's name and catalog are part of the cache's key by themselves.
    whole = Config.fingerprint.fget
    Config.fingerprint = property(lambda config: whole(config.copy(update={"gateways": _without_addresses(config)})))
    read_no_model_tests()
    register()  # for contexts that tests make themselves
    quicken()
    _unpickle_a_query_once()
    # Which package brings which module, for each plan looked up in all that is installed.
    known = functools.cache(context_diff.metadata.packages_distributions)
    context_diff.metadata.packages_distributions = known


def read_no_model_tests() -> None:
    """The unit tests of the models are for tests/models alone. To read them is a third of what a context costs."""
    from sqlmesh.core.loader import SqlMeshLoader

    SqlMeshLoader.load_model_tests = functools.wraps(SqlMeshLoader.load_model_tests)(lambda _: [])


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
