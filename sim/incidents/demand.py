"""The mix of incidents of a city: every type with its parameters, and their translation for the kernels."""

from __future__ import annotations

import math

import numpy as np
from pydantic import model_validator

from sim.incident_types import CRIMES, INDOORS, IncidentType
from sim.incidents.call_changes import DemandChange, DiversionChange
from sim.incidents.crises import CrisisParameters
from sim.incidents.disputes.parameters import DisputeParameters
from sim.incidents.fraud.parameters import FraudParameters
from sim.incidents.profiles import (
    CallParameters,
    CrimeParameters,
    DemandRule,
    EventDependenceParameters,
    HandlingParameters,
    PlaceCrimeParameters,
    ReportingParameters,
)
from sim.incidents.rare_events import MassIncidentParameters, SerialOffenderParameters
from sim.incidents.school import SchoolParameters
from sim.incidents.target_parameters import BAND_NAMES, BurglaryParameters, PersonCrimeParameters
from sim.parameters import CHOSEN, Parameters, decay_min, parameter, rule_of
from sim.periods import check_no_contradiction

I = IncidentType  # noqa: E741
TAKEN_FOR = {  # what a caller may take it for
    I.BURGLARY: I.ALARM, I.PICKPOCKETING: I.SERVICE, I.SHOPLIFTING: I.DISPUTE, I.VEHICLE_THEFT: I.SERVICE,
    I.ROBBERY: I.SNATCHING,
    I.SNATCHING: I.PICKPOCKETING, I.BRAWL: I.DISORDER, I.DISPUTE_ASSAULT: I.DISPUTE, I.SCHOOL_VIOLENCE: I.DISORDER,
    I.FRAUD: I.SERVICE,
    I.DISPUTE: I.DISORDER, I.TRAFFIC: I.SERVICE, I.SERVICE: I.DISORDER, I.ALARM: I.BURGLARY, I.DISORDER: I.BRAWL,
}  # fmt: skip
BOOKED_AS = {  # what records may take it for
    I.BURGLARY: I.SHOPLIFTING, I.PICKPOCKETING: I.SHOPLIFTING, I.SHOPLIFTING: I.PICKPOCKETING,
    I.VEHICLE_THEFT: I.PICKPOCKETING, I.ROBBERY: I.SNATCHING,
    I.SNATCHING: I.ROBBERY, I.BRAWL: I.DISPUTE_ASSAULT, I.DISPUTE_ASSAULT: I.BRAWL, I.SCHOOL_VIOLENCE: I.BRAWL,
    I.FRAUD: I.FRAUD,
}  # fmt: skip


BY_THE_POLICE_DAYS = 15.0  # the longest detention that they impose themselves, see `CrimeParameters.custody_most_days`


