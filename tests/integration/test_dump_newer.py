"""What MariaDB 11 to 13 and MySQL 8.4 to 9 write, and 10.11 and 8.0 did not: it lands exactly, brings no rows, or is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlglot.dialects.mysql import MySQL

from loader.errors import DumpRejectedError
from loader.mysqldump.ddl.create_table import Table, parse_create_table
from loader.mysqldump.errors import Defect
from tests.support.landed import Landed

KEYWORDS = sorted(word for word in MySQL.Tokenizer.KEYWORDS if re.fullmatch(r"\w[\w ]*", word))
# Keywords of the servers that the tokeniser does not know.
OTHERS = (
    "PERIOD PRIMARY CHECK VECTOR CLUSTERING SYSTEM_TIME VERSIONING WITHOUT OVERLAPS HISTORY SEQUENCE LIBRARY POLICY MASKING EXTERNAL DUALITY"
    " RELATIONAL MATERIALIZED INVISIBLE VISIBLE IGNORED ENFORCED COMPRESSED PACKAGE MANUAL PARALLEL TABLESAMPLE QUALIFY FIRST AFTER SERIAL"
    " KEYS FULLTEXT SPATIAL UNIQUE FOREIGN CONSTRAINT INDEX KEY LIKE START END ROW STATEMENT XMLTYPE UUID INET6 ALWAYS GENERATED"
).split()


def parsed(elements: str, behind: str = "ENGINE=InnoDB") -> Table:
    return parse_create_table(f"CREATE TABLE `t` (\n  {elements}\n) {behind}".encode())


@pytest.mark.parametrize(
    "type_", ["int", "varchar(20)", "decimal(10,2)", "enum('a','b')", "date NOT NULL CHECK (`b` > 0)"]
)
def test_keyword_column_name_is_read_or_table_is_rejected(type_: str) -> None:
    refused = []
    for word in {*KEYWORDS, *OTHERS}:
        assert [column.name for column in parsed(f"`a` int, `{word}` {type_}, `b` int").columns] == ["a", word, "b"]
        for name in (word, word.lower()):
            try:
                columns = parsed(f"`a` int, {name} {type_}, `b` int").columns
            except Defect:
                refused.append(word)
            else:
                assert [column.name for column in columns] == ["a", name, "b"]
                assert columns[1].declared == re.match(r"\w+", type_)[0]
    # Two words are no name; LIKE alone would copy a table; a constraint may have a type's name.
    odd = {"LIKE", "CONSTRAINT"} if "CHECK" in type_ else {"LIKE"}
    assert {word for word in refused if " " not in word} <= odd


def test_unquoted_column_is_read_with_and_without_rows(tmp_path: Path) -> None:
    create = "CREATE TABLE {} (period int, unique_ varchar(9), vector vector(2), `key` int, KEY `k` (period));\n"
    dump = create.format("empty") + create.format("full") + "INSERT INTO full VALUES (1,'a',0x00,2);\n"
    found = Landed(dump.encode(), tmp_path)
    assert list(found.types["empty"]) == list(found.types["full"]) == ["period", "unique_", "vector", "key"]
    assert found.tables == {"empty": [], "full": [(1, "a", b"\0", 2)]}


KEYS = [
    "VECTOR KEY `ix` (`a`) `M`='16' `DISTANCE`='cosine'", "VECTOR INDEX (`a`)", "VECTOR KEY ix (a) M=8 DISTANCE=cosine",
    "KEY `k` (`a`) IGNORED", "KEY `k` (`a` DESC,`b`(10))", "KEY `k` (((`a` + 1))) /*!80000 INVISIBLE */", "KEY `k` USING BTREE (`a`)",
    "KEY `mv` ((cast(`a` as unsigned array)))", "KEY `k` (`a`) /*!80021 ENGINE_ATTRIBUTE '{\"a\": 1}' */", "INDEX date (a)",
    "KEY IF NOT EXISTS k (a)",
    "UNIQUE KEY `k` (`a`,`p` WITHOUT OVERLAPS)", "UNIQUE (`a`)", "UNIQUE INDEX text (`a`)", "FULLTEXT KEY `k` (`a`) /*!50100 WITH PARSER `ngram` */",
    "SPATIAL KEY `k` (`a`)", "CLUSTERING KEY `k` (`a`)", "PERIOD FOR SYSTEM_TIME (`a`, `b`)", "PERIOD FOR `p` (`a`, `b`)", "period for p (a, b)",
    "CONSTRAINT `c` CHECK ((`a` > 0)) /*!80016 NOT ENFORCED */", "CHECK (1)", "CONSTRAINT CHECK (`a` <> '(')",
    "CONSTRAINT `1` CHECK (`a` is not null)",
    "CONSTRAINT `1` FOREIGN KEY (`a`) REFERENCES `x` (`a`) ON DELETE CASCADE", "FOREIGN KEY `f` (`a`) REFERENCES `x` (`a`)",
    "CONSTRAINT `u` UNIQUE (`a`)", "CONSTRAINT UNIQUE KEY `k` (`a`)",
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_no_column(key: str) -> None:
    assert [column.name for column in parsed(f"`a` int,\n  {key},\n  `b` int").columns] == ["a", "b"]


@pytest.mark.parametrize(
    ("elements", "key"),
    [
        ("`a` int, `b` int, PRIMARY KEY (`b`,`a`)", ("b", "a")),
        ("`a` int, `b` int, PRIMARY KEY (`a`,`p` WITHOUT OVERLAPS), `e` date, PERIOD FOR `P` (`b`, `e`)", ("a", "b", "e")),
        ("`a` int, `b` timestamp(6) GENERATED ALWAYS AS ROW END, CONSTRAINT `x` PRIMARY KEY USING BTREE (`a`,`b`)", ("a", "b")),
        ("`a` int PRIMARY KEY, `b` int CHECK (`a` <> 'PRIMARY KEY')", ("a",)),
        ("`my_row_id` bigint unsigned NOT NULL AUTO_INCREMENT /*!80023 INVISIBLE */, PRIMARY KEY (`my_row_id`)", ("my_row_id",)),
        ("`primary key` int, `b` int", ()),
    ],
)  # fmt: skip
def test_the_primary_key(elements: str, key: tuple[str, ...]) -> None:
    assert tuple(part.name for part in parsed(elements).key) == key


@pytest.mark.parametrize(
    "elements",
    [
        "PRIMARY KEY int, `b` int", "GROUP BY int, `b` int", "`a` int, VECTOR (`a`)", "`a` int, VECTOR `ix` (`a`)", "LIKE text", '"key" int',
        "PERIOD (`a`), `a` int", "`a` int, KEY", "'a' int", "@ int", "`a` int, PERIOD FOR `p`",
    ],
)  # fmt: skip
def test_create_table_element_neither_key_nor_column_is_rejected(elements: str) -> None:
    with pytest.raises(Defect):
        parsed(elements)


CLAUSES = [
    ("int", "DEFAULT NULL WITHOUT SYSTEM VERSIONING"), ("int", "WITH SYSTEM VERSIONING"), ("int", "DEFAULT nextval(`basis`.`s`)"),
    ("int", "DEFAULT (1 + 1)"), ("int", "DEFAULT NULL INVISIBLE"), ("int", "DEFAULT NULL /*!80023 INVISIBLE */"), ("int", "CHECK (`c` > 0)"),
    ("varchar(9)", "DEFAULT (uuid())"), ("varchar(9)", "/*M!100301 COMPRESSED*/ DEFAULT NULL"), ("uuid", "DEFAULT uuid()"),
    ("xmltype", "DEFAULT NULL"),
    ("varchar(9)", "CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_ai_ci DEFAULT NULL"), ("inet4", "DEFAULT NULL"), ("json", "DEFAULT (json_array())"),
    ("longtext", "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`c`))"), ("text", "COMPRESSED"),
    ("bigint", "NOT NULL COMMENT 'unsigned' CHECK (cast(`c` as unsigned) > 0)"), ("bigint", "DEFAULT (cast(1 as unsigned))"),
    ("int", "/*!80021 ENGINE_ATTRIBUTE '{\"a\": 1}' SECONDARY_ENGINE_ATTRIBUTE '{}' */"), ("int", "REFERENCES `unsigned` (`as`)"),
    ("varchar(9)", "MASKING POLICY `p`"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "clause"), CLAUSES)
def test_a_columns_clauses_change_none_of_its_values(type_: str, clause: str, tmp_path: Path) -> None:
    literal, value, kind = ("'a'", "a", "VARCHAR") if type_ not in ("int", "bigint") else ("-7", -7, "BIGINT")
    dump = f"CREATE TABLE `t` (\n  `c` {type_} {clause},\n  `d` int\n);\nINSERT INTO `t` VALUES ({literal},1);\n"
    found = Landed(dump.encode(), tmp_path)
    assert (found.tables["t"], found.types["t"]["c"]) == ([(value, 1)], kind)


VALUES = [
    ("vector(3)", "0x0000803F0000004000004040", bytes.fromhex("0000803F0000004000004040")),
    ("vector(1) NOT NULL", r"_binary '\0\0€?'", b"\0\0\xe2\x82\xac?"),
    ("point REF_SYSTEM_ID=4326", r"'\0\0\0'", b"\0\0\0"),
    ("timestamp(6) GENERATED ALWAYS AS ROW START", "'2026-02-01 00:00:00.000000'", None),
    ("xmltype", "'<a>\\'</a>'", "<a>'</a>"),
]


@pytest.mark.parametrize(("type_", "literal", "value"), VALUES)
def test_a_value_of_each_new_type(type_: str, literal: str, value: Any, tmp_path: Path) -> None:
    found = Landed(
        f"CREATE TABLE `t` (\n  `c` {type_}\n);\nINSERT INTO `t` VALUES ({literal}),(NULL);\n".encode(), tmp_path
    )
    landed, nothing = (row[0] for row in found.tables["t"])
    assert nothing is None
    assert str(landed) == "2026-02-01 00:00:00" if value is None else landed == value


@pytest.mark.parametrize(
    "options",
    [
        "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci `PAGE_COMPRESSED`='ON' `ENCRYPTED`=YES WITH SYSTEM VERSIONING",
        "WITH SYSTEM VERSIONING\n PARTITION BY SYSTEM_TIME INTERVAL 1 MONTH STARTS TIMESTAMP'2024-01-01 00:00:00' AUTO\n"
        "(PARTITION `p0` HISTORY ENGINE = InnoDB,\n PARTITION `pn` CURRENT ENGINE = InnoDB)",
        "/*!80023 AUTOEXTEND_SIZE=4194304 */ ENGINE=InnoDB SECONDARY_ENGINE=rapid COMMENT='x' ENGINE_ATTRIBUTE='{\"as\": \"select\"}'",
        "ENGINE=InnoDB /*!80016 ENCRYPTION='N' */ /*!50100 TABLESPACE `x` */ STATS_PERSISTENT=1",
    ],
)
def test_options_of_a_table_are_skipped(options: str) -> None:
    assert [column.name for column in parsed("`a` int", options).columns] == ["a"]


BEGIN = "/*!50003 SET sql_mode              = 'ONLY_FULL_GROUP_BY' */ ;\nDELIMITER ;;\n"
END = " ;;\nDELIMITER ;\n/*!50003 SET sql_mode              = @saved_sql_mode */ ;\n"
SKIPPED = [
    "DROP SEQUENCE IF EXISTS `s`;\nCREATE SEQUENCE `s` start with 1 minvalue 1 maxvalue 9223372036854775806 increment by 50 cache 1000 nocycle"
    " ENGINE=InnoDB;\nDO SETVAL(`s`, 50001, 0);\n",
    "CREATE SEQUENCE `s` as bigint unsigned start with 1 minvalue 1 maxvalue 9 increment by 1 nocache cycle ENGINE=InnoDB;\n"
    "SELECT SETVAL(`s`, -1, 0);\n",
    "/*!999999\\- enable the sandbox mode */ \n",
    "/*M!999999\\- enable the sandbox mode */\n",
    "/*M!100616 SET @OLD_NOTE_VERBOSITY=@@NOTE_VERBOSITY, NOTE_VERBOSITY=0 */;\n/*M!100616 SET NOTE_VERBOSITY=@OLD_NOTE_VERBOSITY */;\n",
    "/*M!100101 SET LOCAL SQL_LOG_OFF=0, LOCAL LOG_SLOW_QUERY=0 */;\n",
    "/*M!101100 SET system_versioning_insert_history=@old_system_versioning_insert_history */;\n",
    "SET character_set_collations='utf8mb4=utf8mb4_uca1400_ai_ci';\n",
    "/*!50003 DROP PACKAGE IF EXISTS `p` */;\n/*!50003 DROP PACKAGE BODY IF EXISTS `p` */;\nDROP PACKAGE BODY `p`;\n",
    f'{BEGIN}CREATE DEFINER="root"@"%" PACKAGE BODY "p" AS FUNCTION f RETURN int AS BEGIN RETURN 1; END; END\n{END}',
    "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5,\n3e11fa47-71ca-11e1-9e33-c80aa9429563:1-3';\n",
    "/* SET @@GLOBAL.GTID_PURGED='+3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';*/\n",
    "STOP REPLICA;\nCHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='x', SOURCE_LOG_POS=4;\nSTART REPLICA;\n",
    "STOP ALL SLAVES;\nCHANGE MASTER 'a b' TO MASTER_USE_GTID=slave_pos;\nCHANGE MASTER '' TO MASTER_LOG_FILE='x';\nSTART ALL SLAVES;\n",
    "/*!80002 ANALYZE TABLE `t` UPDATE HISTOGRAM ON `a` WITH 2 BUCKETS */;\n",
    "DROP LIBRARY IF EXISTS `l`;\n",
    f"{BEGIN}CREATE LIBRARY `l`\n    LANGUAGE JAVASCRIPT\nAS $$ export function f(n) {{ return n }} // it's ;; \" /* ` $$$ $${END}",
    f"{BEGIN}CREATE FUNCTION `f`(a INT) RETURNS int\n    NO SQL\n    LANGUAGE JAVASCRIPT\nAS $mle$ // it's $$\n x = \";;\" $mle${END}",
    "DROP MASKING POLICY IF EXISTS `p`;\nCREATE MASKING POLICY `p`(`c`)\n    CASE WHEN CURRENT_ROLE_IN('a') THEN `c` ELSE 'x' END;\n",
    "CREATE USER `a`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 'x;\n\\'' REQUIRE NONE;\n"
    "GRANT SELECT, INSERT ON *.* TO `a`@`%`;\nDROP USER `a`;\n",
    "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`a`@`%` SQL SECURITY DEFINER */\n"
    "/*!50001 JSON RELATIONAL DUALITY VIEW `j` AS select json_duality_object( WITH (INSERT) '_id':`t`.`a`) AS `x` from `t` */;\n",
    "/*!50001 CREATE ALGORITHM=UNDEFINED MATERIALIZED /*(BY ENGINE=UNKNOWN)*/ */\n/*!50013 DEFINER=`a`@`%` */\n"
    "/*!50001 VIEW `m` AS select 1 AS `a` */;\n",
]  # fmt: skip


@pytest.mark.parametrize("skipped", SKIPPED, ids=range(len(SKIPPED)))
def test_what_brings_no_rows_is_skipped_and_changes_none(skipped: str, tmp_path: Path) -> None:
    table = "CREATE TABLE `t` (`a` int, `b` text);\n"
    before, after = "INSERT INTO `t` VALUES (1,'a');\n", "INSERT INTO `t` VALUES (2,'it\\'s');\n"
    whole = "-- MySQL dump 10.13\n" + skipped + table + before + after + skipped + "-- Dump completed\n"
    for dump in (whole, skipped + table + before + after, table + before + after + skipped):
        assert Landed(dump.encode(), tmp_path).tables == {"t": [(1, "a"), (2, "it's")]}


REFUSED = [
    ("SET @@session.system_versioning_insert_history=1;", "--dump-history"),
    ("/*M!101100 SET @old=@@system_versioning_insert_history, @@session.system_versioning_insert_history=ON */;", "--dump-history"),
    ("SET STATEMENT max_statement_time=9 FOR INSERT INTO `t` VALUES (1,'a');", "SET STATEMENT"),
    ("/*M!100101 SET STATEMENT sql_mode='' FOR INSERT INTO `t` VALUES (1,'a') */;", "SET STATEMENT"),
    ("DELIMITER ;;\nSET STATEMENT x=1 FOR INSERT INTO `t` VALUES (1,'a');;\nDELIMITER ;", "unknown kind"),
    ("DO SETVAL(`s`, 1, 0), SLEEP(1);", "DO statements"), ("DO SLEEP(1);", "DO statements"),
    ("SELECT SETVAL(`s`, (SELECT 1), 0);", "SELECT statements"),
    ("SELECT SETVAL(`s`, 1, 0) INTO OUTFILE 'x';", "SELECT statements"), ("SELECT 1;", "SELECT statements"),
    ("SET sql_mode='ORACLE';\nCREATE TABLE `x` (`a` int);", "an sql_mode that changes"),
    ("DELIMITER ;;\nCREATE LIBRARY `l` LANGUAGE JAVASCRIPT AS $$ x ;;\nDELIMITER ;\nINSERT INTO `t` VALUES (1,'a');", "ends within"),
    ("/*!999999\\- enable the sandbox mode", "ends within a comment"),
    ("/*!999999\\- enable the sandbox mode */ INSERT IGNORE INTO `t` VALUES (1,'a');", "an INSERT that is not"),
    ("EXECUTE IMMEDIATE 'INSERT INTO t VALUES (1)';", "EXECUTE statements"), ("CREATE GLOBAL TEMPORARY TABLE `x` (`a` int);", "CREATE statements"),
    ("CREATE EXTERNAL TABLE `x` (`a` int);", "CREATE statements"), ("CREATE TABLE `x` (LIKE date);", "copies another table"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "said"), REFUSED)
def test_what_could_bring_rows_is_refused(statement: str, said: str, tmp_path: Path) -> None:
    table = "CREATE TABLE `t` (`a` int, `b` text);\nINSERT INTO `t` VALUES (1,'a');\n"
    with pytest.raises(DumpRejectedError, match=said):
        Landed(f"{table}{statement}\n".encode(), tmp_path)


@pytest.mark.parametrize(
    "first", ["/*M!999999\\- enable the sandbox mode */ \n", "/*!999999\\- enable the sandbox mode */ \n"]
)
def test_dump_appended_and_cut_after_first_line_is_rejected(first: str, tmp_path: Path) -> None:
    dump = f"{first}-- MariaDB dump 10.19\nCREATE TABLE `t` (`a` int);\n-- Dump completed on 2026-02-10  5:40:00\n"
    assert Landed(dump.encode(), tmp_path).report.complete
    with pytest.raises(DumpRejectedError, match="goes on behind mysqldump's own closing line"):
        Landed((dump + first).encode(), tmp_path)
