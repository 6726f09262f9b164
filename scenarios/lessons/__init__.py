"""Lessons for a class: in each folder what is run (`lesson.py`) and what is said (`en.md`, `zh.md`)."""
