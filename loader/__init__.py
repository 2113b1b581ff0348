"""Lands the morning's mysqldump and the daily files, and runs SQLMesh on the business clock."""

__version__ = "0.4.0"
