/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19-11.8.3-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: gghouse-db.internal    Database: basis
-- ------------------------------------------------------
-- Server version	11.8.3-MariaDB

/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*M!100616 SET @OLD_NOTE_VERBOSITY=@@NOTE_VERBOSITY, NOTE_VERBOSITY=0 */;

--
-- Table structure for table `costs`
--

DROP TABLE IF EXISTS `costs`;
CREATE TABLE `costs` (
  `id` int(11) NOT NULL,
  `v` varchar(20) DEFAULT NULL,
  `since` timestamp(6) GENERATED ALWAYS AS ROW START,
  `until` timestamp(6) GENERATED ALWAYS AS ROW END,
  PRIMARY KEY (`id`,`until`),
  PERIOD FOR SYSTEM_TIME (`since`, `until`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci WITH SYSTEM VERSIONING;

--
-- Dumping data for table `costs`
--

/*M!101100 SET @old_system_versioning_insert_history=@@session.system_versioning_insert_history, @@session.system_versioning_insert_history=1 */;
SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;
LOCK TABLES `costs` WRITE;
/*!40000 ALTER TABLE `costs` DISABLE KEYS */;
INSERT INTO `costs` VALUES
(1,'old','2026-02-01 00:00:00.000000','2026-02-09 00:00:00.000000'),
(1,'new','2026-02-09 00:00:00.000000','2106-02-07 06:28:15.999999');
/*!40000 ALTER TABLE `costs` ENABLE KEYS */;
UNLOCK TABLES;
COMMIT;
SET AUTOCOMMIT=@OLD_AUTOCOMMIT;
/*M!101100 SET system_versioning_insert_history=@old_system_versioning_insert_history */;
/*M!100616 SET NOTE_VERBOSITY=@OLD_NOTE_VERBOSITY */;

-- Dump completed on 2026-02-10  5:40:37
