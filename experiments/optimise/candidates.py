"""What can be said of candidates before and after they are run: people, pay, outcomes, and which dominate others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.optimise.design import COST
from experiments.presentation.indicators import DAYS_A_YEAR, MOST_UNSERVED_PERCENT, UNSERVED, indicator
from experiments.settings.personnel import personnel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from experiments.estimates.intervals import Floats
    from experiments.optimise.design import Candidate, Space
    from experiments.optimise.kept import Values
    from sim.city.city import City
    from sim.scenario import Scenario

BEYOND = 1e9  # in the place of an outcome that is never reached, or absent: worse than all


class Known(NamedTuple):
    """What is known of a candidate without a run.

    Attributes
    ----------
    scenario : Scenario or None
        With the first seed; None where it cannot be.
    personnel : float
        People on the payroll on the last measured day.
    pay : float
        Their pay, yuan per year, the lower one of the first and the last measured day.
    why_not : str
        Why it is not run; empty where it is.
    """

    scenario: Scenario | None
    personnel: float
    pay: float
    why_not: str


class Tried(NamedTuple):
    """A candidate that was run.

    Attributes
    ----------
    candidate : Candidate
        The candidate.
    personnel : float
        See `Known`.
    values : mapping
        Indicator → value by replication, in the order of the seeds.
    """

    candidate: Candidate
    personnel: float
    values: Values

    def mean(self, name: str) -> float:
        """Return the mean of an indicator as it is, infinite where some run never reached or has not got it."""
        found = self.values[name]
        return float(found.mean()) if np.isfinite(found).all() else float("inf")

    def yuan_per_year(self, days: int) -> float:
        """Return what the police pay for all in a year of as many measured days."""
        return self.mean(COST) * DAYS_A_YEAR / days

    @property
    def unserved_percent(self) -> float:
        """The mean share of the calls for a unit that get none; 0 where there is no call."""
        found = self.values[UNSERVED]
        return 100 * float(found[np.isfinite(found)].mean()) if np.isfinite(found).any() else 0.0


def known(space: Space, candidate: Candidate, plan: Mapping[str, Any], city: City) -> Known:
    """Say what is known of a candidate without a run, and whether it is within people and budget."""
    from sim.parameters import BadInput

    try:
        scenario = space.scenario(candidate)
        first, last = (personnel(scenario, city, day) for day in (0, scenario.days - 1))
    except BadInput as error:
        return Known(None, float("nan"), float("nan"), str(error))
    people, pay = last.officers + last.auxiliaries, min(first.yuan_per_year, last.yuan_per_year)
    if plan["personnel"] is not None and round(people, 6) > plan["personnel"]:
        return Known(scenario, people, pay, f"{people:,.0f} people, {plan['personnel']:,} are allowed")
    if plan["budget"] is not None and pay > plan["budget"]:
        return Known(scenario, people, pay, f"pay of {pay:,.0f} yuan per year, the budget is {plan['budget']:,.0f}")
    return Known(scenario, people, pay, "")


def check_within(of_status_quo: Known, plan: Mapping[str, Any]) -> None:
    """Refuse a budget or a number of people below those of today: with levers that add to them nothing would fit.

    Raises
    ------
    BadInput
        Naming what there is today, or what of it cannot be.
    """
    from sim.parameters import BadInput, Unusable

    if of_status_quo.scenario is None:
        raise Unusable("shortage", "status quo", f"the {{}} cannot be run: {of_status_quo.why_not}")
    if plan["personnel"] is not None and plan["personnel"] < round(of_status_quo.personnel, 6):
        least = f"at least {of_status_quo.personnel:,.0f}, the people who are there"
        raise BadInput("personnel", plan["personnel"], least)
    if plan["budget"] is not None and plan["budget"] < of_status_quo.pay:
        least = f"at least {of_status_quo.pay:,.0f} yuan per year, the pay of the people who are there"
        raise BadInput("budget", plan["budget"], least)


def objectives(tried: Tried, outcomes: Sequence[str]) -> list[float]:
    """Return what is to be small: the outcomes, those of which more is better with a minus, yuan, and people."""
    signed = [-indicator(name).good * tried.mean(name) for name in outcomes]
    return [*(float(np.clip(value, -BEYOND, BEYOND)) for value in signed), tried.mean(COST), tried.personnel]


def front(values: Floats) -> list[int]:
    """Return which rows no other row dominates: is nowhere larger and somewhere smaller.

    Parameters
    ----------
    values : array [candidates, objectives]
        All to be small.
    """
    no_larger = (values[:, None, :] <= values[None, :, :]).all(axis=2)
    smaller = (values[:, None, :] < values[None, :, :]).any(axis=2)
    return np.flatnonzero(~(no_larger & smaller).any(axis=0)).tolist()


def within(tried: Iterable[Tried], plan: Mapping[str, Any]) -> list[Tried]:
    """Return the candidates whose runs cost no more than the budget; people and pay were counted before.

    Those with which the force cannot serve its calls are left out where it can with others.
    """
    found = [one for one in tried if plan["budget"] is None or one.yuan_per_year(plan["days"]) <= plan["budget"]]
    return [one for one in found if one.unserved_percent <= MOST_UNSERVED_PERCENT] or found


def on_front(tried: Sequence[Tried], outcomes: Sequence[str]) -> list[Tried]:
    """Return the candidates that no other one beats in everything: outcomes, yuan and people."""
    values = np.array([objectives(one, outcomes) for one in tried]).reshape(len(tried), -1)
    return [tried[row] for row in front(values)]


def best_by(tried: Iterable[Tried], outcome: str) -> Tried:
    """Return the candidate that is best by an outcome; of equals the first."""
    good = indicator(outcome).good
    return min(tried, key=lambda one: -good * one.mean(outcome))


class Choice(NamedTuple):
    """The candidates that get fresh seeds.

    Attributes
    ----------
    chosen : Candidate
        The best by the first outcome within reach.
    single : Candidate
        The best measure alone within reach; today where none is.
    wanted : list of Candidate
        Today, these two, the best by the other outcomes, and others of the front, spread by cost.
    """

    chosen: Candidate
    single: Candidate
    wanted: list[Candidate]


def choose(tried: Sequence[Tried], space: Space, plan: Mapping[str, Any]) -> Choice:
    """Choose the candidates that get fresh seeds, by what the search has shown."""
    outcomes, today = plan["outcomes"], space.status_quo
    fits = within(tried, plan) or [one for one in tried if one.candidate == today]
    alone = [one for one in fits if one.candidate in space.single] or fits[:1]
    best = [best_by(fits, name).candidate for name in outcomes]
    single = best_by(alone, outcomes[0]).candidate
    first = list(dict.fromkeys([today, best[0], single, *best[1:]]))
    others = sorted(
        (one for one in on_front(fits, outcomes) if one.candidate not in first), key=lambda one: one.mean(COST)
    )
    room = max(min(plan["confirm"] - len({*best}), len(others)), 0)
    at = np.linspace(0, len(others) - 1, room).round().astype(int)
    return Choice(best[0], single, [*first, *(others[i].candidate for i in at)])
