"""Everything that knows SQLMesh."""
