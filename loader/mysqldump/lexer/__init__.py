"""The bytes of a dump as statements."""
