"""Nationality enrichment: an optional model call between load and run, which can't hurt the morning. See docs/decisions/0007."""
