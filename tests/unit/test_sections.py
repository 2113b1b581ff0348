"""A dump is whole or refused, by its own structure: what mysqldump --force, a cut, a loop and a second append leave behind."""

from __future__ import annotations

import pytest

from loader.mysqldump.errors import Defect
from loader.mysqldump.structure.sections import Sections

HEADER, TRAILER = "-- MySQL dump 10.13  Distrib 8.0.36\n", "-- Dump completed on 2026-02-10  5:40:00\n"


def structure(table: str) -> list[str]:
    return [f"-- Table structure for table `{table}`\n", f"DROP TABLE IF EXISTS `{table}`", f"CREATE TABLE `{table}`"]


def rows(
    table: str, lock: bool = True, keys: bool = True, commit: bool = False, saved: bool = False, inserts: int = 1
) -> list[str]:
    """A section of rows as the clients write it, by their options; `saved` is MariaDB's way of autocommit since 11.8."""
    return [
        f"-- Dumping data for table `{table}`\n",
        *(["SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0"] if saved else []),
        *([f"LOCK TABLES `{table}` WRITE"] if lock else []),
        *([f"/*!40000 ALTER TABLE `{table}` DISABLE KEYS */"] if keys else []),
        *(["set autocommit=0"] if commit else []),
        *([f"INSERT {table}"] * inserts),
        *([f"/*!40000 ALTER TABLE `{table}` ENABLE KEYS */"] if keys else []),
        *(["UNLOCK TABLES"] if lock else []),
        *(["commit"] if commit else []),
        *(["COMMIT", "SET AUTOCOMMIT=@OLD_AUTOCOMMIT"] if saved else []),
    ]


def both(**options: bool | int) -> list[str]:
    """A dump of tables a and b."""
    return [HEADER, *structure("a"), *rows("a", **options), *structure("b"), *rows("b", **options), TRAILER]


def follow(statements: list[str]) -> Sections:
    sections = Sections()
    for one in statements:
        if one.startswith("--"):
            sections.comment(one.encode())
        elif one.startswith("CREATE TABLE"):
            sections.create(one.split("`")[1])
        elif one.startswith("INSERT"):
            sections.rows(one.split()[1])
        else:
            sections.statement(one.encode())
    return sections


def remarks(statements: list[str]) -> list[tuple[str | None, str]]:
    return [(one.table, one.what) for one in follow(statements).finish()]


def refusal(statements: list[str]) -> str:
    with pytest.raises(Defect) as raised:
        follow(statements).finish()
    return f"{raised.value.table}: {raised.value.what}"


OPTIONS = [
    {},
    {"lock": False},
    {"keys": False},
    {"commit": True},
    {"lock": False, "keys": False, "commit": True},
    {"inserts": 0},
    {"inserts": 3},
    {"saved": True},
    {"lock": False, "keys": False, "saved": True},
]


@pytest.mark.parametrize("options", [*OPTIONS, {"lock": False, "keys": False}])
def test_a_whole_dump_is_whole_whatever_its_options(options: dict[str, bool]) -> None:
    whole = both(**options)
    found = follow(whole)
    unproven = options == {"lock": False, "keys": False}
    assert bool(found.finish()) is unproven
    assert found.complete
    for plain in ([one for one in whole if not one.startswith("--")], [*whole, *both(inserts=0)[:1], TRAILER]):
        assert bool(follow(plain).finish()) is unproven


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("table", ["a", "b"])
def test_broken_off_table_is_rejected_though_the_dump_continues(table: str, options: dict[str, bool]) -> None:
    section = rows(table, **options)
    whole = both(**options)
    at = whole.index(section[0])
    opened = next(at for at, one in enumerate(section) if "LOCK" in one or "KEYS" in one or "AUTOCOMMIT" in one.upper())
    # It began, and its last lines are missing; nothing is lost where only autocommit stays off.
    for length in range(opened + 1, len(section) - ("saved" in options)):
        said = refusal([*whole[:at], *section[:length], *whole[at + len(section) :]])
        assert said.startswith(f"{table}: its rows end without"), said


def test_heading_without_rows_section_is_a_failed_table() -> None:
    whole = both()
    at = whole.index("-- Dumping data for table `b`\n")
    said = refusal([*whole[: at + 1], TRAILER])
    assert said.startswith(
        "b: its rows section has no DISABLE KEYS and LOCK TABLES, which other tables of the dump have"
    )


def test_heading_without_rows_fails_where_only_commit_ends_rows() -> None:
    whole = both(lock=False, keys=False, saved=True)
    at = whole.index("-- Dumping data for table `b`\n")
    assert refusal([*whole[: at + 1], TRAILER]).startswith("b: its rows section has no SET AUTOCOMMIT=0, which other")


def test_rows_section_missing_from_one_table_is_reported() -> None:
    assert remarks([HEADER, *structure("a"), *structure("b"), *rows("b"), TRAILER]) == [
        ("a", "the dump holds its CREATE TABLE and no rows section")
    ]
    assert remarks([HEADER, *structure("a"), *structure("b"), TRAILER]) == []
    # Structure and rows from two calls of the client.
    assert remarks([HEADER, *structure("a"), *structure("b"), TRAILER, HEADER, *rows("a"), *rows("b"), TRAILER]) == []


