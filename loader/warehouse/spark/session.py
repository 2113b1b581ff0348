"""The one Spark session of a process, as the loader and SQLMesh both use it. See docs/decisions/0038.

A warehouse on S3 is in the Glue Data Catalog, and Glue brings Spark and Iceberg. A folder is for tests and tries: Spark runs in this
process's JVM, and its catalog is an embedded Derby database in that folder, which one process at a time can open.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from loader.errors import LoaderError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CATALOG = "spark_catalog"
JAR = "iceberg-spark-runtime-3.5_2.12-1.10.2.jar"
JAR_SHA256 = "c562d482dcd16b666e808b755469fbc4b2604284b41622c9d87e2c02b7cc6c5f"
_INSTALL = "install Spark for tests and tries by `make venv-spark`, and use .venv-spark/bin/python; on Glue it is there"

# No `spark.sql.extensions`: with Iceberg's, a replaced view keeps its old query, and nothing says so.
_EVERYWHERE = {
    f"spark.sql.catalog.{CATALOG}": "org.apache.iceberg.spark.SparkSessionCatalog",
    "spark.sql.ansi.enabled": "true",  # a cast that fails is an error, not a NULL
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # the source's timestamps have no zone
    # An overwrite replaces the partitions that it has rows for. SQLMesh sets the same.
    "spark.sql.sources.partitionOverwriteMode": "dynamic",
}


def session(warehouse: str) -> SparkSession:
    """The session of this process, which begins with the first call and ends with the process.

    Args:
        warehouse: s3:// URI of the warehouse in the Glue Data Catalog, or a folder.

    Raises:
        LoaderError: pyspark or its Iceberg is missing, or other than the tests were run with; there is no Java.
        UsageError: this process has a session on another warehouse.
    """
    if not importlib.util.find_spec("pyspark"):
        raise LoaderError(f"the spark gateway needs pyspark: {_INSTALL}")
    from pyspark.errors import PySparkRuntimeError
    from pyspark.sql import SparkSession

    if running := SparkSession.getActiveSession():
        there = running.conf.get("spark.sql.warehouse.dir").removeprefix("file:")
        if there != warehouse:
            raise UsageError(f"this process has a Spark session on {there}, and can have none on {warehouse}")
        return running
    builder = SparkSession.builder.appName("warehouse")
    for name, value in configuration(warehouse).items():
        builder = builder.config(name, value)
    try:
        return builder.enableHiveSupport().getOrCreate()
    except PySparkRuntimeError as error:
        raise LoaderError(
            f"Spark does not start ({error}): see that Java 17 is there; on Debian type\n  apt-get install openjdk-17-jre-headless"
        ) from error


def configuration(warehouse: str) -> dict[str, str]:
    """Spark's settings for a warehouse: see `session`.

    Raises:
        LoaderError: the warehouse is a folder, and Iceberg's jar is missing or another one.
    """
    if warehouse.startswith("s3://"):
        return _EVERYWHERE | {
            f"spark.sql.catalog.{CATALOG}.type": "glue",
            f"spark.sql.catalog.{CATALOG}.warehouse": warehouse,
            f"spark.sql.catalog.{CATALOG}.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
            "spark.hadoop.hive.metastore.client.factory.class": "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory",
            "spark.sql.warehouse.dir": warehouse,
        }
    Path(warehouse).mkdir(parents=True, exist_ok=True)
    return (
        _EVERYWHERE
        | {
            "spark.master": "local[2]",
            "spark.driver.memory": "3g",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            # Derby without fsync: a folder is for tries.
            "spark.driver.extraJavaOptions": f"-Dderby.stream.error.file={warehouse}/derby.log -Dderby.system.durability=test",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "FATAL",  # what fails is raised; Hive complains of each view with a TIMESTAMP_NTZ, which Spark keeps by itself
            "spark.jars": str(_jar()),
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": warehouse,
            f"spark.sql.catalog.{CATALOG}.type": "hive",
            "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={warehouse}/metastore;create=true",
            "spark.hadoop.hive.metastore.schema.verification": "false",
            "spark.hadoop.datanucleus.schema.autoCreateAll": "true",
            # Else CREATE TABLE asks the metastore for locks, which Derby has not, for three minutes. One process writes.
            "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
        }
    )


def _jar() -> Path:
    """Iceberg for Spark 3.5, from the package that the tests pin, if it is the very file that they were run with."""
    found = importlib.util.find_spec("snowpark_connect_deps_iceberg")
    if not found or not found.origin:
        raise LoaderError(f"Iceberg's jar for Spark is missing: {_INSTALL}")
    jar = Path(found.origin).parent / "jars" / JAR
    digest = hashlib.sha256(jar.read_bytes()).hexdigest()
    if digest != JAR_SHA256:
        raise LoaderError(f"{jar} has the SHA-256 {digest}, not {JAR_SHA256}: {_INSTALL}")
    return jar
