"""One run of a comparison, from a scenario in plain values to what a comparison keeps of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.city.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

    from sim.model import CityModel
    from sim.outcomes.results import Results


@dataclass(frozen=True)
class RunResult:
    """What a comparison keeps of one run.

    Attributes
    ----------
    indicators : dict
        Name → value, None where absent.
    cells : dict
        `crimes`, `harm`, `patrol_minutes`: each an array, shape [cells], over the measured days.
    grid : Grid
        Where these cells lie.
    fifths : dict
        Column → sums over fifths of the neighbourhoods, those with most crimes first, see
        `sim.outcomes.equity.by_fifths`.
    place_crimes : dict
        Type → cell of each crime at a place of the measured days, see `sim.outcomes.indicators.place_crimes`.
    officer_hours : dict
        (post, activity) → hours over the measured days.
    calls_by_hour : array
        Calls received by hour of day, mean a day, shape [24].
    duty : dict
        Post → mean number of officers on duty by hour of day, shape [24]; empty where a run does not tell.
    quarters : dict
        Column → array [quarters], those of a fade-out among them, see `sim.outcomes.paths.quarter_table`.
    warmup : dict
        Column → array [weeks], see `sim.outcomes.paths.warmup_table`.
    """

    indicators: dict[str, float | None]
    cells: dict[str, np.ndarray]
    grid: Grid
    fifths: dict[str, np.ndarray]
    place_crimes: dict[str, np.ndarray]
    officer_hours: dict[tuple[str, str], float]
    calls_by_hour: np.ndarray
    duty: dict[str, np.ndarray]
    quarters: dict[str, np.ndarray]
    warmup: dict[str, np.ndarray]


RECORDS = RunResult, Grid  # of which a `RunResult` is made, for the store


def simulate(settings: Mapping[str, Any]) -> RunResult:
    """Run one scenario and keep what a comparison needs.

    Parameters
    ----------
    settings : mapping
        The scenario as plain values (`scenario.model_dump(mode="json")`), which any process can be sent.
    """
    import numpy as np

    from sim.model import CityModel
    from sim.outcomes.equity import by_fifths
    from sim.outcomes.indicators import place_crimes
    from sim.scenario import Scenario

    scenario = Scenario.model_validate(settings)
    model = CityModel(scenario)
    results = run_through(model)
    tables = results.tables
    hours = np.asarray(tables["calls"]["received_min"]) // 60 % 24
    return RunResult(
        indicators=dict(results.indicators),
        cells={name: np.asarray(tables["cells"][name], dtype=float) for name in ("crimes", "harm", "patrol_minutes")},
        grid=model.city.grid,
        fifths=by_fifths(tables["neighbourhoods"]),
        place_crimes=place_crimes(tables["incidents"]),
        officer_hours=officer_hours(tables["ledger"]),
        calls_by_hour=np.bincount(hours.astype(int), minlength=24) / scenario.days,
        duty=duty_by_hour(tables.get("duty", {})),
        quarters=tables["quarters"],
        warmup=tables["warmup"],
    )


def run_through(model: CityModel, done: Callable[[], None] = lambda: None) -> Results:
    """Run a model day by day to the end of its scenario, and return its results.

    They are those of the measured days; quarters go on through the fade-out, if there is one.

    Parameters
    ----------
    model : CityModel
        At the end of its warm-up.
    done : callable
        Called after each day.
    """
    for _ in range(model.scenario.days):
        model.run(days=1)
        done()
    results = model.results()
    for _ in range(model.scenario.fade_out_days):
        model.run(days=1)
        done()
    if model.scenario.fade_out_days:
        results.tables["quarters"] = model.results_of_model().tables["quarters"]
    return results


def officer_hours(ledger: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """Return the officer-hours of a ledger by post and activity.

    Parameters
    ----------
    ledger : mapping
        Columns `post, activity, officer_minutes`.
    """
    minutes: Counter[tuple[str, str]] = Counter()
    for post, activity, spent in zip(
        *(ledger[name].tolist() for name in ("post", "activity", "officer_minutes")), strict=True
    ):
        minutes[post, activity] += spent
    return {key: total / 60 for key, total in minutes.items()}


def duty_by_hour(duty: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the officers on duty of each post by hour of day, shape [24].

    Parameters
    ----------
    duty : mapping
        Columns `post, hour_of_day, officers`; empty where a run does not tell.
    """
    import numpy as np

    found: dict[str, np.ndarray] = {}
    for post, hour, officers in zip(
        *(np.asarray(duty.get(name, ())).tolist() for name in ("post", "hour_of_day", "officers")), strict=True
    ):
        found.setdefault(post, np.zeros(24))[int(hour)] = officers
    return found
