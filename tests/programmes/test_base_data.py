"""Base data: minutes are conserved, cells take turns, and a whole round leaves nothing that is not fresh."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_days import DEMAND, Days
from scipy import stats

from sim.draws import Draw
from sim.incidents.reporting import recorded_cell
from sim.police.post_ledger import Work
from sim.programmes.base_data import BaseData
from sim.randomness import uniform

CHANCE = 0.001  # that a statistical test fails although the rule is right; seeds are fixed


def base_data(**parameters: float) -> BaseData:
    return BaseData(BaseData.Parameters(**{"hours_share": 1.0, **parameters}))


def test_without_hours_nothing_is_checked() -> None:
    for days in (Days(base_data(), community_min=0.0), Days(base_data(hours_share=0.0))):
        days.pass_by(5)
        assert days.total("addresses_checked") == days.spent(Work.BASE_DATA) == days.total("freshness") == 0
        assert not days.ground.cells["data_gain"].any()


@pytest.mark.parametrize("slow", [1.0, 1.3])
def test_every_minute_goes_into_an_address(slow: float) -> None:
    days = Days(base_data(hours_share=0.4), community_min=77.0, slow=slow).pass_by(40)
    assert days.spent(Work.BASE_DATA) == pytest.approx(40 * 0.4 * 77.0)
    assert 0 <= days.spent(Work.BASE_DATA) / slow - 8.0 * days.total("addresses_checked") < 8.0


def test_a_round_on_one_day_makes_every_cell_fresh_and_half_a_round_the_larger_ones() -> None:
    days = Days(base_data())
    homes = np.bincount(days.society.dwellings["cell"], minlength=len(days.ground.cells))
    total = homes.sum()
    whole, half = (Days(base_data(), community_min=8.0 * share * total).pass_by(1) for share in (1.0, 0.5))
    gain = whole.ground.cells["data_gain"]
    assert gain[homes > 0] == pytest.approx(1.0)
    assert gain[homes == 0].sum() == 0
    assert whole.total("cells_done") == (homes > 0).sum()
    some = half.ground.cells["data_gain"]
    done = some > 0.999
    assert ((some > 0) & ~done).sum() <= 1, "one cell is being checked"
    assert homes[done].min() >= homes[(some == 0) & (homes > 0)].max()
    assert half.total("freshness") == pytest.approx(0.5, abs=0.01)


def test_what_is_done_in_pieces_is_done_as_well_as_at_once() -> None:
    """But for what fades meanwhile: 0.4 % a day."""
    total = len(Days(base_data()).society.dwellings)
    pieces = Days(base_data(), community_min=8.0 * total / 10).pass_by(10)
    assert pieces.total("cells_done") == (np.bincount(pieces.society.dwellings["cell"]) > 0).sum()
    assert pieces.programme.diary["freshness"][9] == pytest.approx(np.mean(0.5 ** (np.arange(10) / 180)), abs=0.005)


def test_more_hours_keep_data_fresher_and_none_let_them_fade_by_half_in_their_half_life() -> None:
    fresh = [
        Days(base_data(), community_min=minutes).pass_by(300).programme.diary["freshness"][299]
        for minutes in (20.0, 60.0, 200.0)
    ]
    assert fresh[0] < fresh[1] < fresh[2] < 1
    days = Days(base_data(), community_min=8.0 * 2000).pass_by(1)
    first = days.programme.diary["freshness"][0]
    days.minutes = dict.fromkeys(days.minutes, 0.0)
    days.pass_by(180)
    assert days.programme.diary["freshness"][180] == pytest.approx(first / 2, rel=1e-6)


def test_fresh_base_data_make_the_books_err_less_about_places() -> None:
    """Wrong places of 3,000 records where a third, two thirds and nothing is fresh.

    Binomial tests, each failing by chance once in 1,000.
    """
    days = Days(base_data())
    cell = int(np.argmax(days.ground.cells["residents"]))
    for gain in (0.0, 1 / 3, 2 / 3):
        days.ground.cells["data_gain"][cell], days.ground.cells["data_min"][cell] = gain, 0.0
        draws = [uniform(1, int(Draw.REPORT), key, 0) for key in range(3_000)]
        asked = sum(u < DEMAND.wrong_place_probability * (1 - gain) for u in draws)
        moved = sum(recorded_cell(1, key, 0, cell, u, 0.0, days.ground, DEMAND) != cell for key, u in enumerate(draws))
        assert 0.8 * asked < moved <= asked, "some errors lead back to the cell, or out of the city"
        assert stats.binomtest(asked, 3_000, DEMAND.wrong_place_probability * (1 - gain)).pvalue > CHANCE
