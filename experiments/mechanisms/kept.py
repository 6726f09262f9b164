"""The trace of one run: its days as short series, its hours and indicators, for figures that look into programmes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOOKED_AHEAD = 300  # searches that are imagined for an offender


@dataclass(frozen=True)
class Trace:
    """What is kept of one run.

    Attributes
    ----------
    residents, days : int
        People of the city, measured days.
    indicators : dict
        Name → value, None where absent.
    hours : dict
        (post, activity) → officer-hours over the measured days.
    daily : dict
        Name → value by day, shape [days]: `crimes_place, crimes_fraud, crimes_assault, recorded, trust,
        perceived_safety, fatigue, overtime_hours`, and `<programme>_<measure>` of every programme.
    tip_hours : dict
        Kind of tip → hours that the tips which arrived took, from the moment when somebody told.
    """

    residents: int
    days: int
    indicators: dict[str, float | None]
    hours: dict[tuple[str, str], float]
    daily: dict[str, NDArray[np.float64]]
    tip_hours: dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Afterwards:
    """What a short run leaves behind.

    Attributes
    ----------
    hours : dict
        Activity of the ledger → officer-hours.
    trust, awareness, fraud_awareness : float
        Sums over the residents at the end.
    crimes : float
        Crimes at places.
    expected_crimes : float
        Crimes at places a year that follow from offenders, residents, homes and places as they are at the end, patrols
        and watchers apart.
    """

    hours: dict[str, float]
    trust: float
    awareness: float
    fraud_awareness: float
    crimes: float
    expected_crimes: float


RECORDS = Trace, Afterwards  # for the store


def afterwards(settings: Mapping[str, Any]) -> Afterwards:
    """Run one scenario, given as plain values, and keep what it leaves behind."""
    from experiments.runs.simulation import officer_hours
    from sim.incidents.true_risk import true_risk
    from sim.model import CityModel
    from sim.outcomes.indicators import at_places
    from sim.people.feelings import Feeling
    from sim.scenario import Scenario

    scenario = Scenario.model_validate(settings)
    model = CityModel(scenario)
    model.run()
    tables, world, feel = model.results().tables, model.world, model.moods[-1] * model.city.residents
    hours: dict[str, float] = {}
    for (_, activity), spent in officer_hours(tables["ledger"]).items():
        hours[activity] = hours.get(activity, 0.0) + spent
    risk = true_risk(
        scenario.seed, model.now_min, 7.0, world.offenders, world.opportunity, world.ground, world.rules, LOOKED_AHEAD
    )
    return Afterwards(
        hours,
        float(feel[Feeling.TRUST]),
        float(feel[Feeling.AWARENESS]),
        float(feel[Feeling.FRAUD_AWARENESS]),
        float(at_places(tables["incidents"]).sum()),
        float(risk.sum()) * 365,
    )


def trace(settings: Mapping[str, Any]) -> Trace:
    """Run one scenario, given as plain values, and keep its trace."""
    from experiments.runs.simulation import officer_hours
    from sim.model import CityModel
    from sim.outcomes.indicators import at_places
    from sim.programmes.social_governance.programme import SocialGovernance
    from sim.scenario import Scenario

    scenario = Scenario.model_validate(settings)
    model = CityModel(scenario)
    model.run()
    results = model.results()
    tables, days = results.tables, scenario.days
    incidents, daily = tables["incidents"], tables["daily"]
    series = {
        "crimes_place": np.bincount((incidents["time_min"][at_places(incidents)] // 1440).astype(int), minlength=days)[
            :days
        ].astype(float),
        **{
            name: np.asarray(daily[name], dtype=float)
            for name in ("crimes_fraud", "crimes_assault", "trust", "perceived_safety")
        },
        "recorded": np.asarray(daily["recorded_total"], dtype=float),
        "fatigue": np.asarray(tables["force"]["fatigue_mean"], dtype=float),
        "overtime_hours": np.asarray(tables["force"]["overtime_hours"], dtype=float),
    }
    for programme in model.programmes:
        for measure, values in programme.diary.items():
            measured = np.zeros(days)
            known = values[scenario.warmup_days : scenario.warmup_days + days]
            measured[: len(known)] = known
            series[f"{programme.name}_{measure}"] = measured
    tips = next(
        (
            _tip_hours(programme.tip_table())
            for programme in model.programmes
            if isinstance(programme, SocialGovernance)
        ),
        {},
    )
    return Trace(model.city.residents, days, dict(results.indicators), officer_hours(tables["ledger"]), series, tips)


def _tip_hours(table: Mapping[str, Any]) -> dict[str, NDArray[np.float64]]:
    """Return the hours from telling to the unit that can act, of the tips that arrived, by kind."""
    arrived = table["state"] == "arrived"
    hours = np.ma.getdata(table["unit_min"] - table["start_min"]) / 60
    return {str(kind): hours[arrived & (table["kind"] == kind)] for kind in np.unique(table["kind"])}
