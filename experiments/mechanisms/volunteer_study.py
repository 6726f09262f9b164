"""Volunteers by team and month when nothing else is simulated: what rewards and organisers' hours do over two years."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.people.feelings import FeelingParameters, new_feelings
from sim.people.residents import ResidentParameters, settle
from sim.people.volunteers import Team, VolunteerParameters, draw_volunteers
from sim.police.post_ledger import Hours, Work
from sim.programmes.volunteers.programme import TEAMS, Volunteers
from sim.programmes.volunteers.volunteering import Corps

if TYPE_CHECKING:
    from collections.abc import Sequence

MONTH_DAYS = 30
REWARDS_YUAN = (0.0, 5.0, 20.0)  # an hour served
HOURS_A_DAY = (5.0, 10.0, 20.0)  # left to community officers of the residents studied, half of them for volunteers
STUDIED_RESIDENTS = 60_000
MOST_COURSES = 3  # replications of the two years


class Course(NamedTuple):
    """How the volunteers of a city develop under one reward and one number of hours.

    Means over months and replications.
    """

    reward_yuan: float
    hours_a_day: float
    active: dict[str, list[float]]  # team → members by month
    joined: list[float]  # a month
    left: list[float]  # a month
    neglected: list[float]  # by month
    organising_hours: list[float]  # spent a month, officer-hours
    cost_yuan: list[float]  # rewards a month


def volunteer_courses(
    city: CityParameters | None = None,
    rewards: Sequence[float] = REWARDS_YUAN,
    hours: Sequence[float] = HOURS_A_DAY,
    months: int = 24,
    seeds: Sequence[int] = (1, 2, 3),
) -> list[Course]:
    """Run the programme `volunteers` by itself for each reward and each number of hours, with common random numbers.

    Parameters
    ----------
    city : CityParameters, optional
        The place of the first replication, see `CityParameters.of_replication`; the default county when absent.
    rewards : sequence of float
        Yuan for an hour served.
    hours : sequence of float
        Officer-hours per day that community officers have left for programmes, of which the programme takes its share.
    months : int
        Months of 30 days.
    seeds : sequence of int
        Replications.
    """
    first = city or CityParameters()
    return [
        _mean([_course(first.of_replication(r), reward, each, months, seed) for r, seed in enumerate(seeds)])
        for reward in rewards
        for each in hours
    ]


def _course(city: CityParameters, reward: float, hours: float, months: int, seed: int) -> Course:
    place = build_city(city)
    society = settle(place, ResidentParameters(), city.seed)
    volunteers = draw_volunteers(society.residents, VolunteerParameters(), place.grid.cell_m, seed)
    programme = Volunteers(Volunteers.Parameters(reward_yuan_per_hour=reward))
    programme.take_over(society, volunteers, place.grid.cell_m)
    feelings = new_feelings(FeelingParameters())
    days = MONTH_DAYS * months
    ledger = np.zeros((days, len(Work)))
    for day in range(days):
        corps = Corps(seed, day, day % 7, volunteers, society, feelings)
        programme.carry_out(corps, Hours(ledger[day], 60 * hours, 0.0, 1.0))
    diary = {measure: values[:days].reshape(months, MONTH_DAYS) for measure, values in programme.diary.items()}
    plain = [float(np.count_nonzero(volunteers["active"] & (volunteers["team"] == Team.WATCH)))] * months
    return Course(
        reward,
        hours,
        {Team.WATCH.name.lower(): plain}
        | {name: diary[name].mean(axis=1).tolist() for name in (team.name.lower() for team in TEAMS)},
        diary["joined"].sum(axis=1).tolist(),
        diary["left"].sum(axis=1).tolist(),
        diary["neglected"].mean(axis=1).tolist(),
        (ledger[:, Work.ORGANISING].reshape(months, MONTH_DAYS).sum(axis=1) / 60).tolist(),
        diary["cost"].sum(axis=1).tolist(),
    )


def _mean(courses: Sequence[Course]) -> Course:
    """Return the mean of replications, month by month."""
    first = courses[0]
    active = {team: np.mean([course.active[team] for course in courses], axis=0).tolist() for team in first.active}
    series = (np.mean([getattr(course, name) for course in courses], axis=0).tolist() for name in Course._fields[3:])
    return Course(first.reward_yuan, first.hours_a_day, active, *series)


def courses_in(city: CityParameters, replications: int) -> list[Course]:
    """Return how volunteers develop in a city, with hours in proportion to its residents."""
    hours = [each * build_city(city).residents / STUDIED_RESIDENTS for each in HOURS_A_DAY]
    return volunteer_courses(city, hours=hours, seeds=range(1, 1 + min(replications, MOST_COURSES)))
