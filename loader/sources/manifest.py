"""A dump's manifest: who made it, when, and what its bytes must be. Read strictly; see docs/decisions/0004."""

import datetime as dt
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    StrictBool,
    ValidationError,
)

from loader.dates import JST, of_digits
from loader.errors import DumpRejectedError
from loader.plain_text import plain


def _printable(text: str) -> str:
    if text != plain(text):
        raise ValueError("has a character that no terminal should get")
    return text


_Name = Annotated[str, AfterValidator(_printable)]
_Word = Annotated[_Name, Field(min_length=1, max_length=255, pattern=r"^\S+$")]
MAX_BYTES = 1 << 20


def _day(text: object) -> dt.date:
    form = r"[0-9]{4}(?:[0-9]{4}|-[0-9]{2}-[0-9]{2})"
    if isinstance(text, str) and re.fullmatch(form, text) and (day := of_digits(text.replace("-", ""))):
        return day
    raise ValueError("it is no date like 20260210")


def _moment(text: object) -> dt.datetime:
    """An ISO time as naive JST; without an offset it is JST, for the source writes business time."""
    if not isinstance(text, str):
        raise ValueError("it is no time")
    try:
        moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return moment if moment.tzinfo is None else moment.astimezone(JST).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise ValueError("it is no time") from None


_Moment = Annotated[dt.datetime, BeforeValidator(_moment)]


class Manifest(BaseModel):
    """What the producer says of a dump; times are JST, naive. Other fields are the producer's own and are ignored."""

    model_config = ConfigDict(strict=True, frozen=True)

    day: Annotated[dt.date, BeforeValidator(_day)] = Field(alias="dump_date")  # business day (JST)
    key: _Word = Field(alias="dump_key")
    sha256: Annotated[str, AfterValidator(str.lower)] = Field(
        alias="dump_sha256", pattern=r"^[0-9a-fA-F]{64}$"
    )  # as stored
    size_bytes: PositiveInt = Field(alias="dump_size_bytes")
    taken_at: _Moment = Field(alias="generated_at")  # when it was finished
    source_host: _Word
    source_database: _Word
    source_valid: StrictBool | None = None
    valid_for_etl: StrictBool | None = None
    reason: str | None = None
    watermarks: dict[_Name, _Moment] = Field(
        alias="max_updated_at_by_table"
    )  # table -> newest updated_at at the source
    rows_by_table: dict[_Name, NonNegativeInt] = {}  # of a table that is not named nobody knows them

    @property
    def source(self) -> str:
        return f"{self.source_host}/{self.source_database}"


@dataclass(frozen=True)
class ManifestRules:
    sources: Collection[str]  # `host/database` of each source that a dump may come from
    fresh_days: Mapping[str, int]  # table -> how many days before the dump's day it may have last been changed


def read_manifest(body: bytes, name: str) -> Manifest:
    try:
        manifest = Manifest.model_validate(_json(body))
    except ValidationError as error:
        # Without the values: whatever stands there is nobody's to print.
        wrong = "; ".join(
            f"{plain('.'.join(map(str, one['loc']))) or 'it'}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        )
        raise DumpRejectedError(f"{name}: {wrong}") from None
    except (ValueError, RecursionError):
        raise DumpRejectedError(f"{name} is no JSON") from None
    valid = manifest.valid_for_etl if manifest.valid_for_etl is not None else manifest.source_valid
    if valid is not True:
        raise DumpRejectedError(f"{name} says that the dump is not valid (reason: {_plain(manifest.reason)})")
    return manifest


def require_acceptable(manifest: Manifest, rules: ManifestRules, name: str, today: dt.date) -> None:
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
            raise DumpRejectedError(
                f"{name}: max_updated_at_by_table does not name {table}, so nobody knows how fresh it is"
            )
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


def _plain(text: str | None) -> str:
    """The producer's words, on one line and no longer than that."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())[:80] or "none given"
