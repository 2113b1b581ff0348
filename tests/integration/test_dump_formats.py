"""What a file is, its first bytes say: read where that is cheap, else refused with the cause and the way out."""

from __future__ import annotations

import bz2
import contextlib
import datetime as dt
import gzip
import lzma
import zlib
from pathlib import Path

import pytest

from demo.dump import dump_sql, rows_section
from demo.objects import put_dump
from demo.rows import company, tenant
from loader.errors import DumpRejectedError
from loader.landing.load import load
from loader.mysqldump.errors import Defect
from loader.mysqldump.formats import require_dump
from loader.mysqldump.lexer import stray_text
from tests.support.landed import Landed
from tests.support.places import Place

HEADER = "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n-- Host: h    Database: basis\n\n/*!50503 SET NAMES utf8mb4 */;\n"
CREATED = "CREATE TABLE `costs` (\n  `id` int NOT NULL,\n  `v` {},\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n"
TABLE = CREATED.format("varchar(20)") + rows_section(
    "costs", "INSERT INTO `costs` VALUES (1,'secret'),(2,'it\\'s'),(3,NULL);\n"
)
TRAILER = "-- Dump completed on 2026-02-10  5:40:37\n"
DUMP = HEADER + TABLE + TRAILER
ROWS = [(1, "secret"), (2, "it's"), (3, None)]
WARNING = "mysqldump: [Warning] Using a password on the command line interface can be insecure.\n"
BROKE_OFF = "mysqldump: Error 2013: Lost connection to MySQL server during query when dumping table `costs` at row: 2\n"


def refusal(body: str | bytes, scratch: Path) -> str:
    with pytest.raises(DumpRejectedError) as raised:
        Landed(body.encode() if isinstance(body, str) else body, scratch)
    message = str(raised.value)
    assert "secret" not in message
    return message.removeprefix("dump gghouse_20260210.sql").removeprefix(", ").removeprefix(": ")


@pytest.mark.parametrize("layers", [0, 1, 2])
@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["", "bom"])
def test_gzip_is_read_whether_once_or_twice(layers: int, start: str, tmp_path: Path) -> None:
    body = (start + DUMP).encode()
    for _ in range(layers):
        body = gzip.compress(body)
    found = Landed(body, tmp_path)
    assert found.tables["costs"] == ROWS
    assert found.report.size_bytes == len(body)


def test_file_name_does_not_decide_the_dump_format(bucket: Path, empty_place: Place) -> None:
    days = [dt.date(2025, 6, day) for day in (10, 11, 12)]
    for day, layers, end in zip(days, (1, 0, 2), (".sql", ".sql.gz", ".sql.gz"), strict=True):
        body = dump_sql(company(tenants=[tenant(1, status=day.day)]))
        for _ in range(layers):
            body = gzip.compress(body)
        path = put_dump(bucket, day, body, dump_key=f"dumps/gghouse_{day:%Y%m%d}{end}")
        path.rename(path.with_name(f"gghouse_{day:%Y%m%d}{end}"))
        assert load(empty_place.settings(bucket), day) == day
        assert empty_place.query("SELECT status FROM landing.tenants") == [(day.day,)]


PLAIN = DUMP.encode()
PACKED = {
    "is gzip within gzip, more than 2 times: gzip it once": gzip.compress(gzip.compress(gzip.compress(PLAIN))),
    "the gzip stream is cut off": gzip.compress(gzip.compress(PLAIN)[:-20]),
    "is compressed with bzip2: gzip it or leave it plain": bz2.compress(PLAIN),
    "is compressed with xz: gzip it or leave it plain": gzip.compress(lzma.compress(PLAIN)),
    "is compressed with zlib: gzip it or leave it plain": zlib.compress(PLAIN),
    "is compressed with zstd: gzip it or leave it plain": b"\x28\xb5\x2f\xfd\x24\x00",
    "is compressed with lz4: gzip it or leave it plain": b"\x04\x22\x4d\x18\x64\x40",
    "is a zip archive (or an Excel workbook): gzip": b"PK\x03\x04\x14\0",
    "is a 7z archive: gzip": b"7z\xbc\xaf\x27\x1c\0\x04",
    "is a tar archive: gzip": b"dump.sql".ljust(257, b"\0") + b"ustar\x0000",
    "is encrypted with openssl: gzip": b"Salted__abcdefgh",
}


@pytest.mark.parametrize("said", PACKED)
def test_what_is_packed_otherwise_is_named(said: str, tmp_path: Path) -> None:
    assert refusal(PACKED[said], tmp_path).startswith(said)


