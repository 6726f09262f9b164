"""A truth that the police cannot know changes nothing that they do.

Two runs are the same to the bit up to the moment at which the police decide about a day. Then, in one of them,
everything that is hidden from them is made something else: when, where, by whom and as what crimes were done, who
offends and what offenders want and believe, how tense disputes are, who will be called by fraudsters today, which homes
tempt burglars. What is ordered, spent, visited, checked, taught and warned on that day must be the same.

What follows from a decision may differ: whether a session resolves a dispute, whether somebody who is checked carries
something. What residents tell of what happened, too: where the groups of social governance listen, what is new to them
since yesterday is left as it is. Programmes that come after mediation know what its sessions of the morning settled:
beside them the disputes that mediators have are left as they are; what mediators themselves may know of those, the test
of mediation alone shows.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from numbers import Number
from typing import Any

import numpy as np
import pytest

from sim.arrays import Array
from sim.check import EVENTFUL, FORCE, MANY, TOWN
from sim.incident_types import PLACE_CRIMES, IncidentType
from sim.incidents.disputes.log import ROWS
from sim.incidents.fraud.campaigns import Stage
from sim.incidents.log import CALLS, INCIDENTS, CallState
from sim.model import CityModel
from sim.police.cases.investigation import queues
from sim.police.post_ledger import Queue, Work
from sim.police.posts import Post
from sim.programmes.base import Programme, Today, programme_class, programmes
from sim.programmes.social_governance.networks import Round
from sim.scenario import Scenario
from sim.strategies.base import registered
from sim.strategies.check import fingerprint

DAY = 14  # all strategies plan on it, weekly analysts have released their second surface
DECISIONS = ("_carry_out_programmes", "_give_orders")
BEFORE = CityModel._DAY[: CityModel._DAY.index(DECISIONS[0])]
LISTENS, SETTLES = "social_governance", "mediation"
ALWAYS_ON = {
    "campaign": {
        "first_day": 8,
        "carried": 0.0,
        "other_arrest": 0.0,
    },  # on; whoever carried goods would show signs, which officers see, and who is arrested is gone
    "identification": {
        "trust_loss": 0.0,
        "statement_tells": 0.0,
        **{name: {"right": 0.0} for name in ("trace", "face", "plate", "phone")},
    },  # who it was, who was not, and what the arrested tell are the truth come to light
    "known_persons": {"sees": 0.0, "holds": 0.0, "fetch_trust_loss": 0.0},  # and so is what comes of a watch or a case
    "venue_inspections": {"holds": 0.0, "trust_loss": 0.0},
    "special_trades": {"recognised": 0.0},  # and who sold what was stolen
}
TRUTH = {  # columns of tables in which the decisions of the police are looked for
    "cells": ("boost", "boost_min", "own_boost", "hardness"),
    "dwellings": ("appeal", "burgled_min"),
    "residents": ("susceptibility", "appeal", "victim_min"),
    "shops": ("appeal", "burgled_min", "lifted_min"),
    "cases": ("true_links", "suspect_id", "misled"),
}
FOLLOWS = {  # what programmes note of what came of it, which depends on the truth
    "campaign": {"arrests"},
    "mediation": {"village_waiting", "town_waiting", "station_waiting"},
    "identification": {"named_wrongly"},
}


def scenario(strategy: dict[str, Any]) -> Scenario:
    found = Scenario(
        city=TOWN,
        force=FORCE,
        demand={**EVENTFUL, "disputes": {"per_1000_year": 2000}},
        people=MANY,
        strategy=strategy,
        days=DAY + 1,
        warmup_days=0,
    )
    on = {name: options for name, options in ALWAYS_ON.items() if name in found.programmes}
    return Scenario.model_validate({**dict(found), "programmes": {**found.programmes, **on}}) if on else found


def alone(name: str) -> dict[str, Any]:
    """Return hot-spot patrol, which has stops, with one programme and those that it builds on."""
    mix, waiting = [name], list(programme_class(name).needs)
    while waiting:
        needed = waiting.pop()
        if needed not in mix:
            mix.insert(0, needed)
            waiting += programme_class(needed).needs
    return {
        "name": "hotspot",
        "programmes": mix,
        "organisation": "joint_centre" if programme_class(name).structures else "usual",
    }


def shuffled(rng: np.random.Generator, table: Array, rows: Array, *columns: str) -> None:
    """Give rows the values of each other in some columns."""
    for column in columns:
        table[column][rows] = table[column][rng.permutation(rows)]


def hide_another_truth(model: CityModel) -> None:
    """Make another world of what the police cannot know at the beginning of a day."""
    rng, world, now = np.random.default_rng(7), model.world, model.now_min
    running = {programme.name for programme in model.programmes}
    listens = LISTENS in running
    logs = world.logs
    crimes, calls = logs.incidents[: logs.used[INCIDENTS]], logs.calls[: logs.used[CALLS]]
    old = np.flatnonzero(crimes["time_min"] < now - 2 * 1440) if listens else np.arange(len(crimes))
    solved = np.flatnonzero(crimes["cleared"])  # who was arrested for them is known
    arrested = {name: crimes[name][solved] for name in ("culprit_id", "co_culprit_id")}
    shuffled(rng, crimes, old, "cell", "x_m", "y_m", "offender_id", "co_offender_id", "co_culprit_id", "harm", "loss")
    files = model.posts.cases.rows[: model.posts.cases.used[0]]
    shuffled(
        rng, crimes, np.setdiff1d(old, files["incident_id"][files["named"]]), "culprit_id"
    )  # whom victims have named is known
    for name, who in arrested.items():
        crimes[name][solved] = who
    crimes["time_min"][old] = rng.uniform(0.0, now, len(old))
    at_places = old[crimes["type"][old] != IncidentType.FRAUD]
    crimes["type"][at_places] = rng.integers(0, len(PLACE_CRIMES), len(at_places))
    unrecorded = old[(crimes["recorded_time_min"][old] < 0) | (crimes["recorded_time_min"][old] > now)]
    shuffled(rng, crimes, unrecorded, "earliest_min", "latest_min", "recorded_type", "recorded_cell", "discovered_by")
    unserved = np.flatnonzero(calls["state"] != CallState.SERVED)
    shuffled(rng, calls, unserved, "true_type")
    unseen = np.flatnonzero(calls["on_view"] & np.isin(calls["state"], (CallState.EXPECTED, CallState.UNNOTICED)))
    shuffled(rng, calls, unseen, "type", "cell", "beat", "priority", "occurred_min")
    _other_offenders(rng, model)
    disputes = world.disputes.rows[: world.disputes.used[ROWS]]
    quarrels = np.flatnonzero(disputes["found_by"] > 0) if listens else np.arange(len(disputes))
    if SETTLES in running and len(running) > 1:
        quarrels = quarrels[~disputes["in_mediation"][quarrels]]
    disputes["tension"][quarrels] = rng.gamma(2.0, 2.0, len(quarrels))
    disputes["planned_min"] = np.inf
    frauds = world.frauds
    frauds.contacts[DAY] = rng.integers(0, 100_000)
    coming = np.flatnonzero((frauds.rows["stage"] == Stage.EXPECTED) & (frauds.rows["contact_min"] >= now))
    frauds.rows["victim_id"][coming] = rng.integers(0, len(world.society.residents), len(coming))
    frauds.campaigns["size"] *= rng.exponential(1.0, len(frauds.campaigns))
    dwellings, cells = world.society.dwellings, world.ground.cells
    shuffled(rng, dwellings, np.arange(len(dwellings)), *TRUTH["dwellings"])
    shuffled(rng, world.society.shops, np.arange(len(world.society.shops)), *TRUTH["shops"])
    shuffled(rng, cells, np.arange(len(cells)), "boost", "own_boost")
    shuffled(rng, world.society.residents, np.arange(len(world.society.residents)), *TRUTH["residents"])
    shuffled(rng, world.school.pairs, np.arange(len(world.school.pairs)), "bully_id", "next_min")
    cases = model.posts.cases.rows[: model.posts.cases.used[0]]
    cases["true_links"] = rng.integers(0, 4, len(cases))


def _other_offenders(rng: np.random.Generator, model: CityModel) -> None:
    """Let other people be offenders, who want and believe something else; the arrested stay who they are."""
    offenders, residents = model.world.offenders, model.world.society.residents
    everybody = np.arange(len(offenders))
    shuffled(
        rng,
        offenders,
        everybody,
        "rate_per_min",
        "preference",
        "node_cell",
        "prior",
        "crimes_known",
        "arrests_known",
        "deterred_min",
        "success_cell",
        "success_min",
        "habituation",
        "desist_min",
    )
    remembered = [
        "success_type",
        "success_target",
        "success_row",
    ]  # together: a dwelling is no shop
    offenders[remembered] = offenders[remembered][rng.permutation(len(offenders))]
    unknown = everybody[offenders["arrests"] == 0]
    innocent = np.setdiff1d(np.flatnonzero(residents["age"] >= 14), offenders["resident_id"])
    offenders["resident_id"][unknown] = rng.choice(innocent, len(unknown), replace=False)


def values(thing: Any) -> Iterator[bytes]:
    """Yield all numbers and words that an object of `sim.programmes` or a container holds.

    The city, its people and the rules are no decisions.
    """
    if isinstance(thing, np.ndarray | np.void):
        for column in (
            [thing[name] for name in thing.dtype.names] if thing.dtype.names else [thing]
        ):  # what pads the rows of a table is nothing
            yield np.ascontiguousarray(column).tobytes()
    elif thing is None or isinstance(thing, Number | str):
        yield repr(thing).encode()
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from values(key)
            yield from values(value)
    elif isinstance(thing, list | tuple | deque | set):
        for value in sorted(thing) if isinstance(thing, set) else thing:
            yield from values(value)
    elif is_dataclass(thing) and not isinstance(thing, type):
        for column in fields(thing):
            yield from values(getattr(thing, column.name))
    elif isinstance(thing, Queue | Round):
        yield from values(vars(thing))


NO_DECISIONS = {"parameters", "diary"}  # the diary is looked at on its own


def decisions(model: CityModel) -> dict[str, bytes]:
    """Return what the police and their programmes have done and ordered on the day, by name."""
    world, staff, day = model.world, model.staff, DAY
    found: dict[str, Any] = {
        "orders": world.police.orders,
        "hours": model.posts.ledger[day],
        "mobilisation": (staff._ordered, staff.lent),
        "roster": (staff.roster._beat_weight, staff._patrol),
        "cases in turn": [
            queues(model.now_min, post, model.posts.cases, model.posts.bureau.rule)
            for post in (Post.DETECTIVES, Post.ANTI_FRAUD)
        ],
        "sessions": (
            world.disputes.rows["sessions"],
            world.disputes.rows["hours_left"] > 0,
            world.disputes.hours,
            world.disputes.joined,
        ),
        "desk of frauds": world.frauds.centre._replace(
            others=np.zeros(0)
        ),  # how many call about nothing today is no decision
        "watch": world.volunteers,
        "logs": world.logs.used,
    }
    tables = {
        "cells": world.ground.cells, "dwellings": world.society.dwellings, "residents": world.society.residents,
        "shops": world.society.shops,
        "cases": model.posts.cases.rows[: model.posts.cases.used[0]],
    }  # fmt: skip
    for name, table in tables.items():
        found[name] = [table[column] for column in table.dtype.names if column not in TRUTH[name]]
    for programme in model.programmes:
        for name, value in vars(programme).items():
            if name not in NO_DECISIONS:
                found[f"{programme.name}.{name}"] = value
        for measure, noted in programme.diary.items():
            if measure not in FOLLOWS.get(programme.name, ()):
                found[f"{programme.name} notes {measure}"] = noted[: day + 1]
    return {name: b"|".join(values(value)) for name, value in found.items()}


def decided(strategy: dict[str, Any], another_truth: bool, *own: Programme) -> dict[str, bytes]:
    model = CityModel(scenario(strategy), programmes=own)
    model.run(DAY)
    for phase in BEFORE:
        getattr(model, phase)(DAY)
    if another_truth:
        hide_another_truth(model)
    for phase in DECISIONS:
        getattr(model, phase)(DAY)
    return decisions(model)


def changed_by_the_truth(strategy: dict[str, Any], *own: type[Programme]) -> list[str]:
    one, other = (decided(strategy, another_truth, *(kind() for kind in own)) for another_truth in (False, True))
    return [name for name in one if one[name] != other[name]]


@pytest.mark.parametrize("name", sorted(set(registered()) - {"oracle"}))
def test_what_a_strategy_does_does_not_depend_on_what_the_police_cannot_know(name: str) -> None:
    assert changed_by_the_truth({"name": name}) == []


@pytest.mark.parametrize("name", programmes())
def test_what_a_programme_does_does_not_depend_on_what_the_police_cannot_know(name: str) -> None:
    assert changed_by_the_truth(alone(name)) == []


def test_the_oracle_alone_is_told_the_truth_and_its_orders_follow_it() -> None:
    assert changed_by_the_truth({"name": "oracle"}) == ["orders"]
    assert [name for name, kind in registered().items() if kind.knows_truth] == ["oracle"]


@pytest.mark.parametrize("listens", [False, True])
def test_a_briefing_holds_nothing_of_what_the_police_cannot_know(listens: bool) -> None:
    model = CityModel(scenario(alone(LISTENS) if listens else {"name": "hotspot"}))
    model.run(DAY)
    before = model.briefing()
    assert min(len(before.recorded.cell), len(before.calls.cell), len(before.visits.cell)) > 100
    assert before.calls.by_patrol.any()
    hide_another_truth(model)
    assert fingerprint(model.briefing()) == fingerprint(before)


class Clairvoyant(Programme):
    """Work by a truth: a minute per unreported burglary, and the day on which the tensest dispute arose."""

    name = "clairvoyant"

    def day(self, today: Today) -> None:
        crimes = today.truth.logs.incidents[: today.truth.logs.used[INCIDENTS]]
        hidden = np.count_nonzero((crimes["type"] == IncidentType.BURGLARY) & (crimes["call_id"] < 0))
        hours = today.hours[Post.COMMUNITY]
        hours.spend(Work.VISITS, min(float(hidden), hours.able()))
        self.tensest = int(np.argmax(today.truth.disputes.rows["tension"][: today.truth.disputes.used[ROWS]]))
        self.offender = int(today.truth.offenders["resident_id"][today.truth.offenders["arrests"] == 0][0])


def test_a_programme_that_knows_more_is_found_out() -> None:
    changed = changed_by_the_truth({"name": "reactive"}, Clairvoyant)
    assert {"hours", "clairvoyant.tensest", "clairvoyant.offender"} <= set(changed)


def read_of_the_truth(source: str) -> list[int]:
    """Return the lines that do anything with a `.truth` but hand it, or a table of it, to a function."""
    tree = ast.parse(source)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "truth":
            given: ast.AST = node
            while isinstance(above[given], ast.Attribute):
                given = above[given]
            taker = above[given]
            handed_on = isinstance(taker, ast.keyword) or (isinstance(taker, ast.Call) and taker.func is not given)
            found += [] if handed_on else [node.lineno]
    return found


@pytest.mark.parametrize("module", sorted({kind.__module__ for kind in programmes().values()}))
def test_a_programme_reads_nothing_of_the_truth_itself(module: str) -> None:
    assert read_of_the_truth(inspect.getsource(sys.modules[module])) == []


def test_reading_the_truth_is_told_from_handing_it_on() -> None:
    reads = ("today.truth.logs.used[0]", "t = today.truth", "f(today.truth.offenders.argmax())")
    assert [read_of_the_truth(line) for line in reads] == [[1], [1], [1]]
    assert read_of_the_truth(inspect.getsource(Clairvoyant).strip()) != []
    assert read_of_the_truth("met = visit(homes, today.truth.society, public=today.truth.public)") == []


def test_how_many_units_go_to_a_call_follows_from_what_its_caller_says_and_not_from_what_it_is() -> None:
    demand = {
        "reporting": {"wrong_at_call": 0.5},
        **{name: {"per_1000_year": 15000.0} for name in ("service", "disorder", "alarm", "traffic")},
    }
    model = CityModel(Scenario(city=TOWN, force=FORCE, demand=demand, days=20, warmup_days=0))
    model.run()
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    told = calls[(calls["incident_id"] < 0) & ~calls["on_view"] & (calls["priority"] == 1)]
    grave = np.isin(told["type"], (IncidentType.DISORDER, IncidentType.BRAWL))
    assert (
        min(
            np.count_nonzero(told["true_type"][grave] == kind) for kind in (IncidentType.SERVICE, IncidentType.DISORDER)
        )
        > 5
    )
    assert np.array_equal(told["needed"], np.where(grave, 2, 1))
