"""The report: one HTML file of the newest day's figures, for people who would rather look than read. See docs/decisions/0008."""
