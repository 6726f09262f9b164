"""The intercepts of the offenders' choice, so that a city without police has the base rates that the user asked for.

This is the only place where a rate of the whole city enters, and it holds no strategy: what police, volunteers, custody, foraging and
near repeats do to crime follows from the rules alone.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from sim.arrays import Array
from sim.city.city import City
from sim.incidents.demand import CRIMES, DemandParameters
from sim.incidents.opportunity import Opportunity
from sim.kernels import allocating_kernel
from sim.parameters import BadInput
from sim.people.offenders import BeliefRule, OffenderParameters, belief_rule, believed_risk, draw_offenders
from sim.people.residents import Society
from sim.people.search import MAX_TRIES, SearchParameters, SearchRule, search_place, search_rule
from sim.randomness import Stream, choose, uniform4

SAMPLES = 4000  # searches per type; over cities of 100,000 the rates are right to 3 % (robbery to 7 %)
REFERENCE_SHARE = 0.2  # of residents: far more offenders than there are, so that no few of them decide the rates
MOST_SUCCESS = 0.9


def base_rates(city: City, demand: DemandParameters) -> Array:
    """Return the true offences per 1,000 residents a year by type: as given, or from files the recorded ones over the chance to be recorded."""
    given = np.array([demand.crime(kind).rate_per_1000 for kind in CRIMES])
    if city.crime is None:
        return given
    recorded = np.array([c.witness_probability + (1 - c.witness_probability) * c.report_probability for c in map(demand.crime, CRIMES)])
    out: Array = city.crime.recorded_per_1000_year / recorded
    return out


def intercepts(
    city: City, society: Society, opportunity: Opportunity, demand: DemandParameters, offenders: OffenderParameters, search: SearchParameters, seed: int
) -> Array:
    """Return α of each crime type by matching the base rates on sampled searches, without police, volunteers or memory.

    Raises
    ------
    BadInput
        If the offenders search too seldom for a rate.
    """
    crowd = offenders.model_copy(update={"share": REFERENCE_SHARE})
    reference = draw_offenders(society, crowd, float(opportunity.activity.max()), seed)
    rule = search_rule(search, np.zeros(len(CRIMES)), city.grid.cell_m)
    belief = belief_rule(offenders, city.grid.cell_m)
    rates = base_rates(city, demand)
    shares = np.diff(np.concatenate([np.zeros((len(reference), 1)), reference["preference"]], axis=1), axis=1)
    out = []
    for kind in CRIMES:
        weight = reference["rate_per_min"] * shares[:, kind]
        searches = offenders.searches_per_day * 365 * max(1, round(offenders.share * city.residents)) * weight.sum() / reference["rate_per_min"].sum()
        wanted = rates[kind] * city.residents / 1000 / searches
        if wanted > MOST_SUCCESS:
            field = f"demand.{kind.name.lower()}.rate_per_1000"
            most = rates[kind] * MOST_SUCCESS / wanted
            raise BadInput(field, round(float(rates[kind]), 2), f"the offenders search too seldom for it; at most {most:.1f}, or raise people.offenders.share")
        if wanted <= 0:
            out.append(-50.0)
            continue
        scores = _sample_scores(
            seed, int(kind), reference, np.cumsum(weight) / weight.sum(), np.cumsum(opportunity.activity[kind]) / opportunity.activity[kind].sum(),
            opportunity.appeal, city.grid.n_rows, city.grid.n_cols, rule, belief,
        )  # fmt: skip

        def excess(alpha: float, scores: Array = scores, wanted: float = wanted) -> float:
            refused = 1.0 - 1.0 / (1.0 + np.exp(-np.clip(alpha + scores, -700, 700)))
            return float(1.0 - refused.prod(axis=1).mean() - wanted)

        if excess(60.0) < 0:
            raise BadInput(f"demand.{kind.name.lower()}.rate_per_1000", round(float(rates[kind]), 2), "too few searches end where there is any target")
        out.append(float(brentq(excess, -80.0, 60.0)))
    return np.array(out)


@allocating_kernel
def _sample_scores(
    seed: int, kind: int, offenders: Array, offender_cumulative: Array, hour_cumulative: Array, appeal: Array,
    n_rows: int, n_cols: int, rule: SearchRule, belief: BeliefRule,
) -> Array:  # fmt: skip
    """Return the score of each place of sampled searches, shape [samples, tries]; −inf where a search ended or found nothing."""
    out = np.full((SAMPLES, MAX_TRIES), -np.inf)
    for s in range(SAMPLES):
        u_who, u_hour, _, _ = uniform4(seed, Stream.CALIBRATION, s, kind, 0)
        i = choose(offender_cumulative, 0, len(offenders), u_who)
        hour = choose(hour_cumulative, 0, len(hour_cumulative), u_hour)
        for attempt in range(MAX_TRIES):
            cell = search_place(seed, offenders, i, s * 8 + kind, attempt, 0.0, n_rows, n_cols, rule)
            offered = appeal[kind, hour % appeal.shape[1], cell] if cell >= 0 else -50.0
            if offered > -40.0:
                out[s, attempt] = offered - rule.risk * believed_risk(offenders, i, cell, n_cols, belief)
            _, u_again, _, _ = uniform4(seed, Stream.CALIBRATION, s, kind, 1 + attempt)
            if u_again > rule.try_again:
                break
    return out
