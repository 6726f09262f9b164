"""The count behind the study of victims: which crimes are repeats, how soon, and by whom."""

import numpy as np

from tests.victims.study import repeats


def test_a_repeat_is_counted_from_the_crime_before_on_the_same_victim():
    day = 1440.0
    crimes = {
        "time_min": np.array([0.0, 10.0, 20.0, 25.0, 100.0, 101.0]) * day,
        "offender_id": np.ma.array([1, 2, 1, 9, 1, 5]),
    }
    who = np.array([4, 4, 4, 6, 4, -1])  # gaps of 10, 10 and 80 days on victim 4, by 2, 1 and 1
    soon, same = repeats(crimes, np.full(6, True), who)
    assert (soon, same) == (2 / 3, 0.0)
    without_the_second = np.array([True, False, True, True, True, True])
    assert repeats(crimes, without_the_second, who) == (0.5, 1.0)
