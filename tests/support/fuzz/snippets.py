"""What is put into dumps: pieces that break readers, statements that are none of a dump's business, and harmless ones."""

from __future__ import annotations

PIECES = [
    b"'", b"''", b"\\", b"\\\\", b"\\'", b'"', b"`", b"``", b",", b"(", b")", b"),(", b"),\n(", b",NULL", b"NULL", b";", b";\n", b");\n",
    b"\n", b"\r\n", b"\r", b"\t", b" ", b"\0", b"\x1a", b"\xff", b"\xfe", b"\xfd", b"\xfc", b"\xfb", b"\xc0\xaf", b"\xed\xa0\x80",
    b"\xe3\x81", b"\xef\xbb\xbf", "日".encode(), "😀".encode(), b"\xe2\x80\xa8", b"\xc2\x85", b"\\n", b"\\1", b"\\N", b"\\Z", b"\\0", b"-",
    b"+", b".", b"e", b"1", b"0", b"-1", b"1-2", b"1.5", b"0x41", b"_binary '", b"_utf8mb4'", b"N'", b"b'1'", b"x'4'", b"true",
    b"@@version", b"NOW()", b"1+1", b"(SELECT 1)", b"DEFAULT", b"'0000-00-00'", b"'2024-02-30'", b"'infinity'", b"-- ", b"--", b"--\n",
    b"#", b"/*", b"*/", b"/* a */", b"/*!", b"/*!40101 ", b"/*M! ", b"/*+ ", b"\nDELIMITER ;;\n", b"DELIMITER ;\n",
    b"INSERT INTO `tenants` VALUES ", b"VALUES", b" ON DUPLICATE KEY UPDATE `id` = 1", b" RETURNING *", b"UNSIGNED",
    b"GENERATED ALWAYS AS (1)", b" int,\n  `memo` text", b"CHECK (", b"COMMENT 'it''s'", b"IF NOT EXISTS ",
]  # fmt: skip

