"""Offenders: residents with a propensity, an activity space and a belief about the risk of arrest."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field
from scipy.special import gammaincinv

from sim.arrays import Array
from sim.columns import Column, table
from sim.incidents.demand import CRIMES
from sim.kernels import kernel
from sim.parameters import Parameters, parameter
from sim.people.residents import Society
from sim.population import RowAgent
from sim.randomness import Stream, exponential, uniforms

NODES = 4  # home, work or school, usual leisure, another leisure place
MEMORIES = 2  # places of recent success

OFFENDER_COLUMNS = (
    Column("next_search_min", "f8", "min since start", "when the offender next thinks of searching"),
    Column("searches", "i4", "1", "number of such moments so far"),
    Column("rate_per_min", "f8", "1/min", "rate of these moments, before thinning by hour"),
    Column("preference", f"({len(CRIMES)},)f4", "probability", "cumulative preference for each crime type"),
    Column("node_cell", f"({NODES},)i4", "cell", "activity nodes"),
    Column("belief", f"({NODES},)f4", "0 to 1", "believed risk of arrest around each node"),
    Column("success_cell", f"({MEMORIES},)i4", "cell", "places of the latest successes"),
    Column("success_min", f"({MEMORIES},)f8", "min since start", "when; −inf if never"),
    Column("custody_until_min", "f8", "min since start", "end of the latest custody"),
    Column("resident_id", "i4", "row", "the resident"),
    Column("offences", "i4", "1", "offences so far"),
    Column("arrests", "i4", "1", "arrests so far"),
)

Weight = Annotated[float, Field(gt=0, le=1000)]


class Offender(RowAgent):
    """A resident with a propensity to offend."""


class OffenderParameters(Parameters):
    """Who offends, how often, where they go and what they learn."""

    share: float = parameter(0.007, unit="of residents", gt=0, le=0.2, source="assumption: 0.5–1 %", doc="Active offenders among residents.")
    searches_per_day: float = parameter(0.5, unit="1/day", gt=0, le=20, source="assumption", doc="Mean searches of an offender a day.")
    propensity_shape: float = parameter(
        0.4, unit="1", ge=0.05, le=20, source="assumption: gamma 0.3–0.5, so that few commit most (Wolfgang, Figlio & Sellin 1972)", doc="Shape of the gamma."
    )
    specialisation: float = parameter(
        4.0, unit="1", gt=0.01, le=1000, source="assumption: moderately special", doc="Concentration of the Dirichlet of type preferences; small is special."
    )
    type_weights: tuple[Weight, Weight, Weight, Weight] = parameter(
        (0.2, 0.5, 0.08, 0.22), unit="shares", source="assumption", doc="Mean preference for burglary, theft, robbery, assault."
    )
    initial_belief: float = parameter(0.15, unit="0 to 1", ge=0, le=1, source="assumption", doc="Believed risk of arrest at the start.")
    belief_reach_m: float = parameter(1500.0, unit="m", gt=10, le=50_000, source="assumption", doc="How far an experience colours the map of risk.")
    own_arrest: float = parameter(0.5, unit="step towards 1", ge=0, le=1, source="assumption", doc="Lesson of one's own arrest.")
    unpunished: float = parameter(0.05, unit="step towards 0", ge=0, le=1, source="assumption", doc="Lesson of an offence that went unpunished.")
    seen_police: float = parameter(0.02, unit="step towards 1", ge=0, le=1, source="assumption", doc="Lesson of meeting a patrol while searching.")


class BeliefRule(NamedTuple):
    """How the believed risk of arrest moves; distances in cells."""

    reach_cells: float
    own_arrest: float
    unpunished: float
    seen_police: float


def belief_rule(parameters: OffenderParameters, cell_m: float) -> BeliefRule:
    """Translate the parameters for the kernels."""
    return BeliefRule(parameters.belief_reach_m / cell_m, parameters.own_arrest, parameters.unpunished, parameters.seen_police)


def draw_offenders(society: Society, parameters: OffenderParameters, peak_activity: float, seed: int) -> Array:
    """Draw the offenders of a replication from the residents.

    Residents of 14 to 50 are eligible, each with the same chance (assumption). Their propensity is gamma, their preferences Dirichlet.

    Parameters
    ----------
    society : Society
        The people of the city.
    parameters : OffenderParameters
        Who offends.
    peak_activity : float
        Largest hourly activity relative to its mean: searches are drawn at the peak rate and thinned by hour (Lewis & Shedler 1979).
    seed : int
        Seed of the replication.

    Returns
    -------
    Array
        Table of `OFFENDER_COLUMNS`.
    """
    residents = society.residents
    n = max(1, round(parameters.share * len(residents)))
    eligible = np.flatnonzero((residents["age"] >= 14) & (residents["age"] <= 50))
    lot = uniforms(seed, Stream.OFFENDER, len(eligible), 0, 0)
    n = min(n, len(eligible))
    chosen = np.sort(eligible[np.argpartition(lot, n - 1)[:n]])
    offenders = table(OFFENDER_COLUMNS, n)
    offenders["resident_id"] = chosen
    shape = parameters.propensity_shape
    propensity = gammaincinv(shape, uniforms(seed, Stream.OFFENDER, n, 0, 1)) / shape
    offenders["rate_per_min"] = propensity * parameters.searches_per_day * peak_activity / 1440
    weights = np.array(parameters.type_weights) / sum(parameters.type_weights)
    draws = np.stack([gammaincinv(parameters.specialisation * w, uniforms(seed, Stream.OFFENDER, n, 1, k)) for k, w in enumerate(weights)], axis=1) + 1e-12
    offenders["preference"] = np.cumsum(draws, axis=1) / draws.sum(axis=1, keepdims=True)
    for j, name in enumerate(("home_cell", "work_cell", "leisure_cell")):
        offenders["node_cell"][:, j] = residents[name][chosen]
    other = (uniforms(seed, Stream.OFFENDER, n, 0, 2) * len(residents)).astype(int)
    offenders["node_cell"][:, 3] = residents["leisure_cell"][other]  # where somebody else likes to go
    offenders["belief"] = parameters.initial_belief
    offenders["success_min"] = -np.inf
    offenders["custody_until_min"] = -np.inf
    _first_searches(offenders, seed)
    return offenders


@kernel
def _first_searches(offenders: Array, seed: int) -> None:
    """Set the first moment of search of each offender."""
    for i in range(len(offenders)):
        offenders[i].next_search_min = next_gap(offenders, i, seed)


@kernel
def next_gap(offenders: Array, i: int, seed: int) -> float:
    """Return the minutes to the next moment of search: exponential, keyed by offender and number, so that no strategy shifts it."""
    return exponential(seed, Stream.SEARCH_TIME, i, 0, offenders[i].searches) / max(float(offenders[i].rate_per_min), 1e-12)


@kernel
def believed_risk(offenders: Array, i: int, cell: int, n_cols: int, rule: BeliefRule) -> float:
    """Return the believed risk of arrest at a cell: the mean over activity nodes, weighted by exp(−distance / reach)."""
    total, weight = 0.0, 1e-9
    for j in range(NODES):
        w = math.exp(-cell_distance(offenders[i].node_cell[j], cell, n_cols) / rule.reach_cells)
        total += w * offenders[i].belief[j]
        weight += w
    return total / weight


@kernel
def learn(offenders: Array, i: int, cell: int, towards: float, step: float, n_cols: int, rule: BeliefRule) -> None:
    """Move the belief of each node towards 0 or 1 by `step`, less for nodes far from what happened."""
    for j in range(NODES):
        w = math.exp(-cell_distance(offenders[i].node_cell[j], cell, n_cols) / rule.reach_cells)
        offenders[i].belief[j] += step * w * (towards - offenders[i].belief[j])


@kernel
def cell_distance(a: int, b: int, n_cols: int) -> float:
    """Return the straight distance between two cells in cells."""
    return math.hypot(a // n_cols - b // n_cols, a % n_cols - b % n_cols)


@kernel
def take_into_custody(offenders: Array, i: int, cell: int, until_min: float, n_cols: int, rule: BeliefRule) -> None:
    """Arrest an offender: away until `until_min`, and wiser for it around the place of arrest."""
    offenders[i].custody_until_min = until_min
    offenders[i].arrests += 1
    learn(offenders, i, cell, 1.0, rule.own_arrest, n_cols, rule)
