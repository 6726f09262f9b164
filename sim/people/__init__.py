"""The people: residents and their routine, offenders, volunteers."""
