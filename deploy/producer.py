"""What deploy/dump.sh leaves to Python: the secret, the checks, the upload, the manifest. Python 3.9 and boto3 are all it needs."""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import json
import os
import sys
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

JST = dt.timezone(dt.timedelta(hours=9))
LEAST_BYTES = 10 << 20
SECRET_FIELDS = ("host", "port", "username", "password", "database")
END = b"-- Dump completed"
_LOCK, _UNLOCK = b"LOCK TABLES `", b"UNLOCK TABLES;"


class Counted(NamedTuple):
    """A table before or after the dump.

    Attributes:
        written: when it was last written to (UTC); empty where the server does not know.
        now: when that was asked (UTC).
        rows: its rows, counted after that.
    """

    written: str
    now: str
    rows: int


class ProducerError(Exception):
    """Something that stops the dump; the message says what, where and what to do."""


def login(work: Path) -> str:
    """Writes the database client's option file from the secret.

    Args:
        work: folder that only this user can read; `login.cnf` is put there.

    Returns:
        The name of the schema to dump.

    Raises:
        ProducerError: the secret lacks a field, or is for another host or schema than DUMP_SOURCE.
    """
    name = os.environ["DUMP_SECRET"]
    answer = boto3.client("secretsmanager").get_secret_value(SecretId=name)
    try:
        secret = json.loads(answer["SecretString"])
        host, port, user, password, database = (str(secret[field]) for field in SECRET_FIELDS)
    except (KeyError, TypeError, ValueError):
        # Not the error itself: it may quote the secret.
        raise ProducerError(f"secret {name}: it must be JSON with {', '.join(SECRET_FIELDS)}") from None
    wanted = os.environ["DUMP_SOURCE"]
    if f"{host}/{database}" != wanted:
        raise ProducerError(
            f"secret {name} is for {host}/{database}, and DUMP_SOURCE asks for {wanted}: nothing was dumped; correct one of them"
        )
    lines = {"host": host, "port": port, "user": user, "password": password, "protocol": "TCP"}
    body = "".join(f"{key}={_quoted(value)}\n" for key, value in lines.items())
    (work / "login.cnf").write_text(f"[client]\n{body}", encoding="utf-8")
    return database


def there(day: str) -> str:
    """`yes` where the bucket holds the day's manifest, else `no`.

    Args:
        day: YYYYMMDD.
    """
    found = boto3.client("s3").list_objects_v2(Bucket=os.environ["DUMP_BUCKET"], Prefix=_manifest_key(day))
    return "yes" if found["KeyCount"] else "no"


def upload(work: Path, day: str) -> None:
    """Checks the dump, uploads it, and when it lies there whole, its manifest.

    Args:
        work: folder with `dump.sql.gz`, `watermarks` (a table, a tab and its newest updated_at, one a line) and the tables' rows before and
            after the dump, as dump.sh writes them.
        day: business day, YYYYMMDD.

    Raises:
        ProducerError: the dump is cut or too small, lacks a table, or what lies in the bucket is not as long as the file.
    """
    file, bucket, key = work / "dump.sql.gz", os.environ["DUMP_BUCKET"], f"dumps/gghouse_{day}.sql.gz"
    before, after = (_counted(work / name) for name in ("rows.before", "rows.after"))
    require_whole(file, int(os.environ.get("DUMP_MIN_BYTES", LEAST_BYTES)), before.keys() & after.keys())
    host, _, database = os.environ["DUMP_SOURCE"].partition("/")
    manifest = {
        "run_id": f"{day}-{os.getpid()}",
        "generated_at": dt.datetime.now(JST).isoformat(timespec="seconds"),
        "dump_date": day,
        "dump_key": key,
        "dump_sha256": _sha256(file),
        "dump_size_bytes": file.stat().st_size,
        "source_host": host,
        "source_database": database,
        "source_valid": True,
        "valid_for_etl": True,
        "max_updated_at_by_table": _watermarks(work / "watermarks"),
        "rows_by_table": rows_by_table(before, after),
    }
    s3 = boto3.client("s3")
    about = {
        "run_id": manifest["run_id"],
        "sha256": manifest["dump_sha256"],
        "source_host": host,
        "source_db": database,
    }
    s3.upload_file(str(file), bucket, key, ExtraArgs={"Metadata": about})
    stored = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
    if stored != manifest["dump_size_bytes"]:
        raise ProducerError(
            f"s3://{bucket}/{key} has {stored:,} bytes, the file has {manifest['dump_size_bytes']:,}: type dump.sh again"
        )
    body = json.dumps(manifest, indent=2).encode()
    s3.put_object(Bucket=bucket, Key=_manifest_key(day), Body=body, ContentType="application/json")


