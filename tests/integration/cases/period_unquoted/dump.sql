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
-- Table structure for table `seasons`
--

DROP TABLE IF EXISTS seasons;
CREATE TABLE seasons (
  `id` int(11) NOT NULL,
  period int(11) DEFAULT NULL,
  vector varchar(20) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `k` (period)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci;

--
-- Dumping data for table `seasons`
--

SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;
LOCK TABLES seasons WRITE;
/*!40000 ALTER TABLE seasons DISABLE KEYS */;
/*!40000 ALTER TABLE seasons ENABLE KEYS */;
UNLOCK TABLES;
COMMIT;
SET AUTOCOMMIT=@OLD_AUTOCOMMIT;

--
-- Table structure for table `costs`
--

DROP TABLE IF EXISTS costs;
CREATE TABLE costs (
  `id` int(11) NOT NULL,
  period int(11) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;

--
-- Dumping data for table `costs`
--

SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;
LOCK TABLES costs WRITE;
/*!40000 ALTER TABLE costs DISABLE KEYS */;
INSERT INTO costs VALUES
(1,7);
/*!40000 ALTER TABLE costs ENABLE KEYS */;
UNLOCK TABLES;
COMMIT;
SET AUTOCOMMIT=@OLD_AUTOCOMMIT;
/*M!100616 SET NOTE_VERBOSITY=@OLD_NOTE_VERBOSITY */;

-- Dump completed on 2026-02-10  5:40:37