def test_where_is_told_of() -> None:
    section = rows("a")
    part = [HEADER, *structure("a"), section[0], "-- WHERE:  1 limit 1\n", *section[1:], TRAILER]
    assert remarks(part) == [("a", "the dump holds a part of it: it was made with --where")]
    assert "not of which" in refusal([HEADER, "-- WHERE:  1\n", TRAILER])


def test_nothing_says_where_rows_end() -> None:
    compact = ["CREATE TABLE `a`", "INSERT a", "CREATE TABLE `b`"]
    assert remarks(compact) == [(None, "nothing in the dump says where a table's rows end (LOCK TABLES, DISABLE KEYS)")]


ONE = [HEADER, *structure("a"), *rows("a"), TRAILER]
TWO = [HEADER, *structure("b"), *rows("b"), TRAILER]


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (ONE[:-4] + TWO, "a: two dump headers and no closing line between them: the first dump is cut"),
        (ONE[:-1] + TWO, "None: 2 dump headers, 1 closing lines: a dump in it is cut"),
        (ONE + TWO[:-1], "None: 2 dump headers, 1 closing lines: a dump in it is cut"),
        (ONE[:-1], "None: ends without mysqldump's own closing line"),
        (ONE[:-2], "a: its rows end without UNLOCK TABLES"),
        (ONE[1:], "None: a closing line without an opening one"),
        (ONE + TWO[1:], "None: a closing line without an opening one"),
        (ONE + TWO[1:-1], "None: goes on behind mysqldump's own closing line"),
        (ONE + [HEADER, *rows("a"), TRAILER], "a: has two rows sections"),
        (ONE[:-1] + rows("a") + [TRAILER], "a: has two rows sections"),
        (ONE[:-1] + ["INSERT a", TRAILER], "a: has two rows sections"),
        (
            [HEADER, *structure("a"), *structure("b"), *rows("b"), *rows("a"), TRAILER],
            "a: its rows stand behind another",
        ),
        (
            [HEADER, *structure("a"), *structure("b"), *rows("a"), *rows("b"), TRAILER],
            "a: its rows stand behind another",
        ),
        ([HEADER, *rows("a"), *structure("a"), TRAILER], "a: has a rows section and no CREATE TABLE"),
        ([HEADER, structure("a")[0], *structure("b"), *rows("b"), TRAILER], "a: its heading is there"),
        ([HEADER, structure("a")[0], *rows("b"), TRAILER], "a: its heading is there"),
        ([HEADER, structure("a")[0], TRAILER], "a: its heading is there"),
        ([HEADER, *structure("a"), *rows("a")[3:], TRAILER], "a: ENABLE KEYS where no rows section is open"),
        ([HEADER, *structure("a"), *rows("a", keys=False)[2:], TRAILER], "None: UNLOCK TABLES where no rows section"),
        ([HEADER, *structure("a"), *rows("a")[:2], *rows("a")[1:], TRAILER], "a: its section begins twice"),
        (
            [HEADER, *structure("a"), *rows("a")[:4], *structure("b")[1:], *rows("b")[3:], TRAILER],
            "a: its rows end without ENABLE KEYS and UNLOCK TABLES",
        ),
        ([HEADER, *structure("a"), *rows("a")[:4], "INSERT b", TRAILER], "a: its rows end without"),
        ([HEADER, *structure("a"), *rows("a")[:4], "DROP TABLE `x`", TRAILER], "a: its rows end without"),
        (["set autocommit=0", *ONE], "None: ends without COMMIT"),
    ],
)
def test_what_is_cut_doubled_or_moved_is_refused(statements: list[str], said: str) -> None:
    assert refusal(statements).startswith(said)


def test_sections_of_dumps_that_were_appended_whole_are_whole() -> None:
    assert remarks(ONE + TWO) == []
    assert remarks([*ONE[:-1], *TWO, TRAILER]) == []


SAVE, GIVE_BACK = "SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='x'", "SET SQL_MODE=@OLD_SQL_MODE"
UNSEEN = [one for one in both() if not one.startswith("--")]


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([SAVE, *UNSEEN[:7]], "None: ends without giving back the settings that it saved (OLD_SQL_MODE): it is cut"),
        ([SAVE, *UNSEEN[:7], SAVE, *UNSEEN[7:], GIVE_BACK], "None: a second dump begins, and the first has not given"),
    ],
)
def test_commentless_dump_cut_between_tables_is_rejected(statements: list[str], said: str) -> None:
    assert len(UNSEEN) == 14  # the seventh is the end of the first table's rows
    assert refusal(statements).startswith(said)


def test_settings_that_are_given_back_are_an_end() -> None:
    assert remarks([SAVE, *UNSEEN, GIVE_BACK]) == []
    assert remarks([SAVE, *UNSEEN[:7], GIVE_BACK, SAVE, *UNSEEN[7:], GIVE_BACK]) == []


def test_one_transaction_around_several_tables_is_no_section() -> None:
    script = ["SET AUTOCOMMIT = 0", "CREATE TABLE `a`", "INSERT a", "CREATE TABLE `b`", "INSERT b", "COMMIT"]
    assert [table for table, _ in remarks(script)] == [None]