OTHERS = {
    "is empty: ": ["", "\n \n", "\ufeff", gzip.compress(b"")],
    "is UTF-16, as PowerShell's > writes: write the dump with mysqldump --result-file": [
        DUMP.encode("utf-16"),
        DUMP.encode("utf-16-le"),
        DUMP.encode("utf-16-be"),
        gzip.compress(DUMP.encode("utf-16")),
    ],
    "is UTF-32": [DUMP.encode("utf-32"), DUMP.encode("utf-32-be")],
    "is a run of NUL bytes in place of the dump": [b"\0" * 4096],
    "is XML (mysqldump --xml), not mysqldump's SQL: make the dump with mysqldump": [
        '<?xml version="1.0"?>\n<mysqldump xmlns:xsi="x">\n<database name="basis">\n'
    ],
    "is XML, ": ["<pma_xml_export version='1.0'>"],
    "is a storage's error message in place of the dump": [
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>',
        "<Error><Code>NoSuchKey</Code></Error>",
    ],
    "is a web page in place of the dump": ["<!DOCTYPE html>\n<html>", "\n<HTML><head>"],
    "is JSON, ": ['{"type":"header"}', '[\n{"id":1}]'],
    "is a PostgreSQL dump, ": ["--\n-- PostgreSQL database dump\n--\n\n\\restrict x\n"],
    "is a PostgreSQL archive": [b"PGDMP\x01\x0e"],
    "is an SQLite database": [b"SQLite format 3\0\x10"],
    "is an SQLite dump": ["PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"],
    "is a binary log's text": ["/*!50530 SET @@SESSION.PSEUDO_SLAVE_MODE=1*/;\nDELIMITER /*!*/;\n# at 4\n"],
    "begins with text that is no SQL: make the dump with mysqldump": ["id,v\n1,secret\n", "--secret\n"],
}


@pytest.mark.parametrize("said", OTHERS)
def test_file_that_is_no_dump_is_rejected_with_advice(said: str, tmp_path: Path) -> None:
    for body in OTHERS[said]:
        assert refusal(body, tmp_path).startswith(said)


LINE = "-- ----------------------------\n"
TOOLS = {
    "phpMyAdmin": '-- phpMyAdmin SQL Dump\n-- version 5.2.1\n--\n\nSET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";\nSTART TRANSACTION;\n',
    "HeidiSQL": f"{LINE}-- Host:                         127.0.0.1\n-- HeidiSQL Version:             12.1.0.6537\n{LINE}\n",
    "Navicat": "/*\n Navicat Premium Data Transfer\n\n Source Server         : h\n*/\n\nSET NAMES utf8mb4;\n",
    "Navicat ": "/*\nNavicat MySQL Data Transfer\n\nSource Host           : h\n*/\n\nSET FOREIGN_KEY_CHECKS=0;\n",
    "Adminer": "-- Adminer 4.8.1 MySQL 8.0.33 dump\n\nSET NAMES utf8;\nSET time_zone = '+00:00';\n",
    "Sequel Ace": f"# {'*' * 60}\n# Sequel Ace SQL dump\n# Version 20046\n#\n\n",
    "TablePlus": f"{LINE}-- TablePlus 5.6.8(524)\n--\n\n",
    "SQLyog": "/*\nSQLyog Community v13.1.9 (64 bit)\nMySQL - 10.4.20-MariaDB : Database - basis\n*****\n*/\n\n",
    "dbForge": "--\n-- Скрипт сгенерирован Devart dbForge Studio for MySQL, Версия 7.2.34.0\n--\n\n",
    "MySQL Workbench": "-- MySQL Script generated by MySQL Workbench\n-- Model: New Model    Version: 1.0\n",
    "mysqlpump": "-- Dump created by MySQL pump utility, version: 8.0.23, Linux (aarch64)\n-- Server version: 8.0.23\n\n",
    "MySQL Shell": "-- MySQLShell dump 2.0.1  Distrib Ver 8.0.32 for Linux on x86_64\n--\n",
    "mydumper": "/*!40101 SET NAMES binary*/;\n/*!40014 SET FOREIGN_KEY_CHECKS=0*/;\n",
}


@pytest.mark.parametrize("tool", TOOLS)
def test_another_tools_export_is_refused_by_the_tools_name(tool: str, tmp_path: Path) -> None:
    said = refusal(TOOLS[tool] + TABLE, tmp_path)
    assert said.startswith(f"is an export of {tool.strip()}")
    assert "make the dump with mysqldump, as deploy/dump.sh does" in said


BEFORE = [
    WARNING,
    WARNING.replace("\n", "\r\n"),
    f"/usr/bin/{WARNING}",
    "mysqldump: Deprecated program name. It will be removed in a future release, use '/usr/bin/mariadb-dump' instead\n"
    "/*M!999999\\- enable the sandbox mode */ \n",
    "Warning: A partial dump from a server that has GTIDs. If you don't want to restore GTIDs, pass --set-gtid-purged=OFF.\n",
    "Enter password: \n",
    "stdin: is not a tty\n",
    "Warning: Permanently added 'secret' (ED25519) to the list of known hosts.\n",
    "***********\nsecret: authorised people only; don't touch\n***********\n",
    "Use of this system is watched\n",
    "Use of this system; is watched\n",
    "From root@secret Tue Feb 10 05:40:00 2026\nSubject: Cron\n\n",
    'time="2026-02-10T05:40:00Z" level=warning msg="secret"\n',
    "+ mysqldump -psecret basis\n",
    "[2026-02-10 05:40:00] secret\n",
    "--secret\n",
]


