"""A mysqldump as tables and rows: bytes in, no database."""
