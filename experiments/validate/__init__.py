"""The scoreboard: published patterns beside what the model makes."""
