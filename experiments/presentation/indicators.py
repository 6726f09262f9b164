"""Reads a comparison in the units and words that people use.

Indicators per 1,000 residents a year, shares in percent, names and units.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from experiments.estimates.effects import FEWEST_FOR_INTERVAL, IDENTICAL, SKEWED

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

Verdict = Literal["fewer", "more", "perhaps fewer", "perhaps more", "undecided", "same", "unknown"]

DAYS_A_YEAR = 365
NO_SHORTAGE = "none"
NO_INTERVAL = "no interval"
MINUS, DAGGER = "−", "†"
NEVER = "never"  # instead of a quantile of waits that so many calls do not reach
SAME_HOURS_PERCENT = 0.5  # hours on duty that differ by no more are called the same


class Indicator(NamedTuple):
    """How an indicator is shown."""

    label: str
    unit: str
    how: Literal["rate", "each", "share", "plain"] = (
        "plain"  # rate: per 1,000 residents a year; each: per resident a year; share: in percent
    )
    good: int = 0  # +1: more is better, -1: less is better, 0: neither


_RATE = "per 1,000 residents a year"
_YUAN = "yuan per resident a year"
INDICATORS: dict[str, Indicator] = {
    "crimes_total": Indicator("Crimes", _RATE, "rate", -1),
    "crimes_burglary": Indicator("Burglaries", _RATE, "rate", -1),
    "crimes_theft": Indicator("Thefts", _RATE, "rate", -1),
    "crimes_robbery": Indicator("Robberies", _RATE, "rate", -1),
    "crimes_assault": Indicator("Assaults", _RATE, "rate", -1),
    "crimes_school_violence": Indicator("School violence", _RATE, "rate", -1),
    "crimes_fraud": Indicator("Frauds", _RATE, "rate", -1),
    "crimes_place": Indicator("Crimes at places, which patrol can meet", _RATE, "rate", -1),
    "harm_total": Indicator("Harm", "days of sentence per 1,000 residents a year", "rate", -1),
    "recorded_total": Indicator("Recorded crimes", _RATE, "rate"),
    "victims": Indicator("Victims", _RATE, "rate", -1),
    "repeat_victim_share": Indicator("Repeat victims", "% of victims", "share", -1),
    "fraud_contacts": Indicator("Contacts by fraudsters", _RATE, "rate"),
    "fraud_victims": Indicator("Victims of fraud", _RATE, "rate", -1),
    "fraud_loss": Indicator("Loss by fraud", "yuan per 1,000 residents a year", "rate", -1),
    "fraud_recovered": Indicator("Fraud losses recovered", "yuan per 1,000 residents a year", "rate", 1),
    "disputes": Indicator("New disputes", _RATE, "rate"),
    "disputes_escalated": Indicator("Assaults arising from disputes", _RATE, "rate", -1),
    "disputes_resolved_at_source_share": Indicator("Resolved at source", "% of disputes that ended", "share", 1),
    "disputes_handed_up": Indicator("Disputes handed to a higher level of mediation", "disputes"),
    **{f"disputes_resolved_{level}": Indicator(f"Disputes resolved in the {level}", "disputes") for level in ("village",
        "town", "station")},
    **{
        f"mediation_hours_per_resolved_{level}": Indicator(f"Work for a dispute resolved in the {level}", "hours",
            good=-1)
        for level in ("village", "town", "station")
    },
    "mediator_hours": Indicator("Work of people's mediators", "mediator-hours"),
    "mediation_officer_hours": Indicator("Work of officers who mediate", "officer-hours"),
    "trust": Indicator("Trust in the police", "0 to 100", "share", 1),
    "perceived_safety": Indicator("Perceived safety", "0 to 100", "share", 1),
    "calls_total": Indicator("Calls", _RATE, "rate"),
    "calls_no_crime_share": Indicator("Calls that are no crime", "% of calls", "share"),
    "calls_waiting_p90_min": Indicator("Wait for a free unit, P90", "min", good=-1),
    "calls_unserved_share": Indicator("Calls not served", "% of calls for a unit", "share", -1),
    "clearance_rate": Indicator("Clearance", "% of recorded crimes", "share", 1),
    "clearance_series": Indicator("Clearance of series", "% of their recorded crimes", "share", 1),
    "cases": Indicator("Cases opened", "cases"),
    "cases_filed": Indicator("Cases filed unsolved", "cases"),
    "backlog": Indicator("Backlog of cases", "open at the end", good=-1),
    "backlog_age_days": Indicator("Age of the backlog", "days", good=-1),
    "detective_hours": Indicator("Work of detectives", "officer-hours"),
    "arrests_by_detectives": Indicator("Arrests by detectives", _RATE, "rate"),
    "series_known_share": Indicator("Series known to detectives", "% of true links", "share", 1),
    "series_delay_median_days": Indicator("Median delay of news of a series, of the known ones", "days"),
    "desk_backlog_hours": Indicator("Reports waiting at the desk", "officer-hours at the end", good=-1),
    "crimes_diverted": Indicator("Crimes handed to other services", "crimes", good=-1),
    "desk_oldest_days": Indicator("Oldest work at the desk", "days at the end", good=-1),
    "administration_oldest_days": Indicator("Oldest administration", "days at the end", good=-1),
    "administration_backlog_hours": Indicator("Administration waiting", "officer-hours at the end", good=-1),
    "headcount": Indicator("Headcount", "heads at the end"),
    "hires": Indicator("Hires", "heads"),
    "attrition": Indicator("Attrition", "% of heads a year", "share", -1),
    "sick_share": Indicator("On sick leave", "% of heads", "share", -1),
    "fatigue_mean": Indicator("Fatigue", "0 to 100", "share", -1),
    "buy_in_mean": Indicator("Buy-in", "0 to 100", "share", 1),
    "officers_on_duty_mean": Indicator("On duty, mean", "officers"),
    "officers_on_duty_night": Indicator("On duty at 03 h", "officers"),
    "officers_on_duty_day": Indicator("On duty at 15 h", "officers"),
    "cost_police": Indicator("Cost to the police", _YUAN, "each", -1),
    "cost_others": Indicator("Cost to others", _YUAN, "each", -1),
    "volunteer_hours": Indicator("Hours of volunteers", "hours"),
    "auxiliaries_without_duty": Indicator("Auxiliaries paid and never on duty", "heads", good=-1),
    "meals_missed_share": Indicator("Meals missed", "% of duties of patrol", "share", -1),
    "disorder_settled": Indicator("Unreported disorder that a patrol settled", _RATE, "rate", 1),
    "disorder_unnoticed": Indicator("Unreported disorder that nobody settled", _RATE, "rate", -1),
    "calls_waiting_mean": Indicator("Calls waiting", "mean number", good=-1),
    "response_distance_mean_km": Indicator("Distance to a call that was served, mean", "km", good=-1),
    "far_share": Indicator("Calls served from another beat", "% of calls served", "share"),
    "calls_diverted_share": Indicator("Calls handed over to others", "% of calls", "share"),
    "arrests": Indicator("Arrests", _RATE, "rate"),
    "utilisation": Indicator("Utilisation", "% of patrol's time on duty, overtime included, spent on calls", "share"),
    "overtime_hours": Indicator("Overtime", "officer-hours", good=-1),
    "on_duty_hours": Indicator("On duty", "officer-hours"),
    "volunteers_active": Indicator("Active volunteers", "people", good=1),
    "contact_equity": Indicator("Equity of contact", "0 to 1"),
    "displacement_wdq": Indicator("Weighted displacement quotient", "1"),
    "pai": Indicator("Prediction accuracy index", "times as many as by chance", good=1),
    "pei": Indicator("Prediction efficiency index", "0 to 1", good=1),
    "gini_cells": Indicator("Gini of crime over cells", "0 to 1"),
    "top5_share": Indicator("Crime in the worst 5 % of cells", "% of crimes", "share"),
    "residents": Indicator("Residents", "people"),
    "days": Indicator("Measured time", "days"),
    **{
        f"response_p{priority}_{statistic}_min": Indicator(f"{word} P{priority} response", "min", good=-1)
        for priority in (1, 2, 3) for statistic, word in (("median", "Median"), ("p90", "P90"))
    },
}  # fmt: skip

CHINESE = {  # the terms of the papers
    "reactive": "被动警务", "random_patrol": "随机巡逻", "hotspot": "热点巡逻", "intelligence_led": "情报主导警务", "campaign": "运动式治理",
    "community": "社区警务", "co_governance": "枫桥经验", "integrated": "主动警务", "oracle": "全知上限",
}  # fmt: skip


COST_TOTALS = {
    "cost_police": "Police",
    "cost_others": "Others",
}  # what all costs → who pays; `<total>_<item>` is an item of it


def words(name: str) -> str:
    """`officer_hours` → `officer hours`."""
    return name.replace("_", " ")


LOSSES = ("fraud_loss", "fraud_recovered")  # in the currency of the mix of incidents; all else is in yuan
CNY, YUAN = "CNY", "yuan"
SPENT = ("_cost", "_penalties")  # ends of what programmes note in yuan


def in_currency(unit: str, currency: str) -> str:
    """Return a unit in yuan in the currency of a mix of incidents (ISO 4217)."""
    return unit if currency == CNY else unit.replace(YUAN, currency)


def indicator(name: str, currency: str = CNY) -> Indicator:
    """How to show the indicator `name`, losses in the currency of the mix of incidents.

    Unknown ones are shown as they are.
    """
    if name in LOSSES:
        return INDICATORS[name]._replace(unit=in_currency(INDICATORS[name].unit, currency))
    if name in INDICATORS:
        return INDICATORS[name]
    if name.startswith("clearance_"):
        return Indicator(f"Clearance: {words(name.removeprefix('clearance_'))}", "% of those recorded", "share", 1)
    for total, payer in COST_TOTALS.items():
        if name.startswith(f"{total}_"):
            return Indicator(f"{payer}: {words(name.removeprefix(f'{total}_'))}", _YUAN, "each", -1)
    if name.endswith(SPENT):
        return Indicator(words(name).capitalize(), f"{YUAN} in the measured days")
    if name.startswith("officer_hours_"):
        return Indicator(f"Hours: {words(name.removeprefix('officer_hours_'))}", "officer-hours")
    return Indicator(words(name).capitalize(), "")


def factor(name: str, residents: float, days: float) -> float:
    """Return what a raw indicator is multiplied with to be in the unit of `indicator(name)`."""
    match indicator(name).how:
        case "rate":
            return 1000 / residents * DAYS_A_YEAR / days
        case "each":
            return DAYS_A_YEAR / (residents * days)
        case "share":
            return 100.0
        case _:
            return 1.0


@dataclass(frozen=True)
class Effect:
    """A paired difference in the unit of its indicator; limits are None when there is no interval."""

    before: float
    after: float
    difference: float
    low: float | None
    high: float | None
    low_simultaneous: float | None
    high_simultaneous: float | None
    relative_percent: float | None
    relative_low: float | None
    relative_high: float | None
    pairing_gain: float | None
    p_adjusted: float | None
    n: int
    interval: str | None  # what the limits are, as `experiments.estimates.effects` says

    @property
    def decided(self) -> bool:
        """Whether the 95 % interval excludes 0.

        One that may be too narrow decides nothing unless that for all comparisons does.
        """
        return excludes_0(self.low, self.high) and (self.starred or self.interval != SKEWED)

    @property
    def starred(self) -> bool:
        """Whether the interval that holds for all comparisons together excludes 0."""
        return excludes_0(self.low_simultaneous, self.high_simultaneous)

    @property
    def dagger(self) -> str:
        """A dagger where a single large event could move the difference out of its 95 % interval, else nothing."""
        return DAGGER if self.interval == SKEWED else ""

    @property
    def verdict(self) -> Verdict:
        """What the intervals allow to say.

        `fewer` and `more` need the simultaneous interval to exclude 0 (where there is none, the 95 % interval),
        `perhaps` the 95 % interval alone; `same` needs runs that agree in everything, since equal numbers of something
        rare show nothing.
        """
        if self.interval == IDENTICAL:
            return "same"
        if self.low is None or self.high is None:
            return "unknown"
        if not self.decided:
            return "undecided"
        if self.low_simultaneous is not None and not self.starred:
            return "perhaps fewer" if self.high < 0 else "perhaps more"
        return "fewer" if self.high < 0 else "more"


def effect(comparison: Comparison, kind: str, shortage: str, strategy: str, name: str) -> Effect | None:
    """Find one paired difference, in the unit of the indicator; None when it was not measured."""
    row = comparison.effects_by_key.get((kind, shortage, strategy, name))
    if row is None or row["difference"] is None:
        return None
    by = factor(name, comparison.residents, comparison.days)

    def scaled(column: str) -> float | None:
        return None if row[column] is None else row[column] * by

    return Effect(
        before=row["mean_baseline"] * by, after=row["mean_strategy"] * by, difference=row["difference"] * by,
        low=scaled("low"), high=scaled("high"), low_simultaneous=scaled("low_simultaneous"),
        high_simultaneous=scaled("high_simultaneous"),
        relative_percent=row["relative_percent"], relative_low=row["relative_low"], relative_high=row["relative_high"],
        pairing_gain=row["pairing_gain"], p_adjusted=row["p_adjusted"], n=row["n"], interval=row["interval"],
    )  # fmt: skip


def mean(comparison: Comparison, shortage: str, strategy: str, name: str) -> float | None:
    """Mean of an indicator over the replications, in its unit.

    None when it is absent, infinite when it is never reached in some replication.
    """
    value: Any = comparison.means_by_point.get((shortage, strategy), {}).get(name)
    return (
        None
        if value is None or math.isnan(value)
        else float(value) * factor(name, comparison.residents, comparison.days)
    )


def promise(replications: int, text: str) -> str:
    """Return a text that promises an interval, as a caption or a heading does.

    Where replications are too few it says instead that there is none.
    """
    if replications >= FEWEST_FOR_INTERVAL:
        return text
    none = NO_INTERVAL if replications > 1 else f"{NO_INTERVAL}, one replication"
    return f"({none})" if text.startswith("(") else none


def too_few(replications: int) -> str:
    """`2 replications are too few`."""
    return f"{replications} replication{'s are' if replications > 1 else ' is'} too few"


def excludes_0(low: float | None, high: float | None) -> bool:
    """Whether there is an interval, and 0 lies outside."""
    return low is not None and high is not None and (low > 0 or high < 0)


def same_hours(hours: Effect) -> bool:
    """Whether hours on duty differ by so little that they are called the same."""
    return hours.relative_percent is not None and abs(hours.relative_percent) <= SAME_HOURS_PERCENT


def told_shortage(comparison: Comparison) -> str:
    """Return the shortage that sentences and single pictures are about.

    The first of the list that is one, and no lever; without any, the first.
    """
    short = [name for name in comparison.shortages if name != NO_SHORTAGE and name not in comparison.levers]
    return short[0] if short else comparison.shortages[0]


def titled(comparison: Comparison, shortage: str) -> str:
    """`Shortage: uniform30`, or `Lever: pooling`."""
    return f"{'Lever' if shortage in comparison.levers else 'Shortage'}: {shortage}"


def number(value: float | None, decimals: int = 1, sign: bool = False) -> str:
    """Write a number with thousands separated and a true minus; a dash when absent, `never` when infinite.

    `sign` puts a plus before gains.
    """
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return NEVER
    rounded = round(value, decimals) + 0.0  # no negative zero
    return f"{rounded:{'+' if sign and rounded else ''},.{decimals}f}".replace("-", MINUS)


def decimals_for(found: Iterable[Effect | None]) -> int:
    """Decimals that suit the narrowest of these intervals.

    Its half-width is written with one digit, with two when it begins with 1; at most two decimals.
    """
    limits = [(it.low, it.high) for it in found if it is not None]
    widths = [high - low for low, high in limits if low is not None and high is not None and high > low]
    return min(max(-math.floor(math.log10(min(widths) / 4)), 0), 2) if widths else 1


def difference(found: Effect | None, decimals: int = 1) -> str:
    """Write `−6.1 (−9.4 to −3.0)*`.

    The difference, its 95 % interval, and a star when the simultaneous interval excludes 0.

    A dagger after the interval says that it may be too narrow.
    """
    if found is None:
        return "–"
    if found.low is None or found.high is None:
        return f"{number(found.difference, decimals, sign=True)} ({NO_INTERVAL})"
    star = "*" if found.starred else ""
    limits = f"({number(found.low, decimals, sign=True)} to {number(found.high, decimals, sign=True)}{found.dagger})"
    return f"{number(found.difference, decimals, sign=True)} {limits}{star}"
