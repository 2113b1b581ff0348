"""Daily files and manifests, read with the standard library, and what must be true of one that was believed."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io
import json
import re
import zlib
from decimal import Context, Decimal
from typing import Any

from tests.support.fuzz.reference_text import NotReadableError

# Kind of daily file -> its columns and what is in each; those marked with ! are never empty, and the first one names a row.
FILES: dict[str, dict[str, str]] = {
    "tenant_status": {
        "tenant_id": "number!", "status": "number!", "contract_type": "number!", "full_name": "text", "snapshot_date": "date!",
    },
    "room_assignment": {
        "moving_id": "number!", "tenant_id": "number!", "apartment_id": "number!", "room_id": "number!", "room_apartment_id": "number",
        "room_number": "text", "tenant_status": "number", "is_current_contract": "number!", "is_moveout": "number",
        "moving_agreement_type": "number", "movein_date": "date", "original_movein_date": "date", "moveout_date_integrated": "date",
        "moveout_plans_date": "date", "moveout_date": "date", "rent": "fraction", "updated_at": "moment", "snapshot_date": "date!",
    },
    "property": {
        "apartment_id": "number!", "unique_number": "text", "apartment_name": "text", "prefecture": "text", "municipality": "text",
        "latitude": "fraction", "longitude": "fraction", "room_count": "number", "room_rows": "number!", "snapshot_date": "date!",
    },
}  # fmt: skip
LONGEST = 255  # characters of a text
_SOURCE = ("gghouse-db.internal", "basis")
_SPACED = re.compile(r'(?:(?<=[,\r\n])|\A) *("(?:[^"]|"")*") *(?=[,\r\n]|\Z)')
_JST = dt.timezone(dt.timedelta(hours=9))


def unzipped(body: bytes) -> bytes:
    """What a file holds, unzipped where it begins as gzip does, and once more where that does.

    Raises:
        NotReadableError: it is a damaged one, or zipped once too often.
    """
    for _ in range(2):
        if body[:2] == b"\x1f\x8b":
            try:
                body = gzip.decompress(body)
            except (OSError, EOFError, zlib.error):
                raise NotReadableError("no gzip") from None
    if body[:2] == b"\x1f\x8b":
        raise NotReadableError("gzip in gzip in gzip")
    return body


def daily(kind: str, body: bytes, day: dt.date) -> list[tuple[Any, ...]]:
    """The rows of a daily file, in the order of its FILES, sorted.

    Raises:
        NotReadableError: it is not RFC 4180, or not one of that kind and day.
    """
    columns = FILES[kind]
    try:
        # Spaces between a quote and a comma belong to no value.
        text = _SPACED.sub(r"\1", body.decode("utf-8-sig"))
        # A blank line holds no field at all, so nothing is lost with it.
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except (UnicodeDecodeError, csv.Error):
        raise NotReadableError("no CSV") from None
    # Nor is it with empty fields at a line's end that the header lacks.
    lines = [line[: len(columns)] if not any(line[len(columns) :]) else line for line in lines]
    if not lines or sorted(lines[0]) != sorted(columns) or any(len(line) != len(columns) for line in lines):
        raise NotReadableError("other columns")
    rows = []
    for line in lines[1:]:
        fields = dict(zip(lines[0], line, strict=True))
        rows.append(tuple(_field(what, fields[name]) for name, what in columns.items()))
    if not rows or {row[-1] for row in rows} != {day} or len({row[0] for row in rows}) < len(rows):
        raise NotReadableError("no rows, another day, or a row's name twice")
    return sorted(rows, key=repr)


def _field(what: str, text: str) -> Any:
    if not text:
        if what.endswith("!"):
            raise NotReadableError("a field is empty")
        return None
    return _READ[what.removesuffix("!")](text)


def _integer(text: str) -> int:
    """A whole number, however it is written."""
    if not re.fullmatch(r"\s*[-+]?(\d+(_\d+)*\.?\d*|\.\d+)([eE][-+]?\d{1,2})?\s*", text, re.A):
        raise NotReadableError("no number")
    if (number := Decimal(text.strip())) != int(number):
        raise NotReadableError("no whole number")
    return int(number)


def _fraction(text: str) -> Decimal:
    """A number of twelve digits before the point and eight behind it, plainly written."""
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,8})?", text, re.A):
        raise NotReadableError("no plain number")
    return kept(Decimal(text))


def kept(number: Decimal) -> Decimal:
    """A number with the eight digits that are kept of it."""
    wide = Context(prec=200)
    return wide.add(number, 0).quantize(Decimal("1E-8"), context=wide)


def _text(text: str) -> str:
    if len(text) > LONGEST:
        raise NotReadableError("a text is too long")
    return text


def _moment_of(text: str) -> dt.datetime:
    day, _, time = text.strip().partition(" ")
    if not re.fullmatch(r"\d{1,2}:\d{1,2}:\d{1,2}", time, re.A):
        raise NotReadableError("no time")
    try:
        return dt.datetime.combine(_day(day), dt.time(*map(int, time.split(":"))))
    except ValueError:
        raise NotReadableError("no time") from None


def _day(text: str) -> dt.date:
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text.strip(), re.A)
    try:
        return dt.date(*map(int, match.groups()))
    except (AttributeError, ValueError):
        raise NotReadableError("no date") from None


_READ = {"number": _integer, "fraction": _fraction, "text": _text, "date": _day, "moment": _moment_of}


def doubt(manifest: bytes, key: str, body: bytes, day: dt.date, today: dt.date) -> str | None:
    """Why a manifest does not fit a dump; None if it does.

    Args:
        manifest: its bytes.
        key: the dump's key.
        body: the dump's bytes.
        day: the dump's day.
        today: the newest day on which it can have been taken.
    """
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            twice.append("a key twice")
        return dict(pairs)

    try:
        said = json.loads(manifest.decode("utf-8"), object_pairs_hook=once)
        taken = _moment(said["generated_at"])
        marks = {table: _moment(text) for table, text in said["max_updated_at_by_table"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        return f"not readable: {type(error).__name__}"
    valid = said["valid_for_etl"] if said.get("valid_for_etl") is not None else said.get("source_valid")
    doubts = {
        "a key twice": twice,
        "not valid": valid is not True,
        "date": said.get("dump_date") not in (f"{day:%Y%m%d}", f"{day:%Y-%m-%d}"),
        "key": said.get("dump_key") != key,
        "digest": str(said.get("dump_sha256")).lower() != hashlib.sha256(body).hexdigest(),
        "size": type(said.get("dump_size_bytes")) is not int or said["dump_size_bytes"] != len(body),
        "source": (said.get("source_host"), said.get("source_database")) != _SOURCE,
        "taken": not day <= taken.date() <= max(day, today) + dt.timedelta(days=1),
        "stale": "tenants" not in marks or (day - min(marks["tenants"], taken).date()).days > 14,
    }
    return next((why for why, found in doubts.items() if found), None)


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo is None else moment.astimezone(_JST).replace(tzinfo=None)
