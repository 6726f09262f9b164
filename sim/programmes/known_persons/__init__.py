"""Known persons (重点人员管控)."""
