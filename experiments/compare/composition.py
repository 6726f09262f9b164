"""What a strategy is made of, in the words of the classes that carry it out.

A sentence, a deployment, programmes and an organisation.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, NamedTuple

from experiments.settings.compose import WITHOUT

if TYPE_CHECKING:
    from sim.strategies.base import StrategyParameters


class Composition(NamedTuple):
    """What stands behind a name of the comparison.

    Attributes
    ----------
    strategy, sentence : str
        Registered name, and the first paragraph of what its class says of itself.
    deployment, deployment_sentence : str
        The strategy whose plan the units follow, and what it says of itself.
    programmes : dict
        Name → first paragraph of its class, in the order in which they get their hours.
    organisation, organisation_sentence : str
        How the force is organised for it.
    bound : bool
        It plans with knowledge that no police have: a bound, not a policy.
    """

    strategy: str
    sentence: str
    deployment: str
    deployment_sentence: str
    programmes: dict[str, str]
    organisation: str
    organisation_sentence: str
    bound: bool


def composition_of(parameters: StrategyParameters) -> Composition:
    """Return what a strategy of a scenario is made of.

    Parameters
    ----------
    parameters : StrategyParameters
        The strategy of a validated scenario; what it leaves open is the strategy's own.
    """
    from sim.programmes.base import programme_class
    from sim.strategies.base import strategy_class
    from sim.strategies.organisations import ORGANISATIONS

    own = strategy_class(parameters.name)
    deployment = parameters.deployment or parameters.name
    plan = strategy_class(deployment)
    programmes = own.programmes if parameters.programmes is None else parameters.programmes
    organisation = parameters.organisation or own.organisation
    return Composition(
        strategy=parameters.name,
        sentence=first_paragraph(own),
        deployment=deployment,
        deployment_sentence=first_paragraph(plan),
        programmes={name: first_paragraph(programme_class(name)) for name in programmes},
        organisation=organisation,
        organisation_sentence=ORGANISATIONS[organisation].doc,
        bound=plan.knows_truth,
    )


def first_paragraph(described: type) -> str:
    """Return the first paragraph of a docstring on one line, without the marks of code.

    Nothing where there is none of its own.
    """
    text = inspect.cleandoc(described.__dict__.get("__doc__") or "")
    return re.sub(r"`+", "", " ".join(text.partition("\n\n")[0].split()))


def left_out(name: str, strategies: list[str]) -> tuple[str, str] | None:
    """Return (`integrated`, `visits`) for `integrated without visits` when the former is compared too.

    None for any other name.
    """
    whole, without, programme = name.rpartition(WITHOUT)
    return (whole, programme) if without and programme and whole in strategies else None


def anchors(prefix: str, names: list[str]) -> dict[str, str]:
    """Return a fragment of a page's address for each name, whatever the letters of the names, no two alike."""
    found: dict[str, str] = {}
    for name in names:
        wanted = f"{prefix}-{re.sub(r'[^0-9A-Za-z]+', '-', name).strip('-').lower()}"
        taken = set(found.values())
        found[name] = next(
            one for one in (wanted, *(f"{wanted}-{i}" for i in range(2, len(names) + 2))) if one not in taken
        )
    return found