# A server that took one of them would hold other tables or rows than the dump's text says, or it would not go on at all.
STATEMENTS = [
    "DELETE FROM `tenants`", "TRUNCATE TABLE `tenants`", "UPDATE `tenants` SET `status` = 1", "DROP TABLE `tenants`",
    "DROP TABLE IF EXISTS `Quiet`, `notes`", "DROP TABLE IF EXISTS landing.load_ledger", "DROP SCHEMA landing", "DROP DATABASE `basis`",
    "DROP DATABASE IF EXISTS `basis`", "/*!40000 DROP DATABASE IF EXISTS `basis`*/", "/*!40000 DROP TABLE `tenants`*/",
    "DROP TABLE `nothing` /*!40000 , `tenants` */", "ALTER TABLE `tenants` DROP COLUMN `memo`",
    "ALTER TABLE landing.load_ledger RENAME TO x", "/*!40000 ALTER TABLE `tenants` DROP COLUMN `memo` */", "RENAME TABLE `tenants` TO `x`",
    "REPLACE INTO `tenants` VALUES (1)", "INSERT IGNORE INTO `Quiet` VALUES (1,'a')", "INSERT INTO `Quiet` SELECT * FROM `Quiet`",
    "INSERT INTO `Quiet` TABLE `Quiet`", "INSERT INTO `Quiet` SET `id` = 1",
    "INSERT INTO `Quiet` VALUES (1,'a') ON DUPLICATE KEY UPDATE `id` = 2", "INSERT INTO `Quiet` VALUES ROW(1,'a')",
    "INSERT INTO `Quiet` VALUES (1,(SELECT 'a'))", "INSERT INTO `Quiet` VALUES (1+1,'a')", "INSERT INTO `Quiet` (`id`) VALUES (1),(2,'a')",
    "INSERT INTO landing.load_ledger VALUES (1)", "INSERT INTO `landing`.`Quiet` VALUES (1,'a')",
    "INSERT INTO `landing.Quiet` VALUES (1,'a')", 'INSERT INTO `x"; DROP SCHEMA landing CASCADE; --` VALUES (1)',
    "INSERT INTO load_ledger VALUES (1)", "INSERT INTO `Quiet` VALUES (1,'a'); DROP TABLE `tenants`",
    "/*!40000 INSERT INTO `Quiet` VALUES (1,'a') */", "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE `Quiet`",
    "SELECT 1 INTO OUTFILE '/tmp/x'", "CALL x()", "DO SLEEP(0)", "DO SETVAL(`s`, 1, 0), SLEEP(0)",
    "SELECT SETVAL(`s`, 1, 0) INTO OUTFILE '/tmp/x'", "SET STATEMENT max_statement_time = 1 FOR DELETE FROM `tenants`",
    "SET @@session.system_versioning_insert_history = 1", "PREPARE s FROM 'DROP TABLE tenants'",
    "XA START 'x'", "ROLLBACK", "START TRANSACTION", "SHUTDOWN", "source /etc/passwd", "\\! true", "COPY landing.tenants TO '/dev/null'",
    "ATTACH '/dev/null' AS x", "INSTALL httpfs", "PRAGMA version", "USE `mysql`", "CREATE DATABASE `other`",
    "CREATE TABLE `landing`.`x` (`id` int)", "CREATE TABLE landing.load_ledger (`id` int)", "CREATE TABLE `load_ledger` (`id` int)",
    "CREATE TABLE `LIVE_GENERATION` (`id` int)", "CREATE TABLE `Tenant_Daily_Snapshots` (`id` int)", "CREATE TABLE `tenants` (`id` int)",
    "CREATE TABLE `TENANTS` (`id` int)", "CREATE TABLE `x` AS SELECT 1", "CREATE TABLE `x` LIKE `tenants`",
    "CREATE TABLE `x` (`id` int) SELECT 1", "CREATE TEMPORARY TABLE `tenants` (`id` int)", "CREATE OR REPLACE TABLE `tenants` (`id` int)",
    "/*!50003 CREATE OR REPLACE TABLE `notes` (`id` int) */",
    "SET STATEMENT time_zone = '+09:00' FOR INSERT INTO `Quiet` VALUES (1,'a')", "SET TIME_ZONE = '+25:00'", "SET time_zone = '9:00'",
    "INSERT INTO `Quiet` () VALUES (),()", "INSERT INTO `Quiet` VALUES (DEFAULT,DEFAULT)", "INSERT INTO `Quiet` (`id`) VALUES ()",
    "DELIMITER ;;\nALTER TABLE `tenants` DROP COLUMN `memo`;;\nDELIMITER ;\nSET @x = 1",
    "DELIMITER ;;\nCREATE TABLE `extra` (`id` int);;\nDELIMITER ;\nSET @x = 1",
    "DELIMITER ;;\nDROP TABLE `tenants`;;\nDELIMITER ;\nSET @x = 1", "DELIMITER ;;\nDROP DATABASE `basis`;;\nDELIMITER ;\nSET @x = 1",
    "DELIMITER ;;\nINSERT INTO `Quiet` VALUES (1,'a');;\nDELIMITER ;\nSET @x = 1",
    "DELIMITER ;;\nDELETE FROM `tenants`;;\nDELIMITER ;\nSET @x = 1",
]  # fmt: skip

