"""Faults that are planted one at a time, to see which test finds each: `python -m tests.mutants`. See docs/mutants.md."""
