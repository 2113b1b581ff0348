-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: gghouse-db.internal    Database: basis
-- ------------------------------------------------------
-- Server version	8.0.36

/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;

--
-- Table structure for table `sessions`
--

DROP TABLE IF EXISTS `sessions`;
CREATE TABLE `sessions` (
  `token` varchar(255) COLLATE utf8mb4_0900_ai_ci NOT NULL,
  `seen` datetime DEFAULT NULL,
  PRIMARY KEY (`token`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

--
-- Dumping data for table `sessions`
--

LOCK TABLES `sessions` WRITE;
/*!40000 ALTER TABLE `sessions` DISABLE KEYS */;
INSERT INTO `sessions` VALUES ('3f','2026-02-09 10:00:00'),('3f ','2026-02-09 11:00:00'),('a0','2026-02-09 12:00:00');
INSERT INTO `sessions` VALUES ('3f','2026-02-09 10:00:00'),('a0','2026-02-09 12:00:00');
/*!40000 ALTER TABLE `sessions` ENABLE KEYS */;
UNLOCK TABLES;

-- Dump completed on 2026-02-10  5:40:37
