"""The cases of `mechanisms`: which strategy, with which settings, shows what a programme does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.settings.compose import compose, scenario_of, with_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sim.scenario import Scenario

CAMPAIGNS = {
    "programmes.campaign.first_day": 60,
    "programmes.campaign.every_days": 110,
    "programmes.campaign.at_most": 3,
}


class Case(NamedTuple):
    """A strategy with settings of its own.

    Attributes
    ----------
    strategy : str
        Option of the group `strategy`.
    values : mapping
        Dotted name of a parameter → value.
    """

    strategy: str
    values: Mapping[str, Any] = {}


CASES = {
    "reactive": Case("reactive"),
    "campaign": Case("campaign", CAMPAIGNS),
    "community": Case("community"),
    "co_governance": Case("co_governance"),
    "without fusion": Case("co_governance", {"programmes.social_governance.fusion": False}),
    "integrated": Case("integrated"),
}


def scenarios(
    command: str, own: Sequence[str], choices: Mapping[str, str], values: Mapping[str, Any]
) -> dict[str, Scenario]:
    """Compose the scenario of every case.

    Parameters
    ----------
    command : str
        Name of the command's file in `configs/`.
    own : sequence of str
        Keys of the command.
    choices, values : mapping
        What the user chose and gave; the settings of a case beat them.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    found = {}
    for name, case in CASES.items():
        chosen = {**choices, "strategy": case.strategy}
        tree = compose(command, chosen, values)
        found[name] = scenario_of(with_values(tree, case.values), own)
    return found
