"""Programmes: activities beside patrol that cost officer-hours."""
