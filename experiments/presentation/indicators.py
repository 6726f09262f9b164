"""How every indicator is shown: its label, its unit, its scale, and which direction is better."""

from __future__ import annotations

from typing import Literal, NamedTuple

from experiments.languages.glossary import LABELS, PROGRAMMES
from experiments.languages.speech import opened, say
from experiments.presentation.names import noun, programme_name
from sim.outcomes.own_indicators import own_indicators

DAYS_A_YEAR = 365
UNSERVED = "calls_unserved_share"
MOST_UNSERVED_PERCENT = 10.0  # assumption: a force that leaves more of its calls without a unit cannot serve
MARKED_POINTS = 1.0  # assumption: more of all calls without a unit, in percent, that are said with a decision


How = Literal["rate", "each", "share", "plain"]


class Indicator(NamedTuple):
    """How an indicator is shown.

    Attributes
    ----------
    label, unit : str
        Its name and its unit.
    how : str
        `rate`: per 1,000 residents per year; `each`: per resident per year; `share`: in percent; `plain`: as it is.
    good : int
        1: more is better, −1: less is better, 0: neither.
    """

    label: str
    unit: str
    how: How = "plain"
    good: int = 0


_RATE = "per 1,000 residents per year"
_YUAN = "yuan per resident per year"
_SHOWN: tuple[tuple[str, str, How, int], ...] = (  # name, unit, scale, which direction is better
    ("crimes_total", _RATE, "rate", -1),
    ("crimes_burglary", _RATE, "rate", -1),
    ("crimes_theft", _RATE, "rate", -1),
    ("crimes_robbery", _RATE, "rate", -1),
    ("crimes_assault", _RATE, "rate", -1),
    ("crimes_school_violence", _RATE, "rate", -1),
    ("crimes_fraud", _RATE, "rate", -1),
    ("crimes_place", _RATE, "rate", -1),
    ("harm_total", "sentence-days (Crime Harm Index) per 1,000 residents per year", "rate", -1),
    ("recorded_total", _RATE, "rate", 0),
    ("victims", _RATE, "rate", -1),
    ("repeat_victim_share", "% of victims", "share", -1),
    ("fraud_contacts", _RATE, "rate", 0),
    ("fraud_victims", _RATE, "rate", -1),
    ("fraud_loss", "yuan per 1,000 residents per year", "rate", -1),
    ("fraud_recovered", "yuan per 1,000 residents per year", "rate", 1),
    ("fraud_helpers_arrested", _RATE, "rate", 0),
    ("disputes", _RATE, "rate", 0),
    ("disputes_escalated", _RATE, "rate", -1),
    ("disputes_resolved_at_source_share", "% of disputes that ended", "share", 1),
    ("disputes_handed_up", "disputes", "plain", 0),
    ("disputes_resolved_village", "disputes", "plain", 0),
    ("disputes_resolved_town", "disputes", "plain", 0),
    ("disputes_resolved_station", "disputes", "plain", 0),
    ("mediation_hours_per_resolved_village", "hours", "plain", -1),
    ("mediation_hours_per_resolved_town", "hours", "plain", -1),
    ("mediation_hours_per_resolved_station", "hours", "plain", -1),
    ("mediator_hours", "mediator-hours", "plain", 0),
    ("mediation_officer_hours", "officer-hours", "plain", 0),
    ("trust", "0 to 100", "share", 1),
    ("perceived_safety", "0 to 100", "share", 1),
    ("calls_total", _RATE, "rate", 0),
    ("calls_no_crime_share", "% of calls", "share", 0),
    ("calls_waiting_p90_min", "min", "plain", -1),
    ("calls_unserved_share", "% of calls for a unit", "share", -1),
    ("clearance_rate", "% of recorded crimes", "share", 1),
    ("clearance_series", "% of their recorded crimes", "share", 1),
    ("cases", "cases", "plain", 0),
    ("cases_filed", "cases", "plain", 0),
    ("backlog", "open at the end", "plain", -1),
    ("backlog_age_days", "days", "plain", -1),
    ("handovers_per_case", "per case", "plain", -1),
    ("case_days_mean", "days", "plain", -1),
    ("detective_hours", "officer-hours", "plain", 0),
    ("arrests_by_detectives", _RATE, "rate", 0),
    ("series_known_share", "% of true links", "share", 1),
    ("series_delay_median_days", "days", "plain", 0),
    ("desk_backlog_hours", "officer-hours at the end", "plain", -1),
    ("crimes_diverted", "crimes", "plain", -1),
    ("desk_oldest_days", "days at the end", "plain", -1),
    ("administration_oldest_days", "days at the end", "plain", -1),
    ("administration_backlog_hours", "officer-hours at the end", "plain", -1),
    ("headcount", "personnel at the end", "plain", 0),
    ("hires", "personnel", "plain", 0),
    ("attrition", "% of personnel per year", "share", -1),
    ("sick_share", "% of personnel", "share", -1),
    ("fatigue_mean", "0 to 100", "share", -1),
    ("buy_in_mean", "0 to 100", "share", 1),
    ("officers_on_duty_mean", "officers", "plain", 0),
    ("officers_on_duty_night", "officers", "plain", 0),
    ("officers_on_duty_day", "officers", "plain", 0),
    ("cost_police", _YUAN, "each", -1),
    ("cost_others", _YUAN, "each", -1),
    ("volunteer_hours", "hours", "plain", 0),
    ("auxiliaries_without_duty", "auxiliaries", "plain", -1),
    ("meals_missed_share", "% of duties of patrol", "share", -1),
    ("disorder_settled", _RATE, "rate", 1),
    ("disorder_unnoticed", _RATE, "rate", -1),
    ("calls_waiting_mean", "mean number", "plain", -1),
    ("response_distance_mean_km", "km", "plain", -1),
    ("far_share", "% of calls served", "share", 0),
    ("calls_diverted_share", "% of calls", "share", 0),
    ("arrests", _RATE, "rate", 0),
    ("utilisation", "% of patrol's time on duty, overtime included, spent on calls", "share", 0),
    ("overtime_hours", "officer-hours", "plain", -1),
    ("on_duty_hours", "officer-hours", "plain", 0),
    ("volunteers_active", "people", "plain", 1),
    ("contact_equity", "0 to 1", "plain", 0),
    ("pai", "times the hits expected by chance", "plain", 1),
    ("pei", "0 to 1", "plain", 1),
    ("gini_cells", "0 to 1", "plain", 0),
    ("top5_share", "% of crimes", "share", 0),
    ("residents", "people", "plain", 0),
    ("days", "days", "plain", 0),
    ("response_p1_median_min", "min", "plain", -1),
    ("response_p1_p90_min", "min", "plain", -1),
    ("response_p2_median_min", "min", "plain", -1),
    ("response_p2_p90_min", "min", "plain", -1),
    ("response_p3_median_min", "min", "plain", -1),
    ("response_p3_p90_min", "min", "plain", -1),
    ("dispatch_p1_median_min", "min", "plain", -1),
    ("dispatch_p1_p90_min", "min", "plain", -1),
    ("turn_out_p1_median_min", "min", "plain", -1),
    ("turn_out_p1_p90_min", "min", "plain", -1),
    ("drive_p1_median_min", "min", "plain", -1),
    ("drive_p1_p90_min", "min", "plain", -1),
    ("dispatch_p3_median_min", "min", "plain", -1),
    ("dispatch_p3_p90_min", "min", "plain", -1),
    ("turn_out_p3_median_min", "min", "plain", -1),
    ("turn_out_p3_p90_min", "min", "plain", -1),
    ("drive_p3_median_min", "min", "plain", -1),
    ("drive_p3_p90_min", "min", "plain", -1),
)
INDICATORS = {name: Indicator(LABELS[name], unit, how, good) for name, unit, how, good in _SHOWN}


