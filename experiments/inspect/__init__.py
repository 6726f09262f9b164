"""The command `inspect`: reads the files of a city, runs nothing, and says what was understood."""
