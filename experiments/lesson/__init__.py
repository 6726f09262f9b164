"""Lessons for a class: from a folder to a run whose effect can be seen, and to a sheet of paper."""
