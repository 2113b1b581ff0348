"""The bucket: the same bytes again, nothing written twice, and dumps that say what the snapshots say."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from demo import company, objects, queries, schema, words
from demo.__main__ import main
from demo.days import Request
from loader.cli import cli
from tests.support.landed import Landed

END = date(2026, 2, 10)
ARGUMENTS = ["--scale", "0.01", "--days", "5", "--snapshots", "12"]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def make(folder: Path, *more: str) -> Path:
    result = CliRunner().invoke(main, ["--out", str(folder), *ARGUMENTS, *more])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("demo") / "bucket")


def tenants(made: Path, scratch: Path) -> list[dict[str, Any]]:
    """The tenants of the newest dump, as the loader reads them."""
    landed = Landed((made / "dumps/gghouse_20260210.sql").read_bytes(), scratch)
    return [dict(zip(landed.types["tenants"], row, strict=True)) for row in landed.tables["tenants"]]


def test_same_arguments_same_bytes_whatever_the_threads(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = duckdb.connect
    monkeypatch.setattr(company.duckdb, "connect", lambda path: connect(path, config={"threads": 1}))
    assert contents(make(tmp_path / "again")) == contents(made)


def test_another_seed_is_another_company(made: Path, tmp_path: Path) -> None:
    first = next(path for path in sorted(contents(made)) if path.endswith(".sql"))
    assert contents(make(tmp_path / "other", "--seed", "2"))[first] != contents(made)[first]


def test_a_large_company_is_made_block_by_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in memory does not grow with the company: one block at a time, and none larger than a company of one block."""
    few = ["--days", "1", "--snapshots", "1"]
    small = make(tmp_path / "small", *few)
    monkeypatch.setattr(company, "BLOCK", 0.01)
    build, sizes, before = company.build, [], duckdb.connect()
    before.close()

    def counted(**arguments: Any) -> duckdb.DuckDBPyConnection:
        nonlocal before
        with pytest.raises(duckdb.ConnectionException):
            before.execute("SELECT 1")  # the block before is no longer in memory
        before = build(**arguments)
        sizes.append(before.execute("SELECT count(*) FROM tenants").fetchone())
        return before

    monkeypatch.setattr(company, "build", counted)
    large = make(tmp_path / "large", *few, "--scale", "0.03")
    assert sizes == [(507,)] * 3

    for path in small.rglob("*.csv"):  # the first block is the small company
        assert (large / path.relative_to(small)).read_bytes().startswith(path.read_bytes())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    dumps = [(folder / "dumps/gghouse_20260210.sql").read_bytes() for folder in (small, large)]
    one, three = (Landed(dump, scratch).tables for dump in dumps)
    for name in ("apartments", "rooms", "tenants", "movings", "inquiries"):
        ids = [row[0] for row in three[name]]
        assert ids == sorted(set(ids))
        assert 2.8 * len(one[name]) < len(ids) < 3.2 * len(one[name])
    assert three["m_nationalities"] == one["m_nationalities"]
    files = [path.read_text().splitlines()[1:] for path in large.glob("snapshots/*/*.csv")]
    assert len(files) == 3
    for lines in files:
        ids = [int(line.split(",")[0]) for line in lines if line[0].isdigit()]
        assert ids == sorted(set(ids))


def test_second_run_writes_nothing(made: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in made.rglob("*")}
    result = CliRunner().invoke(main, ["--out", str(made), *ARGUMENTS])
    assert "nothing to do" in result.output
    assert {path: path.stat().st_mtime_ns for path in made.rglob("*")} == before


def test_other_arguments_are_refused(made: Path) -> None:
    before = contents(made)
    result = CliRunner().invoke(main, ["--out", str(made), *ARGUMENTS, "--scale", "0.02"])
    assert result.exit_code == 2
    assert "scale 0.01 (asked: 0.02)" in result.output
    assert contents(made) == before


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    result = CliRunner().invoke(main, ["--out", str(tmp_path), *ARGUMENTS])
    assert result.exit_code == 2
    assert "not a demo bucket" in result.output
    assert list(contents(tmp_path)) == ["letter.txt"]