def rows_by_table(before: Mapping[str, Counted], after: Mapping[str, Counted]) -> dict[str, int]:
    """The rows of the tables that nobody wrote to between the two counts, and so not between the first and mysqldump's own moment.

    A commit between the two shows: in the rows, or in the time of the last write. That time has whole seconds. So it must lie before the first
    count's: a later write in the same second would not show. Where the server keeps no such time (a reader of Aurora, a table that its
    cache let go of), equal rows alone must do: a row that came before mysqldump's moment and another that went after it do not show.
    Nor do they on MariaDB if two transactions that wrote began in one second, for it notes when the last one began. Such a count
    is wrong by those rows: the loader refuses a good dump, and dump.sh --again makes another.

    Args:
        before: the tables before the dump.
        after: the tables after it.

    Returns:
        Table -> rows; a table without a verified count is not in it.
    """
    return {
        table: first.rows
        for table, first in sorted(before.items())
        if (last := after.get(table)) is not None
        and (first.written, first.rows) == (last.written, last.rows)
        and first.written < first.now
    }


def require_whole(file: Path, least: int, tables: Collection[str]) -> None:
    """Reads a compressed dump to its end.

    Args:
        file: mysqldump's output, gzip.
        least: bytes that it must have unpacked.
        tables: those whose rows must have a section in it, from LOCK TABLES to UNLOCK TABLES; how many rows, the loader counts.

    Raises:
        ProducerError: it can't be unpacked, is smaller, lacks mysqldump's last line, or a table's section is missing or not closed.
    """
    size, end, begins = 0, b"", True
    table, ended = "", dict.fromkeys(tables, False)
    try:
        with gzip.open(file) as stream:
            # Within a value no line begins: mysqldump writes its line breaks as \n.
            while line := stream.readline(1 << 20):
                size, end = size + len(line), (end + line)[-200:]
                if begins and line.startswith(_LOCK):
                    table = line[len(_LOCK) : line.rindex(b"`")].decode().replace("``", "`")
                    ended[table] = False
                elif begins and line.startswith(_UNLOCK):
                    ended[table] = True
                begins = line.endswith(b"\n")
    except (EOFError, OSError, zlib.error) as error:
        raise ProducerError(
            f"the dump can't be unpacked again ({error}): is the disk full? Nothing was uploaded"
        ) from None
    if END not in end:
        raise ProducerError(f"the dump does not end with {END.decode()!r}: is the disk full? Nothing was uploaded")
    if cut := sorted(name for name, whole in ended.items() if not whole):
        raise ProducerError(
            f"the dump does not hold table {cut[0]} to the end of its rows: type dump.sh again. Nothing was uploaded"
        )
    if size < least:
        raise ProducerError(
            f"the dump has {size:,} bytes, at least {least:,} are expected (DUMP_MIN_BYTES): is this the right schema? "
            "Nothing was uploaded"
        )


def alert(message: str) -> None:
    """Tells the topic DUMP_TOPIC of a failure."""
    subject = "The morning's dump failed"
    boto3.client("sns").publish(TopicArn=os.environ["DUMP_TOPIC"], Subject=subject, Message=message)


def main(words: list[str]) -> None:
    """One step of dump.sh: `login WORK`, `there DAY`, `upload WORK DAY` or `alert MESSAGE`."""
    parser = argparse.ArgumentParser(prog="producer.py")
    steps = parser.add_subparsers(dest="step", required=True)
    for name, arguments in {
        "login": ["work"],
        "there": ["day"],
        "upload": ["work", "day"],
        "alert": ["message"],
    }.items():
        step = steps.add_parser(name)
        for argument in arguments:
            step.add_argument(argument, type=Path if argument == "work" else str)
    typed = vars(parser.parse_args(words))
    answer = {"login": login, "there": there, "upload": upload, "alert": alert}[typed.pop("step")](**typed)
    if answer is not None:
        print(answer)


def _quoted(value: str) -> str:
    """A value as option files write it."""
    if "\n" in value or "\r" in value or "\0" in value:
        raise ProducerError("a field of the secret has a line break in it: no option file can hold that")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _counted(file: Path) -> dict[str, Counted]:
    """Table -> what `counted` of dump.sh found of it."""
    lines = (line.split("\t") for line in file.read_text().splitlines())
    return {bytes.fromhex(name).decode(): Counted(written, now, int(rows)) for name, written, now, rows in lines}


def _watermarks(file: Path) -> dict[str, str]:
    """Table -> newest updated_at as ISO time; the source writes business time."""
    lines = (line.split("\t") for line in file.read_text().splitlines())
    return {table: f"{newest.replace(' ', 'T')}+09:00" for table, newest in lines}


def _manifest_key(day: str) -> str:
    return f"dumps-manifest/gghouse_{day}.json"


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ProducerError as error:
        sys.exit(str(error))
    except (Boto3Error, BotoCoreError, ClientError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
