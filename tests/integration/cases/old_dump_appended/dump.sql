-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: gghouse-db.internal    Database: basis
-- ------------------------------------------------------
/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;

--
-- Table structure for table `costs`
--

CREATE TABLE `costs` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

--
-- Dumping data for table `costs`
--

LOCK TABLES `costs` WRITE;
/*!40000 ALTER TABLE `costs` DISABLE KEYS */;
INSERT INTO `costs` VALUES (1);
/*!40000 ALTER TABLE `costs` ENABLE KEYS */;
UNLOCK TABLES;

-- Dump completed on 2026-02-09  5:40:37
-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: gghouse-db.internal    Database: basis
-- ------------------------------------------------------
/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;

-- Dump completed on 2026-02-10  5:40:37
