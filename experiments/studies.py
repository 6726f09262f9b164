"""The studies of `validate`: which city with which mix of incidents answers which question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.settings import compose, scenario_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.scenario import Scenario

CHINA, WESTERN = "county_china", "city_western"
LARGE = {"city.name": "city", "city.residents": 200_000, "city.area_km2": 128, "city.beats": 24, "city.districts": 8}
# Switches by the last name of the parameter, which only one parameter has
EVENTS_OFF = {"dwelling_boost": 0, "near_boost": 0, "foraging_weight": 0}
EQUAL_TARGETS = {"dwelling_spread": 0}


class Study(NamedTuple):
    """A city that is simulated: its mix of incidents, and what is different in it."""

    demand: str  # option of the group demand
    place: Mapping[str, Any]  # values of a made-up city, unless the user chose a city
    switches: Mapping[str, float]  # last name of a parameter → its value
    knox: bool


STUDIES = {
    "china": Study(CHINA, {}, {}, False),
    "western": Study(WESTERN, {}, {}, True),
    "no_events": Study(WESTERN, {}, EVENTS_OFF, True),
    "equal_targets": Study(WESTERN, {}, EQUAL_TARGETS, True),
    "neither": Study(WESTERN, {}, {**EVENTS_OFF, **EQUAL_TARGETS}, True),
    "large_china": Study(CHINA, LARGE, {}, False),
    "large_western": Study(WESTERN, LARGE, {}, False),
}
MIXES = ("china", "western")
LARGE_MIXES = ("large_china", "large_western")
MIX_NAMES = {name: "Chinese mix" if study.demand == CHINA else "Western mix" for name, study in STUDIES.items()}
VARIANTS = {"western": "as is", "no_events": "event dependence off", "equal_targets": "equal targets", "neither": "both off"}  # of the near repeat


def scenarios(command: str, own: Sequence[str], choices: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Scenario]:
    """Compose the scenario of every study.

    Parameters
    ----------
    command : str
        Name of the command's file in `configs/`.
    own : sequence of str
        Keys of the command.
    choices, values : mapping
        What the user chose and gave; they beat what a study says, but for its mix and its switches.

    Returns
    -------
    dict
        Name of the study → scenario with the first seed.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    found = {}
    for name, study in STUDIES.items():
        place = {} if "city" in choices else study.place
        tree = compose(command, {**choices, "demand": study.demand}, {**place, **values})
        for last_name, value in study.switches.items():
            _set(tree, last_name, value)
        found[name] = scenario_of(tree, own)
    return found


def _set(tree: dict[str, Any], last_name: str, value: float) -> None:
    """Set the one parameter of that last name, wherever in the tree it is."""
    places = list(_holders(tree, last_name))
    if len(places) != 1:
        raise LookupError(f"{len(places)} parameters are named {last_name}: a switch of experiments/studies.py needs exactly one")
    places[0][last_name] = value


def _holders(tree: dict[str, Any], last_name: str) -> list[dict[str, Any]]:
    below = [holder for value in tree.values() if isinstance(value, dict) for holder in _holders(value, last_name)]
    return [tree, *below] if last_name in tree else below
