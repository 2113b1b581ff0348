"""A dump's manifest: who made it, when, and what its bytes must be. Read strictly; see docs/decisions/0004."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    StrictBool,
    ValidationError,
)

from loader.dates import JST
from loader.errors import DumpRejectedError
from loader.plain_text import plain


def _printable(text: str) -> str:
    if text != plain(text):
        raise ValueError("has a character that no terminal should get")
    return text


_Name = Annotated[str, AfterValidator(_printable)]
_Word = Annotated[_Name, Field(min_length=1, max_length=255, pattern=r"^\S+$")]
MAX_BYTES = 1 << 20


class _Fields(BaseModel):
    """The fields that decide; others are the producer's own and are ignored."""

    model_config = ConfigDict(strict=True, frozen=True)

    dump_date: Annotated[str, Field(pattern=r"^[0-9]{4}(?:[0-9]{4}|-[0-9]{2}-[0-9]{2})$")]
    dump_key: _Word
    dump_sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
    dump_size_bytes: PositiveInt
    generated_at: str
    source_host: _Word
    source_database: _Word
    source_valid: StrictBool | None = None
    valid_for_etl: StrictBool | None = None
    reason: str | None = None
    max_updated_at_by_table: dict[_Name, str]
    rows_by_table: dict[_Name, NonNegativeInt] = {}


@dataclass(frozen=True)
class Manifest:
    """A manifest that holds together.

    Attributes:
        day: business day (JST) of the dump.
        key: the dump's object key.
        sha256: lower-case hex digest of the dump's bytes, as stored.
        size_bytes: their number.
        taken_at: when the dump was finished (JST, naive).
        source: `host/database`.
        watermarks: table -> newest updated_at at the source (JST, naive).
        rows_by_table: table -> its rows as counted at the source; of a table that is not named nobody knows them.
    """

    day: dt.date
    key: str
    sha256: str
    size_bytes: int
    taken_at: dt.datetime
    source: str
    watermarks: Mapping[str, dt.datetime]
    rows_by_table: Mapping[str, int]


@dataclass(frozen=True)
class ManifestRules:
    """What a manifest must say.

    Attributes:
        sources: `host/database` of each source that a dump may come from.
        fresh_days: table -> how many days before the dump's day it may have last been changed.
    """

    sources: Collection[str]
    fresh_days: Mapping[str, int]


def read_manifest(body: bytes, name: str) -> Manifest:
    """Reads a manifest."""
    try:
        fields = _Fields.model_validate(_json(body))
        taken_at = _moment(fields.generated_at)
        watermarks = {table: _moment(text) for table, text in fields.max_updated_at_by_table.items()}
        day = dt.date.fromisoformat(_dashed(fields.dump_date))
    except ValidationError as error:
        # Without the values: whatever stands there is nobody's to print.
        wrong = "; ".join(f"{plain('.'.join(map(str, one['loc']))) or 'it'}: {one['msg']}" for one in error.errors())
        raise DumpRejectedError(f"{name}: {wrong}") from None
    except (ValueError, OverflowError, RecursionError):
        raise DumpRejectedError(f"{name} is no JSON, or one of its dates and times is none") from None
    valid = fields.valid_for_etl if fields.valid_for_etl is not None else fields.source_valid
    if valid is not True:
        raise DumpRejectedError(f"{name} says that the dump is not valid (reason: {_plain(fields.reason)})")
    source = f"{fields.source_host}/{fields.source_database}"
    return Manifest(
        day,
        fields.dump_key,
        fields.dump_sha256.lower(),
        fields.dump_size_bytes,
        taken_at,
        source,
        watermarks,
        fields.rows_by_table,
    )


def require_acceptable(manifest: Manifest, rules: ManifestRules, name: str, today: dt.date) -> None:
    """Judges what a manifest says.

    Args:
        manifest: the manifest.
        rules: what is acceptable.
        name: its object key, for messages.
        today: today's business date.

    Raises:
        DumpRejectedError: a foreign source, a dump of another day than its own, or a table that was not written to for too long.
    """
    if manifest.source not in rules.sources:
        raise DumpRejectedError(
            f"{name}: the dump is of {manifest.source}; allowed (data_contract.yaml) is {', '.join(rules.sources)}"
        )
    taken = manifest.taken_at.date()
    if not manifest.day <= taken <= max(today, manifest.day) + dt.timedelta(days=1):
        raise DumpRejectedError(f"{name}: a dump of {manifest.day} that was taken on {taken} is not that day's")
    for table, days in rules.fresh_days.items():
        newest = manifest.watermarks.get(table)
        if newest is None:
            raise DumpRejectedError(f"{name}: max_updated_at_by_table lacks {table}, so nobody knows how fresh it is")
        # A stamp from the future proves nothing: whether the table is fresh is judged on its rows then.
        age = (manifest.day - min(newest, manifest.taken_at).date()).days
        if age > days:
            raise DumpRejectedError(
                f"{name}: {table} was last changed {age} days before the dump (fresh:{table} allows {days})"
            )


def _json(body: bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    return json.loads(body.decode("utf-8"), object_pairs_hook=once)


def _moment(text: str) -> dt.datetime:
    """An ISO time as naive JST; without an offset it is JST, for the source writes business time."""
    moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo is None else moment.astimezone(JST).replace(tzinfo=None)


def _dashed(digits: str) -> str:
    digits = digits.replace("-", "")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _plain(text: str | None) -> str:
    """The producer's words, on one line and no longer than that."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())[:80] or "none given"
