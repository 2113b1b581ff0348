"""MySQL as the warehouse."""
