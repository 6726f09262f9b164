"""The command `sensitivity`: on which uncertain parameters outcomes and differences between strategies hang."""
