"""Dumps and daily files into the warehouse, whole or not at all."""
