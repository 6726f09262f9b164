"""The true risk is the mean of what really happens where nobody patrols, place by place.

And to ask for it changes nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy import stats

from sim.arrays import Array
from sim.city.city import CityParameters
from sim.incident_types import PLACE_CRIMES
from sim.incidents.log import INCIDENTS
from sim.incidents.true_risk import true_risk
from sim.model import CityModel
from sim.scenario import Scenario

FALSE_ALARM = 1e-4  # chance that a right kernel fails one claim about counts on a seed that nobody has tried
DAYS = 150
NOBODY_ABOUT = {
    "force": {"patrol_units": 1e-6},
    "people": {"volunteers": {"share": 0.0}},
    "investigation": {
        "worth_working": 1.0
    },  # every case is filed, so that nobody is arrested at the beginning of a day that was forecast
}


def risk(model: CityModel, **changes: Any) -> Array:
    """Return the true risk of the next day, with other offenders, another seed or other cells if wanted."""
    world = model.world
    offenders, ground = (
        changes.get("offenders", world.offenders),
        world.ground._replace(cells=changes.get("cells", world.ground.cells)),
    )
    return true_risk(
        changes.get("seed", 1), model.now_min, changes.get("days", 1.0), offenders, world.opportunity, ground,
        world.rules, changes.get("imagined", 300),
    )  # fmt: skip


class Played(NamedTuple):
    """A town without police after some months, with the risk of each day as it was foreseen at its beginning."""

    model: CityModel
    foreseen: Array  # [days, cells]
    happened: Array  # [days, cells]


@cache
def town() -> Played:
    rates = {"pickpocketing": 120, "shoplifting": 90, "vehicle_theft": 90, "brawl": 150, "burglary": 40}
    demand = {kind: {"rate_per_1000": rate} for kind, rate in rates.items()}
    city = CityParameters(name="town", residents=10_000, area_km2=8, beats=2, districts=1, centres=1)
    model = CityModel(Scenario(city=city, days=DAYS, warmup_days=0, demand=demand, **NOBODY_ABOUT))
    foreseen = []
    for _ in range(DAYS):
        foreseen.append(risk(model))
        model.run(1)
    crimes = model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
    crimes = crimes[np.isin(crimes["type"], PLACE_CRIMES)]
    happened = np.zeros((DAYS, model.city.grid.n_cells))
    np.add.at(happened, ((crimes["time_min"] // 1440).astype(int), crimes["cell"]), 1)
    return Played(model, np.array(foreseen), happened)


def test_as_many_crimes_happen_as_are_expected() -> None:
    """Given what was foreseen each morning, the number is Poisson but for what is learnt within a day.

    False alarms: see FALSE_ALARM.
    """
    expected, n = town().foreseen.sum(), town().happened.sum()
    print(f"{n:.0f} crimes, {expected:.0f} expected")
    assert n > 1000
    assert stats.poisson(expected).sf(n - 1) > FALSE_ALARM / 2 < stats.poisson(expected).cdf(n)


def test_they_happen_where_they_are_expected() -> None:
    """Ten groups of cells with the same expected number each, from the safest to the hottest: a chi-square test.

    False alarms: see FALSE_ALARM.
    """
    expected, found = town().foreseen.sum(axis=0), town().happened.sum(axis=0)
    order = np.argsort(expected)
    group = np.minimum((np.cumsum(expected[order]) / expected.sum() * 10).astype(int), 9)
    by_group, seen = (np.bincount(group, weights=values[order], minlength=10) for values in (expected, found))
    chi_square = float(((seen - by_group) ** 2 / by_group).sum())
    print(
        f"by group {seen.astype(int).tolist()}, expected {np.round(by_group).astype(int).tolist()}: chi-square "
        f"{chi_square:.1f}"
    )
    assert stats.chi2(10).sf(chi_square) > FALSE_ALARM
    correlation = float(np.corrcoef(expected, found)[0, 1])
    print(f"correlation by cell {correlation:.2f}")
    assert correlation > 0.7


def test_to_ask_changes_nothing_and_the_same_question_has_the_same_answer() -> None:
    model = town().model
    before = model.world.offenders.tobytes(), model.world.ground.cells.tobytes(), model.world.logs.incidents.tobytes()
    first, again = risk(model), risk(model)
    assert (
        model.world.offenders.tobytes(),
        model.world.ground.cells.tobytes(),
        model.world.logs.incidents.tobytes(),
    ) == before
    assert np.array_equal(first, again)
    assert not np.array_equal(first, risk(model, seed=2))


def test_what_patrols_and_watches_do_at_the_moment_is_left_out_and_cameras_are_not() -> None:
    model = town().model
    guarded, filmed = model.world.ground.cells.copy(), model.world.ground.cells.copy()
    guarded["police_now"], guarded["watch_now"], guarded["deterrence"], guarded["deterrence_min"] = (
        3,
        2,
        1.0,
        model.now_min,
    )
    filmed["camera"] = 1.0
    known = model.world.offenders["arrests_known"].copy()
    assert np.array_equal(risk(model, cells=guarded), risk(model))
    assert np.array_equal(model.world.offenders["arrests_known"], known), "an imagined search taught somebody"
    assert 0.5 * risk(model).sum() < risk(model, cells=filmed).sum() < risk(model).sum()


def test_who_is_in_custody_does_nothing_and_leaves_what_others_do_as_it_is() -> None:
    model = town().model
    everybody = model.world.offenders
    one = int(np.argmax(everybody["rate_per_min"]))
    free, away = everybody.copy(), everybody.copy()
    free["custody_until_min"], away["custody_until_min"] = -np.inf, -np.inf
    away["custody_until_min"][one] = np.inf
    alone = free.copy()
    alone["custody_until_min"][np.arange(len(alone)) != one] = np.inf
    assert risk(model, offenders=away) + risk(model, offenders=alone) == pytest.approx(
        risk(model, offenders=free), abs=1e-12
    )
    assert risk(model, offenders=alone).sum() > 0
    alone["custody_until_min"][one] = np.inf
    assert risk(model, offenders=alone).sum() == 0
    half = alone.copy()
    half["custody_until_min"] = model.now_min + 3.5 * 1440
    assert risk(model, offenders=half, days=7.0).sum() == pytest.approx(
        0.5 * risk(model, offenders=free, days=7.0).sum(), rel=0.25
    )


def test_few_imagined_searches_are_as_right_on_average_as_many() -> None:
    """The mean of 200 cheap answers within 4 standard errors.

    Once in 16,000 by chance of a dear one, whose own error is small beside it.
    """
    model = town().model
    cheap = np.array([risk(model, seed=seed, imagined=5).sum() for seed in range(200)])
    dear = risk(model, imagined=20_000).sum()
    assert abs(cheap.mean() - dear) < 4 * stats.sem(cheap)


def test_a_cell_whose_people_grew_careless_draws_offenders_as_one_whose_people_grew_careful_keeps_them_off() -> None:
    model = town().model
    at_risk = []
    for alert in (-0.1, 0.0, 0.1):
        cells = model.world.ground.cells.copy()
        cells["alert"], cells["alert_min"] = alert, model.now_min
        at_risk.append(float(risk(model, cells=cells).sum()))
    assert at_risk[0] > 1.01 * at_risk[1]
    assert at_risk[1] > 1.01 * at_risk[2]