@pytest.mark.parametrize("before", BEFORE)
def test_text_before_the_header_is_named(before: str, tmp_path: Path) -> None:
    said = refusal(before + DUMP, tmp_path)
    assert said.startswith("text before mysqldump's header")
    assert "keep stderr (2>&1) and login banners out of the file" in said


@pytest.mark.parametrize(
    "before",
    [
        "\n",
        "#########\n# it's ours\n#########\n",
        "-- Warning: column statistics not supported by the server.\n",
        "/* taken\n by hand */\n",
        "SET FOREIGN_KEY_CHECKS=0;\n-- by hand\n",
        "CREATE DATABASE IF NOT EXISTS `basis`;\nUSE `basis`;\n\n",
        "/*M!999999\\- enable the sandbox mode */ \n",
    ],
)
def test_comments_and_statements_before_the_header_are_read(before: str, tmp_path: Path) -> None:
    assert Landed((before + DUMP).encode(), tmp_path).tables["costs"] == ROWS


STDERR = [WARNING, BROKE_OFF, "mariadb-dump: Couldn't execute 'SHOW FIELDS': it broke (1)\n", BROKE_OFF.rstrip()]
PLACES = {
    "between statements": ("UNLOCK TABLES;\n", "UNLOCK TABLES;\n{}\n"),
    "before an INSERT": ("INSERT INTO", "{}\nINSERT INTO"),
    "between rows": (",(2,", ",{}\n(2,"),
    "within a text": ("secret", "se{}\ncret"),
    "within a CREATE TABLE": ("  `v` ", "{}\n  `v` "),
    "within a short statement": ("SET NAMES", "SET {}\nNAMES"),
    "behind a statement": ("UNLOCK TABLES;\n", "UNLOCK TABLES;{}\n"),
    "behind an INSERT": ("NULL);\n", "NULL);{}\n"),
    "at the end": (TRAILER, "{}\n"),
    "behind the closing line": (TRAILER, TRAILER + "{}\n"),
    "and no more": ("cret'),(2,'it\\'s'),(3,NULL);\n", "{}\n"),
}


@pytest.mark.parametrize("type_", ["varchar(20)", "blob"])
@pytest.mark.parametrize("place", PLACES)
def test_stderr_text_inside_a_dump_is_the_reported_cause(place: str, type_: str, tmp_path: Path) -> None:
    old, new = PLACES[place]
    whole = DUMP.replace("varchar(20)", type_)
    assert whole.count(old) == 1 or place == "between statements"
    for text in STDERR:
        at = whole.index(old)
        rest = "" if place in ("and no more", "at the end") else whole[at + len(old) :]
        said = refusal(whole[:at] + new.format(text.rstrip()) + rest, tmp_path)
        assert "keep stderr (2>&1) and login banners out of the file" in said, text


@pytest.mark.parametrize("text", ["Connection to 10.0.0.1 closed.\r\n", "-- Disconnecting from localhost...\n"])
def test_ssh_and_verbose_output_at_the_end_is_reported(text: str, tmp_path: Path) -> None:
    assert "keep stderr (2>&1) and login banners out of the file" in refusal(DUMP + text, tmp_path)


def test_bare_newline_is_rejected_only_where_mysqldump_escapes_it(tmp_path: Path) -> None:
    bare = TABLE.replace("(2,'it", "(2,'a\nb'),(4,'it")
    assert refusal(HEADER + bare + TRAILER, tmp_path).startswith("table costs, row 2: a line ends within a value")
    assert Landed(bare.encode(), tmp_path).tables["costs"][1] == (2, "a\nb")
    for text in (WARNING, "-- Retrieving rows...\n"):  # a --compact dump
        said = refusal(TABLE.replace("(2,'it", f"(2,'a{text}b'),(4,'it"), tmp_path)
        assert said.startswith("table costs, row 2: a line ends within a value")
    for row_a_line in (TABLE.replace("),(", "),\n("), TABLE.replace("VALUES (", "VALUES\n(").replace("),(", "),\r\n(")):
        assert Landed((HEADER + row_a_line + TRAILER).encode(), tmp_path).tables["costs"] == ROWS


def test_value_that_looks_like_a_message_stays_a_value(tmp_path: Path) -> None:
    text = WARNING.strip().replace("'", "\\'")
    body = DUMP.replace("'secret'", f"'{text}\\n'").replace("varchar(20)", "text COMMENT 'mysqldump: Error 1'")
    assert Landed(body.encode(), tmp_path).tables["costs"][0] == (1, WARNING)
    assert not stray_text.is_within(f"(1,'{text}'),\n(2,'')".encode())


def test_no_beginning_is_too_much_for_the_patterns() -> None:
    for piece in (
        b"\n",
        b" ",
        b"-- a\n",
        b"# a\n",
        b"/* a */\n",
        b"-",
        b"/*",
        b"*",
        b"<",
        b"{",
        b"x",
        b"/*!\n",
        b"SET\n",
    ):
        with contextlib.suppress(Defect):
            require_dump(piece * (1 << 16))
