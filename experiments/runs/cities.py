"""The cities of runs: each settles once, before its runs, and no more at a time than the disk keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import to_json

from experiments.runs.store.identity import form_of, seeds_of, without_seeds
from experiments.runs.work import work_through

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from experiments.runs.engines.engine import Engine
    from experiments.runs.progress import Progress
    from sim.scenario import Scenario

AT_ONCE = 96  # cities that settle before their runs: the disk has room for two commands, see `sim.settling.KEPT_STATES`
_LATER = dict.fromkeys(  # parts of a scenario that no city has seen at the end of its warm-up: scenarios that differ in
    ("strategy", "strategy_course", "programmes", "changes", "shortage_name", "days", "fade_out_days")
)  # nothing else have one warm-up, and to know that is much cheaper than to check a scenario


class Cities(NamedTuple):
    """The cities of some tasks.

    Attributes
    ----------
    of : mapping
        Name of a task → name of its city; tasks whose city cannot be kept are left out.
    scenarios : mapping
        City → a scenario, as plain values, whose warm-up lets it settle.
    """

    of: Mapping[str, str]
    scenarios: Mapping[str, Mapping[str, Any]]

    def parts(self, names: Iterable[str]) -> list[list[str]]:
        """Divide tasks into parts of `AT_ONCE` cities at most, each with all tasks of its own; else the order stays."""
        part_of: dict[str, int] = {}
        parts: list[list[str]] = []
        for name in names:
            if (city := self.of.get(name)) is None:
                part = max(len(part_of) - 1, 0) // AT_ONCE
            else:
                part = part_of.setdefault(city, len(part_of) // AT_ONCE)
            if part == len(parts):
                parts.append([])
            parts[part].append(name)
        return parts

    def among(self, names: Iterable[str]) -> list[str]:
        """Return the cities of some tasks."""
        return list(dict.fromkeys(self.of[name] for name in names if name in self.of))

    def waiting(self, names: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """Return those of the cities of some tasks that have still to settle; the others are kept on for their runs."""
        from sim.settling import keep_on, waits

        waiting = {}
        for city in self.among(names):
            if waits(city):
                waiting[city] = self.scenarios[city]
            else:
                keep_on(city)
        return waiting


def cities_of(tasks: Mapping[str, Mapping[str, Any]]) -> Cities:
    """Find the cities of tasks.

    Parameters
    ----------
    tasks : mapping
        Name → scenario as plain values.
    """
    from sim.scenario import Scenario
    from sim.settling import name_of

    warmups: dict[tuple[int, ...], bytes] = {}  # of forms
    checked: dict[bytes, Scenario] = {}
    known: dict[tuple[bytes, int | None, int | None], str | None] = {}
    of: dict[str, str] = {}
    scenarios: dict[str, Mapping[str, Any]] = {}
    for name, settings in tasks.items():
        if (form := form_of(settings)) not in warmups:
            warmups[form] = to_json({**without_seeds(settings), **_LATER})
        warmup = warmups[form]
        if warmup not in checked:
            checked[warmup] = Scenario.model_validate(settings)
        seeds = seeds_of(settings)
        if (warmup, *seeds) not in known:
            known[warmup, *seeds] = name_of(_with_seeds(checked[warmup], *seeds))
        if (city := known[warmup, *seeds]) is not None:
            of[name] = city
            scenarios.setdefault(city, settings)
    return Cities(of, scenarios)


def _with_seeds(scenario: Scenario, seed: int | None, city_seed: int | None) -> Scenario:
    """Return a scenario with other seeds; None: with the one that it has."""
    city = scenario.city if city_seed is None else scenario.city.model_copy(update={"seed": city_seed})
    return scenario.model_copy(update={"city": city} if seed is None else {"city": city, "seed": seed})


def settle_waiting(cities: Mapping[str, Mapping[str, Any]], engine: Engine, show: Progress) -> None:
    """Let cities, by name with a scenario of each, settle; show the progress if there are any.

    The runs that follow begin there; without it each process would do it for itself.
    """
    if cities:
        with show(len(cities), "cities") as done:
            let_settle(cities, engine, lambda _city: done())


def let_settle(cities: Mapping[str, Mapping[str, Any]], engine: Engine, done: Callable[[str], None]) -> None:
    """Let cities settle; `done` is called with the name of each that has.

    Those that another command is at are left to it; once nothing else is to be done, they are waited for.
    """
    from sim.settling import under_way

    def free(names: list[str]) -> list[str]:
        """Return those that nobody is at."""
        return [name for name in names if not under_way(name)]

    def over(city: str, _none: None) -> None:
        """Have done with a city."""
        del left[city]
        done(city)

    left = dict(cities)
    work_through(settle, cities, engine, over, mine=free)
    work_through(settle, {**left}, engine, over)


def settle(settings: Mapping[str, Any]) -> None:
    """Let the city of a scenario, given as plain values, settle, and keep it on disk, if nobody has done so by now."""
    from sim.model import CityModel
    from sim.scenario import Scenario
    from sim.settling import name_of, waits

    scenario = Scenario.model_validate(settings)
    if (name := name_of(scenario)) is not None and waits(name):
        CityModel(scenario)
