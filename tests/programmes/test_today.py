"""What a programme is given: a day that tells what the books say and moves residents, and a word to strategies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from made_up_days import Days

from sim.check import check_programme
from sim.city.city import CityParameters
from sim.incident_types import PLACE_CRIMES, IncidentType
from sim.incidents.log import INCIDENTS
from sim.model import CityModel
from sim.people.feelings import Feeling
from sim.programmes.base import Programme, Today
from sim.scenario import Scenario
from sim.strategies.base import Briefing, Strategy
from sim.strategies.plan import PatrolPlan

TOWN = CityParameters(name="town", residents=3000, area_km2=2, beats=2, districts=1, centres=1)
STEPS = {"trust": 0.05, "safety": -0.02, "awareness": 0.1}
COLUMNS = {"trust": "trust", "safety": "perceived_safety", "awareness": "awareness"}


class Idle(Programme):
    name = "idle"


def tenth_day() -> tuple[Days, Today]:
    days = Days(Idle())
    days.day = 10
    return days, days.today()


def test_the_books_tell_what_is_in_them_by_now_and_nothing_else() -> None:
    days, today = tenth_day()
    now = today.now_min
    entered = {5: now - 1440, 6: now - 1, 7: now, 8: now + 1, 9: -1.0}
    for victim, recorded_min in entered.items():
        days.burgle(victim, recorded_min)
    days.burgle(11, now - 10, IncidentType.FRAUD)
    crimes = days.logs.incidents[: days.logs.used[INCIDENTS]]
    crimes["recorded_cell"], crimes["cell"], crimes["time_min"] = np.arange(6) + 40, -5, 3.0
    crimes["earliest_min"], crimes["latest_min"] = 10.0, 30.0
    books = today.recorded()
    assert books.victim.tolist() == [5, 11, 6, 7], "oldest entry first"
    assert books.cell.tolist() == [40, 45, 41, 42]
    assert books.time_min.tolist() == [20.0] * 4
    assert books.entered_min.tolist() == [now - 1440, now - 10, now - 1, now]
    assert today.recorded(days=1).victim.tolist() == [11, 6, 7]
    assert today.recorded(days=1, types=[IncidentType.FRAUD]).victim.tolist() == [11]
    assert today.recorded(types=PLACE_CRIMES).victim.tolist() == [5, 6, 7]
    books.cell[:] = 0
    assert crimes["recorded_cell"].tolist() == list(range(40, 46)), "what is told is a copy"


def test_the_residents_of_cells_are_all_who_live_there() -> None:
    _, today = tenth_day()
    home = today.truth.society.residents["home_cell"]
    cells = np.unique(home)[[3, 8]]
    found = today.residents_of(cells)
    assert found.tolist() == [r for r, cell in enumerate(home.tolist()) if cell in cells]
    assert today.residents_of(cells.tolist()).tolist() == found.tolist()
    assert today.residents_of([]).size == 0


def test_to_move_residents_moves_their_feelings_the_totals_of_the_city_and_nobody_else() -> None:
    days, today = tenth_day()
    moved = np.array([3, 700, 2999])
    today.move(moved, **STEPS)
    people = days.society.residents
    for name, step in STEPS.items():
        before = days.before[COLUMNS[name]][moved].astype(float)
        assert people[COLUMNS[name]][moved] == pytest.approx(np.clip(before + step, 0, 1), abs=1e-6)
        total = days.feelings.total[Feeling[name.upper()]]
        assert total == pytest.approx((np.clip(before + step, 0, 1) - before).sum(), abs=1e-6)
    assert set(days.moved("trust")) | set(days.moved("perceived_safety")) == set(moved)
    assert len(days.moved("fraud_awareness")) == 0


def test_to_teach_takes_each_a_part_of_the_way_to_full_awareness() -> None:
    days, today = tenth_day()
    today.teach(range(20), awareness=0.4)
    today.teach(5, fraud_awareness=0.3)
    people, before = days.society.residents, days.before
    assert people["awareness"][:20] == pytest.approx(
        before["awareness"][:20] + 0.4 * (1 - before["awareness"][:20]), abs=1e-6
    )
    assert days.moved("awareness").tolist() == list(range(20))
    assert days.moved("fraud_awareness").tolist() == [5]
    assert people["fraud_awareness"][5] == pytest.approx(0.7 * before["fraud_awareness"][5] + 0.3, abs=1e-6)


@pytest.mark.parametrize(
    "rows", [[3000], [-1], [0.5], np.ones(3000, dtype=bool)], ids=["after", "before", "half", "mask"]
)
def test_rows_that_are_nobody_are_refused_before_anybody_is_moved(rows: Any) -> None:
    days, today = tenth_day()
    for act in (today.move, today.teach):
        with pytest.raises(ValueError, match=r"rows, whole numbers from 0 to 2,999"):
            act(rows, awareness=0.1)
    assert np.array_equal(days.society.residents, days.before)


@pytest.mark.parametrize("step", [float("nan"), 1.5, -float("inf")])
def test_steps_are_numbers_within_one(step: float) -> None:
    days, today = tenth_day()
    for act in (today.move, today.teach):
        with pytest.raises(ValueError, match=rf"awareness = {step}; a step is a number from -1 to 1"):
            act([1], awareness=step)
    assert np.array_equal(days.society.residents, days.before)


def test_nobody_to_move_is_no_mistake() -> None:
    days, today = tenth_day()
    today.move([], trust=0.1)
    today.teach(np.zeros(0), awareness=0.1)
    assert np.array_equal(days.society.residents, days.before)


def test_the_day_of_the_week_follows_from_the_first() -> None:
    days, _ = tenth_day()
    days.ground = days.ground._replace(start_weekday=5)
    assert days.today().weekday == (10 + 5) % 7


class Watchers(Programme):
    """Neighbours who say where they walk: something of its own for a strategy of its own."""

    name = "watchers"
    totals = ("others_cost",)

    def day(self, today: Today) -> None:
        self.cells = np.array([today.day + 30, 31])
        self.note(today.day, "others_cost", 1.0)

    def brief(self, briefing: Briefing) -> Briefing:
        return briefing.with_word_of(self.name, {"cells": self.cells})


class Elsewhere(Strategy):
    """Stops where no neighbour walks."""

    name = "elsewhere"
    review_days = 1

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Any] = []

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        self.told.append(briefing.programmes.get("watchers", {"cells": None})["cells"])
        return PatrolPlan.none()


def test_a_programme_of_ones_own_tells_a_strategy_of_ones_own_a_copy_of_what_it_knows() -> None:
    watchers, strategy = Watchers(), Elsewhere()
    CityModel(Scenario(city=TOWN, days=3, warmup_days=0), strategy=strategy, programmes=[watchers]).run()
    assert [told.tolist() for told in strategy.told] == [[30, 31], [31, 31], [32, 31]]
    assert not any(told.flags.writeable for told in strategy.told)
    assert watchers.cells.flags.writeable, "the programme goes on with its own"
    check_programme(Watchers)


def test_without_the_programme_there_is_no_word_of_it() -> None:
    strategy = Elsewhere()
    CityModel(Scenario(city=TOWN, days=1, warmup_days=0), strategy=strategy).run()
    assert strategy.told == [None]


def counts(self: Any, briefing: Briefing) -> Briefing:
    self.briefed = getattr(self, "briefed", 0) + 1
    return briefing.with_word_of("made", self.briefed)


@pytest.mark.parametrize(
    ("brief", "says"),
    [
        (lambda self, briefing: None, r"brief\(\) returned NoneType"),
        (lambda self, briefing: replace(briefing, recorded=briefing.recorded.of([])), r"brief\(\) changed recorded"),
        (lambda self, briefing: replace(briefing, truth=np.zeros(3)), r"brief\(\) changed truth"),
        (counts, r"brief\(\) must be pure"),
    ],
    ids=["nothing", "books", "truth", "counts"],
)
def test_a_programme_that_briefs_wrongly_is_told(brief: Any, says: str) -> None:
    made = type("Made", (Programme,), {"name": "made", "brief": brief, "day": Idle.day})
    with pytest.raises(AssertionError, match=rf"programme 'made': {says}"):
        check_programme(made)
