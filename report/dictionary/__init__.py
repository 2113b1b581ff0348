"""The data dictionary: every model, column and audit, and where each column comes from, as one HTML file. See docs/decisions/0029."""
