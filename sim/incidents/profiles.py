"""What one case is and asks for, by type.

Severity, who tells the police, the chance of an arrest on scene, handling times.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, field_validator, model_validator

from sim.arrays import Array
from sim.incidents.service import ServiceParameters
from sim.parameters import Parameters, adding_up, parameter

Share = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(gt=0, le=600)]
REQUIRED: Any = ...  # no default: a type without it is refused

_HARM = "assumption: sentence-days, of the order of the Cambridge Crime Harm Index (Sherman, Neyroud & Neyroud 2016)"
_HANDLING = "assumption: 45, 35 and 25 min by priority; gamma distributed"


class CrimeParameters(ServiceParameters):
    """One type of crime. Every value of its own must be given: a type without a severity would count for nothing."""

    harm_days: float = parameter(
        REQUIRED,
        unit="days",
        ge=0,
        le=20_000,
        source=_HARM,
        doc="Severity: mean crime harm, in sentence-days, of one offence.",
    )
    report_probability: float = parameter(
        REQUIRED, unit="probability", gt=0, lt=1,
        source="set for the recorded share of NCVS 2021–23 (burglary and other theft recalled), else assumption",
        doc="The victim reports it, at trust 0.5 and typical harm.",
    )  # fmt: skip
    witness_probability: float = parameter(
        REQUIRED,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="Somebody else sees it and calls at once, at trust 0.5.",
    )
    arrest_probability: float = parameter(
        REQUIRED,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="Arrest on scene if the police arrived at the moment of the offence.",
    )
    held_probability: float = parameter(
        0.0, unit="probability", ge=0, le=1,
        source="assumption: off; in a western city see the option `calls=city_western`",
        doc=(
            "Whoever does it is caught and held by those who are there, staff, guards or bystanders (扭送): they "
            "call at once, and he is still there when a unit comes."
        ),
    )  # fmt: skip
    custody_days: float = parameter(
        REQUIRED,
        unit="days",
        ge=0,
        le=3650,
        source="assumption: administrative or criminal detention",
        doc="Mean time in custody after an arrest.",
    )
    custody_most_days: float | None = parameter(
        REQUIRED, unit="days", ge=0.01, le=3650,
        source=(
            "Public Security Administration Punishments Law of China 2005: 15 days for one act; "
            "assumption: that law for all cases of a type whose mean is less, and none where courts decide, "
            "as about pickpockets whatever they took (Criminal Law, article 264)"
        ),
        doc="The longest that the law allows, more than the mean; none: custody is exponential.",
    )  # fmt: skip
    on_scene_min: float = parameter(REQUIRED, unit="min", ge=0.1, le=600, source=_HANDLING, doc="Mean time on scene.")
    paperwork_min: float = parameter(
        REQUIRED, unit="min", ge=0, le=600, source="assumption", doc="Mean time of paperwork after it."
    )

    @model_validator(mode="after")
    def _mean_below_most(self) -> Self:
        if self.custody_most_days is not None and self.custody_days >= self.custody_most_days:
            raise ValueError(
                f"custody_days, {self.custody_days:g}, must be less than custody_most_days, {self.custody_most_days:g}"
            )
        return self


class PlaceCrimeParameters(CrimeParameters):
    """One type of crime that offenders search for at places."""

    rate_per_1000: float = parameter(
        REQUIRED, unit="true offences per 1,000 residents per year", ge=0, le=2000,
        source=(
            "of the mix, see scenarios/mixes.py; sets the intercept of the offenders' choice while the city settles "
            "under its status quo, and nothing else"
        ),
        doc="Rate of the settled city under its status quo; what happens under a strategy follows from the rules.",
    )  # fmt: skip


class HandlingParameters(ServiceParameters):
    """What a call that is no crime asks of a unit."""

    on_scene_min: tuple[Minutes, Minutes, Minutes] = parameter(
        (45.0, 35.0, 25.0), unit="min", source=_HANDLING, doc="Mean time on scene by priority."
    )
    paperwork_min: float = parameter(
        5.0, unit="min", ge=0, le=600, source="assumption", doc="Mean time of paperwork after it."
    )


class CallParameters(HandlingParameters):
    """One type of call that is no crime and that nothing in the model causes."""

    per_1000_year: float = parameter(
        REQUIRED,
        unit="calls per 1,000 residents per year",
        ge=0,
        le=20_000,
        source="of the mix, see scenarios/mixes.py",
        doc="Calls.",
    )
    unreported_per_1000_year: float = parameter(
        0.0, unit="incidents per 1,000 residents per year", ge=0, le=20_000, source="assumption",
        doc=(
            "Such incidents about which nobody calls: a free patrol that is in the cell finds and settles them, "
            "else nobody does."
        ),
    )  # fmt: skip
    priority_shares: tuple[Share, Share, Share] = parameter(
        (0.05, 0.35, 0.6),
        unit="shares",
        source="assumption",
        doc="Shares of priority 1, 2 and 3; they must add up to 1.",
    )

    @field_validator("priority_shares")
    @classmethod
    def _add_up(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        return adding_up(shares)


class ReportingParameters(Parameters):
    """How the police come to know, how soon, and what records get wrong."""

    trust_slope: float = parameter(
        1.5,
        unit="log-odds",
        ge=0,
        le=10,
        source="assumption",
        doc="Change of the log-odds of reporting per unit of trust.",
    )
    harm_slope: float = parameter(
        0.3, unit="log-odds per log of harm", ge=0, le=10, source="assumption: the graver, the likelier (Skogan 1984)",
        doc="Change of the log-odds of reporting with the log of the harm relative to its type.",
    )  # fmt: skip
    harm_spread: float = parameter(
        0.6,
        unit="standard deviation of the log",
        ge=0,
        le=3,
        source="assumption",
        doc="How unequal the harm of incidents of one type is.",
    )
    delay_min: float = parameter(
        12.0,
        unit="min",
        ge=0.1,
        le=10_000,
        source="assumption",
        doc="Mean delay from the discovery to the call; a witness takes a quarter of it.",
    )
    on_view_probability: float = parameter(
        0.5,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="A unit with the place in full view notices the offence.",
    )
    seen_indoors: float = parameter(
        0.1, unit="points on a 0–1 scale", ge=0, le=1,
        source="assumption: only as somebody comes out with something, or by the noise",
        doc=(
            "Chance that a unit, a volunteer or an operator notices a crime behind walls, "
            "relative to one in the street."
        ),
    )  # fmt: skip
    purse_min: float = parameter(
        30.0, unit="min", ge=0.1, le=1440, source="assumption: people look at a phone or pay every half hour",
        doc="Mean time between two looks at what a pickpocket takes; the next one finds it gone.",
    )  # fmt: skip
    parked_hours: float = parameter(
        8.0, unit="h", ge=0.01, le=168, source="assumption: a working day or a night",
        doc="How long a vehicle stands; it is stolen at any moment of it, and missed at its end.",
    )  # fmt: skip
    unseen_min: float = parameter(
        30.0,
        unit="min",
        ge=0,
        le=1440,
        source="assumption",
        doc="How long disorder that nobody calls about goes on, for a patrol to come upon it.",
    )
    volunteer_sees_probability: float = parameter(
        0.5,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="A volunteer on watch with the place in full view notices the offence.",
    )
    in_progress_min: float = parameter(
        20.0, unit="min", ge=0, le=1440, source="assumption", doc="Violence reported within this time is priority 1."
    )
    data_quality: float = parameter(
        0.8, unit="0 to 1", ge=0, le=1, source="assumption",
        doc=(
            "Quality q of base data (一标三实); a recorded place is wrong with probability 0.3 (1 − q), "
            "a recorded type with 0.2 (1 − q)."
        ),
    )  # fmt: skip
    wrong_place_m: float = parameter(
        250.0, unit="m", ge=0, le=5000, source="assumption: the next street, or the other end of it",
        doc="How far such a place is off at most, north or south, and east or west.",
    )  # fmt: skip
    data_half_life_days: float = parameter(
        180.0,
        unit="days",
        ge=0.01,
        le=36_500,
        source="assumption: people move",
        doc="Half-life of what visits add to the quality of base data.",
    )
    wrong_at_call: float = parameter(
        0.08,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="A caller describes something else than what the unit finds on arrival.",
    )
    service_shape: float = parameter(
        2.0,
        unit="1",
        gt=0.05,
        le=100,
        source="assumption; 1 makes times on scene exponential",
        doc="Shape of the gamma distribution of handling times.",
    )


class EventDependenceParameters(Parameters):
    """How a crime makes the next one against the same target, or near by, likelier; each part can be switched off."""

    dwelling_boost: float = parameter(
        4.0,
        unit="times",
        ge=0,
        le=50,
        source="assumption, after Johnson et al. 2007",
        doc="Extra appeal of a dwelling right after a burglary; 0 is off.",
    )
    near_boost: float = parameter(
        0.8,
        unit="times",
        ge=0,
        le=50,
        source="assumption, after Johnson et al. 2007",
        doc="Extra appeal of the dwellings around; 0 is off.",
    )
    shop_boost: float = parameter(
        4.0,
        unit="times",
        ge=0,
        le=50,
        source="assumption: as a dwelling",
        doc="Extra appeal of a shop for the same crime right after a burglary or a shoplifting; 0 is off.",
    )
    person_boost: float = parameter(
        2.0, unit="times", ge=0, le=50,
        source="assumption: risk is raised for weeks after an offence (Pease 1998, recalled); less than of a dwelling",
        doc="Extra appeal of a person right after a crime at a place, to offenders who meet the person; 0 is off.",
    )  # fmt: skip
    boost_days: float = parameter(
        14.0,
        unit="days",
        ge=0.01,
        le=365,
        source="Johnson et al. 2007: at least two weeks",
        doc="Decay time of all four.",
    )
    boost_reach_m: float = parameter(
        150.0,
        unit="m",
        ge=1,
        le=2000,
        source="Johnson et al. 2007: about 200 m",
        doc="Decay distance of the boost of the dwellings around.",
    )


class DemandRule(NamedTuple):
    """The parameters of demand as numbers and arrays [types] for the kernels."""

    harm_days: Array  # [crimes]
    harm_spread: float
    report_logit: Array  # [crimes]
    trust_slope: float
    harm_slope: float
    delay_min: float
    witness_probability: Array  # [crimes]
    arrest_probability: Array
    held_probability: Array  # [crimes]
    custody_min: Array
    custody_most_min: Array  # infinity where the law sets no bound
    on_scene_min: Array  # [types, priorities]
    on_scene_cv: Array  # 0 where it is gamma distributed, of `service_shape`
    paperwork_min: Array
    follow_up_probability: Array
    follow_up_min: Array
    service_shape: float
    on_view_probability: float
    volunteer_sees_probability: float
    in_sight: Array  # [crimes] how much of it can be seen from the street: 1 out of doors
    purse_min: float
    parked_min: float
    unseen_min: float
    in_progress_min: float
    wrong_place_probability: float
    wrong_place_cells: float
    data_decay_min: float
    wrong_type_probability: float
    wrong_at_call: float
    taken_for: Array  # [types] what a caller may take it for
    booked_as: Array  # [types] what records may take it for
    sleeping_homes: float  # times an empty home
    closed_shops: float  # times an empty home
    woken_probability: float
    age_weights: Array  # [crimes, age bands]
    acquaintances: Array  # [crimes]
    shop_boost: float
    person_boost: float
    dwelling_boost: float
    near_boost: float
    boost_min: float
    boost_reach_cells: float
