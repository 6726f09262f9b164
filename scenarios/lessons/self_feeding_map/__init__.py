"""A lesson."""
