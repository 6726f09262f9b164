"""The place: grid and land use, streets, beats and districts; made up, or read from real files."""
