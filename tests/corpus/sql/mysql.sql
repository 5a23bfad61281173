-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: fonds
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;

DROP TABLE IF EXISTS `assures`;
CREATE TABLE `assures` (
  `immat` char(9) NOT NULL COMMENT 'key, of (nine) digits',
  `nom` varchar(60) DEFAULT 'x,y)',
  `adresse` text,
  `photo` blob,
  `actif` bit(1) DEFAULT b'1',
  `solde` decimal(10,2) DEFAULT NULL,
  PRIMARY KEY (`immat`),
  KEY `nom` (`nom`,`solde`),
  CONSTRAINT `c` FOREIGN KEY (`immat`) REFERENCES `autres` (`immat`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES `assures` WRITE;
/*!40000 ALTER TABLE `assures` DISABLE KEYS */;
INSERT INTO `assures` VALUES ('800000001','O\'HARA; (x)','1 rue A\nFès',0xFFD8FF00,b'1',-12.50),('800000002','L''ALAOUI',"2, rue \"B\"",_binary 'ab',b'0',NULL);
INSERT INTO `assures` (`nom`, `immat`) VALUES ('TAZI','800000003'),
('RAMI' /* a remark */,'800000004') ON DUPLICATE KEY UPDATE nom='x';
/*!40000 ALTER TABLE `assures` ENABLE KEYS */;
UNLOCK TABLES;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER t BEFORE INSERT ON assures FOR EACH ROW
BEGIN
INSERT INTO journal VALUES (1,'not a row');
END */;;
DELIMITER ;
REPLACE INTO codes SET code=0x4142, label=N'Été', value=X'c3a9';
/*M!100401 INSERT INTO codes (code,label,value) VALUES ('M','MariaDB',1.5e-3) */;
-- Dump completed on 2024-05-01 12:00:00
