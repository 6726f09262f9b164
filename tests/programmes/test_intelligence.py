"""The intelligence cycle.

What each product takes, what goes into it, what silos and missing hours do to it, and whom a review moves.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.stats import norm

from sim.arrays import Array
from sim.city.beats import divide
from sim.city.city import CityParameters
from sim.city.grid import Grid
from sim.columns import table
from sim.incident_types import IncidentType
from sim.incidents.log import CALLS, INCIDENTS, NEVER, CallState, new_logs
from sim.model import CityModel
from sim.police.cases.case_log import Cases, cases_with_room, new_cases
from sim.police.force.establishment import ESTABLISHMENT_COLUMNS
from sim.police.force.officers import OFFICER_COLUMNS
from sim.police.post_ledger import Hours, Work
from sim.police.posts import Post
from sim.programmes.intelligence import Intelligence
from sim.scenario import Scenario

FALSE_ALARM = 1e-6  # chance that a right rule fails a claim about a share on a seed that nobody has tried
Z = float(norm.ppf(1 - FALSE_ALARM / 2))
DAY = 1440.0
GRID = Grid(20, 20, 100.0)
BEATS = divide(GRID, np.arange(400) >= 20, np.ones(400), 4, 2)  # its first row lies outside the city
SILOS, JOINT = np.asarray(BEATS.district, dtype=np.int64), np.zeros(4, dtype=np.int64)
DISTRICT = np.where(BEATS.beat >= 0, BEATS.district[BEATS.beat], -1)
PLENTY = 1e6


class Heads:
    """A staff with some analysts, which writes down where patrol is sent."""

    def __init__(self, skill: float) -> None:
        self.officers = table(OFFICER_COLUMNS, 3)
        self.officers["post"] = [Post.INTELLIGENCE, Post.INTELLIGENCE, Post.PATROL]
        self.officers["skill"] = skill - 0.1, skill + 0.1, 1.0
        self.table = table(ESTABLISHMENT_COLUMNS, 4)
        self.table["post"], self.table["district"], self.table["heads"] = (
            [Post.PATROL, Post.PATROL, Post.PATROL, Post.DESK],
            [0, 1, 1, 0],
            [6, 1, 1, 50],
        )
        self.moves: list[tuple[Array, Array]] = []
        self.roster = SimpleNamespace(weigh_beats=lambda weights: self.moves.append((self.shares, weights)))

    def redistribute(self, shares: Array) -> None:
        self.shares = shares


class Books(NamedTuple):
    """Crimes and their calls, of which each crime has a case."""

    cases: Cases
    logs: Any


def books(
    cell: Any = (),
    day: Any = 0.0,
    kind: Any = IncidentType.BURGLARY,
    office: Any = 0,
    reached_day: Any = None,
    series: Any = -1,
    known_day: Any = None,
) -> Books:
    """Return cases of crimes on some days, which reach the analysts at once unless told otherwise."""
    n = len(np.atleast_1d(cell))
    logs, cases = new_logs(max(n, 1)), new_cases()
    cases = cases_with_room(cases, logs)
    logs.used[INCIDENTS] = logs.used[CALLS] = cases.used[0] = n
    crimes, calls, rows = logs.incidents[:n], logs.calls[:n], cases.rows[:n]
    for name in ("time_min", "earliest_min", "latest_min", "recorded_time_min"):
        crimes[name] = np.asarray(day) * DAY
    crimes["recorded_cell"], crimes["recorded_type"] = cell, kind
    crimes["call_id"] = rows["incident_id"] = calls["key_entity"] = np.arange(n)
    calls["state"] = CallState.AT_DESK
    rows["type"], rows["office"], rows["series"], rows["linked_to"] = kind, office, series, -1
    rows["opened_min"] = crimes["recorded_time_min"]
    rows["reached_min"] = crimes["time_min"] if reached_day is None else np.asarray(reached_day) * DAY
    rows["series_known_min"] = NEVER if known_day is None else np.asarray(known_day) * DAY
    rows["heard"] = known_day is not None
    return Books(cases, logs)


class Room:
    """Analysts at work, day by day."""

    def __init__(self, office: Array = JOINT, skill: float = 0.8, seed: int = 1, **parameters: Any) -> None:
        self.programme = Intelligence(Intelligence.Parameters(**parameters))
        self.staff, self.ledger, self.seed = Heads(skill), np.zeros((400, len(Work))), seed
        city = SimpleNamespace(grid=GRID, beats=BEATS)
        site: Any = SimpleNamespace(
            seed=seed, city=city, staff=self.staff, bureau=SimpleNamespace(channels=SimpleNamespace(office=office))
        )
        self.programme.begin(site)

    def day(self, day: int, known: Books, minutes: float = PLENTY) -> Any:
        """Let them work for a day; return what they release."""
        self.staff.officers["last_duty_day"] = day
        hours = {Post.INTELLIGENCE: Hours(self.ledger[day], minutes, 0.0, 1.0)}
        today: Any = SimpleNamespace(
            day=day,
            now_min=day * DAY,
            hours=hours,
            cases=known.cases,
            staff=self.staff,
            truth=SimpleNamespace(logs=known.logs),
        )
        self.programme.day(today)
        assert self.ledger[day].sum() <= minutes + 1e-6
        return self.programme.analysis

    def noted(self, measure: str) -> list[float]:
        values: list[float] = self.programme.diary[measure].tolist()
        return values

    def worked(self, work: Work) -> float:
        """Return hours."""
        return float(self.ledger[:, work].sum()) / 60


def test_each_product_takes_its_hours_and_no_more() -> None:
    room = Room()
    for day in range(57):
        room.day(day, books([210], day=1.0))
    assert room.worked(Work.DAILY_ANALYSIS) == pytest.approx(57)
    assert room.worked(Work.WEEKLY_ANALYSIS) == pytest.approx(6 * 8)
    assert room.worked(Work.MONTHLY_REVIEW) == pytest.approx(20 * 2)
    assert room.ledger.sum() == pytest.approx(60 * (57 + 48 + 40))
    assert sum(room.noted("late")) == 0
    assert room.noted("surface_age_days")[:15] == [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0]


def test_without_hours_nothing_is_released_and_everything_is_late() -> None:
    room = Room(office=SILOS)
    for day in range(29):
        released = room.day(day, books([210, 30], office=[1, 0]), minutes=0.0)
        assert released.surface is None
        assert len(released.alert_cell) == 0
    assert room.ledger.sum() == 0
    assert room.staff.moves == []
    assert sum(room.noted("late")) == 2 * 29 + 2 * 3, (
        "two lists a day, and the surfaces of three weeks when the next are due"
    )
    assert room.noted("surface_age_days")[28] == 28


def test_products_leave_time_for_series() -> None:
    room = Room(most_of_hours=0.5)
    for day in range(20):
        room.day(day, books(), minutes=200.0)
        assert room.ledger[day].sum() <= 100.0 + 1e-9


def test_with_few_hours_a_surface_is_late_and_shows_what_was_known_when_it_was_finished() -> None:
    """40 min a day are left beside the list: six hours take nine days.

    A burglary that comes in meanwhile is on it, one of the day after is not.
    """
    room = Room(most_of_hours=1.0)
    known = books([210, 211, 212], day=[1, 10, 16], reached_day=[1, 11, 16])
    found = {day: room.day(day, known, minutes=100.0) for day in range(30)}
    assert next(day for day in found if found[day].surface is not None) == 15
    assert found[15].surface[211] > found[15].surface[210] > found[15].surface[213]
    assert np.array_equal(found[22].surface, found[15].surface)
    assert room.noted("surface_age_days")[14:18] == [14, 0, 1, 2]
    assert sum(room.noted("late")) >= 1
    assert room.worked(Work.DAILY_ANALYSIS) == pytest.approx(30), "the list goes first"


def test_in_silos_every_office_needs_its_hours_and_sees_its_own_cases_alone() -> None:
    first, other = np.flatnonzero(DISTRICT == 0)[::37][:5], np.flatnonzero(DISTRICT == 1)[::37][:5]
    known = books(np.concatenate([first, other]), day=6.0, office=np.repeat([0, 1], 5))
    silos, joint = Room(office=SILOS), Room(office=JOINT)
    apart, together = (
        room.day(7, books_of, PLENTY)
        for room, books_of in ((silos, known), (joint, books(np.concatenate([first, other]), day=6.0)))
    )
    assert silos.ledger[7].sum() == 2 * joint.ledger[7].sum() == 2 * 7 * 60
    for released in (apart, together):
        assert (released.surface[first] > 0).all()
        assert (released.surface[other] > 0).all()
        assert (released.surface[DISTRICT < 0] == 0).all()
        assert (DISTRICT[released.alert_cell] >= 0).all()
    misfiled = books(
        other, day=6.0, office=0
    )  # the books of the first station say that they were in the other district
    assert Room(office=SILOS).day(7, misfiled).surface[other].sum() == 0
    poor = Room(office=SILOS, most_of_hours=1.0)
    released = poor.day(7, known, minutes=60.0)
    assert set(DISTRICT[released.alert_cell].tolist()) == {0}, "the hours of one list make one list"
    assert poor.noted("late")[7] == 1


def test_an_alert_fades_with_the_distance_and_the_age_of_a_burglary_and_other_crimes_raise_none() -> None:
    def warning(age: float, **known: Any) -> Array:
        room, weight = Room(alerts_per_beat=400, least_warning=0.0), np.zeros(400)
        released = room.day(60, books([210], day=60.0 - age, **known))
        weight[released.alert_cell] = released.alert_weight
        return weight

    fresh, old = warning(0.0), warning(14.0)
    assert fresh[210] == pytest.approx(1.0)
    assert fresh[[211, 212, 214, 230, 250]] == pytest.approx(np.exp([-0.5, -1.0, -2.0, -0.5, -1.0]))
    assert fresh[217] == 0, "beyond three times the reach"
    assert old == pytest.approx(fresh * np.exp(-1.0))
    assert warning(43.0).sum() == 0
    assert warning(1.0, kind=IncidentType.VEHICLE_THEFT).sum() == 0
    assert warning(1.0, reached_day=61.0).sum() == 0, "what has not reached them they cannot know"
    assert len(Room().day(60, books([210], day=59.0)).alert_cell) == 9, "its cell and those within 186 m"
    crowd = np.flatnonzero(DISTRICT >= 0)[::2]
    assert len(Room().day(60, books(crowd, day=60.0)).alert_cell) == 3 * 4, "a list has an end"


def test_the_less_skilled_miss_alerts_that_the_more_skilled_see_and_never_the_other_way_round() -> None:
    """400 burglaries of which half are noticed at half the skill of a specialist. False alarms: see FALSE_ALARM."""
    cells = np.flatnonzero(DISTRICT >= 0)
    known = books(cells, day=60.0)
    seen = {
        skill: set(Room(skill=skill, near_m=10.0, alerts_per_beat=400).day(60, known).alert_cell.tolist())
        for skill in (0.1, 0.2, 0.4, 0.8, 0.9)
    }
    assert seen[0.1] < seen[0.2] < seen[0.4] < seen[0.8] == seen[0.9] == set(cells.tolist())
    assert abs(len(seen[0.4]) / len(cells) - 0.5) < Z * np.sqrt(0.25 / len(cells))
    others = Room(skill=0.4, near_m=10.0, alerts_per_beat=400, seed=2).day(60, known).alert_cell
    assert set(others.tolist()) != seen[0.4]
    part = books(cells[:100], day=60.0)  # the draw of a case is its own
    assert set(Room(skill=0.4, near_m=10.0, alerts_per_beat=400).day(60, part).alert_cell.tolist()) == seen[0.4] & set(
        cells[:100].tolist()
    )


def test_news_of_a_series_is_an_alert_for_some_days_that_takes_no_hours() -> None:
    """Five brawls of one series, of which the news came on day 20, and one of another whose news is old."""
    known = books(
        [30, 50, 70, 90, 110, 130],
        day=[1, 2, 3, 4, 5, 6],
        kind=IncidentType.BRAWL,
        series=[0, 0, 0, 0, 0, 5],
        known_day=[20, 20, 20, 20, 20, 3],
    )
    room = Room()
    released = room.day(22, known, minutes=0.0)
    assert released.alert_cell.tolist() == [70, 90, 110]
    assert released.alert_weight.tolist() == [2.0, 2.0, 2.0]
    assert room.ledger.sum() == 0
    assert len(room.day(27, known).alert_cell) == 3
    assert len(room.day(28, known).alert_cell) == 0
    assert len(Room(series_cases=2).day(22, known).alert_cell) == 2
    silent = books([30, 50], day=[1, 2], kind=IncidentType.BRAWL, series=0)
    assert len(Room().day(22, silent).alert_cell) == 0


def worked_calls(minutes_by_beat: list[float]) -> Books:
    """Return records with one call served in each beat on day 20, and an earlier one in the first beat.

    The earlier one lies before the four weeks of the review.
    """
    found = books()
    logs = new_logs(8)
    logs.used[CALLS] = 5
    calls = logs.calls[:5]
    calls["beat"], calls["state"], calls["sent"] = [0, 1, 2, 3, 0], CallState.SERVED, 1
    calls["received_min"] = calls["dispatched_min"] = [20 * DAY] * 4 + [-DAY]
    calls["cleared_min"] = calls["dispatched_min"] + [*minutes_by_beat, 1e6]
    return Books(found.cases, logs)


def test_a_review_moves_heads_and_beats_a_part_of_the_way_to_the_recorded_workload() -> None:
    """Patrol has 6 heads in district 0 and 2 in district 1, where the work is 10 and 30 + 60 minutes."""
    room, known = Room(review_step=0.5), worked_calls([2, 8, 30, 60])
    for day in range(28):
        room.day(day, known)
    assert room.staff.moves == []
    room.day(28, known)
    assert len(room.staff.moves) == 1
    shares, weights = room.staff.moves[0]
    assert shares == pytest.approx([0.5 * 0.75 + 0.5 * 0.1, 0.5 * 0.25 + 0.5 * 0.9])
    assert weights == pytest.approx([0.5 + 0.5 * 0.4, 0.5 + 0.5 * 1.6, 0.5 + 0.5 * 30 / 45, 0.5 + 0.5 * 60 / 45])
    all_the_way = Room(review_step=1.0)
    all_the_way.day(28, known)
    assert all_the_way.staff.moves[0][0] == pytest.approx([0.1, 0.9])


def test_a_review_that_may_move_nobody_takes_its_hours_and_a_month_without_work_in_the_books_proves_nothing() -> None:
    still, idle = Room(review_step=0.0), Room()
    still.day(28, worked_calls([2, 8, 30, 60]))
    idle.day(28, books())
    for room in (still, idle):
        assert room.staff.moves == []
        assert room.worked(Work.MONTHLY_REVIEW) == 20


def test_the_second_review_goes_on_from_the_first() -> None:
    """Nothing but the calls of the first month: half the way to 10 % and 90 %, then half of what is left."""
    room, known = Room(review_days=1), worked_calls([2, 8, 30, 60])
    for day in (21, 22):
        known.logs.calls["received_min"][:4] = (day - 0.5) * DAY
        known.logs.calls["dispatched_min"][:4] = known.logs.calls["received_min"][:4]
        known.logs.calls["cleared_min"][:4] = known.logs.calls["received_min"][:4] + np.array([2, 8, 30, 60])
        room.day(day, known)
    assert [shares[0] for shares, _ in room.staff.moves] == pytest.approx([0.425, 0.2625])
    for _, weights in room.staff.moves:
        assert weights.mean() == pytest.approx(1.0)


def test_recorded_crimes_and_calls_that_nobody_came_to_count_as_work() -> None:
    room, known = Room(review_step=1.0), worked_calls([30, 30, 60, 30])
    calls = known.logs.calls
    calls["state"][3] = CallState.EXPIRED  # counts as the mean of the others, 40
    calls["sent"][0] = 2
    known.logs.used[INCIDENTS] = 2
    crimes = known.logs.incidents[:2]
    crimes["recorded_time_min"], crimes["recorded_cell"] = [20 * DAY, NEVER], np.flatnonzero(BEATS.beat == 1)[0]
    crimes["recorded_type"] = IncidentType.ROBBERY
    room.day(28, known)
    work = np.array([60.0, 30.0 + 60.0, 60.0, (60 + 30 + 60) / 3])
    assert room.staff.moves[0][0] == pytest.approx([work[:2].sum() / work.sum(), work[2:].sum() / work.sum()])


@pytest.mark.parametrize("organisation", ["joint_room", "usual"])
def test_in_a_town_the_hours_are_booked_and_the_briefing_has_what_was_released(organisation: str) -> None:
    city = CityParameters(name="town", residents=10_000, area_km2=8, beats=2, districts=2, centres=1)
    demand = {"burglary": {"rate_per_1000": 100}}
    model = CityModel(
        Scenario(
            city=city,
            days=22,
            warmup_days=0,
            demand=demand,
            strategy={"name": "intelligence_led", "organisation": organisation},
        )
    )
    model.run()
    results = model.results()
    offices = 1 if organisation == "joint_room" else 2
    booked = {
        name: results.indicators[f"officer_hours_{name}"]
        for name in ("daily_analysis", "weekly_analysis", "monthly_review")
    }
    print(
        organisation,
        booked,
        {name: value for name, value in results.indicators.items() if name.startswith(("intelligence_", "pai", "pei"))},
    )
    assert booked["daily_analysis"] <= 22 * offices * 1.2, "the tired need longer"
    assert booked["monthly_review"] == 0
    assert booked["weekly_analysis"] > 0
    assert results.tables["ledger"]["officer_minutes"].sum() == pytest.approx(
        60 * results.indicators["on_duty_hours"], abs=1e-3
    )
    analysis = model.briefing().analysis
    assert analysis.surface is not None
    assert analysis.surface[~model.city.inside].sum() == 0
    assert len(model.forecasts) == 22
    assert results.indicators["intelligence_alerts"] > 0
    assert results.indicators["pai"] is not None
