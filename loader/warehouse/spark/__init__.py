"""The warehouse on Spark and Iceberg: see docs/decisions/0038."""
