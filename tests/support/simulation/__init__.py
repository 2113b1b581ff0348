"""A company that lives for months of mornings, and the claim that the warehouse then equals one built from nothing.

`company` and `happenings` are the source; `files` is the bucket; `script` says what goes wrong on which morning; `mornings` does it, and
`operator` types the commands; `rebuilds` and `compare` are the measure; `simulation` plays it all.
`python -m tests.support.simulation --help` searches longer.
"""
