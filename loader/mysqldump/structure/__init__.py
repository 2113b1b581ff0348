"""Whether a dump is whole, and what it says of itself."""
