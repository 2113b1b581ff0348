"""The bucket over real HTTP: an S3 server in this process, boto3 in front of it, and a network that breaks in between."""

from __future__ import annotations

import datetime as dt
import hashlib
import http.client
import itertools
import os
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner
from moto.server import ThreadedMotoServer

from demo.objects import put_dump, put_snapshot
from demo.rows import company, tenant
from loader.cli import cli
from loader.errors import LoaderError, UsageError
from loader.landing.load import load
from loader.settings import Settings
from loader.sources import s3 as s3_bucket
from loader.sources.storage import Bucket, FolderBucket, Stored, open_bucket
from tests.support.flaky_proxy import Fault, flaky_proxy
from tests.support.places import duckdb_place, everything

DAY = dt.date(2025, 6, 10)
NEXT = dt.date(2025, 6, 11)
BODY = bytes(range(256)) * 1_000


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
        "AWS_ACCESS_KEY_ID": "id-of-the-key",
        "AWS_SECRET_ACCESS_KEY": "secret-of-the-key",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
    }.items():
        monkeypatch.setenv(name, value)
    # It remembers credentials.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    # What breaks here stays broken: no use in waiting.
    monkeypatch.setattr(s3_bucket, "ATTEMPTS", 1)
    return boto3.client("s3")


@pytest.fixture
def bucket_name(s3, request: pytest.FixtureRequest) -> str:
    name = f"test-{abs(hash(request.node.name))}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    return name


@pytest.fixture
def uri(bucket_name: str) -> str:
    return f"s3://{bucket_name}"


@pytest.fixture
def through(s3_server: str, monkeypatch: pytest.MonkeyPatch):
    """`with through(faults):` what boto3 asks in there goes through a proxy with these faults."""

    @contextmanager
    def through(faults) -> Iterator[None]:
        with flaky_proxy(s3_server, faults) as url, monkeypatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", url)
            yield

    return through


def upload(s3, bucket_name: str, folder: Path) -> None:
    for path in folder.rglob("*.*"):
        s3.upload_file(str(path), bucket_name, path.relative_to(folder).as_posix())


def test_a_dump_lands_from_s3_as_from_a_folder(
    s3, bucket_name: str, uri: str, tmp_path: Path, empty_warehouse: Path, query
) -> None:
    put_dump(tmp_path / "b", DAY, company(), zipped=True)
    upload(s3, bucket_name, tmp_path / "b")
    assert load(Settings.resolve(uri)) == DAY
    assert query(empty_warehouse, "SELECT id, status FROM landing.tenants") == [(1, 9)]
    body = s3.get_object(Bucket=bucket_name, Key="snapshots/tenant_status/20250610.csv")["Body"].read()
    assert body == b"tenant_id,status,contract_type,full_name,snapshot_date\r\n1,9,1,,2025-06-10\r\n"
    assert query(empty_warehouse, "SELECT COUNT(*) FROM landing.tenant_daily_snapshots") == [(1,)]


def test_newest_dump_is_loaded_from_a_multi_page_listing(
    s3, s3_server: str, bucket_name: str, uri: str, tmp_path: Path, empty_warehouse: Path, query
) -> None:
    keys = sorted(f"dumps/gghouse_{DAY - dt.timedelta(days=n):%Y%m%d}.sql.gz" for n in range(1_001))
    # A page holds 1,000. Plain HTTP: boto3 takes longer over a request than the server does.
    server = http.client.HTTPConnection(s3_server.removeprefix("http://"))
    for key in keys:
        server.request("PUT", f"/{bucket_name}/{key}", key.encode())
        server.getresponse().read()
    put_dump(tmp_path / "b", DAY, company(), zipped=True)
    upload(s3, bucket_name, tmp_path / "b")
    bucket = open_bucket(uri)
    assert bucket.keys("dumps/") == keys
    assert len({one.version for one in bucket.stored("dumps/")}) == 1_001
    load(Settings.resolve(uri))
    assert query(empty_warehouse, "SELECT object_key FROM landing.load_ledger WHERE dataset = 'dump'") == [(keys[-1],)]


