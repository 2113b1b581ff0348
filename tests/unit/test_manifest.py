"""What a manifest must say, field by field, and what is made of it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from loader.errors import DumpRejectedError
from loader.quality.data_contract import DataContract
from loader.sources.manifest import Manifest, read_manifest, require_acceptable

NAME = "dumps-manifest/gghouse_20250610.json"
DAY = dt.date(2025, 6, 10)
FIELDS: dict[str, Any] = {
    "run_id": "20250610-1",
    "dump_date": "20250610",
    "dump_key": "dumps/gghouse_20250610.sql",
    "dump_sha256": "ab" * 32,
    "dump_size_bytes": 5,
    "generated_at": "2025-06-10T05:45:00+09:00",
    "source_host": "gghouse-db.internal",
    "source_database": "basis",
    "max_updated_at_by_table": {"tenants": "2025-06-10T05:00:00+09:00"},
    "source_valid": True,
    "valid_for_etl": True,
}


def made(**changes: Any) -> Manifest:
    return read_manifest(json.dumps(FIELDS | changes).encode(), NAME)


def test_a_manifest_is_read() -> None:
    read = made(rows_by_table={"tenants": 3})
    assert (read.day, read.key, read.sha256, read.size_bytes) == (DAY, "dumps/gghouse_20250610.sql", "ab" * 32, 5)
    assert read.taken_at == dt.datetime(2025, 6, 10, 5, 45)
    assert read.source == "gghouse-db.internal/basis"
    assert read.watermarks == {"tenants": dt.datetime(2025, 6, 10, 5)}
    assert read.rows_by_table == {"tenants": 3}


@pytest.mark.parametrize("text", ["20250610", "2025-06-10"])
def test_a_day_may_have_dashes(text: str) -> None:
    assert made(dump_date=text).day == DAY


MOMENTS = {
    "2025-06-10T05:00:00": dt.datetime(2025, 6, 10, 5),  # Japan's, as the source writes
    "2025-06-10T05:00:00+09:00": dt.datetime(2025, 6, 10, 5),
    "2025-06-09T20:00:00Z": dt.datetime(2025, 6, 10, 5),
    "2025-06-09T20:00:00+00:00": dt.datetime(2025, 6, 10, 5),
}


@pytest.mark.parametrize("text", MOMENTS)
def test_a_time_is_japans_unless_it_says_another_zone(text: str) -> None:
    read = made(generated_at=text, max_updated_at_by_table={"tenants": text})
    assert read.taken_at == read.watermarks["tenants"] == MOMENTS[text]


def test_a_digest_is_kept_in_small_letters() -> None:
    assert made(dump_sha256="AB" * 32).sha256 == "ab" * 32


@pytest.mark.parametrize("field", sorted(set(FIELDS) - {"run_id", "source_valid", "valid_for_etl"}))
def test_a_field_that_is_missing_or_null_is_named(field: str) -> None:
    with pytest.raises(DumpRejectedError, match=f"^{NAME}: {field}: "):
        made(**{field: None})
    lacking = {name: value for name, value in FIELDS.items() if name != field}
    with pytest.raises(DumpRejectedError, match=f"^{NAME}: {field}: Field required"):
        read_manifest(json.dumps(lacking).encode(), NAME)


WRONG = {
    "a size of nothing": ({"dump_size_bytes": 0}, "dump_size_bytes: "),
    "a size in words": ({"dump_size_bytes": "5"}, "dump_size_bytes: "),
    "a digest that is too short": ({"dump_sha256": "ab"}, "dump_sha256: "),
    "a digest of other signs": ({"dump_sha256": "xy" * 32}, "dump_sha256: "),
    "a key of two words": ({"dump_key": "a b"}, "dump_key: "),
    "no host": ({"source_host": ""}, "source_host: "),
    "a host of spaces": ({"source_host": " "}, "source_host: "),
    "a date in words": ({"dump_date": "today"}, "dump_date: "),
    "a date with half of its dashes": ({"dump_date": "2025-0610"}, "dump_date: "),
    "a date that there is not": ({"dump_date": "20250631"}, "dump_date: "),
    "a time that is none": ({"generated_at": "this morning"}, "generated_at: it is no time"),
    "a time out of range": ({"generated_at": "0001-01-01T00:00:00+23:59"}, "generated_at: it is no time"),
    "a watermark that is none": (
        {"max_updated_at_by_table": {"t": "soon"}},
        "max_updated_at_by_table.t: it is no time",
    ),
    "a flag in words": ({"valid_for_etl": "false"}, "valid_for_etl: Input should be a valid boolean"),
    "a flag in numbers": ({"valid_for_etl": 1}, "valid_for_etl: Input should be a valid boolean"),
}


@pytest.mark.parametrize("case", WRONG)
def test_invalid_manifest_field_is_named_without_its_value(case: str) -> None:
    changes, said = WRONG[case]
    with pytest.raises(DumpRejectedError, match=said) as refusal:
        made(**changes)
    assert "this morning" not in str(refusal.value)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff{}", b"[" * 100_000, b" " * ((1 << 20) + 1)])
def test_what_is_no_manifest_is_refused_by_its_name(body: bytes) -> None:
    with pytest.raises(DumpRejectedError, match=f"^{NAME}"):
        read_manifest(body, NAME)


def test_a_field_that_stands_twice_is_no_manifest() -> None:
    twice = json.dumps(FIELDS)[:-1] + ', "dump_size_bytes": 6}'
    with pytest.raises(DumpRejectedError, match="is no JSON"):
        read_manifest(twice.encode(), NAME)


VALID = [
    ({"valid_for_etl": True, "source_valid": False}, True),
    ({"valid_for_etl": None, "source_valid": True}, True),
    ({"valid_for_etl": False, "source_valid": True}, False),
    ({"valid_for_etl": None, "source_valid": False}, False),
    ({"valid_for_etl": None, "source_valid": None}, False),
]


@pytest.mark.parametrize(("flags", "good"), VALID)
def test_dump_validity_comes_from_the_first_flag_present(flags: dict[str, Any], good: bool) -> None:
    if good:
        assert made(**flags).day == DAY
    else:
        with pytest.raises(DumpRejectedError, match=r"says that the dump is not valid \(reason: none given\)"):
            made(**flags)


def test_producers_reason_is_one_short_line() -> None:
    with pytest.raises(DumpRejectedError, match=r"\(reason: source mismatch\)$"):
        made(valid_for_etl=False, reason="source\n\x1b mismatch")
    with pytest.raises(DumpRejectedError) as refusal:
        made(valid_for_etl=False, reason="x" * 500)
    assert str(refusal.value).endswith(f"{'x' * 80})")


RULES: dict[str, Any] = {
    "source": {"allowed": ["gghouse-db.internal/basis"]},
    "continuity_days": 14,
    "tables": {"tenants": {"fresh_days": 2}, "movings": {"fresh_days": 2}, "rooms": {}},
    "daily_files": {},
}
FRESH = {"tenants": "2025-06-10T05:00:00", "movings": "2025-06-08T00:00:00"}


def judged(today: dt.date = DAY, only_warn: tuple[str, ...] = (), **changes: Any) -> None:
    rules = DataContract.model_validate(RULES | {"only_warn": only_warn})
    require_acceptable(made(**{"max_updated_at_by_table": FRESH} | changes), rules.manifest, NAME, today)


def test_fresh_dump_from_an_allowed_source_is_accepted() -> None:
    judged()


@pytest.mark.parametrize("field", ["source_host", "source_database"])
def test_dump_of_another_source_is_rejected_naming_allowed_ones(field: str) -> None:
    with pytest.raises(DumpRejectedError, match=r"the dump is of .*other.*; allowed .* is gghouse-db.internal/basis"):
        judged(**{field: "other"})


TAKEN = {
    "2025-06-09T23:59:59": False,
    "2025-06-10T00:00:00": True,
    "2025-06-11T23:59:59": True,  # a day's grace
    "2025-06-12T00:00:00": False,
}


@pytest.mark.parametrize("taken", TAKEN)
def test_dump_must_be_taken_on_its_day_or_next(taken: str) -> None:
    if TAKEN[taken]:
        judged(generated_at=taken)
    else:
        with pytest.raises(DumpRejectedError, match="that was taken on .* is not that day's"):
            judged(generated_at=taken)


def test_past_days_dump_may_be_taken_until_today() -> None:
    """It is made again from a backup."""
    judged(today=dt.date(2025, 6, 20), generated_at="2025-06-21T00:00:00")
    with pytest.raises(DumpRejectedError, match="is not that day's"):
        judged(today=dt.date(2025, 6, 20), generated_at="2025-06-22T00:00:00")


def test_one_fresh_table_hides_no_stale_one() -> None:
    with pytest.raises(
        DumpRejectedError, match=r"movings was last changed 3 days before the dump \(fresh:movings allows 2\)"
    ):
        judged(max_updated_at_by_table=FRESH | {"movings": "2025-06-07T23:59:59"})


def test_a_table_without_a_watermark_is_named() -> None:
    with pytest.raises(DumpRejectedError, match="max_updated_at_by_table does not name movings"):
        judged(max_updated_at_by_table={"tenants": FRESH["tenants"]})


def test_manifest_accepts_a_future_watermark_for_later_row_checks() -> None:
    judged(max_updated_at_by_table=FRESH | {"movings": "2300-01-01T00:00:00"})


def test_warning_or_unbounded_freshness_rule_rejects_nothing() -> None:
    judged(only_warn=("fresh:movings",), max_updated_at_by_table={"tenants": FRESH["tenants"]})
