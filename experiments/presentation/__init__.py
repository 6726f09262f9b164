"""Indicators, words, numbers and pages as all commands show them; knows no command."""
