"""Settings by group, YAML only; this file lets them travel with the package."""
