"""Auxiliaries crew with an officer, alone, or not at all; whoever has no place in a unit is counted."""

from __future__ import annotations

import numpy as np
import pytest

from sim.police.force.crews import form_crews, go_first, nobody_ready
from sim.police.force.establishment import ForceParameters, can_crew, without_place

OFFICERS, AUXILIARIES = np.array(4.0), np.array(10.0)


@pytest.mark.parametrize(("mode", "units", "idle"), [("with_officer", 4, 6), ("alone", 7, 0), ("never", 2, 10)])
def test_units_and_those_without_a_place(mode, units, idle):
    force = ForceParameters(auxiliary_crews=mode)
    assert can_crew(OFFICERS, AUXILIARIES, force) == units
    assert without_place(OFFICERS, AUXILIARIES, force) == idle


@pytest.mark.parametrize(
    ("mode", "crews"),
    [
        ("with_officer", [[0, 10], [1, 11]]),
        ("alone", [[0, 10], [1, 11], [12, 13], [14, 15]]),
        ("never", [[0, 1]]),
    ],
)
def test_crews_are_formed_of_those_who_may_go(mode, crews):
    ready, found, at_one_place = nobody_ready(16, 1), np.full((6, 2), -1), np.zeros(6, dtype=int)
    go_first(np.array([0, 1]), at_one_place, 0, ready)
    go_first(np.arange(10, 16), at_one_place, 1, ready)
    n = form_crews(at_one_place, ready, mode != "never", mode == "alone", found)
    assert found[:n].tolist() == crews
