"""Invented share-house companies, written as the bucket the pipeline reads: the demo's big one and the small ones of the tests.

`schema` has the source's tables, once. Rows are made in two ways, for speed: `company` and `queries` make tens of thousands in SQL, in
DuckDB; `rows` has a handful, of which a test names the columns that matter. Both are written by `dump`, as mysqldump does, and put into
the bucket by `objects`, with manifests and daily files. `bucket` is the demo's whole bucket, made block by block, `mornings` what is typed on it.
"""
