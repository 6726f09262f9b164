"""Switches every mechanism of the people, or of the force, off or on, and says what that changes.

    nice python -m tests.ablation.study people [--seeds 4] [--days 182] [--strategies hotspot …] [--only WORDS …]
    nice python -m tests.ablation.study force [--seeds 4] [--days 182] [--only WORDS …]

*people*: mechanisms by which people offend, suffer and feel are switched off before the city settles, so that its rates
are as before. Printed is what each strategy prevents of crimes at places, per cent of those while units wait for calls,
and, in points, how much more it prevents without the mechanism. *force*: what the force and its demand may have is
switched on, or off where it is on, under hot spots; printed are paired differences to hot spots as they are.
Seeds are paired, each in a city of its own, in the default county. `--only` takes parts of the names in the table.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import beatlab as bl
from sim.model import CityModel
from tests.support.studies import Case, Runs, arguments, interval, number, run_cases, table

AS_IS = "as it is"
ALL_SEE, ALIKE = [1.0] * 7, [1.0] * 7
FLAGGED = ("dwelling", "near", "shop", "person")
AGED = ("pickpocketing", "robbery", "snatching", "brawl")
PEOPLE: dict[str, dict[str, Any]] = {
    "offenders learn nothing of arrests": {"people.offenders.prior_weight": 1e9},
    "… nor from associates": {"people.offenders.heard": 0.0},
    "an arrest ends no career": {"people.offenders.desist_at_arrest": 0.0},
    "careers end, and others begin: not": {"people.offenders.career_years": 1000.0},
    "believed risk does not count": {"people.search.risk": 0.0},
    "police in view do not count": {"people.search.seen_police": 0.0},
    "a patrol seen teaches nothing": {"people.offenders.seen_police": 0.0},
    "stops leave nothing behind": {"people.search.residual": 0.0},
    "police are not felt on the beat": {"people.search.felt_police": 0.0},
    "all is in view": {"people.search.in_view": ALL_SEE},
    "who is put off gives up": {"people.search.try_again": 0.0},
    "need makes nobody bolder": {"people.search.need_boldness": 0.0},
    "nobody returns to a target": {"people.search.same_target": 0.0},
    "no flags after a crime": {f"demand.event_dependence.{whose}_boost": 0.0 for whose in FLAGGED},
    "victims of all ages alike": {f"demand.{name}.age_weights": ALIKE for name in AGED},
    "no brawls among acquaintances": {"demand.brawl.acquaintances": 0.0},
    "sleeping homes are let be": {"demand.burglary.sleeping_homes": 0.0},
    "shops are let be": {"demand.burglary.closed_shops": 0.0},
    "homes are not hardened": {"people.feelings.harden_probability": 0.0},
    "people tell nobody": {"people.feelings.tie_shares": [0.0] * 5},
    "nobody is treated unfairly": {"people.feelings.unfair_share": 0.0},
}  # fmt: skip
ADDED = (
    "callbacks", "watch_schemes", "problem_solving", "known_persons", "cordons", "identification", "special_trades",
    "venue_inspections", "school_officers", "black_spots", "fair_treatment", "event_security", "village_officers",
    "diversion", "rotation",
)  # fmt: skip
CRISES = {"demand.crises.per_1000": 4.3}
FORCE: dict[str, dict[str, Any]] = {
    **{f"+ {name}": {"strategy.programmes": [name]} for name in ADDED},
    "+ persons in crisis": CRISES,
    "+ persons in crisis, under care": {**CRISES, "strategy.programmes": ["crisis_care"]},
    "+ mass incidents, 4 a year": {"demand.mass_incidents.per_year": 4.0},
    "+ serial offenders, 2 a year": {"demand.serial_offenders.per_year": 2.0},
    "+ groups of offenders": {"people.offenders.groups.share": 0.5},
    "+ pursuit, 3 units, no posts": {"dispatch.pursuit.units": 3},
    "+ supply of fraud, half local": {"demand.fraud.supply.local_share": 0.5},
    "+ unfair when busy": {"people.feelings.unfair_when_busy": 0.5},
    "+ target for clearance": {"investigation.targets.pressure": 1.0},
    "+ case owners": {"investigation.ownership.held_by": "owner"},
    "+ orders of headquarters": {"posts.orders_share": 0.5},
    "− cover weighed": {"dispatch.cover_min": [0.0, 0.0, 0.0]},
    "− units held back": {"dispatch.held_back_share": [0.0, 0.0, 0.0]},
    "− move-up": {"dispatch.move_up_leaving": None},
    "− roster by hour": {"force.roster": []},
    "− stages of a call": {"calls": "at_once"},
}
MEASURES = {  # indicator → column, digits, factor
    "crimes_total": ("crimes", 0, 1), "crimes_burglary": ("burglary", 0, 1), "crimes_theft": ("theft", 0, 1),
    "crimes_assault": ("assault", 0, 1), "crimes_fraud": ("fraud", 0, 1),
    "crimes_school_violence": ("schools", 1, 1), "harm_total": ("harm, days", 0, 1),
    "response_p1_median_min": ("P1, min", 2, 1), "response_p1_p90_min": ("P1 P90, min", 1, 1),
    "response_p3_median_min": ("P3, min", 1, 1), "clearance_rate": ("cleared, points", 1, 100),
    "trust": ("trust, points", 2, 100), "utilisation": ("busy, points", 1, 100),
    "overtime_hours": ("overtime, h", 0, 1),
}  # fmt: skip


def measure(model: CityModel) -> dict[str, float]:
    """Return the measures of a run."""
    return number(model, ("crimes_place", *MEASURES))


def case(strategy: str, days: int, switched: dict[str, Any]) -> Case:
    """Return a case; programmes are added to those of the strategy, an option of a group stands beside the settings."""
    settings = dict(switched)
    groups = {"calls": settings.pop("calls")} if "calls" in settings else {}
    if "strategy.programmes" in settings:
        own = bl.scenario(strategy=strategy).programmes
        settings["strategy.programmes"] = [*own, *settings["strategy.programmes"]]
    return {"strategy": strategy, "days": days, "settings": settings, **groups}


def prevented(runs: Runs, strategy: str, name: str) -> np.ndarray:
    """Return what a strategy prevents of crimes at places on each seed, per cent of the mean without it."""
    none, one = (runs.values[f"{which}, {name}"]["crimes_place"] for which in ("reactive", strategy))
    share: np.ndarray = 100 * (none - one) / none.mean()
    return share


def some(switches: dict[str, dict[str, Any]], only: list[str] | None) -> dict[str, dict[str, Any]]:
    """Return the switches that were asked for, and how it is without them."""
    asked = {name: value for name, value in switches.items() if only is None or any(word in name for word in only)}
    return {AS_IS: {}, **asked}


def people(switches: dict[str, dict[str, Any]], seeds: int, days: int, strategies: list[str]) -> None:
    """Print the table of the mechanisms of the people."""
    every = ("reactive", *strategies)
    cases = {f"{which}, {name}": case(which, days, off) for name, off in switches.items() for which in every}
    runs = run_cases(measure, cases, seeds)
    rows = []
    for name in switches:
        row = [name, f"{runs.values[f'reactive, {name}']['crimes_place'].mean():,.0f}"]
        for which in strategies:
            effect = prevented(runs, which, name)
            row.append(interval(effect))
            row.append("" if name == AS_IS else interval(effect - prevented(runs, which, AS_IS), 1, "+"))
        rows.append(row)
    head = [
        "off",
        "crimes at places",
        *(text for which in strategies for text in (f"{which}, %", "more than as it is")),
    ]
    print(table(head, rows), f"\n\n{runs}, {days} days")


def force(switches: dict[str, dict[str, Any]], seeds: int, days: int) -> None:
    """Print the table of the mechanisms of the force."""
    runs = run_cases(measure, {name: case("hotspot", days, on) for name, on in switches.items()}, seeds)
    shown = [(key, digits, scale) for key, (_, digits, scale) in MEASURES.items()]
    changed = [[name, *(runs.difference(name, AS_IS, *one) for one in shown)] for name in list(switches)[1:]]
    rows = [[AS_IS, *(runs.mean(AS_IS, *one) for one in shown)], *changed]
    print(table(["", *(words for words, _, _ in MEASURES.values())], rows), f"\n\n{runs}, {days} days")


def main() -> None:
    """Print one of the tables."""
    parser = arguments(__doc__, seeds=4, days=182)
    parser.add_argument("of", choices=("people", "force"))
    parser.add_argument("--strategies", nargs="+", default=["hotspot", "random_patrol", "co_governance"])
    parser.add_argument("--only", nargs="+")
    given = parser.parse_args()
    if given.of == "people":
        people(some(PEOPLE, given.only), given.seeds, given.days, given.strategies)
    else:
        force(some(FORCE, given.only), given.seeds, given.days)


if __name__ == "__main__":
    main()
