"""What happens in the city and what it asks of the police: types of crime and of other calls, with their rates and handling."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field, model_validator

from sim.arrays import Array
from sim.parameters import Parameters, parameter

Share = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(gt=0, le=600)]


class IncidentType(IntEnum):
    """Types of incidents; the crimes come first."""

    BURGLARY = 0
    THEFT = 1
    ROBBERY = 2
    ASSAULT = 3
    SERVICE = 4
    DISORDER = 5


CRIMES = (IncidentType.BURGLARY, IncidentType.THEFT, IncidentType.ROBBERY, IncidentType.ASSAULT)
OTHER_CALLS = (IncidentType.SERVICE, IncidentType.DISORDER)
CRIME_NAMES = tuple(kind.name.lower() for kind in CRIMES)
TYPE_NAMES = tuple(kind.name.lower() for kind in IncidentType)

_HARM = "assumption: days of sentence, of the order of the Cambridge Crime Harm Index (Sherman, Neyroud & Neyroud 2016)"
_HANDLING = "assumption; gamma distributed"


class CrimeParameters(Parameters):
    """One type of place crime."""

    rate_per_1000: float = parameter(
        10.0, unit="true offences per 1,000 residents a year", ge=0, le=2000,
        source="assumption; sets the intercept of the offenders' choice in a city without police, and nothing else",
        doc="Base rate without any police presence; what happens under a strategy follows from the rules.",
    )  # fmt: skip
    harm_days: float = parameter(1.0, unit="days", ge=0, le=20_000, source=_HARM, doc="Severity of one offence.")
    report_probability: float = parameter(0.5, unit="probability", gt=0, lt=1, source="NCVS 2021–23 and assumption", doc="Reported at average trust.")
    witness_probability: float = parameter(0.1, unit="probability", ge=0, le=1, source="assumption", doc="A passer-by sees it and calls at once.")
    arrest_probability: float = parameter(
        0.2, unit="probability", ge=0, le=1, source="assumption", doc="Arrest on scene if the police arrived at the moment of the offence."
    )
    custody_days: float = parameter(15.0, unit="days", ge=0, le=3650, source="assumption: administrative or criminal detention", doc="Mean time in custody.")
    on_scene_min: float = parameter(30.0, unit="min", gt=0, le=600, source=_HANDLING, doc="Mean time on scene.")
    paperwork_min: float = parameter(15.0, unit="min", ge=0, le=600, source="assumption", doc="Mean time of paperwork after it.")


class CallParameters(Parameters):
    """One type of call that is no crime."""

    per_1000_year: float = parameter(200.0, unit="calls per 1,000 residents a year", ge=0, le=20_000, source="assumption", doc="Rate of calls.")
    priority_shares: tuple[Share, Share, Share] = parameter(
        (0.05, 0.35, 0.6), unit="shares", source="assumption", doc="Shares of priority 1, 2 and 3; they add up to 1."
    )
    on_scene_min: tuple[Minutes, Minutes, Minutes] = parameter((45.0, 35.0, 25.0), unit="min", source=_HANDLING, doc="Mean time on scene by priority.")
    paperwork_min: float = parameter(5.0, unit="min", ge=0, le=600, source="assumption", doc="Mean time of paperwork after it.")

    @model_validator(mode="after")
    def _check(self) -> CallParameters:
        if abs(sum(self.priority_shares) - 1) > 1e-6:
            raise ValueError("priority_shares must add up to 1")
        return self


class DemandParameters(Parameters):
    """The incidents of the city."""

    burglary: CrimeParameters = CrimeParameters(
        rate_per_1000=6,
        harm_days=20,
        report_probability=0.5,
        witness_probability=0.05,
        arrest_probability=0.3,
        custody_days=120,
        on_scene_min=35,
        paperwork_min=25,
    )
    theft: CrimeParameters = CrimeParameters(
        rate_per_1000=24,
        harm_days=2,
        report_probability=0.28,
        witness_probability=0.08,
        arrest_probability=0.2,
        custody_days=15,
        on_scene_min=25,
        paperwork_min=15,
    )
    robbery: CrimeParameters = CrimeParameters(
        rate_per_1000=1.5,
        harm_days=365,
        report_probability=0.6,
        witness_probability=0.25,
        arrest_probability=0.4,
        custody_days=365,
        on_scene_min=45,
        paperwork_min=45,
    )
    assault: CrimeParameters = CrimeParameters(
        rate_per_1000=10,
        harm_days=10,
        report_probability=0.42,
        witness_probability=0.3,
        arrest_probability=0.5,
        custody_days=10,
        on_scene_min=45,
        paperwork_min=30,
    )
    service: CallParameters = CallParameters(per_1000_year=330, priority_shares=(0.02, 0.28, 0.7))
    disorder: CallParameters = CallParameters(per_1000_year=130, priority_shares=(0.08, 0.52, 0.4))
    service_shape: float = parameter(
        2.0, unit="1", gt=0.05, le=100, source="assumption; 1 makes times on scene exponential", doc="Shape of the gamma distribution of handling times."
    )
    report_trust_slope: float = parameter(1.5, unit="log-odds", ge=0, le=10, source="assumption", doc="Change of the log-odds of reporting per unit of trust.")
    report_delay_min: float = parameter(
        12.0, unit="min", gt=0, le=10_000, source="assumption", doc="Mean delay from the discovery to the call; a witness takes a quarter of it."
    )
    on_view_probability: float = parameter(0.5, unit="probability", ge=0, le=1, source="assumption", doc="A unit in the cell notices the offence.")
    volunteer_sees_probability: float = parameter(
        0.5, unit="probability", ge=0, le=1, source="assumption", doc="A volunteer on watch in the cell notices the offence."
    )
    in_progress_min: float = parameter(20.0, unit="min", ge=0, le=1440, source="assumption", doc="Violence reported so soon after it is priority 1.")
    data_quality: float = parameter(
        0.8, unit="0 to 1", ge=0, le=1, source="assumption", doc="Quality q of base data; a recorded place is wrong with probability 0.3 (1 − q)."
    )
    dwelling_boost: float = parameter(
        3.0,
        unit="times",
        ge=0,
        le=50,
        source="assumption, after Johnson et al. 2007",
        doc="Extra appeal of a dwelling right after a burglary; 0 switches it off.",
    )
    near_boost: float = parameter(
        0.8, unit="times", ge=0, le=50, source="assumption, after Johnson et al. 2007", doc="Extra appeal of the dwellings around; 0 switches it off."
    )
    boost_days: float = parameter(14.0, unit="days", gt=0, le=365, source="Johnson et al. 2007: at least two weeks", doc="Decay time of both.")
    boost_reach_m: float = parameter(150.0, unit="m", gt=0, le=2000, source="Johnson et al. 2007: about 200 m", doc="Decay distance of the boost around.")

    def crime(self, kind: IncidentType) -> CrimeParameters:
        """Return the parameters of a crime type."""
        found: CrimeParameters = getattr(self, kind.name.lower())
        return found


class DemandRule(NamedTuple):
    """The parameters of demand as numbers and arrays [types] for the kernels."""

    harm_days: Array
    report_logit: Array
    report_trust_slope: float
    report_delay_min: float
    witness_probability: Array
    arrest_probability: Array
    custody_min: Array
    on_scene_min: Array  # [types, priorities]
    paperwork_min: Array
    service_shape: float
    on_view_probability: float
    volunteer_sees_probability: float
    in_progress_min: float
    wrong_place_probability: float
    dwelling_boost: float
    near_boost: float
    boost_min: float
    boost_reach_cells: float


def demand_rule(demand: DemandParameters, cell_m: float) -> DemandRule:
    """Translate the parameters for the kernels; times in minutes, distances in cells of `cell_m` metres."""
    crimes = [demand.crime(kind) for kind in CRIMES]
    others: list[CallParameters] = [demand.service, demand.disorder]
    report = np.array([c.report_probability for c in crimes])
    return DemandRule(
        harm_days=np.array([c.harm_days for c in crimes]),
        report_logit=np.log(report / (1 - report)),
        report_trust_slope=demand.report_trust_slope,
        report_delay_min=demand.report_delay_min,
        witness_probability=np.array([c.witness_probability for c in crimes]),
        arrest_probability=np.array([c.arrest_probability for c in crimes] + [0.0] * len(others)),
        custody_min=np.array([c.custody_days * 1440 for c in crimes]),
        on_scene_min=np.array([(c.on_scene_min,) * 3 for c in crimes] + [o.on_scene_min for o in others]),
        paperwork_min=np.array([c.paperwork_min for c in crimes] + [o.paperwork_min for o in others]),
        service_shape=demand.service_shape,
        on_view_probability=demand.on_view_probability,
        volunteer_sees_probability=demand.volunteer_sees_probability,
        in_progress_min=demand.in_progress_min,
        wrong_place_probability=0.3 * (1 - demand.data_quality),
        dwelling_boost=demand.dwelling_boost,
        near_boost=demand.near_boost,
        boost_min=demand.boost_days * 1440,
        boost_reach_cells=demand.boost_reach_m / cell_m,
    )
