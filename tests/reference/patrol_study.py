"""A month on five seeds of the model and its twin: whether their logs are the same, and how long both take.

`PYTHONPATH=. python tests/reference/patrol_study.py [residents]` prints a row a seed: `chances` is how far the summed
chances of a type of crime lie apart at most, the times are CPU seconds. The time of the model is told
twice: of all of it, and of its ticks alone, which besides what the twin does serve calls and let people quarrel, cheat
and bully. That of the twin is without building it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from patrol_given import noted
from patrol_twin import Twin

import sim.model
from sim.city.city import CityParameters
from sim.model import CityModel
from sim.scenario import Scenario

DAYS, SEEDS = 30, (1, 2, 3, 4, 5)


class Stopwatch:
    """A function, and the CPU seconds that it has taken."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.cpu_s = function, 0.0

    def __call__(self, *args: Any) -> Any:
        begin = time.process_time()
        result = self.function(*args)
        self.cpu_s += time.process_time() - begin
        return result


def main(residents: int = 100_000) -> None:
    """Print the table, with the mean ratios below it."""
    city = CityParameters(residents=residents, area_km2=max(2.0, residents * 64 / 100_000))
    print("seed  offences  stops  the same  chances  model s  its ticks s  twin s")
    totals = [0.0, 0.0, 0.0]
    for seed in SEEDS:
        scenario = Scenario(seed=seed, city=city, days=DAYS, warmup_days=0, strategy={"name": "hotspot"})
        known = noted(scenario, DAYS)
        model, ticks = CityModel(scenario), Stopwatch(sim.model.advance)
        sim.model.advance = ticks
        whole = Stopwatch(model.run)
        whole(DAYS)
        sim.model.advance = ticks.function
        twin = Twin(scenario, known.given)
        steps = Stopwatch(twin.run)
        steps(DAYS)
        same = sorted(twin.offences) == known.offences and sorted(twin.stops) == known.stops
        apart = max(abs(one / other - 1) for one, other in zip(twin.chances, known.chances, strict=True))
        times = whole.cpu_s, ticks.cpu_s, steps.cpu_s
        totals = [total + one for total, one in zip(totals, times, strict=True)]
        print(
            f"{seed:4}  {len(twin.offences):8}  {len(twin.stops):5}  {same!s:>8}  {apart:7.0e}",
            *(f"{t:10.4f}" for t in times),
        )
    print(f"twin / model {totals[2] / totals[0]:.0f}, twin / its ticks {totals[2] / totals[1]:.0f}")


if __name__ == "__main__":
    main(*(int(residents) for residents in sys.argv[1:]))
