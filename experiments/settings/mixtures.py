"""A strategy by its name in a list: `hotspot`, `integrated without visits`, `hotspot with doorstep`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.settings.compose import WITH, WITHOUT, check_option, compose

HOTSPOT = "hotspot"  # the deployment of a strategy that has lost the programme from which its own follows


def of_strategy(
    command: str, name: str, choices: Mapping[str, str], values: Mapping[str, Any], field: str = "strategies"
) -> dict[str, Any]:
    """Compose the settings of a strategy that is named with what is added to it or left out.

    Parameters
    ----------
    command : str
        Name of the command's file in `configs/`.
    name : str
        Such as `hotspot`, `integrated without visits`, or `hotspot with doorstep`, which adds a programme to it.
    choices, values : mapping
        The user's, see `experiments.settings.compose.compose`.
    field : str
        What the name was written in.

    Raises
    ------
    BadInput
        For a strategy or programme that does not exist, or one left out that it does not have.
    """
    from sim.parameters import BadInput
    from sim.programmes.base import programmes
    from sim.strategies.base import strategy_class

    whole, without, left_out = (part.strip() for part in name.partition(WITHOUT))
    package, with_, added = (part.strip() for part in whole.partition(WITH))
    check_option("strategy", package, field)
    chosen = {**choices, "strategy": package}
    tree = compose(command, chosen, values)
    if with_:
        values = {**values, "strategy.programmes": [*tree["strategy"]["programmes"], added]}
        tree = compose(command, chosen, values)
    if not without:
        return tree
    mix = tree["strategy"]["programmes"]
    if left_out not in mix:
        raise BadInput(field, name, f"{whole}{WITHOUT}one of its programmes: {', '.join(mix) or 'it has none'}")
    gone = {left_out}
    while more := {one for one in mix if one not in gone and gone & set(programmes()[one].needs)}:
        gone |= more
    kept: dict[str, Any] = {"strategy.programmes": [one for one in mix if one not in gone]}
    if gone & set(strategy_class(tree["strategy"]["deployment"]).needs):
        kept["strategy.deployment"] = HOTSPOT
    return compose(command, chosen, {**values, **kept})
