"""The commands, the runner and store, statistics, figures and reports."""
