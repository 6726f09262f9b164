"""Run a small town without numba, and print as JSON which draws of chance it takes twice.

By stream and the function that asks again.

A script for `test_draw_keys`, since numba is switched off for a whole process.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ["NUMBA_DISABLE_JIT"] = "1"

import numpy as np

import sim.columns
import sim.draws
import sim.randomness
from sim.arrays import Array

HERE = Path(sim.randomness.__file__).name
MASK = (1 << 64) - 1
plain_table = sim.columns.table
seen: dict[tuple[int, ...], str] = {}
again: dict[str, list[int]] = {}


def record(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Note a draw, and return four words that depend on its key, as Philox does, but in far less time."""
    key = tuple(int(word) & 0xFFFFFFFF for word in (k1, c0, c1, c2, c3))
    frame: Any = sys._getframe(1)
    while Path(frame.f_code.co_filename).name == HERE:
        frame = frame.f_back
    asks = frame.f_code.co_name
    if key in seen:
        again.setdefault(f"{sim.draws.Stream(key[0]).name}: {seen[key]}, {asks}", list(key[1:4]))
    seen.setdefault(key, asks)
    words, state = [], hash((key, int(k0))) & MASK
    for _ in range(4):  # splitmix64
        state = (state + 0x9E3779B97F4A7C15) & MASK
        mixed = ((state ^ state >> 30) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & MASK
        words.append((mixed ^ mixed >> 31) >> 32)
    return words[0], words[1], words[2], words[3]


def with_attributes(*given: Any) -> Array:
    """Return a table whose rows have their columns for attributes, as in compiled code."""
    return plain_table(*given).view(np.recarray)


sim.randomness.philox = record
sim.columns.table = with_attributes


def main(days: int, given: dict[str, Any]) -> None:
    """Run the town for some days, with what else is given of its scenario."""
    import sim.world
    from sim.check import EVENTFUL, FORCE, MANY, TOWN
    from sim.model import CityModel
    from sim.scenario import Scenario

    assert callable(sim.world.first_guess), "what is replaced is not there"
    sim.world.first_guess = lambda *_: np.full(7, -3.0)  # not found out by thousands of searches of a crowd
    demand = {**EVENTFUL, "disputes": {"per_1000_year": 2000}, **given.pop("demand", {})}
    model = CityModel(Scenario(city=TOWN, force=FORCE, demand=demand, people=MANY, days=days, warmup_days=0, **given))
    model.run()
    sys.stdout.write(json.dumps({"draws": len(seen), "again": again}))


main(int(sys.argv[1]), json.loads(sys.argv[2]))
