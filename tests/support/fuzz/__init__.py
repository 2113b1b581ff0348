"""Fuzzing of the whole `load`: damaged buckets from a fixed seed, each judged by a slow and obvious reading of the same bytes.

`python -m tests.support.fuzz --help` tells how to run more of it than the suite does.
"""
