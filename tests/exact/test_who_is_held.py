"""Who is held by those who caught him (扭送) is there when the police come, however late, and nobody looks for him."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from laboratory import Laboratory, streets_of

from sim.city.grid import Grid
from sim.incident_types import IncidentType
from sim.incidents.demand import DemandParameters
from sim.model import CityModel
from sim.scenario import Scenario

QUICK = streets_of(nx.grid_2d_graph(11, 11), Grid(11, 11, 100.0), 600.0)
APART_MIN = 200.0


def robberies(n: int, held: bool, *, delay_min: float = 120.0, **pursuit: Any) -> Laboratory:
    demand = {"robbery": {"arrest_probability": 0.0, "custody_days": 0.0}}
    lab = Laboratory([60] * 4, QUICK, days=1, demand=DemandParameters.model_validate(demand), pursuit=pursuit)
    for i in range(n):
        crime = lab.crime(IncidentType.ROBBERY, APART_MIN * i)
        c = lab.call(APART_MIN * i + delay_min, cell=60, priority=1, on_scene_min=10.0, incident=crime)
        lab.calls["held"][c] = held
    lab.serve(APART_MIN * n)
    return lab


@pytest.mark.parametrize("held", [False, True])
def test_who_is_held_is_arrested_two_hours_later_and_nobody_else(held: bool) -> None:
    assert robberies(50, held).incidents["cleared"].tolist() == [held] * 50


def test_nobody_looks_for_who_is_held() -> None:
    sought, held = (robberies(50, share, delay_min=1.0, units=2) for share in (False, True))
    alone = robberies(50, True, delay_min=1.0)
    assert sought.ledger.sum(axis=0).tolist() != held.ledger.sum(axis=0).tolist()
    assert held.ledger.sum(axis=0).tolist() == alone.ledger.sum(axis=0).tolist()


@pytest.mark.parametrize("held", [0.3, 1.0])
def test_so_many_are_held_as_the_parameter_says_and_those_who_hold_them_call_at_once(held: float) -> None:
    """No victim reports a burglary here, so that whoever tells of one holds its culprit, but for a patrol that saw it.

    Of some 350 within 4.5 standard errors; false alarm 1e-5.
    """
    silent = {"report_probability": 1e-9, "witness_probability": 0.0, "arrest_probability": 0.0}
    demand = {
        "burglary": {"rate_per_1000": 100, "held_probability": held, **silent},
        "reporting": {"on_view_probability": 0.0},
    }
    model = CityModel(Scenario(days=14, warmup_days=0, demand=demand))
    model.run()
    found = model.results().tables["incidents"]
    burglaries = np.asarray(found["type"]) == "burglary"
    told = np.asarray(found["reported"])[burglaries].astype(bool)
    n = len(told)
    assert n > 100
    assert abs(told.mean() - held) <= 4.5 * np.sqrt(held * (1 - held) / n)
    assert set(np.asarray(found["discovered_by"])[burglaries][told].tolist()) == {"witness"}
    assert np.asarray(found["cleared"])[burglaries][told].mean() > 0.8, "but for those whose unit has not come yet"
