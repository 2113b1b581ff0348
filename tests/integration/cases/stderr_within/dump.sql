-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: gghouse-db.internal    Database: basis
-- ------------------------------------------------------
-- Server version	8.0.36

/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;

--
-- Table structure for table `costs`
--

DROP TABLE IF EXISTS `costs`;
CREATE TABLE `costs` (
  `id` int NOT NULL,
  `v` varchar(20) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

--
-- Dumping data for table `costs`
--

LOCK TABLES `costs` WRITE;
/*!40000 ALTER TABLE `costs` DISABLE KEYS */;
INSERT INTO `costs` VALUES (1,'before'),(2,'in the mid-- Retrieving rows...
dle'),(3,'behind');
/*!40000 ALTER TABLE `costs` ENABLE KEYS */;
UNLOCK TABLES;

-- Dump completed on 2026-02-10  5:40:37
