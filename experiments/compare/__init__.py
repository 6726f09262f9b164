"""Comparisons: strategies under shortages over paired replications, from the design to the page."""
