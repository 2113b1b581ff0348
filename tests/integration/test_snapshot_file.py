"""How a daily file is coded: a BOM is read over, anything but CSV in UTF-8 is refused with the cause and the way out."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import duckdb
import pytest

from loader.errors import DumpRejectedError
from loader.sources.daily_file_kinds import TENANT_STATUS
from loader.warehouse.duckdb import daily_file

DAY = dt.date(2025, 6, 1)
FILE = f"tenant_id,status,contract_type,full_name,snapshot_date\r\n1,9,1,試験 太郎,{DAY}\r\n"


def rows(body: bytes, folder: Path) -> list[tuple]:
    path = folder / "20250601.csv"
    path.write_bytes(body)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({TENANT_STATUS.ddl})")
        daily_file.insert(connection, TENANT_STATUS, "t", path, DAY, path.name)
        return connection.execute("SELECT tenant_id, full_name FROM t").fetchall()


@pytest.mark.parametrize("newline", ["\r\n", "\n"], ids=["crlf", "lf"])
def test_a_bom_is_read_over(newline: str, tmp_path: Path) -> None:
    assert rows(FILE.replace("\r\n", newline).encode("utf-8-sig"), tmp_path) == [(1, "試験 太郎")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (FILE.encode("utf-16"), "it is UTF-16, not a CSV file in UTF-8: save it as CSV UTF-8"),
        (FILE.encode("utf-16-le"), "it is UTF-16, "),
        (FILE.encode("utf-32"), "it is UTF-32, "),
        (gzip.compress(FILE.encode()), "it is compressed with gzip, not a CSV file in UTF-8: put it there unpacked"),
        (b"PK\x03\x04\x14\0", "it is a zip archive (or an Excel workbook), "),
        (b"<!DOCTYPE html>\n<html>", "it is a web page, "),
        (b"<Error><Code>AccessDenied</Code></Error>", "it is a storage's error message, "),
        (b"\0" * 100, "it is a run of NUL bytes, "),
        (("\ufeff" + FILE).encode("utf-8-sig"), "the first line must name tenant_id"),
        (b"\xef\xbb\xbf", "the first line must name tenant_id"),
    ],
)
def test_another_coding_or_kind_of_file_is_named(body: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(DumpRejectedError) as raised:
        rows(body, tmp_path)
    assert str(raised.value).startswith(f"daily file 20250601.csv: {said}")
    assert "太郎" not in str(raised.value)
