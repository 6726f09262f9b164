"""Incidents: opportunities for crime, calls that are no crime, reporting, and the logs of truth and of calls."""
