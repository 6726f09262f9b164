"""The studies in which patterns are measured.

Which place, and which shortage of its force, answers which question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.settings.compose import compose, scenario_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.scenario import Scenario

CHINA, WESTERN = "county_china", "city_western"
LARGE = {"city.name": "city", "city.residents": 200_000, "city.area_km2": 128, "city.beats": 12, "city.districts": 6}
SMALL = {
    "city.name": "small county",
    "city.residents": 60_000,
    "city.area_km2": 38,
    "city.beats": 4,
    "city.districts": 2,
}
# Switches by the dotted name of the parameter
EVENTS_OFF = {  # of burglary
    "demand.event_dependence.dwelling_boost": 0,
    "demand.event_dependence.near_boost": 0,
    "demand.event_dependence.shop_boost": 0,
    "people.search.foraging_weight": 0,
    "people.search.same_target": 0,
}
EQUAL_TARGETS = {"people.residents.dwelling_spread": 0, "people.residents.shops.spread": 0}
RESPONSE_OFF = {
    "investigation.witness_stays_min": 1e6,
    "investigation.trace_lasts_min": 1e6,
    "dispatch.arrest_decay_min": 1000,
}
RATE = "rate_per_1000"  # of a type of crime at places, in its part of `demand.`
MORE_HIRES = {
    "force.wellbeing.hires_per_year": 0.10,
    "force.wellbeing.auxiliary_hires_per_year": 0.325,
}  # two and a half times as many


class Study(NamedTuple):
    """A place that is simulated, and what is different in it."""

    preset: str  # option of the group preset: its city, its incidents and calls, its force
    place: Mapping[str, Any]  # values of a made-up city, unless the user chose a city
    switches: Mapping[str, Any]  # dotted name of a parameter → its value
    knox: bool = False
    shortages: tuple[str, ...] | None = None  # shortages and levers of its own; None: what the user chose
    strategy: str | None = None  # of its own; None: what the user chose
    crime: float = 1.0  # factor of the rates of all types at places
    times_days: int = 1  # as long as the others
    times_replications: int = 1  # as often as the others
    most_replications: int | None = None


def _spiral(percent: int, *levers: str, **switches: Any) -> Study:
    """Study a small county in which a share of the personnel is missing from the first day on.

    It runs for twice the time and twice as often as other studies.

    About a hundred personnel come and go by chance: with fewer runs nobody could say at which shortage a force shrinks.
    """
    missing = (f"uniform{percent}",) if percent else ()
    return Study(CHINA, SMALL, switches, shortages=(*missing, *levers), times_days=2, times_replications=2)


SPIRAL_PERCENT = (0, 10, 20, 30, 40)
REMEDIED_PERCENT = 30
REMEDIES = {"spiral_incentives": "incentives", "spiral_diversion": "call diversion", "spiral_hires": "more hires"}
STRUCTURES = {"silos": "silos", "joint_room": "joint room", "joint_centre": "joint centre"}
STUDIES = {
    CHINA: Study(CHINA, {}, {}),
    WESTERN: Study(WESTERN, {}, {}, True),
    "no_events": Study(WESTERN, {}, EVENTS_OFF, True),
    "equal_targets": Study(WESTERN, {}, EQUAL_TARGETS, True),
    "neither": Study(WESTERN, {}, {**EVENTS_OFF, **EQUAL_TARGETS}, True),
    "large_china": Study(CHINA, LARGE, {}),
    "large_western": Study(WESTERN, LARGE, {}),
    "no_response": Study(WESTERN, {}, RESPONSE_OFF),
    "less_crime": Study(WESTERN, LARGE, {}, crime=0.75),
    "co_governance": Study(CHINA, {}, {}, strategy="co_governance"),
    "community": Study(WESTERN, {}, {}, strategy="community"),
    **{name: Study(WESTERN, {}, {"coordination.structure": name}, most_replications=6) for name in STRUCTURES},
    **{f"spiral_{percent}": _spiral(percent) for percent in SPIRAL_PERCENT},
    "spiral_incentives": _spiral(REMEDIED_PERCENT, "incentives"),
    "spiral_diversion": _spiral(REMEDIED_PERCENT, "diversion"),
    "spiral_hires": _spiral(REMEDIED_PERCENT, **MORE_HIRES),
}
PLACES = (CHINA, WESTERN)  # studies of a place as it is
MIX_OF = {name: f"{study.preset}_dispatched" for name, study in STUDIES.items()}  # options of the group demand
LARGE_PLACES = ("large_china", "large_western")
MIX_NAMES = {name: "Chinese mix" if study.preset == CHINA else "Western mix" for name, study in STUDIES.items()}
VARIANTS = {
    WESTERN: "as is",
    "no_events": "event dependence off",
    "equal_targets": "equal targets",
    "neither": "both off",
}  # of the near repeat


def studies_of(places: Sequence[str], full: bool) -> list[str]:
    """Return the studies of some places: all of them, or each place as it is alone."""
    return [name for name, study in STUDIES.items() if study.preset in places and (full or name in PLACES)]


def scenarios(
    command: str,
    own: Sequence[str],
    choices: Mapping[str, str],
    values: Mapping[str, Any],
    studies: Sequence[str] = tuple(STUDIES),
    missing: Mapping[str, Any] | None = None,
) -> dict[str, Scenario]:
    """Compose the scenarios of studies.

    Parameters
    ----------
    command : str
        Name of the command's file in `configs/`.
    own : sequence of str
        Keys of the command.
    choices, values : mapping
        What the user chose and gave; they beat what a study says, but for its switches, its shortages and its strategy.
    studies : sequence of str
        Which.
    missing : mapping, optional
        Settings of the shortage of a situation, in studies without shortages of their own.

    Returns
    -------
    dict
        Name of the study → scenario with the first seed.

    Raises
    ------
    BadInput
        For anything that is not allowed, and where the library of the Knox test is not installed.
    """
    from scenarios.shortages import shortage
    from sim.extras import VALIDATE, require

    require(VALIDATE)
    found = {}
    for name in studies:
        study = STUDIES[name]
        place = {} if "city" in choices else study.place
        strategy = {} if study.strategy is None else {"strategy": study.strategy}
        tree = compose(command, {"preset": study.preset, **choices, **strategy}, {**place, **values})
        for dotted_name, value in study.switches.items():
            _set(tree, dotted_name, value)
        for part in tree["demand"].values():
            if isinstance(part, dict) and RATE in part:
                part[RATE] *= study.crime
        if study.shortages is None:
            tree["shortage"] = missing or tree["shortage"]
        else:
            tree["shortage"] = {"kind": "combined", "parts": [shortage(one) for one in study.shortages or ("none",)]}
        scenario = scenario_of(tree, own)
        found[name] = scenario.model_copy(update={"days": study.times_days * scenario.days})
    return found


def replications_of(study: str, replications: int) -> int:
    """Return how often a study runs when this many replications are asked for."""
    wanted = STUDIES[study].times_replications * replications
    return min(wanted, STUDIES[study].most_replications or wanted)


def _set(tree: dict[str, Any], dotted_name: str, value: Any) -> None:
    """Set a parameter that there is."""
    *above, last = dotted_name.split(".")
    for name in above:
        tree = tree.get(name, {})
    if last not in tree:
        raise LookupError(f"there is no parameter {dotted_name}, which experiments/patterns/studies.py switches")
    tree[last] = value
