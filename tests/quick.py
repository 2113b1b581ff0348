"""SQLMesh made quicker for hundreds of contexts in one process. What it plans and computes stays what it is.

In pytest's own processes: the commands that tests start are as they are in production, but for the last two of these in those that
tests.crash forks.
"""

from __future__ import annotations

import functools
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlmesh.core.config import Config, GatewayConfig


def hurry() -> None:
    """Saves what SQLMesh does anew for each context and that is the same for all of them."""
    from sqlmesh.core import constants, context_diff
    from sqlmesh.core.config import Config

    # The models of a warehouse are read from the cache although it lies in another file, or on a server at another port, than the one
    # before: else each test reads and optimizes them anew. The gateway's name and catalog are part of the cache's key by themselves.
    whole = Config.fingerprint.fget
    Config.fingerprint = property(lambda config: whole(config.copy(update={"gateways": _without_addresses(config)})))
    read_no_model_tests()
    # Which package brings which module, for each plan looked up in all that is installed.
    known = functools.cache(context_diff.metadata.packages_distributions)
    context_diff.metadata.packages_distributions = known
    # pytest's workers keep the processors busy; more processes that read models only cost their start.
    constants.MAX_FORK_WORKERS = 1


def read_no_model_tests() -> None:
    """The unit tests of the models are for `sqlmesh test`. To read them is a third of what a context costs."""
    from sqlmesh.core.loader import SqlMeshLoader

    SqlMeshLoader.load_model_tests = lambda _: []


def collect_garbage_rarely() -> None:
    """To be called when everything is imported: SQLMesh's syntax trees are many small objects, and most of them no garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _without_addresses(config: Config) -> dict[str, GatewayConfig]:
    kept = {"connection": None, "state_connection": None, "test_connection": None}
    return {name: gateway.copy(update=kept) for name, gateway in config.gateways.items()}
