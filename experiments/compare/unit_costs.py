"""What an effect costs: yuan for each crime prevented, unit of harm, minute of response and dispute resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from experiments.compare.costs import accounts
from experiments.compare.options import Option, options
from experiments.compare.paired import effect
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL, fieller
from experiments.languages.speech import say
from experiments.presentation.indicators import COST_TOTALS, DAYS_A_YEAR, indicator
from experiments.presentation.wording import csv_text, number
from sim.city.notices import Notice

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

PER: dict[
    str, tuple[tuple[str, ...], bool]
] = {  # what is divided by → the indicators that make it, and whether it is counted over the measured days
    Notice("crime prevented"): (("crimes_total",), True),
    Notice("sentence-day of crime harm prevented"): (("harm_total",), True),
    Notice("minute of the median P1 response"): (("response_p1_median_min",), False),
    Notice("dispute resolved"): (
        ("disputes_resolved_village", "disputes_resolved_town", "disputes_resolved_station"),
        True,
    ),
}
WORDS: dict[str, Notice] = {  # verdict → what is said in the place of a price
    "no effect": Notice("no effect to divide by"),
    "worse": Notice("worse, so that nothing is bought"),
    "unknown": Notice("not known"),
}
NOTE = Notice(
    "Yuan of the police and of others that each option costs more than the status quo, for one unit of what it makes "
    "better, with the 95 % interval of the ratio (Fieller); a minus: it saves money besides. No effect to divide by: "
    "the interval of the effect holds 0."
)
Verdict = Literal["price", "no effect", "worse", "unknown"]


class UnitCost(NamedTuple):
    """What one unit of an outcome costs by an option.

    Attributes
    ----------
    option, shortage, per : str
        The option, the shortage or lever of its runs, and what is divided by.
    verdict : str
        `price` where there is one.
    yuan, low, high : float or None
        The price, all payers together, with its 95 % interval.
    police_yuan : float or None
        The part of it that the police pay.
    """

    option: str
    shortage: str
    per: str
    verdict: Verdict
    yuan: float | None = None
    low: float | None = None
    high: float | None = None
    police_yuan: float | None = None

    def __str__(self) -> str:
        if self.yuan is None or self.low is None or self.high is None:
            return say(WORDS[self.verdict])
        decimals = 0 if abs(self.yuan) >= 10 else 1
        low, high = number(self.low, decimals), number(self.high, decimals)
        return f"{number(self.yuan, decimals)} ({say('{low} to {high}', low=low, high=high)})"


class UnitCosts(NamedTuple):
    """The prices of effects.

    Attributes
    ----------
    per : list of str
        What is divided by, of what was measured.
    rows : mapping
        Shortage → option → prices in the order of `per`.
    csv : str
        The same, unrounded.
    """

    per: list[str]
    rows: dict[str, dict[str, list[UnitCost]]]
    csv: str


def unit_costs(comparison: Comparison) -> UnitCosts:
    """Work out what effects cost under each shortage; nothing where the runs have no whole accounts."""
    names = set(comparison.summary.columns)
    per = [what for what, (parts, _) in PER.items() if set(parts) <= names]
    if len(accounts(comparison)) < len(COST_TOTALS) or not per:
        return UnitCosts([], {}, "")
    rows = {
        shortage: {
            option.name: [_price(comparison, option, what) for what in per] for option in options(comparison, shortage)
        }
        for shortage in comparison.shortages
        if shortage not in comparison.levers or shortage == comparison.shortages[0]
    }
    every = [price for of_shortage in rows.values() for prices in of_shortage.values() for price in prices]
    return UnitCosts(per, rows, csv_text([UnitCost._fields, *every]) if every else "")


def _price(comparison: Comparison, option: Option, per: str) -> UnitCost:
    """Return what a unit costs by an option."""
    parts, counted = PER[per]
    gain = sum((option.change(comparison, name) for name in parts), np.zeros(comparison.replications))
    gain *= indicator(parts[0]).good or 1  # a resolved dispute is good for nobody as such
    police, others = (option.change(comparison, name) for name in COST_TOTALS)
    if not counted:
        police, others = (yuan * DAYS_A_YEAR / comparison.days for yuan in (police, others))
    said = UnitCost(option.name, option.point[0], per, "unknown")
    if not np.isfinite([gain, police, others]).all() or comparison.replications < FEWEST_FOR_INTERVAL:
        return said
    limits = fieller(police + others, gain)
    if limits is None or not _decided(comparison, option, parts):
        return said._replace(verdict="no effect")
    if gain.mean() < 0:
        return said._replace(verdict="worse")
    yuan, of_police = (float(paid.mean() / gain.mean()) for paid in (police + others, police))
    return said._replace(verdict="price", yuan=yuan, low=limits[0], high=limits[1], police_yuan=of_police)


def _decided(comparison: Comparison, option: Option, parts: tuple[str, ...]) -> bool:
    """Whether the table calls the effect decided, too: it also knows of rare events; a sum is in no table."""
    if len(parts) > 1:
        return True
    kind = "strategy" if option.point[0] == option.against[0] else "shortage"
    found = effect(comparison, kind, *option.point, parts[0])
    return found is not None and found.decided
