"""`doctor`: whether everything that a morning needs is there, part by part, and what to do about what is not. It changes nothing."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from loader import commands, dates
from loader.console import counted
from loader.errors import LoaderError
from loader.quality.data_contract import read_data_contract
from loader.settings import PROJECT, Settings, state_database
from loader.sources.storage import open_bucket

if TYPE_CHECKING:
    from sqlmesh.core.environment import Environment
    from sqlmesh.core.snapshot import Snapshot, SnapshotFingerprint

_PYTHON = ((3, 10), (3, 14))  # from, and below
_DUMPS_OF_SPACE = 2  # the tables of a dump lie beside those of the live one until they are swapped
_LEAST_SPACE = 1 << 30  # bytes, where no dump tells how much
_CLOCK_SECONDS = 60
_FEW = 5


@dataclass(frozen=True)
class Answer:
    part: str  # what was checked, in a word
    is_well: bool  # whether it is as a morning needs it
    text: str  # what is there, or what is wrong and what to do


def examine(settings: Settings) -> Iterator[Answer]:
    """Checks each part, whatever becomes of those before it."""
    checks: dict[str, Callable[[Settings], str]] = {
        "Python": _python,
        "data contract": _data_contract,
        "bucket": _bucket,
        "disk": _disk,
        "database": _mysql if settings.mysql else _spark if settings.spark else _duckdb,
        **({"state": _state} if settings.mysql or settings.spark else {}),
        "prod": _prod,
    }
    for part, check in checks.items():
        try:
            yield Answer(part, True, check(settings))
        except LoaderError as problem:
            yield Answer(part, False, str(problem))


def _python(_: Settings) -> str:
    now = sys.version_info[:2]
    if not _PYTHON[0] <= now < _PYTHON[1]:
        raise LoaderError(f"Python {now[0]}.{now[1]} runs this, and 3.10 to 3.13 are known to: make clean venv")
    lock = PROJECT / "requirements.lock"  # there is none in a job
    locked = re.findall(r"^([\w.-]+)==(\S+) \\$", lock.read_text() if lock.exists() else "", re.MULTILINE)
    there = {name: _installed(name) for name, _ in locked}
    if other := [f"{name} {there[name] or 'missing'}, not {one}" for name, one in locked if there[name] != one]:
        raise LoaderError(f"packages are other than requirements.lock says ({few(other)}): make clean venv")
    return f"{sys.version.split()[0]}, packages as locked"


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _data_contract(settings: Settings) -> str:
    file = settings.data_contract
    return f"{file} is valid, {len(read_data_contract(file).tables)} tables have rules"


def _bucket(settings: Settings) -> str:
    dumps = _dumps(settings)
    today = dates.business_today()
    if not dumps:
        raise LoaderError(
            f"{settings.bucket_uri} holds no dumps/gghouse_YYYYMMDD.sql[.gz]: have the producer run deploy/dump.sh, then type "
            f"{commands.loader('load')}"
        )
    last = max(dumps)
    if last < today:
        raise LoaderError(
            f"the newest dump in {settings.bucket_uri} is of {last}, and today is {today} in Japan: the day's dump is due at 05:30; see at the "
            f"producer whether deploy/dump.sh ran, then type {commands.loader('daily', '--date', today)}"
        )
    return f"{settings.bucket_uri} has dumps of {counted(len(dumps), 'day')}, the newest of {last}, today in Japan"


def _dumps(settings: Settings) -> dict[dt.date, list[str]]:
    from loader.sources.dump_selection import DumpSelector

    contract = read_data_contract(settings.data_contract)
    return DumpSelector(open_bucket(settings.bucket_uri), contract.manifest, dates.business_today()).listed()


def _disk(settings: Settings) -> str:
    needed = _needed_space(settings)
    said = []
    folders = {"temporary files (TMPDIR)": Path(tempfile.gettempdir())}
    if settings.gateway == "duckdb":
        folders["the warehouse"] = next(folder for folder in settings.duckdb_file.parents if folder.exists())
    for what, folder in folders.items():
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise LoaderError(
                f"{folder}, for {what}, has {_gib(free)} free, and a load of the newest dump may need {_gib(needed)}: free some"
            )
        said.append(f"{_gib(free)} free for {what}")
    return ", ".join(said)


def _needed_space(settings: Settings) -> int:
    try:
        dumps = _dumps(settings)
        bucket = open_bucket(settings.bucket_uri)
        newest = max((bucket.size(key) for key in dumps[max(dumps)]), default=0) if dumps else 0
    except LoaderError:  # the check of the bucket says it
        newest = 0
    return max(_DUMPS_OF_SPACE * newest, _LEAST_SPACE)


def _duckdb(settings: Settings) -> str:
    from loader.landing.access import read_warehouse

    with read_warehouse(settings):
        return f"{settings.duckdb_file} opens, and nobody else holds it"


def _mysql(settings: Settings) -> str:
    from loader.warehouse.mysql.session import connect

    assert settings.mysql
    with closing(connect(**settings.mysql.arguments)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT VERSION(), @@GLOBAL.local_infile, UTC_TIMESTAMP()")
        server, takes_files, now = cursor.fetchone()
        cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
        cipher = cursor.fetchone()[1]
        cursor.execute("SHOW DATABASES LIKE 'landing'")
        is_loaded = cursor.fetchone() is not None
    wrong = []
    if settings.mysql.ssl_ca is None:
        how = "encrypted, but the server's certificate is not verified" if cipher else "not encrypted"
        wrong.append(f"the connection is {how}: put ?ssl_ca=FILE into WAREHOUSE_MYSQL_URL")
    if not takes_files:
        wrong.append("local_infile is off, so nothing can be loaded: set it to 1 in the parameter group")
    if (apart := abs((now - dates.utc_now()).total_seconds())) > _CLOCK_SECONDS:
        wrong.append(
            f"its clock and this machine's are {apart:,.0f} s apart: see which of them is not synchronized by NTP"
        )
    if not is_loaded:
        wrong.append(f"nothing was loaded yet: {commands.loader('load')}")
    if wrong:
        raise LoaderError(f"{settings.mysql} ({server}): {'; '.join(wrong)}")
    return f"{settings.mysql} ({server}), TLS verified, local_infile on, its clock is right"


def _spark(settings: Settings) -> str:
    from loader.warehouse.spark.session import session

    assert settings.spark
    spark = session(settings.spark)
    if not spark.catalog.databaseExists("landing"):
        raise LoaderError(
            f"{settings.spark} (Spark {spark.version}): nothing was loaded yet: {commands.loader('load')}"
        )
    return f"{settings.spark} (Spark {spark.version}), its catalog answers"


def _state(_: Settings) -> str:
    import psycopg2

    account = state_database()
    where = f"postgresql://{account['user']}@{account['host']}:{account['port']}/{account['database']}"
    try:
        with closing(psycopg2.connect(**account, connect_timeout=10)) as connection:
            return f"{where} ({connection.server_version // 10_000})"
    except psycopg2.OperationalError as error:
        raise LoaderError(
            f"{where} can't be used: {str(error).strip().splitlines()[0]}; see that it runs and that WAREHOUSE_STATE_URL names it"
        ) from None


def _prod(settings: Settings) -> str:
    from loader.transform.context import environment, sqlmesh_context

    with sqlmesh_context(settings, models=True) as (context, _):
        planned = environment(context)
        if not planned.finalized_ts:
            raise LoaderError(
                f"the last sqlmesh plan was interrupted while it changed prod; apply it again: {commands.sqlmesh('plan')}"
            )
        if other := other_models(planned, context.snapshots.values()):
            raise LoaderError(
                f"prod has another version of {counted(len(other), 'model')} than the files ({few(other)}), and runs use prod's. "
                f"Review and apply: {commands.sqlmesh('plan')}"
            )
        return f"{len(planned.snapshots)} models, seeds and landed tables, the same as in the files"


def other_models(prod: Environment, ours: Iterable[Snapshot]) -> list[str]:
    """The models, seeds and landed tables of which prod has another version than the files; audits and macros are part of a version.

    Those that differ by themselves come before those that only read them.
    """
    applied = {one.name: one.fingerprint for one in prod.snapshots}
    files = {one.name: one.fingerprint for one in ours}
    own = {name: _own(applied.get(name)) != _own(files.get(name)) for name in applied.keys() | files.keys()}
    other = [name for name in own if applied.get(name) != files.get(name)]
    names = sorted(other, key=lambda name: (not own[name], name))
    return [".".join(re.sub('["`]', "", name).split(".")[-2:]) for name in names]


def _own(version: SnapshotFingerprint | None) -> tuple[str, str] | None:
    """The part of a version that is the model's own, not its parents'."""
    return version and (version.data_hash, version.metadata_hash)


def few(names: list[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def _gib(size: int) -> str:
    return f"{size / (1 << 30):,.1f} GiB"
