"""The rows of an INSERT as lines of CSV."""
