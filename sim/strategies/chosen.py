"""What a user wrote of a strategy, read as its parameters; what is absent is the strategy's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sim.parameters import BadInput, one_line
from sim.strategies.base import StrategyParameters, parameters_class, strategy_class

USUAL = "usual"  # the organisation that the user described


def chosen(given: Any) -> StrategyParameters:
    """Read `{name: …, <parameters of its deployment>}`.

    Parameters
    ----------
    given : mapping or StrategyParameters
        As the user wrote it.

    Raises
    ------
    BadInput
        If there is no such strategy, or it does not allow a value.
    """
    if isinstance(given, StrategyParameters):
        return given
    if not isinstance(given, Mapping):
        raise BadInput("strategy", given, "{name: …, <its parameters>}")
    name = given.get("name", "reactive")
    own = strategy_class(name)
    deployment = given.get("deployment") or name
    strategy_class(deployment, "strategy.deployment")
    usual = {"programmes": own.programmes, "organisation": own.organisation}
    said = {key: value for key, value in given.items() if value is not None or key not in ("deployment", *usual)}
    try:
        return parameters_class(deployment).model_validate({**usual, **said, "name": name, "deployment": deployment})
    except ValidationError as error:
        raise one_line(error, "strategy") from error


def plain(name: str) -> StrategyParameters:
    """Return the parameters of a strategy without its programmes, in the organisation that the user described."""
    return chosen({"name": name, "programmes": (), "organisation": USUAL})
