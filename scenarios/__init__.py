"""Ready situations: pure functions that return parts of a scenario."""
