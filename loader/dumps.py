"""Which dump to load: by its date and its manifest, never by when the file was written."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection
from dataclasses import dataclass

from loader.bucket import Bucket
from loader.errors import DumpRejectedError, NoDumpError

_DUMP_KEY = re.compile(r"dumps/gghouse_(\d{8})\.sql(\.gz)?")
_MANIFEST_KEY = "dumps-manifest/gghouse_{:%Y%m%d}.json"


@dataclass(frozen=True)
class Dump:
    """A dump that its manifest vouches for.

    Attributes:
        day: business day (JST).
        key: object key, `.sql` or `.sql.gz`.
        size_bytes: size that the producer recorded.
        sha256: digest that the producer recorded, lower-case hex.
    """

    day: dt.date
    key: str
    size_bytes: int
    sha256: str

    @property
    def gzipped(self) -> bool:
        """Whether the object is gzip."""
        return self.key.endswith(".gz")


def choose(bucket: Bucket, day: dt.date | None, withdrawn: Collection[tuple[dt.date, str]] = ()) -> Dump:
    """The dump of a day, or the newest valid one.

    Args:
        bucket: where the dumps lie.
        day: the wanted business day; None for the newest dump with a valid manifest.
        withdrawn: day and sha256 of dumps that a rollback took out: a corrected one of that day is welcome, the same is not.

    Raises:
        NoDumpError: there is no dump of that day, or no valid one at all.
        DumpRejectedError: the day's dump has no valid manifest, or was withdrawn.
    """
    keys = _keys_by_day(bucket)
    if day is not None:
        if day not in keys:
            nearest = f"the newest is of {max(keys)}" if keys else "it holds no dumps/gghouse_YYYYMMDD.sql[.gz] at all"
            raise NoDumpError(f"{bucket.uri} holds no dump for {day}; {nearest}")
        return _admitted(_vouched(bucket, day, keys[day]), withdrawn)
    reasons = []
    for candidate in sorted(keys, reverse=True):
        try:
            return _admitted(_vouched(bucket, candidate, keys[candidate]), withdrawn)
        except DumpRejectedError as rejection:
            reasons.append(str(rejection))
    why = "; ".join(reasons[:5]) or "it holds no dumps/gghouse_YYYYMMDD.sql[.gz] at all"
    raise NoDumpError(f"{bucket.uri} holds no valid dump: {why}")


def _admitted(dump: Dump, withdrawn: Collection[tuple[dt.date, str]]) -> Dump:
    if (dump.day, dump.sha256) in withdrawn:
        raise DumpRejectedError(
            f"dump {dump.key} was rolled back and is still the same file: put a corrected one into the bucket, or take it all the "
            f"same with python -m loader load --date {dump.day} --again; nothing was changed"
        )
    return dump


def _keys_by_day(bucket: Bucket) -> dict[dt.date, list[str]]:
    found: dict[dt.date, list[str]] = {}
    for key in bucket.keys("dumps/"):
        if match := _DUMP_KEY.fullmatch(key):
            found.setdefault(_day(match[1], key), []).append(key)
    return found


def _day(digits: str, key: str) -> dt.date:
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise DumpRejectedError(f"{key}: {digits} is no date; rename or remove the object") from None


def _vouched(bucket: Bucket, day: dt.date, keys: list[str]) -> Dump:
    manifest_key = _MANIFEST_KEY.format(day)
    if not bucket.keys(manifest_key):
        raise DumpRejectedError(f"dump {keys[0]}: {manifest_key} is missing, so nobody vouches for it")
    try:
        with bucket.open(manifest_key) as body:
            manifest = json.loads(body.read())
        valid = manifest.get("valid_for_etl", manifest.get("source_valid"))
        key, size, digest = manifest["dump_key"], manifest["dump_size_bytes"], manifest["dump_sha256"]
        dated = manifest["dump_date"]
    except (ValueError, KeyError, AttributeError) as error:
        raise DumpRejectedError(f"{manifest_key} can't be read ({type(error).__name__}: {error})") from None
    if valid is not True:
        raise DumpRejectedError(
            f"{manifest_key} says valid_for_etl {valid!r} (reason: {manifest.get('reason', 'none given')})"
        )
    if key not in keys or str(dated).replace("-", "") != f"{day:%Y%m%d}":
        raise DumpRejectedError(f"{manifest_key} speaks of {key} of {dated}, not of {' or '.join(keys)}")
    if not isinstance(size, int) or not re.fullmatch(r"[0-9a-fA-F]{64}", str(digest)):
        raise DumpRejectedError(f"{manifest_key}: dump_size_bytes or dump_sha256 is not one")
    return Dump(day, key, size, str(digest).lower())