@pytest.fixture(params=["folder", "s3"])
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> Bucket:
    """Either kind, empty."""
    (tmp_path / "folder").mkdir()
    return open_bucket(str(tmp_path / "folder") if request.param == "folder" else request.getfixturevalue("uri"))


def test_both_kinds_of_bucket_behave_alike(bucket: Bucket) -> None:
    bucket.write("a/b.csv", b"12345")
    bucket.write("a/b.csv", b"123")
    bucket.write("a/empty", b"")
    bucket.write("ab", b"")
    assert bucket.keys("a/") == ["a/b.csv", "a/empty"]
    assert bucket.keys("a") == ["a/b.csv", "a/empty", "ab"]
    assert bucket.keys("x/") == bucket.keys("a/b.csv/") == []
    assert bucket.size("a/b.csv") == 3
    with bucket.open("a/b.csv") as body:
        assert (body.read(2), body.read(2), body.read(2), body.read()) == (b"12", b"3", b"", b"")
        assert Path(body.name).read_bytes() == b"123"
    with bucket.open("a/empty") as body:
        assert body.read() == b""


def test_a_version_changes_with_the_content(bucket: Bucket) -> None:
    bucket.write("a/b", b"123")
    before = bucket.stored("a/")
    assert before == bucket.stored("a/") == [Stored("a/b", before[0].version)]
    assert before[0].version.strip('"') == before[0].version != ""
    bucket.write("a/b", b"124")
    assert [one.version for one in bucket.stored("a/")] != [before[0].version]


def test_file_with_same_size_and_mtime_is_same_version(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    os.utime(tmp_path / "a", ns=(5, 1_700_000_000_123_456_789))
    assert FolderBucket(tmp_path).stored("") == [Stored("a", "3-1700000000123456789")]


CALLS: dict[str, Callable[[Bucket], object]] = {
    "list": lambda bucket: bucket.stored("dumps/"),
    "size": lambda bucket: bucket.size("dumps/x.sql"),
    "open": lambda bucket: bucket.open("dumps/x.sql").__enter__(),
    "write": lambda bucket: bucket.write("dumps/x.sql", b"1"),
}


@pytest.mark.parametrize("call", ["size", "open"])
def test_an_object_that_is_not_there_is_named(bucket: Bucket, call: str) -> None:
    with pytest.raises(LoaderError, match=r"/dumps/x\.sql is not there \(any more\).*type the same again"):
        CALLS[call](bucket)


def test_killed_write_leftovers_in_a_folder_are_no_objects(tmp_path: Path, empty_warehouse: Path) -> None:
    put_dump(tmp_path / "b", DAY, company())
    left = put_snapshot(tmp_path / "b", DAY - dt.timedelta(days=1), "tenant_id,sta")
    left.rename(left.with_name(f".{left.name}.part"))
    (tmp_path / "b/dumps/.gghouse_20250610.sql.part").write_bytes(b"--")
    assert FolderBucket(tmp_path / "b").keys("dumps/") == ["dumps/gghouse_20250610.sql"]
    assert load(Settings.resolve(str(tmp_path / "b"))) == DAY


def test_unlistable_folder_is_an_error_and_not_empty(tmp_path: Path) -> None:
    (tmp_path / "dumps").symlink_to(tmp_path / "dumps")
    with pytest.raises(LoaderError, match="dumps can't be listed: Too many levels of symbolic links"):
        FolderBucket(tmp_path).stored("dumps/")
    with pytest.raises(LoaderError, match="unmounted is not there"):
        FolderBucket(tmp_path / "unmounted").stored("dumps/")


def test_failed_folder_write_is_reported_and_leaves_no_object(tmp_path: Path) -> None:
    (tmp_path / "dumps/x.sql").mkdir(parents=True)
    bucket = FolderBucket(tmp_path)
    with pytest.raises(LoaderError, match=r"dumps/x\.sql can't be written: Is a directory; .*type the same again"):
        CALLS["write"](bucket)
    assert bucket.stored("") == []


def test_pipe_or_dangling_link_is_no_object(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    assert FolderBucket(tmp_path).stored("") == []


def test_s3_console_folder_is_no_object(s3, bucket_name: str, uri: str) -> None:
    s3.put_object(Bucket=bucket_name, Key="dumps/", Body=b"")
    assert open_bucket(uri).stored("dumps/") == []


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("reports/20250610.html", "text/html; charset=utf-8"),
        ("snapshots/tenant_status/20250610.csv", "text/csv; charset=utf-8"),
    ],
)
def test_s3_is_told_what_an_object_is(s3, bucket_name: str, uri: str, key: str, kind: str) -> None:
    open_bucket(uri).write(key, b"<!doctype html>")
    assert s3.head_object(Bucket=bucket_name, Key=key)["ContentType"] == kind


