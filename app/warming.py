"""What a worker process does first, so that nobody waits for it later: the model is loaded, and compiled if need be."""

from __future__ import annotations


def warmed() -> None:
    """Load what runs and answers need, by a short run of a town."""
    import experiments.compare.api
    import experiments.compare.findings  # noqa: F401 (to have it loaded)
    from experiments.runs.simulation import simulate
    from experiments.settings.compose import compose, scenario_of

    tree = compose("run", {"city": "town", "strategy": "integrated"}, {"days": 2, "warmup_days": 0})
    simulate(scenario_of(tree, ["language", "out", "tracks"]).model_dump(mode="json"))