COST_TOTALS = {
    "cost_police": "Police: {item}",
    "cost_others": "Others: {item}",
}  # what all costs → how an item of it, `<total>_<item>`, is called
MEASURING = tuple(sorted((term.identifier for term in PROGRAMMES), key=len, reverse=True))  # longest names first


LOSSES = ("fraud_loss", "fraud_recovered")  # in the currency of the mix of incidents; all else is in yuan
CNY, YUAN = "CNY", "yuan"
SPENT = ("_cost", "_penalties")  # ends of what programmes note in yuan


def in_currency(unit: str, currency: str) -> str:
    """Return a unit in yuan in the currency of a mix of incidents (ISO 4217), in the language that is spoken."""
    return say(unit) if currency == CNY else say(unit).replace(say(YUAN), currency)


def indicator(name: str, currency: str = CNY) -> Indicator:
    """How to show the indicator `name` in the language that is spoken, losses in the currency of the mix of incidents.

    The user's own say it themselves; unknown ones are shown as they are.
    """
    if shown := INDICATORS.get(name):
        unit = in_currency(shown.unit, currency) if name in LOSSES else say(shown.unit)
        return shown._replace(label=say(shown.label), unit=unit)
    if own := own_indicators().get(name):
        return Indicator(own.label or opened(noun(name)), own.unit, good=own.good)
    if name.startswith("clearance_"):
        label = say("Clearance: {kind}", kind=noun(name.removeprefix("clearance_")))
        return Indicator(label, say("% of those recorded"), "share", 1)
    for total, payer in COST_TOTALS.items():
        if name.startswith(f"{total}_"):
            label = say(payer, item=noun(name.removeprefix(f"{total}_")))
            return Indicator(label, say(_YUAN), "each", -1)
    unit = say("yuan in the measured days") if name.endswith(SPENT) else ""
    if name.startswith("officer_hours_"):
        return Indicator(
            say("Hours: {activity}", activity=noun(name.removeprefix("officer_hours_"))), say("officer-hours")
        )
    if programme := next((one for one in MEASURING if name.startswith(f"{one}_")), None):
        return Indicator(opened(measure_name(programme, name)), unit)
    return Indicator(opened(noun(name)), unit)


def measure_name(programme: str, name: str) -> str:
    """Return what a programme calls one of its measures, such as `visits: made`."""
    return say("{programme}: {measure}", programme=programme_name(programme), measure=noun(name[len(programme) + 1 :]))


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