@pytest.mark.parametrize(
    "uri", ["s3://", "s3://name/folder", "s3://there-is-no-such-bucket", "s3://no name", "ftp://x"]
)
def test_missing_bucket_is_a_usage_error(s3, uri: str) -> None:
    with pytest.raises(UsageError, match="bucket"):
        open_bucket(uri)


def test_invalid_aws_settings_are_a_usage_error(s3, uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "no url")
    with pytest.raises(UsageError, match=f"bucket {uri}: .*AWS_"):
        open_bucket(uri)


def test_without_credentials_the_message_says_so(s3, uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with pytest.raises(LoaderError, match=f"{uri} can't be reached: NoCredentialsError; give this role credentials"):
        open_bucket(uri)


@pytest.fixture
def closed_door(s3_server: str) -> Iterator[Callable[[], None]]:
    """Called, it has the S3 server check credentials from there on, and it knows none."""

    def set_free_requests(number: str) -> None:
        plain = {"Content-Type": "text/plain"}
        urllib.request.urlopen(
            urllib.request.Request(f"{s3_server}/moto-api/reset-auth", number.encode(), plain)
        ).close()

    yield lambda: set_free_requests("0")
    set_free_requests("inf")


@pytest.mark.parametrize("call", CALLS)
def test_refused_credentials_error_names_code_and_hides_secret(s3, uri: str, closed_door, call: str) -> None:
    bucket = open_bucket(uri)
    closed_door()
    with pytest.raises(
        LoaderError,
        match=rf"{uri}/dumps/.*AWS answers (InvalidAccessKeyId; get new|403; check) .*credentials.*, then type",
    ) as caught:
        CALLS[call](bucket)
    assert "of-the-key" not in str(caught.value)
    with pytest.raises(UsageError, match=f"{uri}: AWS answers 403; check the name, and this role's rights"):
        open_bucket(uri)


def test_a_role_without_the_right_is_told_so(s3, uri: str, closed_door, monkeypatch: pytest.MonkeyPatch) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="loader")
    key = iam.create_access_key(UserName="loader")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    bucket = open_bucket(uri)
    closed_door()
    with pytest.raises(
        LoaderError, match=f"{uri}/dumps/x.sql can't be written: AWS answers AccessDenied; give this role"
    ):
        CALLS["write"](bucket)


@pytest.mark.parametrize("call", ["list", "write"])
def test_a_bucket_deleted_under_way_is_named(s3, bucket_name: str, uri: str, call: str) -> None:
    bucket = open_bucket(uri)
    s3.delete_bucket(Bucket=bucket_name)
    with pytest.raises(LoaderError, match=f"{uri}/dumps/.*AWS answers NoSuchBucket; check the bucket's name"):
        CALLS[call](bucket)


@pytest.mark.parametrize("call", CALLS)
def test_unreachable_or_busy_endpoint_is_a_plain_error(uri: str, through, call: str) -> None:
    with through([]):
        bucket = open_bucket(uri)
    with pytest.raises(LoaderError, match=f"{uri}/dumps/.*EndpointConnectionError; check the network, then type"):
        CALLS[call](bucket)
    with (
        pytest.raises(LoaderError, match=f"bucket {uri} can't be reached: AWS answers 503; AWS has trouble"),
        through([Fault(how="busy")]),
    ):
        open_bucket(uri)


def big_company(tenants: int = 4_000) -> dict:
    return company(tenants=[tenant(number, full_name=f"試験 {number}" * 10) for number in range(1, tenants + 1)])