def test_an_interrupted_run_is_finished_by_the_next(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(objects, "manifest", cut_off)
        assert CliRunner().invoke(main, ["--out", str(tmp_path), *ARGUMENTS]).exit_code != 0
    assert not list(tmp_path.glob("dumps-manifest/*"))
    assert contents(make(tmp_path)) == contents(made)


def test_one_day_in_the_middle_has_nothing(made: Path) -> None:
    dumps = sorted(path.stem[-8:] for path in made.glob("dumps/*.sql"))
    assert len(dumps) == 4
    assert (dumps[0], dumps[-1]) == ("20260206", "20260210")
    assert sorted(path.stem[-8:] for path in made.glob("dumps-manifest/*.json")) == dumps
    assert not list(made.rglob("*.partial"))


def test_manifest_fits_its_dump(made: Path) -> None:
    for path in made.glob("dumps-manifest/*.json"):
        manifest = json.loads(path.read_text())
        dumped = (made / manifest["dump_key"]).read_bytes()
        assert manifest["dump_sha256"] == hashlib.sha256(dumped).hexdigest()
        assert manifest["dump_size_bytes"] == len(dumped)
        assert manifest["generated_at"] == f"{manifest['dump_date']}T05:45:00+09:00"
        assert manifest["max_updated_at_by_table"]["movings"] < manifest["generated_at"]


def test_gzip_holds_the_same_dump(made: Path, tmp_path: Path) -> None:
    packed = contents(make(tmp_path / "gz", "--gzip"))
    plain = contents(made)
    for key, data in plain.items():
        if key.endswith(".sql"):
            assert gzip.decompress(packed[f"{key}.gz"]) == data
            assert packed[f"{key}.gz"][3:8] == bytes(5), "no name and no time in the header"
    manifest = json.loads(packed["dumps-manifest/gghouse_20260210.json"])
    assert manifest["dump_sha256"] == hashlib.sha256(packed[manifest["dump_key"]]).hexdigest()


def test_dump_says_what_a_snapshot_of_its_day_says(made: Path, tmp_path: Path) -> None:
    request = Request(END, 5, 12, 0.01, 1, False, False)
    db = company.build(seed=1, scale=0.01, end=END, first_dump=request.first_dump, days=[END])
    queries.install(db)
    [(_, lines)] = queries.statuses(db, [END])
    told = list(csv.reader(io.StringIO(lines, newline="")))
    fields = ("id", "status", "contract_type", "full_name")
    dumped = [["" if row[name] is None else str(row[name]) for name in fields] for row in tenants(made, tmp_path)]
    assert told == [[*row, "2026-02-10"] for row in dumped]


def test_files_of_rooms_are_what_the_loader_exports_of_the_dump(made: Path, tmp_path: Path, monkeypatch) -> None:
    bucket = Path(shutil.copytree(made, tmp_path / "bucket"))
    monkeypatch.setenv("WAREHOUSE_DUCKDB", str(tmp_path / "warehouse.duckdb"))
    loaded = CliRunner().invoke(cli, ["load", "--bucket", str(bucket), "--date", str(END)])
    assert loaded.exit_code == 0, loaded.output
    db = company.build(seed=1, scale=0.01, end=END, first_dump=END - timedelta(days=4), days=[END])
    queries.install(db)
    written = {dataset.key_of(END): text for dataset, text in queries.room_files(db, END, schema.load(bulk=False))}
    assert written == {key: (bucket / key).read_bytes().decode() for key in written}
    assert all(len(text.splitlines()) > 8 for text in written.values())


def test_snapshots_are_written_as_the_standard_writer_would(made: Path) -> None:
    for path in made.glob("snapshots/tenant_status/*.csv"):
        text = path.read_bytes().decode("utf-8")
        again = io.StringIO(newline="")
        parsed = list(csv.reader(io.StringIO(text, newline="")))
        csv.writer(again).writerows(parsed)
        assert again.getvalue() == text
        assert parsed[0] == ["tenant_id", "status", "contract_type", "full_name", "snapshot_date"]
        assert {row[4].replace("-", "") for row in parsed[1:]} == {path.stem}
        ids = [int(row[0]) for row in parsed[1:]]
        assert ids == sorted(set(ids))


def test_nasty_text_survives_the_dump(made: Path, tmp_path: Path) -> None:
    dumped = tenants(made, tmp_path)
    names = {row["full_name"] for row in dumped}
    assert set(words.NASTY) | {"NULL", "--", "null", "", None} <= names
    assert "a\0b\x1ac" in {row["memo"] for row in dumped}


def test_statements_stay_near_a_megabyte(tmp_path: Path) -> None:
    make(tmp_path / "b", "--scale", "0.05", "--days", "1", "--snapshots", "0")
    lines = (tmp_path / "b/dumps/gghouse_20260210.sql").read_bytes().splitlines()
    sizes = [len(line) for line in lines if line.startswith(b"INSERT INTO `movings`")]
    assert len(sizes) == 2
    assert max(sizes) < 1_010_000


def test_dump_reads_like_mysqldump(made: Path) -> None:
    text = (made / "dumps/gghouse_20260210.sql").read_text(encoding="utf-8")
    assert text.startswith("-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n-- Host: ")
    assert "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n" in text
    assert "`mainte_memo` text COLLATE utf8mb4_unicode_ci COMMENT '引き継ぎ; 立会い''済''のみ',\n" in text
    assert re.search(r"\n-- Dump completed on 2026-02-10  5:40:\d\d\n$", text)
    # a table without rows has no INSERT
    orders = text.split("LOCK TABLES `Orders` WRITE;\n", 1)[1]
    assert orders.startswith(
        "/*!40000 ALTER TABLE `Orders` DISABLE KEYS */;\n/*!40000 ALTER TABLE `Orders` ENABLE KEYS */;\n"
    )
