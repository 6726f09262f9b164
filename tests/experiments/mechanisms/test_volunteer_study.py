"""The study of volunteers: one course for each reward and number of hours, whose numbers agree with each other."""

from __future__ import annotations

import numpy as np

from experiments.mechanisms.volunteer_study import volunteer_courses
from sim.city.city import CityParameters

TOWN = CityParameters(name="town", residents=5_000, area_km2=8, beats=2, districts=1, centres=1)


def test_a_course_tells_numbers_by_team_and_month_that_agree_with_joins_and_leaves() -> None:
    courses = volunteer_courses(TOWN, rewards=(0.0, 20.0), hours=(1.0, 4.0), months=8, seeds=(1, 2))
    assert [(course.reward_yuan, course.hours_a_day) for course in courses] == [
        (0.0, 1.0),
        (0.0, 4.0),
        (20.0, 1.0),
        (20.0, 4.0),
    ]
    for course in courses:
        assert list(course.active) == ["watch", "burglary_watch", "pickpocket_watch", "fraud_prevention", "mediation"]
        assert all(
            len(values) == 8
            for values in (*course.active.values(), course.joined, course.left, course.organising_hours)
        )
        assert set(course.active["watch"]) == {25.0}
        organised = np.sum([values for team, values in course.active.items() if team != "watch"], axis=0)
        stock = np.cumsum(course.joined) - np.cumsum(course.left)  # at the end of each month
        assert (organised <= np.cumsum(course.joined)).all()
        assert np.abs(organised[1:] - (stock[1:] + stock[:-1]) / 2).max() < 5
        assert max(course.organising_hours) <= 30 * course.hours_a_day / 2 + 1e-9
    assert sum(courses[1].joined) > sum(courses[0].joined)
    assert sum(courses[0].cost_yuan) == 0.0
    assert sum(courses[2].cost_yuan) > 0
