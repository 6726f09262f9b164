"""A made-up town in which every pattern of the scoreboard is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.patterns.portrait import DISTANCE_EDGES_KM, Kind, Portrait
from experiments.patterns.portrait.force import ForcePortrait
from experiments.patterns.portrait.load import LoadPortrait
from experiments.patterns.studies import STUDIES
from sim.incident_types import CRIME_NAMES
from sim.outcomes.near_repeat import Knox
from sim.outcomes.offending import RepeatVictims

HOURS = np.ones(168, dtype=np.int64)


def a_kind(true, recorded, km=1.0):
    return Kind(true, recorded, recorded, HOURS, np.histogram([km] * true, DISTANCE_EDGES_KM)[0])


def a_portrait(**changed):
    """A year of a made-up town of 10,000 in which every pattern is known."""
    kinds = {
        "burglary": a_kind(40, 19, 0.525),
        "theft: pickpocketing": a_kind(60, 12),
        "theft: shoplifting": a_kind(40, 16),
        "theft: vehicle_theft": a_kind(20, 15),
        "assault: brawl": a_kind(30, 15),
        "assault: dispute": a_kind(20, 7),
    }
    pairs = Knox(np.full((5, 8), 3.0), np.full((5, 8), 2.0), np.full((9, 5, 8), 2.0))
    window = Knox(np.array([[24.0]]), np.array([[20.0]]), np.full((9, 1, 1), 20.0))
    portrait = Portrait(
        residents=10_000,
        days=365.0,
        kinds=kinds,
        calls={"burglary": HOURS, "service": 2 * HOURS, "traffic": HOURS},
        offences=np.array([6, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
        victims=RepeatVictims(0.1, 0.25),
        burglaries={
            "empty_home": np.bincount([14] * 9 + [2], minlength=168),
            "sleeping_home": np.bincount([1] * 6 + [6 * 24 + 3] * 4, minlength=168),
            "shop": np.bincount([23] * 20, minlength=168),
        },
        crimes=np.array([10, 5, 3, 1, 1] + [0] * 195),
        knox=pairs,
        knox_window=window,
        by_day={name: np.arange(365) // 183 * (name == "theft") + (name == "burglary") for name in CRIME_NAMES},
        fraud_ages=np.bincount([20, 30, 50, 70], minlength=120),
        found_disputes=(40, 30),
        force=ForcePortrait(
            np.full(365, 40.0), np.full(365, 0.2), {"burglary": (19, 3), "fraud": (9, 2)}, -0.9,
            np.array([2.0, np.inf]), 0.1, 1.4, 1.0, 5.0, 0.7, 1.3, 47.0, 3.0,
        ),
        load=LoadPortrait(
            120.0, {"crime": 10.0, "disputes": 15.0, "traffic": 20.0, "help": 40.0}, 250.0, 80.0, 50.0, 1.2, 20.0, 90.0,
            45.0, 30.0, 60.0, 3.0, 6.0, 9.0, 88.0, 12.0, 50.0, 70.0, 40.0, 4.0, 5.0, None,
        ),
        indicators={},
    )  # fmt: skip
    return replace(portrait, **changed)


def portraits(*runs):
    return {study: list(runs) for study in STUDIES}