class DemandParameters(Parameters):
    """The incidents of the city.

    The rates are those of `demand=county_china`; `scenarios/mixes.py` has the source of each.
    """

    burglary: BurglaryParameters = BurglaryParameters(
        rate_per_1000=4, harm_days=20, report_probability=0.44, witness_probability=0.04, arrest_probability=0.3,
        custody_days=120, custody_most_days=None, on_scene_min=35, paperwork_min=25,
    )  # fmt: skip
    pickpocketing: PersonCrimeParameters = PersonCrimeParameters(
        rate_per_1000=6, harm_days=2, report_probability=0.2, witness_probability=0.06, arrest_probability=0.2,
        custody_days=15, custody_most_days=None, on_scene_min=20, paperwork_min=15,
        age_weights=(0.0, 0.3, 1.0, 0.9, 0.8, 0.8, 0.9),
    )  # fmt: skip
    shoplifting: PlaceCrimeParameters = PlaceCrimeParameters(
        rate_per_1000=6, harm_days=1, report_probability=0.22, witness_probability=0.06, arrest_probability=0.3,
        custody_days=10, custody_most_days=BY_THE_POLICE_DAYS, on_scene_min=20, paperwork_min=15,
    )  # fmt: skip
    vehicle_theft: PersonCrimeParameters = PersonCrimeParameters(
        rate_per_1000=9, harm_days=5, report_probability=0.74, witness_probability=0.05, arrest_probability=0.2,
        custody_days=60, custody_most_days=None, on_scene_min=25, paperwork_min=20,
        age_weights=(0.0, 0.3, 1.0, 1.0, 1.0, 1.0, 0.6),
    )  # fmt: skip
    robbery: PersonCrimeParameters = PersonCrimeParameters(
        rate_per_1000=0.2, harm_days=365, report_probability=0.48, witness_probability=0.1, arrest_probability=0.4,
        custody_days=365, custody_most_days=None, on_scene_min=45, paperwork_min=45,
        age_weights=(0.0, 0.7, 1.0, 0.7, 0.5, 0.4, 0.2),
    )  # fmt: skip
    snatching: PersonCrimeParameters = PersonCrimeParameters(
        rate_per_1000=0.4, harm_days=90, report_probability=0.46, witness_probability=0.12, arrest_probability=0.3,
        custody_days=180, custody_most_days=None, on_scene_min=30, paperwork_min=30,
        age_weights=(0.0, 0.4, 0.8, 0.8, 0.8, 0.9, 1.0),
    )  # fmt: skip
    brawl: PersonCrimeParameters = PersonCrimeParameters(
        rate_per_1000=9, harm_days=10, report_probability=0.3, witness_probability=0.18, arrest_probability=0.5,
        custody_days=10, custody_most_days=BY_THE_POLICE_DAYS, on_scene_min=45, paperwork_min=30,
        age_weights=(0.0, 0.4, 1.0, 0.6, 0.3, 0.1, 0.02), acquaintances=0.3,
    )  # fmt: skip
    dispute_assault: CrimeParameters = CrimeParameters(
        harm_days=15, report_probability=0.38, witness_probability=0.05, arrest_probability=0.5,
        custody_days=10, custody_most_days=BY_THE_POLICE_DAYS, on_scene_min=45, paperwork_min=30,
    )  # fmt: skip
    school_violence: SchoolParameters = SchoolParameters()
    fraud: FraudParameters = FraudParameters()
    disputes: DisputeParameters = DisputeParameters()
    crises: CrisisParameters = CrisisParameters()
    traffic: CallParameters = CallParameters(per_1000_year=70, priority_shares=(0.1, 0.3, 0.6))
    service: CallParameters = CallParameters(per_1000_year=220, priority_shares=(0.02, 0.28, 0.7))
    alarm: CallParameters = CallParameters(per_1000_year=30, priority_shares=(0.1, 0.9, 0.0), on_scene_min=(20, 20, 20))
    disorder: CallParameters = CallParameters(
        per_1000_year=100, unreported_per_1000_year=120, priority_shares=(0.08, 0.52, 0.4)
    )
    mass_incidents: MassIncidentParameters = MassIncidentParameters()
    serial_offenders: SerialOffenderParameters = SerialOffenderParameters()
    event_dependence: EventDependenceParameters = EventDependenceParameters()
    reporting: ReportingParameters = ReportingParameters()
    changes: tuple[DemandChange, ...] = parameter(
        (), unit="changes", source=CHOSEN, doc="Days with more or fewer calls."
    )
    diversion: tuple[DiversionChange, ...] = parameter(
        (), unit="changes", source=CHOSEN, doc="Calls that the desk diverts to other agencies."
    )

    @model_validator(mode="after")
    def _no_contradiction(self) -> DemandParameters:
        check_no_contradiction(self.changes, "demand.changes")
        check_no_contradiction(self.diversion, "demand.diversion")
        return self

    @property
    def usual(self) -> DemandParameters:
        """The same without what is only on some days: changes of calls, diversion, rare events."""
        return self.model_copy(
            update={
                "changes": (),
                "diversion": (),
                "mass_incidents": MassIncidentParameters(),
                "serial_offenders": SerialOffenderParameters(),
            }
        )

    def crime(self, kind: IncidentType) -> CrimeParameters:
        """Return the parameters of a crime type."""
        found: CrimeParameters = getattr(self, kind.name.lower())
        return found

    def place_crime(self, kind: IncidentType) -> PlaceCrimeParameters:
        """Return the parameters of a type of crime that offenders search for at places."""
        found: PlaceCrimeParameters = getattr(self, kind.name.lower())
        return found

    def call(self, kind: IncidentType) -> CallParameters:
        """Return the parameters of a type of call that nothing in the model causes."""
        found: CallParameters = getattr(self, kind.name.lower())
        return found

    def handling(self, kind: IncidentType) -> CrimeParameters | HandlingParameters:
        """Return the parameters of any type, which say how it is handled."""
        if kind in CRIMES:
            return self.crime(kind)
        return self.disputes if kind == IncidentType.DISPUTE else self.call(kind)


NOBODY = (0.0,) * len(BAND_NAMES)  # weights by age where no person is chosen


def demand_rule(demand: DemandParameters, cell_m: float) -> DemandRule:
    """Return the parameters as kernels take them; times in minutes, distances in cells of `cell_m` metres."""
    crimes = [demand.crime(kind) for kind in CRIMES]
    report = np.array([c.report_probability for c in crimes])
    most_days = [math.inf if c.custody_most_days is None else c.custody_most_days for c in crimes]
    reporting, events = demand.reporting, demand.event_dependence
    handling = [demand.handling(kind) for kind in IncidentType]
    return rule_of(
        DemandRule,
        reporting,
        events,
        harm_days=np.array([c.harm_days for c in crimes]),
        report_logit=np.log(report / (1 - report)),
        sleeping_homes=demand.burglary.sleeping_homes,
        closed_shops=demand.burglary.closed_shops,
        woken_probability=demand.burglary.woken_probability,
        age_weights=np.array([c.age_weights if isinstance(c, PersonCrimeParameters) else NOBODY for c in crimes]),
        acquaintances=np.array([c.acquaintances if isinstance(c, PersonCrimeParameters) else 0.0 for c in crimes]),
        witness_probability=np.array([c.witness_probability for c in crimes]),
        arrest_probability=np.array([c.arrest_probability for c in crimes]),
        held_probability=np.array([c.held_probability for c in crimes]),
        custody_min=np.array([c.custody_days * 1440 for c in crimes]),
        custody_most_min=np.array([days * 1440 for days in most_days]),
        on_scene_min=np.array([np.broadcast_to(asked.on_scene_min, 3) for asked in handling]),
        on_scene_cv=np.array([asked.on_scene_cv or 0.0 for asked in handling]),
        paperwork_min=np.array([asked.paperwork_min for asked in handling]),
        follow_up_probability=np.array([asked.follow_up_probability for asked in handling]),
        follow_up_min=np.array([asked.follow_up_min for asked in handling]),
        in_sight=np.array([reporting.seen_indoors if kind in INDOORS else 1.0 for kind in CRIMES]),
        wrong_place_probability=0.3 * (1 - reporting.data_quality),
        wrong_place_cells=reporting.wrong_place_m / cell_m,
        data_decay_min=decay_min(reporting.data_half_life_days * 1440),
        wrong_type_probability=0.2 * (1 - reporting.data_quality),
        taken_for=np.array([TAKEN_FOR[kind] for kind in IncidentType]),
        booked_as=np.array([BOOKED_AS.get(kind, kind) for kind in IncidentType]),
        boost_reach_cells=events.boost_reach_m / cell_m,
    )
