"""What is gained by looking for persons: intelligence, joint strike, cordons, and known persons by list.

    nice python -m tests.persons.study [--seeds 8] [--days 364]

Paired differences in the default county, each seed in a city of its own, with 95 % intervals. The base of the first
table is hot-spot patrol, that of the list of known persons the same force with cameras and identification, on which a
list builds; a wrong list has nobody on it whom evidence ranks.
"""

from __future__ import annotations

from typing import Any

from sim.model import CityModel
from tests.support.studies import Case, arguments, number, run_cases, table

NAMED = ["cameras", "identification"]
LISTED = [*NAMED, "known_persons"]


def with_programmes(*names: str, strategy: str = "hotspot", wrong: float | None = None) -> dict[str, Any]:
    """Return a case with these programmes in place of those of the strategy, and detectives in a joint room."""
    settings: dict[str, Any] = {"strategy.programmes": list(names), "strategy.organisation": "joint_room"}
    if wrong is not None:
        settings["programmes.known_persons.wrong"] = wrong
    return {"strategy": strategy, "settings": settings}


CASES: dict[str, tuple[str | None, dict[str, Any]]] = {  # case → base, what it is
    "hot spots": (None, {"strategy": "hotspot"}),
    "intelligence-led": ("hot spots", {"strategy": "intelligence_led"}),
    "hot spots, cordons": ("hot spots", {"strategy": "hotspot", "settings": {"strategy.programmes": ["cordons"]}}),
    "hot spots, joint room, cameras": ("hot spots", with_programmes("cameras")),
    "… and identification": ("hot spots, joint room, cameras", with_programmes(*NAMED)),
    "… and known persons, right list": ("… and identification", with_programmes(*LISTED, wrong=0.0)),
    "… a tenth of it wrong": ("… and identification", with_programmes(*LISTED)),
    "… all of it wrong": ("… and identification", with_programmes(*LISTED, wrong=1.0)),
    "intelligence with persons": (
        "intelligence-led",
        with_programmes("intelligence", *LISTED, strategy="intelligence_led"),
    ),
    "… and joint strike": (
        "intelligence with persons",
        with_programmes("intelligence", "joint_strike", *LISTED, strategy="intelligence_led"),
    ),
    "intelligence with persons, against hot spots": (
        "hot spots",
        with_programmes("intelligence", *LISTED, strategy="intelligence_led"),
    ),
}
MEASURES = {  # indicator → column, digits, factor
    "crimes_total": ("crimes", 0, 1),
    "crimes_place": ("at places", 0, 1),
    "harm_total": ("harm, days", 0, 1),
    "clearance_rate": ("cleared, points", 1, 100),
    "arrests": ("arrests", 1, 1),
    "trust": ("trust, points", 2, 100),
    "response_p1_p90_min": ("P1 P90, min", 1, 1),
    "utilisation": ("busy, points", 1, 100),
    "officer_hours_visits": ("visits, h", 0, 1),
    "officer_hours_case_work": ("cases, h", 0, 1),
}


def measure(model: CityModel) -> dict[str, float]:
    """Return the measures of a run."""
    return number(model, MEASURES)


def main() -> None:
    """Print the table."""
    given = arguments(__doc__, seeds=8, days=364).parse_args()
    cases: dict[str, Case] = {name: {**case, "days": given.days} for name, (_, case) in CASES.items()}
    runs = run_cases(measure, cases, given.seeds)
    levels = (runs.mean("hot spots", key, digits, scale) for key, (_, digits, scale) in MEASURES.items())
    rows = [["hot spots", "", *levels]]
    for name, (base, _) in CASES.items():
        if base is not None:
            changed = (runs.difference(name, base, key, digits, scale) for key, (_, digits, scale) in MEASURES.items())
            rows.append([name, base, *changed])
    print(table(["", "less", *(words for words, _, _ in MEASURES.values())], rows), f"\n\n{runs}, {given.days} days")


if __name__ == "__main__":
    main()
