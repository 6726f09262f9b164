"""Strategies: one file a deployment. Every module here that registers a strategy is found by its name."""