@pytest.mark.parametrize("how", ["reset", "close"])
def test_dump_lands_whole_despite_repeated_connection_breaks(
    s3, bucket_name: str, uri: str, tmp_path: Path, empty_warehouse: Path, query, through, how: str
) -> None:
    body = put_dump(tmp_path / "b", DAY, big_company()).read_bytes()
    upload(s3, bucket_name, tmp_path / "b")
    faults = iter([Fault(100_000, how)] * 4)
    assert len(body) > 4 * 100_000
    with through(faults):
        assert load(Settings.resolve(uri)) == DAY
    assert next(faults, None) is None
    assert query(empty_warehouse, "SELECT COUNT(*), MAX(id) FROM landing.tenants") == [(4_000, 4_000)]
    recorded = query(empty_warehouse, "SELECT size_bytes, sha256 FROM landing.load_ledger WHERE dataset = 'dump'")
    assert recorded == [(len(body), hashlib.sha256(body).hexdigest())]


def test_dump_not_readable_to_its_end_changes_nothing(
    s3, bucket_name: str, uri: str, tmp_path: Path, empty_warehouse: Path, through
) -> None:
    put_dump(tmp_path / "b", DAY, company())
    upload(s3, bucket_name, tmp_path / "b")
    load(Settings.resolve(uri))
    put_dump(tmp_path / "b", NEXT, big_company())
    upload(s3, bucket_name, tmp_path / "b")
    place = duckdb_place(empty_warehouse)
    before = everything(place)
    with through(itertools.repeat(Fault(500_000, "close", of_object=True))):
        answer = CliRunner().invoke(cli, ["load", "--bucket", uri])
    assert answer.exit_code == 1
    assert f"error: {uri}/dumps/gghouse_20250611.sql can't be read: " in answer.output
    assert "check the network, then type the same again" in answer.output
    assert everything(place) == before
    assert load(Settings.resolve(uri)) == NEXT


@pytest.fixture
def stored_body(s3, bucket_name: str) -> str:
    """The key of an object that holds BODY."""
    s3.put_object(Bucket=bucket_name, Key="dumps/x.sql", Body=BODY)
    return "dumps/x.sql"


@pytest.mark.parametrize("faults", [[Fault(100_000, "close")] * 4, [Fault(0), Fault(len(BODY) - 1)]])
def test_a_read_goes_on_where_it_broke(uri: str, stored_body: str, through, faults: list[Fault]) -> None:
    left = iter(faults)
    with through(left), open_bucket(uri).open(stored_body) as body:
        assert body.read() == BODY
    assert next(left, None) is None


def test_stalled_connection_is_dropped_after_the_read_timeout(
    uri: str, stored_body: str, through, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_bucket, "READ_SECONDS", 1)
    started = time.monotonic()
    with through([Fault(100_000, "stall")]), open_bucket(uri).open(stored_body) as body:
        assert body.read() == BODY
    assert 1 <= time.monotonic() - started < 30


def fails(uri: str, key: str, why: str) -> None:
    bucket = open_bucket(uri)
    with pytest.raises(LoaderError, match=f"{uri}/{key} {why}"), bucket.open(key):
        pass


def test_a_read_that_gets_no_further_is_given_up(uri: str, stored_body: str, through) -> None:
    with through(itertools.repeat(Fault(100_000, "close"))):
        fails(uri, stored_body, r"can't be read: \w+Error; check the network, then type the same again")


def test_object_replaced_during_a_read_is_an_error(s3, bucket_name: str, uri: str, stored_body: str, through) -> None:
    def faults() -> Iterator[Fault]:
        yield Fault(100_000)
        s3.put_object(Bucket=bucket_name, Key=stored_body, Body=BODY[:1000])

    with through(faults()):
        fails(uri, stored_body, "was replaced while it was read")


def test_an_object_deleted_under_a_read_is_named(s3, bucket_name: str, uri: str, stored_body: str, through) -> None:
    def faults() -> Iterator[Fault]:
        yield Fault(100_000)
        s3.delete_object(Bucket=bucket_name, Key=stored_body)

    with through(faults()):
        fails(uri, stored_body, r"is not there .any more.: AWS answers NoSuchKey")


def test_a_copy_is_gone_behind_its_reader(uri: str, stored_body: str) -> None:
    with open_bucket(uri).open(stored_body) as body:
        copy = Path(body.name)
        assert copy.stat().st_size == len(BODY)
    assert not copy.exists()
