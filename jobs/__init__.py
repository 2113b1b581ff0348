"""The jobs that AWS Glue runs."""
