"""The bucket over real HTTP: an S3 server in this process, boto3 in front of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from loader.bucket import FolderBucket, open_bucket
from loader.errors import UsageError
from loader.load import load
from loader.settings import Settings
from tests.landing import company
from tests.small_bucket import put_dump


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch):
    for name, value in {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
    }.items():
        monkeypatch.setenv(name, value)
    return boto3.client("s3")


@pytest.fixture
def bucket_name(s3, request: pytest.FixtureRequest) -> str:
    name = f"test-{abs(hash(request.node.name))}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    return name


def test_a_dump_lands_from_s3_as_from_a_folder(
    s3, bucket_name: str, tmp_path: Path, empty_warehouse: Path, query
) -> None:
    day = dt.date(2025, 6, 10)
    for path in put_dump(tmp_path / "b", day, company(), zipped=True).parent.parent.rglob("*.*"):
        s3.upload_file(str(path), bucket_name, path.relative_to(tmp_path / "b").as_posix())
    assert load(Settings.resolve(f"s3://{bucket_name}")) == day
    assert query(empty_warehouse, "SELECT id, status FROM landing.tenants") == [(1, 9)]
    body = s3.get_object(Bucket=bucket_name, Key="snapshots/tenant_status/20250610.csv")["Body"].read()
    assert body == b"tenant_id,status,contract_type,full_name,snapshot_date\r\n1,9,1,,2025-06-10\r\n"
    assert query(empty_warehouse, "SELECT COUNT(*) FROM landing.tenant_daily_snapshots") == [(1,)]


def test_a_listing_of_more_than_a_thousand_keys_is_whole_and_sorted(s3, bucket_name: str) -> None:
    first = dt.date(2022, 1, 1)
    keys = [f"snapshots/tenant_status/{first + dt.timedelta(days=n):%Y%m%d}.csv" for n in range(1_050)]
    for key in keys:
        s3.put_object(Bucket=bucket_name, Key=key, Body=b"")
    assert open_bucket(f"s3://{bucket_name}").keys("snapshots/") == keys


def test_both_kinds_of_bucket_behave_alike(s3, bucket_name: str, tmp_path: Path) -> None:
    for bucket in (FolderBucket(tmp_path), open_bucket(f"s3://{bucket_name}")):
        bucket.write("a/b.csv", b"12345")
        bucket.write("a/b.csv", b"123")
        bucket.write("ab", b"")
        assert (bucket.keys("a/"), bucket.keys("a"), bucket.keys("x/")) == (["a/b.csv"], ["a/b.csv", "ab"], [])
        assert bucket.size("a/b.csv") == 3
        with bucket.open("a/b.csv") as body:
            assert body.read() == b"123"
        with bucket.local_copy("a/b.csv", tmp_path) as path:
            assert path.read_bytes() == b"123"


@pytest.mark.parametrize("uri", ["s3://", "s3://name/folder", "s3://there-is-no-such-bucket"])
def test_a_bucket_that_is_not_there_is_a_usage_error(s3, uri: str) -> None:
    with pytest.raises(UsageError, match="bucket"):
        open_bucket(uri)


def test_a_connection_cut_in_mid_stream_fails_the_load_and_changes_nothing(
    s3, bucket_name: str, tmp_path: Path, empty_warehouse: Path, query, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The body promises more bytes than the line brings: what boto3 sees when a connection breaks."""
    from botocore.exceptions import IncompleteReadError
    from botocore.response import StreamingBody

    day = dt.date(2025, 6, 10)
    for path in put_dump(tmp_path / "b", day, company()).parent.parent.rglob("*.*"):
        s3.upload_file(str(path), bucket_name, path.relative_to(tmp_path / "b").as_posix())
    plain = StreamingBody.__init__

    def cut(body: StreamingBody, raw_stream, content_length) -> None:
        plain(body, raw_stream, int(content_length) + 1 if int(content_length) > 1_000 else content_length)

    with monkeypatch.context() as patch:
        patch.setattr(StreamingBody, "__init__", cut)
        with pytest.raises(IncompleteReadError):
            load(Settings.resolve(f"s3://{bucket_name}"))
    assert query(empty_warehouse, "SELECT COUNT(*) FROM landing.load_ledger") == [(0,)]
    assert query(empty_warehouse, "SELECT COUNT(*) FROM landing.generations") == [(0,)]
    assert load(Settings.resolve(f"s3://{bucket_name}")) == day
