"""What offenders believe about arrest: a beta prior and evidence that fades, exact on made-up histories."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.arrays import Array
from sim.check import TOWN
from sim.city.build import build_city
from sim.columns import table
from sim.people.beliefs import believed_risk, learn, learn_together
from sim.people.first_offenders import draw_offenders
from sim.people.offenders import (
    OFFENDER_COLUMNS,
    BeliefRule,
    OffenderParameters,
    belief_rule,
    career_rule,
)
from sim.people.residents import ResidentParameters, settle

N_COLS, HERE = 100, 5050
HALF_LIFE_MIN = 180 * 1440.0
PRIOR, WEIGHT = 0.2, 4.0


def rule(**changes: float) -> BeliefRule:
    return belief_rule(OffenderParameters(**changes), cell_m=100.0)


def people(n: int = 2) -> Array:
    """Return offenders who live and work in one cell and have seen nothing; the first knows the second."""
    offenders = table(OFFENDER_COLUMNS, n)
    offenders["node_cell"], offenders["prior"], offenders["associate"] = HERE, PRIOR, -1
    offenders["associate"][0, 0] = 1
    return offenders


def believed(offenders: Array, now_min: float = 0.0, cell: int = HERE, i: int = 0, **changes: float) -> float:
    return believed_risk(offenders, i, cell, now_min, N_COLS, rule(**changes))


def test_the_belief_is_the_mean_of_the_beta_after_prior_and_evidence() -> None:
    offenders = people()
    assert believed(offenders) == pytest.approx(PRIOR)
    for arrests in (0.0, 0.0, 1.0):
        learn(offenders, 0, HERE, 0.0, 1.0, arrests, N_COLS, rule())
    assert believed(offenders) == pytest.approx((WEIGHT * PRIOR + 1) / (WEIGHT + 3))


def test_an_arrest_moves_who_knows_of_many_unpunished_crimes_less() -> None:
    steps = []
    for crimes in (0, 5, 50):
        offenders = people()
        learn(offenders, 0, HERE, 0.0, crimes, 0.0, N_COLS, rule())
        before = believed(offenders)
        learn(offenders, 0, HERE, 0.0, 1.0, 1.0, N_COLS, rule())
        steps.append(believed(offenders) - before)
    assert steps == sorted(steps, reverse=True)
    assert steps[0] > 5 * steps[2] > 0


def test_evidence_fades_by_half_in_half_a_year_and_leaves_the_prior() -> None:
    offenders = people()
    learn(offenders, 0, HERE, 0.0, 4.0, 4.0, N_COLS, rule())
    assert believed(offenders, HALF_LIFE_MIN) == pytest.approx((WEIGHT * PRIOR + 2) / (WEIGHT + 2))
    assert believed(offenders, 30 * HALF_LIFE_MIN) == pytest.approx(PRIOR, abs=1e-6)
    learn(offenders, 0, HERE, HALF_LIFE_MIN, 1.0, 0.0, N_COLS, rule())
    assert believed(offenders, HALF_LIFE_MIN) == pytest.approx((WEIGHT * PRIOR + 2) / (WEIGHT + 3))


def test_what_happens_far_away_says_little_about_here() -> None:
    far, reach_cells = HERE + 40, 15.0
    offenders = people()
    learn(offenders, 0, far, 0.0, 1.0, 1.0, N_COLS, rule())
    weight = np.exp(-40 / reach_cells)
    assert believed(offenders) == pytest.approx((WEIGHT * PRIOR + weight) / (WEIGHT + weight), rel=1e-5)


@pytest.mark.parametrize("heard", [0.0, 0.3, 1.0])
def test_associates_hear_of_crimes_as_of_arrests_with_the_stated_weight(heard: float) -> None:
    offenders = people(3)
    learn_together(offenders, 0, HERE, 0.0, 1.0, 0.0, N_COLS, rule(heard=heard))
    learn_together(offenders, 0, HERE, 0.0, 1.0, 1.0, N_COLS, rule(heard=heard))
    assert believed(offenders, i=1) == pytest.approx((WEIGHT * PRIOR + heard) / (WEIGHT + 2 * heard))
    assert believed(offenders, i=2) == pytest.approx(PRIOR), "a stranger has heard of it"


def test_with_a_prior_of_great_weight_nobody_learns() -> None:
    offenders = people()
    learn(offenders, 0, HERE, 0.0, 50.0, 50.0, N_COLS, rule())
    assert believed(offenders, prior_weight=1e9) == pytest.approx(PRIOR, abs=1e-6)


def test_nobody_knows_of_more_arrests_than_crimes() -> None:
    offenders = people()
    learn(offenders, 0, HERE, 0.0, 0.1, 1.0, N_COLS, rule())
    assert (offenders["crimes_known"] >= offenders["arrests_known"]).all()
    assert believed(offenders) <= 1.0


@pytest.mark.parametrize("concentration", [5.0, 1e6])
def test_priors_are_beta_with_the_stated_mean_and_concentration(concentration: float) -> None:
    """Kolmogorov–Smirnov on 1,200 offenders, false alarm 1e-5; with a great concentration they are alike."""
    city = build_city(TOWN)
    society = settle(city, ResidentParameters(), 1)
    parameters = OffenderParameters(share=0.12, prior_concentration=concentration)
    career, belief = career_rule(parameters, society.residents, 1.0), belief_rule(parameters, city.grid.cell_m)
    prior = draw_offenders(society, 0.12, career, belief, city.grid, seed=3)["prior"].astype(float)
    assert len(prior) > 100
    if concentration > 1e5:
        assert prior == pytest.approx(np.full(len(prior), 0.15), abs=0.003)
    else:
        assert stats.kstest(prior, stats.beta(0.15 * concentration, 0.85 * concentration).cdf).pvalue > 1e-5
