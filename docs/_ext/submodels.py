"""Which submodel each module of `sim` belongs to, and what follows from that: parameters, tables, draws, phases, rules.

A module belongs to the submodel that names it or the nearest package above it. Whoever adds a module where no package
is named gives it a submodel here, and whoever adds a submodel writes its section of `docs/odd.md`; tests say so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from reference import element, ours

from sim.columns import Column
from sim.day import TICK
from sim.draws import Draw, Stream
from sim.model import CityModel
from sim.parameters import Parameters
from sim.programmes.base import programmes
from sim.scenario import Scenario
from sim.strategies.base import registered

ROOT = Path(__file__).parents[2]
RULES = {"kernel", "inlined", "inner_kernel", "allocating_kernel"}  # decorators of functions that carry out a rule


class Submodel(NamedTuple):
    """A submodel: its modules or packages below `sim`, and the phases of the day that carry it out."""

    modules: tuple[str, ...]
    day: tuple[str, ...] = ()


SUBMODELS = {
    "place": Submodel(("city",)),
    "people": Submodel(("people.residents", "people.routine", "people.whereabouts", "people.trips", "people.venues",
                        "people.shops", "people.ties")),
    "presence": Submodel(("city.presence", "city.sight", "city.state"), ("notice_police",)),
    "opportunity": Submodel(("incidents.opportunity",)),
    "offenders": Submodel(("people.offenders", "people.first_offenders", "people.beliefs", "people.needs",
                           "people.groups", "people.custody")),
    "search": Submodel(("incidents.search", "incidents.offence")),
    "targets": Submodel(("incidents.targets", "incidents.hardening")),
    "demand": Submodel(("incidents.demand", "incidents.profiles", "incidents.target_parameters", "incidents.arising",
                        "incidents.base_rate", "incidents.rate_fit", "incidents.calls", "incidents.call_changes"),
                       ("fit_rates", "draw_calls")),
    "reporting": Submodel(("incidents.reporting", "incidents.service", "incidents.handling", "incidents.log",
                           "incidents.town")),
    "fraud": Submodel(("incidents.fraud",), ("call_victims",)),
    "disputes": Submodel(("incidents.disputes",), ("quarrel",)),
    "school": Submodel(("incidents.school",)),
    "crises": Submodel(("incidents.crises",), ("suffer",)),
    "rare": Submodel(("incidents.rare_events",), ("turn_series", "gather")),
    "feelings": Submodel(("people.feelings", "people.aftermath", "people.trusting", "incidents.judgement"), ("judge",)),
    "watch": Submodel(("people.volunteers",)),
    "dispatch": Submodel(("police.patrol", "agenda")),
    "patrol": Submodel(("police.patrol.free_time", "police.patrol.units", "police.patrol.turn", "orders"),
                       ("change_orders",)),
    "arrest": Submodel(("police.patrol.arrests", "police.patrol.pursuit", "police.patrol.flight")),
    "cases": Submodel(("police.cases",), ("investigate",)),
    "force": Submodel(("police.force",), ("muster", "change_shifts")),
    "posts": Submodel(("police",), ("go_to_work",)),
    "strategies": Submodel(("strategies", "incidents.true_risk"), ("give_orders",)),
    "course": Submodel(("course",), ("follow_course", "hand_down")),
    "programmes": Submodel(("programmes",), ("carry_out_programmes",)),
}  # fmt: skip
NO_RULE = ("make_room",)  # a phase that only makes tables longer
GROUND = (  # what runs the model, keeps it or looks at it, but decides nothing in it
    "arrays", "authors", "branch", "check", "check_indicator", "clock", "columns", "day", "disk_cache", "draws",
    "extensions", "extras", "incident_types", "kernels", "lock_files", "mapped", "mesa_core", "model", "outcomes",
    "own_sources", "parameters", "periods", "population", "population_model",
    "randomness", "registry", "row_agent", "scenario", "settling", "snapshot", "state_bytes",
    "world",
)  # fmt: skip
RUN = "the run as a whole"  # parameters of `sim.scenario` and of the ground floor


def owner(module: str) -> str:
    """Return the submodel of a module such as `sim.people.ties`, `RUN` for the ground floor.

    Raises
    ------
    LookupError
        If it belongs to none.
    """
    claims = {f"sim.{one}": name for name, submodel in SUBMODELS.items() for one in submodel.modules}
    claims |= {f"sim.{one}": RUN for one in GROUND}
    parts = module.split(".")
    for n in range(len(parts), 0, -1):
        if (name := ".".join(parts[:n])) in claims:
            return claims[name]
    raise LookupError(f"{module} belongs to no submodel of docs/_ext/submodels.py")


@cache
def files() -> dict[str, Path]:
    """Return the file of each module of `sim` that has anything in it."""
    found = {}
    for path in sorted((ROOT / "sim").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] != "__init__":
            found[".".join(parts)] = path
    return found


@cache
def modules(name: str) -> tuple[str, ...]:
    """Return the modules of a submodel."""
    return tuple(module for module in files() if owner(module) == name)


@cache
def tables(name: str) -> dict[str, tuple[Column, ...]]:
    """Return the tables of state that a submodel declares: columns by the name of their constant."""
    found = {}
    for module in modules(name):
        text = files()[module].read_text(encoding="utf-8")
        for constant, value in vars(import_module(module)).items():
            columns = isinstance(value, tuple) and value and all(isinstance(one, Column) for one in value)
            if columns and re.search(rf"^{constant} = ", text, re.M):
                found[constant] = value
    return found


@cache
def draws(name: str) -> tuple[Draw, ...]:
    """Return what a submodel draws: the names that its modules ask for."""
    said = "".join(files()[module].read_text(encoding="utf-8") for module in modules(name))
    return tuple(draw for draw in Draw if re.search(rf"\bDraw\.{draw.name}\b", said))


def who_draws_from(stream: Stream) -> list[str]:
    """Return the submodels that draw from a stream, by the name of a draw or as a generator of numpy."""
    return [
        name
        for name in SUBMODELS
        if any(draw.stream == stream for draw in draws(name))
        or any(f"Stream.{stream.name}" in files()[module].read_text(encoding="utf-8") for module in modules(name))
    ]


@cache
def drawn_for() -> dict[str, str]:
    """Return what `sim/draws.py` says of each draw: the heading above it, and the remark beside it."""
    heading, found = "", {}
    for line in files()["sim.draws"].read_text(encoding="utf-8").splitlines():
        if title := re.fullmatch(r"    # (.+)", line):
            heading = title[1]
        elif draw := re.match(r"    ([A-Z][A-Z_]*) = Stream\.\w+,[^#]*(?:# (.*))?", line):
            said = draw[2] or ""
            own_key = said.startswith(("by ", "of a ")) and heading.partition(",")[0]
            found[draw[1]] = f"{own_key}, {said}" if own_key else f"{heading}: {said}" if said else heading
    return found


@cache
def phases(name: str) -> tuple[str, ...]:
    """Return the phases of a day in which a submodel acts, in order."""
    of_tick = {kernel.__name__: owner(str(kernel.__module__)) for kernel in TICK}
    return tuple(
        one.name
        for one in CityModel.phases()
        if (of_tick.get(one.name) == name if one.when == "tick" else one.name in SUBMODELS[name].day)
    )


class Group(NamedTuple):
    """A part of a scenario: where its keys begin, its values, and the submodel that reads it."""

    prefix: str
    value: Parameters
    submodel: str


@cache
def groups() -> tuple[Group, ...]:
    """Return all parts of a scenario that have parameters of their own, with those of strategies and programmes."""
    found = list(_below("", Scenario()))
    found += [
        Group(f"strategy={name} strategy.", registered()[name].Parameters(), "strategies")
        for name in ours(registered())
    ]
    for name in ours(programmes()):
        found += _below(f"programmes.{name}.", programmes()[name].Parameters())
    return tuple(found)


def _below(prefix: str, value: Parameters) -> Iterator[Group]:
    """Return a part and the parts in it, also those that are absent by default."""
    yield Group(prefix, value, owner(type(value).__module__))
    for name, info in type(value).model_fields.items():
        inner, kind = getattr(value, name), element(info)
        if isinstance(inner, Parameters):
            yield from _below(f"{prefix}{name}.", inner)
        elif inner is None and kind is not None:
            yield from _below(f"{prefix}{name}.", kind())
        elif inner == () and kind is not None:
            yield from _below(f"{prefix}{name}.0.", kind())


def plain(group: Group) -> list[str]:
    """Return the names of the parameters of a part itself; those that all strategies share stand in the first."""
    shared = set(type(Scenario().strategy).model_fields) if group.prefix.startswith("strategy=") else set()
    fields = type(group.value).model_fields
    return [name for name in fields if not isinstance(getattr(group.value, name), Parameters) and name not in shared]


def rules(name: str) -> Iterator[tuple[str, str, str]]:
    """Return module, function and what its docstring says of each rule of a submodel that is carried out in a run."""
    for module in modules(name):
        for node in ast.walk(ast.parse(files()[module].read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(one, ast.Name) and one.id in RULES for one in node.decorator_list
            ):
                said = (ast.get_docstring(node) or "").split("\nParameters\n---")[0]
                yield module, node.name.lstrip("_"), " ".join(said.split())
