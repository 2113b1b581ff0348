"""The bucket, the dumps and the daily files in it. No database is known here."""
