"""The store: every run once, kept on disk, shared by all commands that need it."""
