"""How a morning's cost grows with history: the same company with more and more days of daily files behind it, on both gateways."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.page import Growth, Mornings
from bench.process import in_process
from loader.datasets import PROPERTY, ROOM_ASSIGNMENT, TENANT_STATUS
from loader.settings import PROJECT
from tests import servers

LAST = dt.date(2026, 2, 10)
FIRST = LAST - dt.timedelta(days=1)


def growth(days: tuple[int, ...], scale: float) -> Iterator[Growth]:
    """A first plan and a morning, for each number of days and gateway.

    Args:
        days: days of history behind the two dumps.
        scale: size of the company, 1 is the real one's.
    """
    for number in days:
        # On the repository's own disk: /tmp can be memory.
        with tempfile.TemporaryDirectory(prefix="bench-", dir=PROJECT / "data") as name:
            folder = Path(name)
            bucket = _bucket(folder, number, scale)
            for gateway in ("duckdb", "aurora"):
                own = folder / gateway
                shutil.copytree(bucket, own / "bucket")  # a morning writes files of its own
                with environment(gateway, own) as env:
                    yield Growth(number, gateway, mornings(env, own / "bucket"))
                shutil.rmtree(own)


def _bucket(folder: Path, days: int, scale: float) -> Path:
    bucket = folder / "bucket"
    arguments = ["--end", str(LAST), "--days", "2", "--scale", str(scale), "--seed", "1", "--snapshots", str(days)]
    in_process("demo", "--out", str(bucket), *arguments)
    # The rooms of the days before the dumps: the first dump's, with other dates. What they cost is the same.
    env = {"WAREHOUSE_GATEWAY": "duckdb", "WAREHOUSE_DUCKDB": str(folder / "export.duckdb")}
    in_process("loader", "export", "--bucket", str(bucket), "--date", str(FIRST), env=env)
    for dataset in (ROOM_ASSIGNMENT, PROPERTY):
        text = (bucket / dataset.key_of(FIRST)).read_bytes()
        for path in (bucket / TENANT_STATUS.prefix).glob("*.csv"):
            day = dt.date(int(path.stem[:4]), int(path.stem[4:6]), int(path.stem[6:]))
            dated = text.replace(f",{FIRST}\r\n".encode(), f",{day}\r\n".encode())
            (bucket / dataset.key_of(day)).write_bytes(dated)
    return bucket


def mornings(env: dict[str, str], bucket: Path) -> Mornings:
    """A first load with all daily files, the first full plan, and the morning after."""
    load = ["loader", "load", "--bucket", str(bucket), "--date"]
    return Mornings(
        in_process(*load, str(FIRST), env=env),
        in_process("bench.plan", env=env),
        in_process(*load, str(LAST), env=env),
        in_process("loader", "run", env=env),
    )


@contextmanager
def environment(gateway: str, folder: Path) -> Iterator[dict[str, str]]:
    """A fresh warehouse: a DuckDB file, or a MariaDB with default settings and a Postgres."""
    with ExitStack() as stack:
        env = {"WAREHOUSE_GATEWAY": gateway, "WAREHOUSE_DUCKDB": str(folder / "warehouse.duckdb")}
        if gateway == "aurora":
            server = stack.enter_context(servers.mariadb(folder / "mysql"))
            state = stack.enter_context(servers.postgres(folder / "state"))
            env |= {"WAREHOUSE_MYSQL_URL": f"{server.url}?ssl=off", "WAREHOUSE_STATE_URL": state.create("bench")}
        yield env
