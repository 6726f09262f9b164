"""What a budget allows: the options that the police can pay for, the best first, and those beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.compare.best import chances
from experiments.compare.options import Option, options
from experiments.compare.serving import cannot_serve
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.presentation.indicators import DAYS_A_YEAR, indicator
from experiments.presentation.names import option_name
from experiments.presentation.wording import number
from sim.city.notices import Notice

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison, Point
    from sim.city.city import City
    from sim.scenario import Scenario

COST, RANKED_BY = "cost_police", "harm_total"


class Affordable(NamedTuple):
    """An option and its place in the budget.

    Attributes
    ----------
    name : str
        The strategy, the lever, or the status quo by the name of its strategy.
    yuan_per_year : float
        What the police pay for all in a year, mean over the replications.
    harm : float
        Crime harm in its unit.
    chance : float or None
        Probability of having the least crime harm of all that can be chosen within the budget; None for the others, and
        with few replications.
    """

    name: str
    yuan_per_year: float
    harm: float
    chance: float | None


class Budget(NamedTuple):
    """What a budget allows under the shortage that is told about.

    Attributes
    ----------
    yuan_per_year : float
        The budget of the police.
    within : list of Affordable
        The least crime harm first; those with which the force cannot serve its calls last, where it can with others.
    beyond : list of Affordable
        The cheapest first.
    """

    yuan_per_year: float
    within: list[Affordable]
    beyond: list[Affordable]

    @property
    def sentence(self) -> Notice:
        """What the budget allows."""
        budget = number(self.yuan_per_year, 0)
        over = tuple(
            Notice(
                "{name} by {yuan}", name=option_name(one.name), yuan=number(one.yuan_per_year - self.yuan_per_year, 0)
            )
            for one in self.beyond
        )
        if not self.within:
            return Notice(
                "Nothing fits into a budget of {budget} yuan per year; in yuan per year, beyond it are {over}.",
                budget=budget,
                over=over,
            )
        first = self.within[0]
        sure = Notice("not known") if first.chance is None else Notice("{n} %", n=number(100 * first.chance, 0))
        least = Notice(
            "Within a budget of {budget} yuan per year, {name} has the least crime harm (probability of that: {sure})",
            budget=budget,
            name=option_name(first.name),
            sure=sure,
        )
        if not self.beyond:
            return Notice("{least}; every option fits.", least=least)
        return Notice("{least}; beyond it, in yuan per year, are {over}.", least=least, over=over)


def budget(comparison: Comparison, yuan_per_year: float | None, shortage: str) -> Budget | None:
    """Sort the options under a shortage, the status quo among them, by a budget; None without one."""
    if yuan_per_year is None:
        return None
    status_quo = shortage, comparison.baseline
    every = [Option(comparison.baseline, status_quo, status_quo), *options(comparison, shortage)]
    a_year = DAYS_A_YEAR / comparison.days
    yuan = {one.name: float(comparison.values(*one.point, COST).mean()) * a_year for one in every}
    harm = {one.name: comparison.values(*one.point, RANKED_BY) for one in every}
    fits = [name for name, of_option in yuan.items() if of_option <= yuan_per_year]
    choice = [one.name for one in every if one.name in fits and not cannot_serve(comparison, *one.point)] or fits
    sure: Mapping[str, Any] = {}
    if len(choice) > 1 and comparison.replications >= FEWEST_FOR_INTERVAL:
        found = chances({name: harm[name] for name in choice}, indicator(RANKED_BY).good)
        sure = {name: found.best(name) for name in choice}
    rate = 1000 / comparison.residents * a_year
    told = [Affordable(name, yuan[name], float(harm[name].mean()) * rate, sure.get(name)) for name in yuan]
    return Budget(
        yuan_per_year,
        sorted((one for one in told if one.name in fits), key=lambda one: (one.name not in choice, one.harm)),
        sorted((one for one in told if one.name not in fits), key=lambda one: one.yuan_per_year),
    )


def check_budget(yuan_per_year: float | None, points: Mapping[Point, Scenario], city: City) -> None:
    """Refuse a budget that does not pay the personnel of any option.

    Raises
    ------
    BadInput
        Naming the least pay.
    """
    from experiments.settings.personnel import personnel
    from sim.parameters import BadInput

    if yuan_per_year is None:
        return
    least = min(personnel(scenario, city).yuan_per_year for scenario in points.values())
    if yuan_per_year < least:
        raise BadInput("budget", yuan_per_year, f"at least {least:,.0f} yuan per year, the pay of the personnel")
