"""Real, throwaway database servers, for tests and benchmarks.

`mysql_family(folder)` and `state(folder)` are what tests use: a server of the MySQL family and a Postgres, each one of its own
unless the environment names a running one:

    WAREHOUSE_TEST_MYSQL_URL    mysql://user:password@host:port
    WAREHOUSE_TEST_STATE_URL    postgresql://user:password@host:port/postgres
    WAREHOUSE_TEST_SERVER       mysql for MySQL 9.7 instead of MariaDB
    WAREHOUSE_MYSQL97_DIR       where MySQL 9.7 is, or is put (default ~/.cache/share-house-warehouse/mysql97)

The environment is read when this package is imported: a test sees none of these variables, see conftest.py.
"""

from tests.support.servers.install import Missing, require
from tests.support.servers.mysql import QUICK, MySQLServer, OwnMySQLServer, mariadb, mysql97, mysql_family
from tests.support.servers.postgres import PostgresServer, postgres, state
from tests.support.servers.process import ServerError
from tests.support.servers.tls import certificates

__all__ = [
    "QUICK",
    "Missing",
    "MySQLServer",
    "OwnMySQLServer",
    "PostgresServer",
    "ServerError",
    "certificates",
    "mariadb",
    "mysql97",
    "mysql_family",
    "postgres",
    "require",
    "state",
]
