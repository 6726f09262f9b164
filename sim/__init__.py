"""Beatlab's model: a city, its offenders, residents and patrols, under a policing strategy."""
