"""The conformance check of programmes: pure preparation, hours that are paid for, the same run twice."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.city.city import CityParameters
from sim.model import CityModel
from sim.parameters import one_line
from sim.police.force import ForceParameters
from sim.police.post_ledger import Hours, Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, programme_class
from sim.scenario import Scenario

TOWN = CityParameters(name="check", residents=3000, area_km2=2, beats=2, districts=1, centres=1)
FORCE = ForceParameters(officers=60, auxiliaries=60)  # heads in every post
DAYS = 9
KEPT = ("city", "people", "strategy", "programmes", "days", "warmup_days", "seed")  # what no preparation may change


def check_programme(programme: str | type[Programme], **options: Any) -> None:
    """Try a programme in a small town, and say what its author should change.

    It must prepare a scenario without side effects and leave the city, its people and its incidents as they are; its parameters must survive
    a file; two runs of some days must be the same to the bit; every hour that it spends must be there; it must cope with posts that have no
    hours; and what it notes must be declared.

    Parameters
    ----------
    programme : str or type
        A registered name, or a class that derives from `Programme`.
    **options
        Parameters to try it with; by default its own.

    Raises
    ------
    AssertionError
        If it does not conform.
    BadInput
        If an option is not allowed, or the name is not registered.
    """
    kind = programme_class(programme) if isinstance(programme, str) else programme
    _check_class(kind)
    try:
        parameters = kind.Parameters(**options)
    except ValidationError as error:
        raise one_line(error, f"programmes.{kind.name}") from error
    if kind.Parameters.model_validate(json.loads(json.dumps(parameters.model_dump(mode="json"), allow_nan=False))) != parameters:
        raise AssertionError(f"programme {kind.name!r}: its parameters do not survive a JSON file")
    scenario = _scenario_for(kind)
    _check_preparation(kind(parameters), scenario)
    one, other = (_ran(kind(parameters), scenario) for _ in range(2))
    if one.results().indicators != other.results().indicators:
        raise AssertionError(
            f"programme {kind.name!r}: two runs of one scenario differ; draw from sim.randomness, keyed by what is drawn for, and keep no state in the class"
        )
    _check_without_hours(one, kind.name)


def _check_class(kind: Any) -> None:
    if not (isinstance(kind, type) and issubclass(kind, Programme)):
        raise AssertionError(f"{kind!r} is no programme: derive a class from sim.programmes.base.Programme, and give the class, not an object of it")
    if not isinstance(kind.name, str) or not kind.name.isidentifier():
        raise AssertionError(f"class {kind.__name__} has no name of letters and underscores: write name = '…', by which it is chosen")
    if not issubclass(kind.Parameters, ProgrammeParameters):
        raise AssertionError(f"programme {kind.name!r}: derive its Parameters from ProgrammeParameters, so that a scenario can hold them")
    measures = (*kind.totals, *kind.means)
    if len(set(measures)) < len(measures):
        raise AssertionError(f"programme {kind.name!r}: a measure is named twice in totals and means")


def _scenario_for(kind: type[Programme]) -> Scenario:
    """Return a town with the programmes that this one needs, and an organisation in which it can be carried out."""
    needed: list[str] = []
    waiting = list(kind.needs)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.insert(0, name)
            waiting += programme_class(name).needs
    organisation = "joint_centre" if kind.structures else "usual"
    return Scenario(city=TOWN, force=FORCE, strategy={"name": "reactive", "programmes": needed, "organisation": organisation}, days=DAYS, warmup_days=0)


def _check_preparation(programme: Programme, scenario: Scenario) -> None:
    before = scenario.model_dump_json()
    once, twice = programme.prepare(scenario), programme.prepare(scenario)
    if scenario.model_dump_json() != before or once != twice:
        raise AssertionError(f"programme {programme.name!r}: prepare() must be pure: return a copy, the same for the same scenario")
    unchanged = [name for name in KEPT if getattr(once, name) != getattr(scenario, name)]
    usual = {"changes": (), "diversion": ()}
    if once.demand.model_copy(update=usual) != scenario.demand.model_copy(update=usual):
        unchanged.append("demand")
    if unchanged:
        advice = "which is built once for all strategies; of demand only changes and diversion are free"
        raise AssertionError(f"programme {programme.name!r}: prepare() changed {unchanged[0]}, {advice}")


def _ran(programme: Programme, scenario: Scenario) -> CityModel:
    model = CityModel(scenario, programmes=[programme])
    model.run()
    return model


def _check_without_hours(model: CityModel, name: str) -> None:
    """Let a day pass in which no post has an hour."""
    ledger = np.zeros((len(Post), len(Work)))
    nothing: dict[Post, Hours] = {post: Hours(ledger[post], 0.0, 0.0, 1.0) for post in Post if post != Post.PATROL}
    today = model.today(DAYS)._replace(hours=nothing)
    try:
        for programme in model.programmes:
            programme.day(today)
    except Exception as error:
        raise AssertionError(f"programme {name!r}: it fails with {type(error).__name__} on a day without hours: {error}") from error
    if ledger.any():
        raise AssertionError(f"programme {name!r}: it booked minutes on a day on which there were none")
