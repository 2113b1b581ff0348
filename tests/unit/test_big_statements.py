"""Statements and values of any size, in time and memory that a limit bounds: each of these took minutes or gigabytes once."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from loader.mysqldump.ddl.create_table import Column, Table
from loader.mysqldump.errors import Defect
from loader.mysqldump.lexer import quotes, stray_text
from loader.mysqldump.lexer.comments import without_comments
from loader.mysqldump.lexer.statements import Statement, Statements
from loader.mysqldump.rows.binary_rows import convert_each
from loader.mysqldump.rows.insert import Target
from loader.mysqldump.rows.text_rows import Rows, convert
from loader.mysqldump.structure.ignored import Skipped
from loader.mysqldump.structure.sections import Sections
from loader.mysqldump.structure.session import Session

MIB = 1 << 20
UNIT = 500_000


def peak(work: Callable[[], object]) -> int:
    """Bytes of memory that work takes at its most."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def statements(body: bytes, block: int = MIB) -> list[Statement]:
    return list(Statements(body[at : at + block] for at in range(0, len(body), block)))


def target(*kinds: str) -> Target:
    columns = tuple(Column(f"c{at}", kind, "") for at, kind in enumerate(kinds))
    return Target(Table("t", columns), columns)


ROWS = rb"(1,'a;'),(2,'it''s; \'),(3'),(4,'\\'),(5,');')," + b"(6,'\xe8\xa9\xa6\n),(\n;\n'),(7,NULL)"


@pytest.mark.parametrize("block", [1, 2, 7, 64, 1 << 20])
@pytest.mark.parametrize("size", [1, 10, 40, 1 << 20])
def test_insert_is_split_between_rows_at_any_block_end(block: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loader.mysqldump.lexer.statements.SLICE_BYTES", size)
    found = statements(b"INSERT INTO `t` VALUES " + ROWS + b";\nSET @x = 'a;\n';\n", block)
    assert b",".join(one.text for one in found[:-1]) == ROWS
    assert {(one.kind, one.head, one.byte) for one in found[:-1]} == {("insert", b"INSERT INTO `t` VALUES ", 0)}
    assert sum(convert(target("integer", "text"), one.text).count for one in found[:-1]) == 6
    assert len(found) == 2 or size < 1 << 20
    assert found[-1].text == b"SET @x = 'a;\n'"


def test_oversized_row_is_recognized_by_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loader.mysqldump.lexer.statements.MAX_ROW_BYTES", 10 * MIB)
    for value in (b"'" + b"a" * (12 * MIB) + b"'", b"0x" + b"a" * (12 * MIB)):
        body = b"INSERT INTO `t` VALUES (1,'a'),(2," + value + b");\n"
        found = next(iter(Statements(body[at : at + MIB] for at in range(0, len(body), MIB))))
        assert (found.kind, found.head) == ("endless", b"INSERT INTO `t` VALUES ")


LONG = b"a" * (MIB + 1)


@pytest.mark.parametrize(
    "body",
    [
        b"SET @x = '%s';\n",
        b"SET @x = '%s",
        b"/* %s */;\n",
        b"-- %s\n",
        b"/*!50000 SET @x = %s */;\n",
        b"SET @x = %s 1;\n",
    ],
)
def test_rowless_statement_over_one_mebibyte_is_rejected(body: bytes) -> None:
    with pytest.raises(Defect, match="of more than 1,048,576 bytes"):
        statements(body % LONG + b"SET @x = 1;\n" * MIB)


def test_a_head_is_no_longer_than_that_either() -> None:
    found = next(iter(Statements([b"INSERT INTO `t` (" + b"`a`," * MIB + b"`a`) VALUES (1);\n"])))
    assert (found.kind, found.head) == ("insert", b"")


MANY = 50_000


@pytest.mark.parametrize("one", [b"-- x\n", b"/* x */;\n", b"SET a = 1;\n", b"/*!40101 SET a = 1 */;\n"])
def test_only_rowless_statements_are_limited_in_number(one: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loader.mysqldump.lexer.statements.MAX_OTHERS", 5)
    row = b"INSERT INTO `t` VALUES (1);\n"
    assert len(list(Statements([one * 5 + row * 9]))) >= 9
    with pytest.raises(Defect, match="more than 5 comments and statements without rows"):
        list(Statements([one * 6 + row]))


@pytest.mark.parametrize(
    "text",
    [b"SET @x = '%s'" % (b"''" * 4 * MANY), b"SET @x = '%s'" % (b"\\\\" * 4 * MANY), b"SET @x = %s1" % (b"(" * MANY)],
)
def test_statement_memory_stays_under_twelve_times_its_size(text: bytes) -> None:
    session = Session()
    for work in (
        lambda: without_comments(text),
        lambda: Skipped(session).skip(text, (), in_block=False),
        lambda: Sections().statement(text),
        lambda: quotes.closing(b"'" + text, 0),
    ):
        assert peak(work) < 12 * len(text)


def test_comment_line_memory_stays_under_four_times_its_size() -> None:
    line = b"-- Dumping data for table `" + b"a" * MIB + b"`\n"
    assert peak(lambda: Sections().comment(line)) < 4 * len(line)


VALUES = [
    ("text", b"'%s'" % (b"\\\\" * UNIT), 1 * UNIT),
    ("text", b"'%s'" % (b"''" * UNIT), 1 * UNIT),
    ("text", b"'%s'" % (("試験" * 50 + "\\n").encode() * (UNIT // 100)), 3 * UNIT),
    ("binary", b"_binary '%s'" % ((b"\xff" * 98 + b"\\0\\'") * (UNIT // 100)), UNIT),
    ("binary", b"0x" + b"ab" * (4 * UNIT), 4 * UNIT),
]


@pytest.mark.parametrize(("kind", "literal", "size"), VALUES)
def test_big_value_memory_stays_under_eight_times_its_size(kind: str, literal: bytes, size: int) -> None:
    text = b"(1," + literal + b")"
    found: list[Rows] = []
    taken = peak(lambda: found.append(convert_each(target("integer", kind), text)))
    assert len(text) + taken < 8 * size
    assert found[0].longest == len(found[0].csv)


@pytest.mark.parametrize(
    "literal", [rb"'it''s \'a\' \\ \n \% x'", b"''", b"'''a'''", b"'\\''", b"'%s'" % (b"a''\\n" * 9000)]
)
def test_a_text_is_the_same_value_by_value(literal: bytes) -> None:
    text = b"(1,%s),(2,NULL)" % literal
    assert convert_each(target("integer", "text"), text).csv == convert(target("integer", "text"), text).csv


def test_a_clients_message_is_looked_for_once_a_line() -> None:
    names = b"mysqldump: Aaaa " * 100_000
    assert not stray_text.is_within(names + b"),\n")  # minutes, when each of them was followed to the line's end
    assert stray_text.is_within(names + b"\n")
