"""Every parameter of a comparison with its value, its default, unit and source.

What all runs share comes first, then each shortage and strategy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from experiments.languages.speech import opened, say
from experiments.presentation.names import noun
from experiments.presentation.wording import shown_value

if TYPE_CHECKING:
    from experiments.compare.comparison import Point
    from sim.scenario import Scenario


def assumptions(plan: Mapping[str, Any], points: Mapping[Point, Scenario]) -> Iterator[dict[str, Any]]:
    """List every parameter of the comparison with its value and its default.

    What all runs share, then each shortage and strategy.
    """
    from scenarios.shortages import kinds
    from sim.scenario import Scenario
    from sim.strategies.base import strategy_class

    yield from _declared(plan["common"], Scenario(), "", skip=("strategy", "programmes", "shortage_name"))
    for name, settings in plan["shortage_settings"].items():
        for i, part in enumerate(settings.get("parts", [settings])):
            if (own := kinds().get(part["kind"])) is not None:
                given = own.model_validate({key: value for key, value in part.items() if key != "kind"})
                owner = f"{name}, part {i + 1}: {part['kind']}" if "parts" in settings else name
                yield from _declared(given, own(), "shortage.", owner)
    told: list[tuple[str, BaseModel]] = []
    for name, scenario in {name: scenario for (_, name), scenario in points.items()}.items():
        chosen, kind = scenario.strategy, strategy_class(scenario.strategy.name)
        usual = type(chosen)(
            name=chosen.name, deployment=chosen.name, programmes=kind.programmes, organisation=kind.organisation
        )
        yield from _declared(chosen, usual, "strategy.", name, skip=("name",))
        for programme, parameters in scenario.programmes.items():
            if (programme, parameters) not in told:  # the same for several strategies
                told.append((programme, parameters))
                owner = name if sum(programme == other for other, _ in told) > 1 else ""
                yield from _declared(parameters, type(parameters)(), f"programmes.{programme}.", owner)


def _declared(
    parameters: BaseModel, default: BaseModel, prefix: str, owner: str = "", skip: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Walk over every parameter that was declared with a unit and a source.

    Its key is as a user writes it, then whose it is, in brackets.
    """
    from pydantic import BaseModel

    for name, field in type(parameters).model_fields.items():
        if name in skip:
            continue
        value, usual = getattr(parameters, name), getattr(default, name)
        if isinstance(value, BaseModel):
            yield from _declared(value, usual, f"{prefix}{name}.", owner)
        elif isinstance(field.json_schema_extra, dict):
            declared = field.json_schema_extra
            about = {"unit": declared["unit"], "source": declared["source"], "doc": field.description}
            yield {
                "parameter": f"{prefix}{name}{f' ({owner})' if owner else ''}",
                "value": value,
                "default": usual,
                **about,
            }


class Assumption(NamedTuple):
    """One parameter as the report shows it; `default` is None when it is not known or not different."""

    parameter: str
    value: str
    unit: str
    source: str
    doc: str
    default: str | None


def by_part(items: Sequence[dict[str, Any]]) -> dict[str, list[Assumption]]:
    """Group parameters by the part of the model they belong to; those known to differ from their default come first."""
    groups: dict[str, list[Assumption]] = {}
    changed = []
    for item in items:
        differs = "default" in item and item["default"] != item["value"]
        shown = Assumption(
            item["parameter"],
            shown_value(item["value"]),
            item["unit"] or "",
            item["source"] or "",
            item["doc"] or "",
            shown_value(item["default"]) if differs else None,
        )
        part, _, rest = shown.parameter.partition(".")
        groups.setdefault(opened(noun(part)) if rest else say("The run"), []).append(shown)
        if differs:
            changed.append(shown)
    return {say("Changed from the default"): changed, **groups} if changed else groups