# The rows behind one of them would be read in another way.
MODES = [
    "SET NAMES latin1", "SET NAMES 'sjis'", 'SET NAMES "latin1"', "SET NAMES `latin1`", "SET CHARACTER SET latin1", "SET CHARSET 'cp932'",
    "/*!50503 SET NAMES latin1 */", "SET character_set_client = latin1", "SET @@character_set_client := 'latin1'",
    "SET SESSION character_set_client = binary", "/*!40101 SET @x = 1 */ /*!40101 , NAMES latin1 */",
    "SET @x = 1 /*!40101 , NAMES latin1 */", "SET sql_mode = 'NO_BACKSLASH_ESCAPES'", 'SET sql_mode = "NO_BACKSLASH_ESCAPES"',
    "SET sql_mode = NO_BACKSLASH_ESCAPES", "SET SESSION sql_mode = 'ansi'", "SET @@sql_mode := 'ANSI_QUOTES'",
    "SET @@session.sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES'", "SET LOCAL sql_mode = CONCAT(@@sql_mode, ',ANSI')",
    "SET `sql_mode` = 'ANSI'", "SET sql_mode = 'ORACLE'", "SET @@local.sql_mode = 'ANSI'", "SET @x = 1, sql_mode = 'ANSI'",
    "SET @m = 'ANSI', sql_mode = @m", "SET TIME_ZONE = '+09:00'", "/*!40103 SET TIME_ZONE='-03:30' */", "SET @@session.time_zone := '+5:45'",
    "SET time_zone = 'SYSTEM'", "SET @z = '+01:00', time_zone = @z", "SET TIME_ZONE=@OLD_TIME_ZONE", "SET GLOBAL time_zone = '+09:00'",
]  # fmt: skip

# None of them changes a row.
HARMLESS = [
    "SET NAMES utf8mb4", "SET NAMES 'utf8'", "SET @saved = @@character_set_client", "SET TIME_ZONE='+00:00'",
    "SET sql_mode = 'STRICT_TRANS_TABLES'", "SET @OLD_SQL_MODE=@@SQL_MODE", "SET SQL_MODE=@OLD_SQL_MODE",
    "LOCK TABLES `tenants` WRITE, `notes` READ", "UNLOCK TABLES", "COMMIT", "DROP TABLE IF EXISTS `nothing`",
    "DROP VIEW IF EXISTS `nothing`", "DROP TRIGGER IF EXISTS `x`", "ALTER DATABASE `basis` CHARACTER SET utf8mb4",
    "/*!40000 ALTER TABLE `tenants` ENABLE KEYS */", "/*!50001 DROP VIEW IF EXISTS `nothing`*/", "CREATE VIEW `v` AS SELECT ';' AS `a`",
    "CREATE DEFINER=`root`@`%` PROCEDURE `p`() SELECT 1", "/*!50003 SET character_set_client = utf8mb4 */", "/* it's; */ SET @x = ';'",
    "GRANT ALL ON *.* TO 'x'", "CREATE USER `x`@`%` IDENTIFIED BY ';'", "DROP SEQUENCE IF EXISTS `s`",
    "CREATE SEQUENCE `s` start with 1 minvalue 1 maxvalue 9 increment by 1 cache 1000 nocycle ENGINE=InnoDB", "DO SETVAL(`s`, -1, 0)",
    "SELECT SETVAL(`s`, 50001, 0)", "/*!999999\\- enable the sandbox mode */ \nSET @x = 1",
    "DELIMITER ;;\nCREATE LIBRARY `l`\n    LANGUAGE JAVASCRIPT\nAS $$ // it's ;; $$ ;;\nDELIMITER ;\nSET @x = 1",
    "CREATE TABLE `w` (period int, vector text, `key` int, VECTOR KEY `k` (`vector`), PERIOD FOR p (a, b))",
    "-- it's; a comment\nSET @x = 1", "# it's; a comment\nSET @x = 1",
    "CREATE TABLE IF NOT EXISTS `extra` (`id` int NOT NULL, PRIMARY KEY (`id`))",
    'CREATE TABLE `x"; DROP SCHEMA landing; --` (`a"b;` int, `c``d` text)', "CREATE TABLE `../x` (`'` int)",
    "CREATE TABLE `select` (`from` int)", "CREATE TABLE `空 室` (`名前` text COMMENT 'a''b;')", "CREATE TABLE `landing.x` (`id` int)",
    "CREATE TABLE `p` (`id` int)\n/*!50100 PARTITION BY HASH (`id`)\nPARTITIONS 2 */",
]  # fmt: skip
