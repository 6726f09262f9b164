"""The count behind the study of stays: which crimes follow a stop, and for how long somebody could have seen them."""

import numpy as np
import pytest

from sim.incident_types import IncidentType
from sim.scenario import Scenario
from tests.stays.study import after_stops, by_stay, left_by_rule, ratio


def test_crimes_count_from_leaving_to_the_next_stop_there_or_half_an_hour():
    stops = {"cell": [7, 3, 7, 7], "start_min": [100.0, 100.0, 120.0, 500.0], "dwell_min": [2.0, 12.0, 10.0, 25.0]}
    cell = np.array([7, 7, 7, 7, 3, 3, 7])
    time_min = np.array([99.0, 101.0, 110.0, 159.0, 141.0, 143.0, 540.0])
    found = after_stops(stops, cell, time_min, 545.0)
    order = np.argsort(found.stay_min)
    assert found.stay_min[order].tolist() == [2.0, 10.0, 12.0, 25.0]
    assert found.crimes[order].tolist() == [1, 1, 1, 1]
    assert found.at_risk_min[order].tolist() == [18.0, 30.0, 30.0, 20.0]
    assert by_stay(found)[:, 0].tolist() == [1.0, 0.0, 2.0, 1.0]


def test_a_stop_while_another_unit_is_there_is_followed_by_nothing():
    stops = {"cell": [7, 7], "start_min": [100.0, 105.0], "dwell_min": [10.0, 20.0]}
    found = after_stops(stops, np.array([7.0]), np.array([112.0]), 1000.0)
    assert found.crimes.tolist() == [0, 0]
    assert found.at_risk_min.tolist() == [0.0, 30.0]


def test_equal_rates_have_the_ratio_one_within_their_interval():
    value, low, high = ratio(np.array([50.0, 1000.0]), np.array([100.0, 2000.0]))
    assert value == pytest.approx(1.0)
    assert low < 1.0 < high


def test_the_rule_leaves_the_less_the_longer_the_stay_and_takes_less_from_who_is_indoors():
    scenario = Scenario()
    left = [left_by_rule(scenario, IncidentType.ROBBERY, minutes) for minutes in (1.0, 5.0, 12.0, 25.0)]
    assert left == sorted(left, reverse=True)
    assert left[0] > 0.95
    assert left[2] < 0.45
    assert left_by_rule(scenario, IncidentType.BURGLARY, 12.0) > left[2]
