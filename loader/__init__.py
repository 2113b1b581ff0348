"""Lands the morning's mysqldump and the daily snapshots, and runs SQLMesh on the business clock."""
