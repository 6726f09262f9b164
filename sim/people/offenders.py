"""Offenders: residents with a propensity, an activity space and a belief about the risk of arrest."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from sim.arrays import Array
from sim.columns import Column
from sim.draws import Draw
from sim.incident_types import PLACE_CRIMES
from sim.kernels import inner_kernel, kernel, row
from sim.parameters import Parameters, decay_min, parameter, rule_of
from sim.people.groups import ASSOCIATES, GroupParameters
from sim.randomness import choose, exponential, gamma, uniform, uniform4
from sim.row_agent import RowAgent

NODES = 4  # home, work or school, usual leisure, another leisure place
MEMORIES = 2  # places of recent success
RECRUITED_AMONG = 50  # assumption: as many of the right age in the next rows live within a street or two
YOUNGEST, OLDEST = 14, 50  # assumption: ages at which people offend

OFFENDER_COLUMNS = (
    Column("next_search_min", "f8", "min since start", "when the offender next thinks of searching"),
    Column("searches", "i4", "1", "number of such moments so far"),
    Column("rate_per_min", "f8", "1/min", "rate of these moments, before thinning by hour"),
    Column("preference", f"({len(PLACE_CRIMES)},)f4", "probability", "cumulative preference for each type of crime"),
    Column("node_cell", f"({NODES},)i4", "cell", "activity nodes"),
    Column("prior", "f4", "0 to 1", "risk of arrest that is believed in without any evidence"),
    Column("crimes_known", f"({NODES},)f4", "crimes", "known of around each node, faded to known_min"),
    Column("arrests_known", f"({NODES},)f4", "crimes", "of these, those that ended in an arrest"),
    Column("known_min", "f8", "min since start", "when both were last brought up to date"),
    Column("success_cell", f"({MEMORIES},)i4", "cell", "places of the latest successes"),
    Column("success_min", f"({MEMORIES},)f8", "min since start", "when; −inf if never"),
    Column("deterred_min", "f8", "min since start", "when put off and still wanting to; −inf if not since success"),
    Column("success_type", f"({MEMORIES},)i1", "IncidentType", "what it was"),
    Column("success_target", f"({MEMORIES},)i1", "Target", "what was taken from"),
    Column("success_row", f"({MEMORIES},)i4", "row", "which dwelling, shop or person, −1 if none of the city"),
    Column("custody_until_min", "f8", "min since start", "end of the latest custody"),
    Column("resident_id", "i4", "row", "the resident"),
    Column("offences", "i4", "1", "offences so far"),
    Column("arrests", "i4", "1", "arrests so far"),
    Column("associate", f"({ASSOCIATES},)i4", "row", "other offenders whom this one knows"),
    Column("group", "i4", "number", "the lasting group that it belongs to, 0 if none; a group outlasts its members"),
    Column("habituation", "f4", "0 to 1", "share of the impression of visible police that is lost, at habituation_min"),
    Column("habituation_min", "f8", "min since start", "when it was last brought up to date"),
    Column("generation", "i4", "1", "how many have desisted in this row before"),
    Column("desist_min", "f8", "min since start", "when the offender desists and somebody else begins"),
)

Weight = Annotated[float, Field(gt=0, le=1000)]


class Offender(RowAgent):
    """A resident with a propensity to offend."""


class OffenderParameters(Parameters):
    """Who offends, how often, where they go and what they learn."""

    share: float = parameter(
        0.007,
        unit="share of residents",
        gt=0,
        le=0.2,
        source="assumption: 0.5–1 %",
        doc="Active offenders among residents.",
    )
    age_peak: float = parameter(
        19.0, unit="years", ge=YOUNGEST, le=OLDEST,
        source="assumption: offending peaks in the late teens (Farrington 1986, recalled)",
        doc="Age at which most people offend.",
    )  # fmt: skip
    age_curve: float = parameter(
        1.0, unit="1", ge=0, le=5, source="assumption: half of the peak is left at 29, a tenth at 41",
        doc="How steep the age-crime curve is: (x · exp(1 − x)) to this power, x being 1 at the peak; 0 is flat.",
    )  # fmt: skip
    searches_per_day: float = parameter(
        0.5, unit="1/day", ge=0.001, le=20, source="assumption", doc="Mean searches of an offender a day."
    )
    propensity_shape: float = parameter(
        0.4, unit="1", ge=0.05, le=20,
        source="assumption: gamma 0.3–0.5, so that few commit most (Wolfgang, Figlio & Sellin 1972)",
        doc="Shape of the gamma.",
    )  # fmt: skip
    specialisation: float = parameter(
        4.0, unit="1", gt=0.01, le=1000, source="assumption: moderately special",
        doc="Concentration of the Dirichlet of type preferences; small is special.",
    )  # fmt: skip
    type_weights: tuple[Weight, Weight, Weight, Weight, Weight, Weight, Weight] = parameter(
        (0.15, 0.18, 0.17, 0.17, 0.05, 0.06, 0.22), unit="shares", source="assumption",
        doc="Mean preference for burglary, pickpocketing, shoplifting, vehicle theft, robbery, snatching, brawls.",
    )  # fmt: skip
    co_offending: float = parameter(
        0.15, unit="probability", ge=0, le=1,
        source="assumption: 10–20 % of offences have several offenders (van Mastrigt & Farrington 2009)",
        doc="An associate joins in an offence.",
    )  # fmt: skip
    career_years: float = parameter(
        8.0, unit="years", gt=0.01, le=1000,
        source="assumption: 5–10 years between first and last conviction (Piquero, Farrington & Blumstein 2003)",
        doc="Mean time after which an offender desists; somebody else of the same propensity and preference begins.",
    )  # fmt: skip
    desist_at_arrest: float = parameter(
        0.05, unit="probability", ge=0, le=1, source="assumption", doc="An arrest ends the career."
    )
    initial_belief: float = parameter(
        0.15, unit="0 to 1", gt=0, lt=1, source="assumption",
        doc="Mean of the risk of arrest that offenders believe in without any evidence, the prior of each.",
    )  # fmt: skip
    prior_concentration: float = parameter(
        5.0, unit="1", ge=0.1, le=1e6, source="assumption: people differ widely in what they expect",
        doc="Concentration of the beta of these priors; large is alike.",
    )  # fmt: skip
    prior_weight: float = parameter(
        4.0, unit="crimes", gt=0, le=1e9,
        source="calibrated: an arrest raises the believed risk by some 6 points (Anwar & Loughran 2011, recalled)",
        doc="Weight of the prior beside crimes known of; very large is off: nobody learns.",
    )  # fmt: skip
    evidence_days: float = parameter(
        180.0, unit="days", ge=1, le=3650, source="assumption, after Anwar & Loughran 2011: half a year to a year",
        doc="Half-life of the weight of a crime known of.",
    )  # fmt: skip
    belief_reach_m: float = parameter(
        1500.0,
        unit="m",
        gt=10,
        le=50_000,
        source="assumption",
        doc="Distance over which an experience changes the perceived risk.",
    )
    heard: float = parameter(
        0.3, unit="crimes", ge=0, le=1,
        source="assumption: part of it is told, and what befalls others counts less (Stafford & Warr 1993)",
        doc="Weight of a crime of an associate, whether it ended in an arrest or not, beside the offender's own.",
    )  # fmt: skip
    seen_police: float = parameter(
        0.1, unit="crimes", ge=0, le=1, source="assumption",
        doc="Weight of a patrol met while searching: so much of a crime that ended in an arrest.",
    )  # fmt: skip
    habituation: float = parameter(
        0.3, unit="step towards 1", ge=0, le=1,
        source="assumption: who was checked and let go learns that nothing happens (Sherman 1990: crackdowns decay)",
        doc="Share of the impression of visible police that a check without an arrest takes away.",
    )  # fmt: skip
    habituation_days: float = parameter(
        60.0, unit="days", ge=0.01, le=3650, source="assumption", doc="Half-life of that habituation."
    )
    groups: GroupParameters = GroupParameters()


class BeliefRule(NamedTuple):
    """How the believed risk of arrest moves; distances in cells, times in minutes."""

    reach_cells: float
    initial_belief: float
    prior_concentration: float
    prior_weight: float
    evidence_min: float  # decay time
    heard: float
    seen_police: float
    habituation: float
    habituation_min: float  # decay time


class CareerRule(NamedTuple):
    """Who begins to offend, how, with whom and for how long; times in minutes."""

    eligible: Array  # rows of the residents who may begin
    age_cumulative: Array  # of their weights by age
    mean_rate_per_min: float
    propensity_shape: float
    type_alpha: Array  # [place crimes] of the Dirichlet
    career_min: float
    desist_at_arrest: float
    co_offending: float
    group_co_offending: float
    tells_of_places: float


def belief_rule(parameters: OffenderParameters, cell_m: float) -> BeliefRule:
    """Return the parameters as kernels take them, for cells of `cell_m` metres."""
    return rule_of(
        BeliefRule,
        parameters,
        reach_cells=parameters.belief_reach_m / cell_m,
        evidence_min=decay_min(parameters.evidence_days * 1440),
        habituation_min=decay_min(parameters.habituation_days * 1440),
    )


def career_rule(parameters: OffenderParameters, residents: Array, peak_activity: float) -> CareerRule:
    """Return the parameters as kernels take them.

    Searches are drawn at the peak rate and thinned by hour (Lewis & Shedler 1979).
    """
    weights = np.array(parameters.type_weights) / sum(parameters.type_weights)
    eligible = np.flatnonzero((residents["age"] >= YOUNGEST) & (residents["age"] <= OLDEST)).astype(np.int32)
    of_peak = (residents["age"][eligible] - (YOUNGEST - 1)) / (parameters.age_peak - (YOUNGEST - 1))
    return rule_of(
        CareerRule,
        parameters,
        eligible=eligible,
        age_cumulative=np.cumsum((of_peak * np.exp(1.0 - of_peak)) ** parameters.age_curve),
        mean_rate_per_min=parameters.searches_per_day * peak_activity / 1440,
        type_alpha=parameters.specialisation * weights,
        career_min=parameters.career_years * 365 * 1440,
        group_co_offending=parameters.groups.co_offending,
        tells_of_places=parameters.groups.tells_of_places,
    )


@kernel
def begin_career(
    offenders: Array, i: int, now_min: float, seed: int, residents: Array, rule: CareerRule, belief: BeliefRule
) -> None:
    """Give row i a new offender: the resident named there at the start, somebody else after a desistance.

    Propensity and preference are those of the row: each level is filled again as it empties (assumption), so that no
    selection by arrest changes their mix. Who begins has no evidence yet.
    """
    one = offenders[i]
    g = one.generation
    if g == 0:
        _draw_character(offenders, i, seed, rule)
    else:
        one.resident_id = _newcomer(offenders, i, uniform(seed, Draw.NEWCOMER, i, g), rule)
    me = residents[one.resident_id]
    u_other, u_end, _, _ = uniform4(seed, Draw.OFFENDER_LIFE, i, g)
    one.node_cell[0], one.node_cell[1], one.node_cell[2] = me.home_cell, me.work_cell, me.leisure_cell
    one.node_cell[3] = residents[int(u_other * len(residents))].leisure_cell  # where somebody else likes to go
    expects, doubts = belief.initial_belief, 1.0 - belief.initial_belief
    for_it = gamma(expects * belief.prior_concentration, seed, Draw.PRIOR_FOR, i, g)
    against = gamma(doubts * belief.prior_concentration, seed, Draw.PRIOR_AGAINST, i, g)
    one.prior = (for_it + expects * 1e-12) / (for_it + against + 1e-12)
    for j in range(NODES):
        one.crimes_known[j] = one.arrests_known[j] = 0.0
    one.known_min = now_min
    for m in range(MEMORIES):
        one.success_min[m] = -np.inf
    one.deterred_min = -np.inf
    one.custody_until_min = -np.inf
    one.habituation = 0.0
    one.desist_min = now_min - math.log(u_end) * rule.career_min
    one.next_search_min = now_min + search_gap(offenders, i, seed) / one.rate_per_min


@inner_kernel
def _draw_character(offenders: Array, i: int, seed: int, rule: CareerRule) -> None:
    """Draw how often the offenders of a row search, a gamma number, and for what, a Dirichlet one."""
    one = offenders[i]
    shape = rule.propensity_shape
    one.rate_per_min = max(gamma(shape, seed, Draw.OFFENDER_RATE, i, 0) / shape * rule.mean_rate_per_min, 1e-12)
    total = 0.0
    for k in range(len(rule.type_alpha)):
        total += gamma(rule.type_alpha[k], seed, Draw.OFFENDER_PREFERENCE + k, i, 0) + 1e-12
        one.preference[k] = total
    for k in range(len(rule.type_alpha)):
        one.preference[k] /= total


@inner_kernel
def _newcomer(offenders: Array, i: int, u: float, rule: CareerRule) -> int:
    """Return somebody eligible who is no offender yet.

    Whom the lot names, or else the next after that one in order of rows. A group recruits in the neighbourhood of one
    of its members, whose neighbours have the next rows.
    """
    n = len(rule.eligible)
    first = choose(rule.age_cumulative, 0, n, u * rule.age_cumulative[n - 1])
    if offenders[i].group > 0:
        fellow = row(offenders[row(offenders[i].associate[0])].resident_id)
        first = row(np.searchsorted(rule.eligible, fellow)) + 1 + int(u * RECRUITED_AMONG)
    for step in range(n):
        who = row(rule.eligible[(first + step) % n])
        free = True
        for j in range(len(offenders)):
            if offenders[j].resident_id == who:
                free = False
                break
        if free:
            return int(who)
    return int(offenders[i].resident_id)  # everybody who may offend does so: who desisted begins again


@kernel
def search_gap(offenders: Array, i: int, seed: int) -> float:
    """Return how long it is to the next moment of search, in mean gaps.

    Exponential, keyed by offender and number, so that no strategy shifts it.
    """
    return exponential(seed, Draw.SEARCH_GAP + offenders[i].searches, i, 0)


@kernel
def cell_distance(a: int, b: int, n_cols: int) -> float:
    """Return the straight distance between two cells in cells."""
    return math.hypot(a // n_cols - b // n_cols, a % n_cols - b % n_cols)
