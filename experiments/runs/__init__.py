"""Runs over processes, and the folders that results are kept in."""
