"""The warehouse that a load writes: an embedded DuckDB file, or MySQL."""
