"""What leads there are to a case, and what response time has to do with it."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from precinct import PEOPLE, Precinct
from scipy.stats import norm

from sim.arrays import Array
from sim.incident_types import IncidentType
from sim.incidents.log import Discoverer

FALSE_ALARM = 1e-6  # chance that a right rule fails one claim about a mean on a seed that nobody has tried
Z = float(norm.ppf(1 - FALSE_ALARM / 2))
NO_DECAY = {"witness_stays_min": 1e6, "trace_lasts_min": 1e6}  # minutes: for ever, in the run of a test
I = IncidentType  # noqa: E741
THEFTS = (I.PICKPOCKETING, I.SHOPLIFTING, I.VEHICLE_THEFT)

log = logging.getLogger("investigation")


def delays(n: int, seed: int = 1) -> tuple[Array, Array]:
    """Return minutes from offence to call (exponential, mean 12) and from call to arrival.

    2 minutes to an hour, nearly all.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    return rng.exponential(12.0, n), 10.0 * np.exp(0.8 * rng.standard_normal(n))


def slope(cleared: Array, response_min: Array) -> tuple[float, float]:
    """Return the least-squares slope of clearance on the log of response time, and half of its interval.

    The confidence is 1 − FALSE_ALARM.
    """
    x = np.log(response_min)
    x -= x.mean()
    b = float(x @ cleared / (x @ x))
    left = cleared - cleared.mean() - b * x
    return b, Z * float(np.sqrt(x**2 @ left**2) / (x @ x))  # whatever the variance (White 1980)


@pytest.mark.parametrize(
    ("kinds", "published"),
    [
        ((I.BURGLARY,), 0.14),
        ((I.BURGLARY, *THEFTS), 0.17),
        ((I.ROBBERY, I.SNATCHING), 0.30),
        ((I.BRAWL, I.DISPUTE_ASSAULT, I.ROBBERY), 0.45),
    ],
    ids=["burglary", "property", "robbery", "violence"],
)
def test_with_detectives_enough_about_the_published_share_is_cleared(
    kinds: tuple[IncidentType, ...], published: float
) -> None:
    """Within a factor 1.5: the published shares are recalled and of another country.

    The interval of each share is ± 0.015, far inside.
    """
    n = 24_000
    call, response = delays(n)
    kind = np.resize(kinds, n)
    late = np.isin(kind, (I.BURGLARY, I.VEHICLE_THEFT)) & (
        np.arange(n) // len(kinds) % 2 == 1
    )  # half of these are found hours later
    call = np.where(late, call + 240.0, call)
    share = Precinct(n, kind, call_min=call, response_min=response).run(15).crimes["cleared"].mean()
    log.info("cleared %.3f, published %.2f", share, published)
    assert published / 1.5 < share < published * 1.5


@pytest.mark.parametrize("kind", [I.BRAWL, I.ROBBERY, I.SHOPLIFTING, I.BURGLARY], ids=lambda kind: kind.name.lower())
def test_a_slower_response_clears_less(kind: IncidentType) -> None:
    """The whole interval of the slope is below 0.

    Response times are drawn apart from everything else, so nothing confounds it.
    """
    call, response = delays(20_000)
    b, half = slope(
        Precinct(20_000, kind, call_min=call, response_min=response).run(15).crimes["cleared"].astype(float), response
    )
    log.info(
        "%s: slope %.4f ± %.4f a log unit, %.2f percentage points for 10 %% more (published: −4.7)",
        kind.name,
        b,
        half,
        100 * b * np.log(1.1),
    )
    assert b + half < 0


@pytest.mark.parametrize("kind", [I.BRAWL, I.ROBBERY, I.SHOPLIFTING, I.BURGLARY], ids=lambda kind: kind.name.lower())
def test_without_decay_of_leads_response_time_makes_no_difference_to_any_case(kind: IncidentType) -> None:
    call, response = delays(5_000)
    at_once, late = (
        Precinct(5_000, kind, call_min=call, response_min=r, **NO_DECAY).run(15) for r in (0 * response, 5 * response)
    )
    different = np.count_nonzero(at_once.cleared() != late.cleared())
    assert different <= 2, "the scale of 10⁶ minutes is not quite for ever"


def test_a_slower_response_never_finds_a_lead_that_a_quicker_one_missed() -> None:
    call, response = delays(5_000)
    quick, slow, never = (
        Precinct(5_000, call_min=call, response_min=r) for r in (response, 3 * response, -1.0 + 0 * response)
    )
    for precinct in (quick, slow, never):
        precinct.open()
    for lead in ("witness", "trace"):
        assert (quick.of_crime(lead) >= slow.of_crime(lead)).all()
        assert quick.of_crime(lead).sum() > slow.of_crime(lead).sum() > 0
        assert not never.of_crime(lead).any()
    assert np.array_equal(quick.of_crime("named"), never.of_crime("named"))


def test_volunteers_and_patrols_who_saw_it_are_witnesses_however_late_the_unit() -> None:
    for by, all_of_them in ((Discoverer.VOLUNTEER, True), (Discoverer.PATROL, True), (Discoverer.WITNESS, False)):
        precinct = Precinct(500, response_min=60.0, by=by)
        precinct.open()
        assert precinct.rows["witness"].all() == all_of_them


def test_where_people_trust_the_police_more_witnesses_speak() -> None:
    found = []
    for trust in (0.1, 0.5, 0.9):
        precinct = Precinct(5_000, I.ROBBERY, caller=np.arange(5_000) % PEOPLE)
        precinct.residents["trust"] = precinct.residents["trust_base"] = trust
        precinct.open()
        found.append(precinct.of_crime("witness"))
    assert (found[0] <= found[1]).all()
    assert (found[1] <= found[2]).all()
    assert found[0].sum() < found[1].sum() < found[2].sum()


def test_cameras_show_the_share_of_culprits_that_they_cover_and_clear_more() -> None:
    """The share fails by chance with a probability below 1e-6."""
    covered = Precinct(5_000, I.SNATCHING)
    covered.ground.cells["camera"] = 0.4
    with_cameras = covered.run(15)
    without = Precinct(5_000, I.SNATCHING).run(15)
    seen = with_cameras.rows["camera"].mean()
    assert abs(seen - 0.4) < Z * np.sqrt(0.24 / 5_000)
    assert not without.rows["camera"].any()
    assert (with_cameras.cleared() >= without.cleared()).all()
    assert with_cameras.cleared().sum() > without.cleared().sum()
