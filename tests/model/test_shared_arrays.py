"""What runs of a process share cannot be written to: no strategy and no programme can falsify the runs of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any

import numpy as np
import pytest
from small_runs import MUCH_CRIME, in_town

from sim.arrays import Array, frozen, own
from sim.model import CityModel
from sim.programmes.base import Programme, Site
from sim.strategies.base import Briefing, Strategy
from sim.strategies.hotspot import Hotspot
from sim.strategies.plan import PatrolPlan


def arrays_in(value: Any, name: str) -> Iterator[tuple[str, Array]]:
    """Yield every array in a value, and what it is a view of, with its name."""
    if isinstance(value, np.ndarray):
        yield name, value
        yield from arrays_in(value.base, f"{name}.base")
    elif isinstance(value, tuple):
        names = getattr(value, "_fields", range(len(value)))
        for part, of in zip(value, names, strict=True):
            yield from arrays_in(part, f"{name}.{of}")
    elif is_dataclass(value):
        for of, part in vars(value).items():
            yield from arrays_in(part, f"{name}.{of}")


def spoiled(value: Any, name: str) -> tuple[set[str], set[str]]:
    """Write to every array in a value.

    Return the names of those that let themselves be written to, and of the others.
    """
    written, refused = set(), set()
    for of, array in arrays_in(value, name):
        try:
            array *= array.dtype.type(2)
            written.add(of)
        except ValueError:
            refused.add(of)
    return written, refused


class Vandal(Strategy):
    """Writes to all that it is told, and to its plan after it has given it away."""

    name = "vandal"

    def __init__(self) -> None:
        super().__init__()
        self.written: set[str] = set()
        self.refused: set[str] = set()
        self.plans: list[PatrolPlan] = []

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Spoil everything."""
        written, refused = spoiled(briefing, "briefing")
        self.written |= written
        self.refused |= refused
        for plan in self.plans:
            plan.cell[:] = 0
        plan = Hotspot().plan(briefing, rng)
        self.plans.append(PatrolPlan(plan.cell.copy(), plan.weight.copy(), plan.dwell_min.copy(), plan.beat.copy()))
        return self.plans[-1]


class Spoiler(Programme):
    """Writes to the city, to look-ups of its people and to rules."""

    name = "spoiler"

    def begin(self, site: Site) -> None:
        """Spoil everything that is not a table of the run."""
        self.written, self.refused = set(), set()
        people = site.society
        for value, name in (
            (site.city, "city"),
            (site.city.travel, "travel"),
            (people.places, "places"),
            (people.ties, "ties"),
        ):
            written, refused = spoiled(value, name)
            self.written |= written
            self.refused |= refused
        for rule in (site.bureau.demand.harm_days, site.bureau.demand.custody_min, site.bureau.rule.prior):
            rule *= 2.0  # of this run alone
        with pytest.raises(Exception, match="Frozen graph"):
            site.city.streets.add_node("nowhere")


def differences(one: CityModel, other: CityModel) -> list[str]:
    """Return the columns that differ."""
    left, right = one.results().tables, other.results().tables
    return [
        f"{table}.{name}"
        for table, columns in left.items()
        for name, column in columns.items()
        if not np.array_equal(np.ma.filled(column, -9), np.ma.filled(right[table][name], -9))
    ]


def ran(**given: Any) -> CityModel:
    """Return a town after some days."""
    model = CityModel(in_town(days=8, demand=MUCH_CRIME), **given)
    model.run()
    return model


def test_a_strategy_that_writes_to_all_that_it_is_told_gets_an_error_and_changes_nothing_for_others() -> None:
    before, vandal = ran(), Vandal()
    ran(strategy=vandal)
    assert vandal.written == set()
    told = {
        "beats.beat",
        "beats.district",
        "recorded.cell",
        "recorded.type",
        "recorded.time_min",
        "analysis.alert_cell",
    }
    assert {f"briefing.{name}" for name in told} <= vandal.refused
    assert differences(before, ran()) == []


def test_a_plan_that_is_written_to_after_it_was_given_changes_no_order() -> None:
    class Honest(Vandal):
        def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
            return Hotspot().plan(briefing, rng)

    assert differences(ran(strategy=Honest()), ran(strategy=Vandal())) == []


def test_a_programme_that_writes_to_the_city_gets_an_error_and_what_it_writes_to_is_its_own_run() -> None:
    before, spoiler = ran(), Spoiler()
    assert ran(programmes=[spoiler]).city is before.city
    assert spoiler.written == set()
    assert {
        "city.inside",
        "city.land.housing",
        "city.beats.beat",
        "travel.minutes",
        "places.present",
        "ties.other",
    } <= spoiler.refused
    assert differences(before, ran()) == []


def test_two_runs_share_no_array_that_can_be_written_to() -> None:
    """Of all that a run consists of; the logs, which grow, are of each run too."""
    one, other = ran(), ran()
    left, right = dict(arrays_in(one.world, "world")), dict(arrays_in(other.world, "world"))
    shared = {name for name in left if np.shares_memory(left[name], right[name])}
    assert {name for name in shared if left[name].flags.writeable} == set()
    assert "world.society.places.present" in shared
    assert "world.rules.demand.harm_days" not in shared


def test_what_is_frozen_is_shared_and_the_rest_is_copied() -> None:
    kept, free = frozen(np.arange(3)), np.arange(3)
    got = own((kept, (free, 1.5)))
    assert got[0] is kept
    assert got[1][0] is not free
    assert got[1][1] == 1.5
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1
