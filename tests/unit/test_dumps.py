"""Which dump is chosen: by its date and its manifest, from a folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from demo.objects import put_dump
from loader.errors import DumpRejectedError, NoDumpError
from loader.quality.data_contract import DataContract
from loader.sources.dump_selection import Dump, DumpSelector
from loader.sources.storage import open_bucket

TODAY = dt.date(2025, 6, 10)
DATA_CONTRACT = DataContract.model_validate(
    {"source": {"allowed": ["gghouse-db.internal/basis"]}, "continuity_days": 14, "tables": {}, "daily_files": {}}
)


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


def put(bucket: Path, offset: int, body: bytes = b"-- Dump completed\n", **changes: Any) -> Path:
    return put_dump(bucket, day(offset), body, **changes)


def selector(bucket: Path, **changes: Any) -> DumpSelector:
    return DumpSelector(open_bucket(str(bucket)), DATA_CONTRACT.manifest, TODAY, **changes)


def newest(bucket: Path, first: int | None = None, last: int = 0, **changes: Any) -> tuple[Dump, list[dt.date]]:
    """The newest acceptable dump, and the days of those that were passed over."""
    chooses, passed = selector(bucket, **changes), []
    found = chooses.newest(
        chooses.listed(), None if first is None else day(first), day(last), lambda at, _, __: passed.append(at)
    )
    return found, passed


def test_only_keys_of_dumps_are_listed_by_their_day(bucket: Path) -> None:
    put(bucket, 0)
    put(bucket, 0, zipped=True)
    put(bucket, -1)
    for name in ("gghouse_20250610.sql.bak", "gghouse_2025061.sql", "other_20250610.sql", "old/gghouse_20250601.sql"):
        (bucket / "dumps" / name).parent.mkdir(exist_ok=True)
        (bucket / "dumps" / name).write_bytes(b"")
    both = ["dumps/gghouse_20250610.sql", "dumps/gghouse_20250610.sql.gz"]
    assert selector(bucket).listed() == {day(0): both, day(-1): ["dumps/gghouse_20250609.sql"]}


def test_a_key_without_a_date_in_it_is_named(bucket: Path) -> None:
    put(bucket, 0)
    (bucket / "dumps" / "gghouse_20250631.sql").write_bytes(b"")
    with pytest.raises(DumpRejectedError, match="gghouse_20250631.sql: 20250631 is no date; rename or remove"):
        selector(bucket).listed()


def test_newest_dump_is_chosen_by_day_not_write_time(bucket: Path) -> None:
    put(bucket, 0)
    put(bucket, -1)
    found, passed = newest(bucket)
    assert (found.day, found.key, found.size_bytes, passed) == (day(0), "dumps/gghouse_20250610.sql", 41, [])
    assert found.taken_at == dt.datetime(2025, 6, 10, 5, 45)
    assert found.sha256 and len(found.sha256) == 64


def test_an_unacceptable_one_is_passed_over_and_told(bucket: Path) -> None:
    put(bucket, -2)
    put(bucket, -1, valid_for_etl=False)
    put(bucket, 0)
    (bucket / "dumps-manifest" / "gghouse_20250610.json").unlink()
    found, passed = newest(bucket)
    assert (found.day, passed) == (day(-2), [day(0), day(-1)])


def test_of_the_days_asked_for_only(bucket: Path) -> None:
    for offset in (-3, -1, 0):
        put(bucket, offset)
    assert newest(bucket, last=-1)[0].day == day(-1)
    assert newest(bucket, first=-3, last=-2)[0].day == day(-3)
    with pytest.raises(
        NoDumpError, match="holds no dump of 2025-06-08; the newest is of 2025-06-10; nothing was changed"
    ):
        newest(bucket, first=-2, last=-2)
    with pytest.raises(NoDumpError, match="holds no dump of 2025-06-05 to 2025-06-06; the newest"):
        newest(bucket, first=-5, last=-4)


def test_a_bucket_without_dumps_says_so(bucket: Path) -> None:
    with pytest.raises(NoDumpError, match=r"holds no dump; it holds no dumps/gghouse_YYYYMMDD.sql\[.gz\] at all"):
        newest(bucket)


def test_no_usable_dump_error_gives_five_reasons(bucket: Path) -> None:
    for offset in range(-6, 1):
        put(bucket, offset, valid_for_etl=False, reason=f"r{-offset}")
    with pytest.raises(DumpRejectedError) as refusal:
        newest(bucket)
    assert [f"reason: r{n}" in str(refusal.value) for n in range(7)] == [True] * 5 + [False] * 2


def test_future_dump_is_noted_but_day_counts_as_missing(bucket: Path) -> None:
    put(bucket, 1)
    with pytest.raises(DumpRejectedError, match="2025-06-11 lies in the future, today is 2025-06-10 in Japan"):
        selector(bucket).of_day(day(1), ["dumps/gghouse_20250611.sql"])
    passed: list[dt.date] = []
    chooses = selector(bucket)
    with pytest.raises(NoDumpError, match="holds no dump of 2025-06-10; the newest is of 2025-06-11"):
        chooses.newest(chooses.listed(), day(0), day(0), lambda at, _, __: passed.append(at))
    assert passed == [day(1)]


def of_day(bucket: Path, keys: list[str] | None = None, **changes: Any) -> Dump:
    chooses = selector(bucket, **changes)
    return chooses.of_day(TODAY, keys or chooses.listed()[TODAY])


def test_a_dump_without_a_manifest_is_nobodys(bucket: Path) -> None:
    put(bucket, 0)
    (bucket / "dumps-manifest" / "gghouse_20250610.json").unlink()
    with pytest.raises(
        DumpRejectedError, match=r"(?s)gghouse_20250610.json is missing.*load --date 2025-06-10 --no-manifest"
    ):
        of_day(bucket)


@pytest.mark.parametrize("changes", [{"dump_key": "dumps/gghouse_20250609.sql"}, {"dump_date": "20250609"}])
def test_a_manifest_of_another_dump_verifies_nothing(bucket: Path, changes: dict[str, str]) -> None:
    put(bucket, 0, **changes)
    with pytest.raises(
        DumpRejectedError, match="gghouse_20250610.json speaks of .*, not of dumps/gghouse_20250610.sql of"
    ):
        of_day(bucket)


def test_manifest_chooses_between_plain_and_zipped_dump(bucket: Path) -> None:
    put(bucket, 0)
    put(bucket, 0, zipped=True)
    assert of_day(bucket).key == "dumps/gghouse_20250610.sql.gz"


def test_a_cut_upload_is_seen_by_its_size(bucket: Path) -> None:
    put(bucket, 0, dump_size_bytes=1_000)
    with pytest.raises(
        DumpRejectedError, match="gghouse_20250610.sql: 41 bytes where its manifest says 1,000: the upload is cut"
    ):
        of_day(bucket)


def test_a_foreign_dump_is_refused(bucket: Path) -> None:
    put(bucket, 0, source_host="replica.elsewhere")
    with pytest.raises(DumpRejectedError, match="the dump is of replica.elsewhere/basis"):
        of_day(bucket)


def test_rolled_back_dump_is_rejected_but_corrected_one_accepted(bucket: Path) -> None:
    put(bucket, 0)
    bad = of_day(bucket).sha256
    with pytest.raises(
        DumpRejectedError, match="(?s)was rolled back and is still the same file.*--date 2025-06-10 --again"
    ):
        of_day(bucket, withdrawn={(TODAY, bad)})
    assert of_day(bucket, withdrawn={(day(-1), bad)}).day == TODAY
    put(bucket, 0, b"-- corrected\n-- Dump completed\n")
    assert of_day(bucket, withdrawn={(TODAY, bad)}).sha256 != bad


def test_by_hand_a_dump_is_unverified_and_there_must_be_one(bucket: Path) -> None:
    put(bucket, 0, valid_for_etl=False)
    (bucket / "dumps-manifest" / "gghouse_20250610.json").unlink()
    found = of_day(bucket, by_hand=True)
    assert found == Dump(TODAY, "dumps/gghouse_20250610.sql", 41, None, dt.datetime(2025, 6, 10, 23, 59, 59), {})
    put(bucket, 0, zipped=True)
    with pytest.raises(
        DumpRejectedError, match="both are of 2025-06-10, and without a manifest neither is it: remove one"
    ):
        of_day(bucket, by_hand=True)


def test_dump_carries_the_row_counts_of_its_manifest(bucket: Path) -> None:
    put(bucket, 0, rows_by_table={"tenants": 3})
    assert of_day(bucket).rows_by_table == {"tenants": 3}
