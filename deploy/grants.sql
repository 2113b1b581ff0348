-- The accounts of the warehouse and what each may do: on Aurora, as its administrator, once. Passwords are set apart from this file:
--   ALTER USER 'etl'@'%' IDENTIFIED BY '…';
-- and lie in Secrets Manager; nothing here has to be typed again when one is rotated. Typed again, it changes nothing.

-- The pipeline: it makes schemas (one a dump, one a layer and environment), tables and views, and swaps them. Of schemas with other names it
-- has none. `_` and `%` are patterns here, as in LIKE, unless partial_revokes is on: leave that off, as it is by default.
CREATE USER IF NOT EXISTS 'etl'@'%' REQUIRE SSL;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `landing`.* TO 'etl'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `landing\_%`.* TO 'etl'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `seeds`.* TO 'etl'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `seeds\_\_%`.* TO 'etl'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `staging`.* TO 'etl'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `staging\_\_%`.* TO 'etl'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `silver`.* TO 'etl'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `silver\_\_%`.* TO 'etl'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `gold`.* TO 'etl'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `gold\_\_%`.* TO 'etl'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, CREATE TEMPORARY TABLES
  ON `sqlmesh\_\_%`.* TO 'etl'@'%';

-- Dashboards: gold, and nothing that has a tenant's name in it. Views run with the rights of who made them, so the tables behind them stay closed.
CREATE USER IF NOT EXISTS 'bi'@'%' REQUIRE SSL;
CREATE SCHEMA IF NOT EXISTS gold;
GRANT SELECT, SHOW VIEW ON gold.* TO 'bi'@'%';

-- People who try a change: what they read in an environment of their own is gold__dev.*; underscores are quoted, for they stand for any sign.
-- GRANT SELECT, SHOW VIEW ON `gold\_\_dev`.* TO 'bi'@'%';

-- The plan that is looked at before somebody approves it (deploy.yml): it logs in, for SQLMesh does, and reads no table. What would change
-- is in the state, whose account is in deploy/state-grants.sql.
CREATE USER IF NOT EXISTS 'look'@'%' REQUIRE SSL;
