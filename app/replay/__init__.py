"""The replay of runs: where units were, what happened, and what the police knew of it, on one clock in one file."""
