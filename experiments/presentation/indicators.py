"""How every indicator is shown: its label, its unit, its scale, and which direction is better."""

from __future__ import annotations

from typing import Literal, NamedTuple

from experiments.presentation.wording import words

DAYS_A_YEAR = 365


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


COST_TOTALS = {
    "cost_police": "Police",
    "cost_others": "Others",
}  # what all costs → who pays; `<total>_<item>` is an item of it


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
