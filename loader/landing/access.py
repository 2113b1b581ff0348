"""Opening the warehouse, to write or to read."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from loader import commands
from loader.landing.generations import reconcile
from loader.settings import Settings, state_database
from loader.warehouse.base import Warehouse


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[Warehouse]:
    """The warehouse to write to: its own tables in place, an interrupted swap settled, every other writer kept out.

    Raises a BusyError where another process writes it, a LoaderError where it can't be opened or reached.
    """
    with _opened(settings, to_write=True) as warehouse:
        reconcile(warehouse)
        warehouse.settle()
        _advise(settings, warehouse)
        yield warehouse
        warehouse.settle()


@contextmanager
def read_warehouse(settings: Settings) -> Iterator[Warehouse]:
    """The warehouse to read; on a server also while another process writes it. On DuckDB that is a BusyError.

    Raises a LoaderError where there is none yet, or it can't be opened or reached.
    """
    with _opened(settings, to_write=False) as warehouse:
        _advise(settings, warehouse)
        yield warehouse


def one_writer(settings: Settings) -> AbstractContextManager[object]:
    """Keeps every other writer out for several steps, or raises a BusyError; `open_warehouse` within is part of it.

    On DuckDB this does nothing: there the file is the lock, and each step takes it.
    """
    return _opened(settings, to_write=True) if settings.mysql or settings.spark else nullcontext()


def _opened(settings: Settings, *, to_write: bool) -> AbstractContextManager[Warehouse]:
    # Imported here: each engine does without the other's driver.
    if settings.mysql:
        from loader.warehouse.mysql import connection

        return (connection.open_to_write if to_write else connection.open_to_read)(settings.mysql)
    if settings.spark:
        from loader.warehouse.spark import connection

        return (connection.open_to_write if to_write else connection.open_to_read)(settings.spark, state_database())
    from loader.warehouse.duckdb import connection

    return (connection.open_file if to_write else connection.open_to_read)(settings.duckdb_file)


def _advise(settings: Settings, warehouse: Warehouse) -> None:
    """Lets messages name the bucket of the last load where none was named."""
    if settings.bucket is None and warehouse.has_table("landing", "loaded_from"):
        for (uri,) in warehouse.query("SELECT uri FROM landing.loaded_from"):
            commands.remember_bucket(uri)
