"""Shortages and levers: pure, each changes what it says and nothing else, combinable in any order and over time.

Contradictions are refused.
"""

from __future__ import annotations

import inspect
import typing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import shortages
from scenarios.parts import Kind, changes_scenario
from scenarios.shortages import (
    apply,
    attrition,
    auxiliaries,
    headquarters_heavy,
    kinds,
    night_gap,
    pooling,
    secondment,
    specialists,
    surge,
    to_the_street,
    training,
    uneven_districts,
    uniform,
)
from sim.columns import table
from sim.incident_types import IncidentType
from sim.incidents.call_changes import DemandChange, DiversionChange, demand_factor, diverted
from sim.parameters import CHOSEN, BadInput
from sim.periods import turns
from sim.police.force.head_changes import ESTABLISHMENT_COLUMNS, HeadChange, head_factor, heads_on
from sim.police.parameter_changes import CHANGEABLE, ParameterChange, value_on
from sim.police.posts import POST_NAMES, SHIFT_POSTS, STATION_POSTS, Post
from sim.scenario import Scenario, prepared, scenario_on

FULL = Scenario()
ALL = tuple(kinds())
CONFIGS = Path(__file__).parents[2] / "configs" / "shortage"
HEADS_LOST = ("uniform", "specialists", "night_gap", "secondment")
HEADS_MOVED = ("headquarters_heavy", "uneven_districts", "to_the_street", "training")
WHAT_IT_SETS = {  # each kind → the fields of the scenario that it changes, its name apart
    **dict.fromkeys((*HEADS_LOST, *HEADS_MOVED, "auxiliaries"), frozenset({"force.changes"})),
    "training": frozenset({"force.changes", "changes"}),
    "surge": frozenset({"demand.changes"}),
    "non_police_calls": frozenset({"demand.changes"}),
    "diversion": frozenset({"demand.diversion"}),
    "roster": frozenset({"force.roster_changes"}),
    **dict.fromkeys(("attrition", "overtime", "pooling", "incentives"), frozenset({"changes"})),
}


def establishment(districts: int = 4, shifts: int = 3, seed: int = 1) -> np.ndarray:
    """Return a force of unequal posts, districts and shifts at full strength."""
    rows = [
        (post, district, shift, auxiliary)
        for post in Post
        for district in (range(districts) if post in STATION_POSTS else (-1,))
        for shift in (range(shifts) if post in SHIFT_POSTS else (-1,))
        for auxiliary in (False, True)
    ]
    found = table(ESTABLISHMENT_COLUMNS, len(rows))
    found[["post", "district", "shift", "auxiliary"]] = rows
    found["heads"] = np.random.default_rng(seed).integers(1, 40, len(rows))
    return found


FORCE = establishment()


def heads(scenario: Scenario, day: int, where: Any = ...) -> float:
    return float(heads_on(scenario.force.changes, FORCE, day)[where].sum())


def full(where: Any = ...) -> float:
    return float(FORCE["heads"][where].sum())


def at(post: str) -> np.ndarray:
    return FORCE["post"] == POST_NAMES.index(post)


def leaves(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found = {}
    for key, value in tree.items():
        found |= leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return found


def changed(scenario: Scenario, base: Scenario = FULL) -> set[str]:
    before, after = leaves(base.model_dump()), leaves(scenario.model_dump())
    return {key for key in before | after if before.get(key) != after.get(key)}


def test_every_shortage_and_lever_that_was_asked_for_is_there() -> None:
    assert {*ALL} == {
        "uniform", "headquarters_heavy", "uneven_districts", "specialists", "night_gap", "attrition", "surge",
        "non_police_calls", "secondment",
        "to_the_street", "auxiliaries", "diversion", "overtime", "pooling", "roster", "training", "incentives",
    }  # fmt: skip
    assert all(getattr(shortages, kind).__name__ == kind for kind in ALL)


@pytest.mark.parametrize("kind", ALL)
def test_a_shortage_leaves_its_scenario_as_it_was_and_says_the_same_twice(kind: str) -> None:
    scenario = Scenario()
    before = scenario.model_dump_json()
    first, second = apply(scenario, {"kind": kind}), getattr(shortages, kind)(scenario)
    assert scenario.model_dump_json() == before
    assert first == second != scenario


@pytest.mark.parametrize("kind", ALL)
def test_a_shortage_changes_what_it_says_and_nothing_else(kind: str) -> None:
    assert changed(apply(FULL, {"kind": kind})) == {"shortage_name"} | WHAT_IT_SETS[kind]


@pytest.mark.parametrize("kind", ALL)
def test_a_shortage_declares_its_parameters_and_says_what_it_changes_what_it_costs_and_its_source(kind: str) -> None:
    text = " ".join((inspect.getdoc(getattr(shortages, kind)) or "").split())
    for field in WHAT_IT_SETS[kind] - {"changes"}:
        assert f"`{field}`" in text
    assert "It costs" in text
    assert "Source: " in text
    for name, info in kinds()[kind].model_fields.items():
        extra = info.json_schema_extra
        assert isinstance(extra, dict), name
        source = str(extra["source"])
        assert extra["unit"], name
        assert info.description, name
        assert source == CHOSEN or "assumption" in source, name


@pytest.mark.parametrize("kind", ALL)
def test_the_file_of_a_shortage_says_of_each_parameter_what_is_declared(kind: str) -> None:
    lines = (CONFIGS / f"{kind}.yaml").read_text(encoding="utf-8").splitlines()
    for name, info in kinds()[kind].model_fields.items():
        (line,) = (line for line in lines if line.startswith(f"{name}: "))
        assert (info.description or "").rstrip(".") in line
        if "[" in line.partition("#")[2]:
            assert isinstance(info.json_schema_extra, dict)
            assert line.endswith(f"[{info.json_schema_extra['unit']}]")


NUMBERS = [
    (kind, name)
    for kind, own in kinds().items()
    for name, info in own.model_fields.items()
    if {int, float} & {info.annotation, *typing.get_args(info.annotation)}
]


@pytest.mark.parametrize(("kind", "name"), NUMBERS)
@pytest.mark.parametrize("far", [-1e12, 1e12, float("nan")])
def test_a_number_out_of_bounds_is_refused_by_its_name(kind: str, name: str, far: float) -> None:
    with pytest.raises(BadInput) as caught:
        apply(FULL, {"kind": kind, name: far})
    assert caught.value.field == f"shortage.{name}"


@pytest.mark.parametrize("kind", ALL)
def test_a_resolved_scenario_is_the_same_when_it_is_read_again(kind: str) -> None:
    scenario = apply(FULL, {"kind": kind})
    assert Scenario.model_validate(scenario.model_dump(mode="json")) == scenario


@pytest.mark.parametrize("kind", HEADS_MOVED)
def test_heads_that_move_are_not_lost(kind: str) -> None:
    scenario = apply(FULL, {"kind": kind, "start_day": 10, "ramp_days": 7})
    for day in (9, 10, 13, 17, 400):
        assert heads(scenario, day) == pytest.approx(full(), rel=1e-12)
        for auxiliary in (False, True):
            here = FORCE["auxiliary"] == auxiliary
            assert heads(scenario, day, here) == pytest.approx(full(here), rel=1e-12), "a head stays what it is"
    assert np.abs(heads_on(scenario.force.changes, FORCE, 400) - FORCE["heads"]).max() > 0.1, "nobody moved"


def test_each_shortage_takes_heads_where_it_says() -> None:
    assert heads(uniform(FULL, fraction=0.3), 0) == pytest.approx(0.7 * full())
    short = specialists(FULL, fraction=0.4)
    for post in POST_NAMES:
        assert heads(short, 0, at(post)) == pytest.approx(
            (0.6 if post in ("detectives", "anti_fraud", "intelligence") else 1.0) * full(at(post))
        )
    night = night_gap(FULL, fraction=0.5)
    for shift, left in enumerate((0.5, 1.0, 1.0)):
        where = at("patrol") & (FORCE["shift"] == shift)
        assert heads(night, 0, where) == pytest.approx(left * full(where))
    away = secondment(FULL, fraction=0.25, start_day=5, days=3)
    sworn = at("patrol") & ~FORCE["auxiliary"]
    assert [heads(away, day) - full() for day in (4, 5, 7, 8)] == pytest.approx(
        [0, -0.25 * full(sworn), -0.25 * full(sworn), 0]
    )
    more = auxiliaries(FULL, fraction=0.5)
    assert heads(more, 0) == pytest.approx(full() + 0.5 * full(at("patrol") & FORCE["auxiliary"]))


def test_moves_go_where_they_say_within_district_and_shift() -> None:
    heavy = headquarters_heavy(FULL, fraction=0.2)
    stations = np.isin(FORCE["post"], STATION_POSTS)
    assert heads(heavy, 0, stations) == pytest.approx(0.8 * full(stations))
    assert heads(heavy, 0, at("headquarters")) == pytest.approx(full(at("headquarters")) + 0.2 * full(stations))
    street = to_the_street(FULL, fraction=0.4)
    assert heads(street, 0, at("patrol")) == pytest.approx(full(at("patrol")) + 0.4 * full(at("headquarters")))
    uneven = uneven_districts(FULL, fraction=0.3)
    for low, high in ((0, 1), (2, 3)):
        for shift in range(3):
            rich, poor = (at("patrol") & (FORCE["district"] == d) & (FORCE["shift"] == shift) for d in (low, high))
            assert heads(uneven, 0, poor) == pytest.approx(0.7 * full(poor))
            assert heads(uneven, 0, rich) == pytest.approx(full(rich) + 0.3 * full(poor))
    grown = training(FULL, fraction=0.1)
    assert heads(grown, 0, at("detectives")) == pytest.approx(
        full(at("detectives")) + 0.05 * full(at("patrol") & ~FORCE["auxiliary"])
    )
    assert heads(grown, 0, FORCE["auxiliary"]) == pytest.approx(full(FORCE["auxiliary"]))


def test_the_night_is_the_shift_that_is_on_duty_at_three() -> None:
    for starts, night in (((0.0, 8.0, 16.0), 0), ((7.0, 15.0, 23.0), 2), ((1.0, 13.0), 0), ((6.0, 18.0), 1)):
        scenario = night_gap(Scenario.model_validate({"force": {"shift_starts_hour": starts}}))
        assert {change.shift for change in scenario.force.changes} == {night}


def test_losses_and_moves_add_up_whatever_the_order_of_the_list() -> None:
    parts = [
        {"kind": "uniform", "fraction": 0.2},
        {"kind": "to_the_street", "fraction": 0.5},
        {"kind": "specialists"},
        {"kind": "auxiliaries"},
        {"kind": "surge"},
    ]
    one, other = apply(FULL, parts), apply(FULL, parts[::-1])
    assert heads_on(one.force.changes, FORCE, 50) == pytest.approx(heads_on(other.force.changes, FORCE, 50), rel=1e-12)
    assert one.demand == other.demand
    assert heads(one, 0, at("detectives")) == pytest.approx((1 - 0.2 - 0.4) * full(at("detectives")))
    assert heads(one, 0, at("headquarters")) == pytest.approx((1 - 0.2 - 0.5) * full(at("headquarters")))
    assert one.shortage_name == "uniform 20 % + to_the_street 50 % + specialists 40 % + auxiliaries 30 % + surge"


def test_a_list_does_what_its_parts_do_one_after_another() -> None:
    parts = [{"kind": "uniform", "fraction": 0.1}, {"kind": "none"}, {"kind": "pooling"}]
    assert (
        apply(FULL, parts) == apply(FULL, {"kind": "combined", "parts": parts}) == pooling(uniform(FULL, fraction=0.1))
    )
    assert apply(FULL, []) == apply(FULL, {"kind": "none"}) == FULL


def test_a_change_grows_in_its_ramp_and_ends_at_once() -> None:
    change = HeadChange(factor=0.6, start_day=10, days=20, ramp_days=4)
    factors = [head_factor([change], Post.PATROL, 0, 0, False, day) for day in (9, 10, 11, 12, 14, 29, 30)]
    assert factors == pytest.approx([1, 1, 0.9, 0.8, 0.6, 0.6, 1])
    assert [day for day in range(40) if turns([change], day)] == [11, 12, 13, 14, 30]
    forever = HeadChange(factor=0.6)
    assert [head_factor([forever], Post.DESK, 3, 2, True, day) for day in (0, 36_000)] == pytest.approx([0.6, 0.6])
    assert [day for day in range(40) if turns([forever], day)] == [0]


def test_days_of_changes_count_from_the_end_of_the_warm_up() -> None:
    scenario = uniform(surge(Scenario(warmup_days=12)), start_day=3)
    assert (scenario.demand.changes[0].start_day, scenario.force.changes[0].start_day) == (0, 3)
    carried_out = prepared(scenario)
    assert (carried_out.demand.changes[0].start_day, carried_out.force.changes[0].start_day) == (12, 15)
    with pytest.raises(BadInput, match=r"uniform\.start_day"):
        uniform(scenario, start_day=None)


def test_factors_of_demand_multiply_for_the_calls_that_they_are_about() -> None:
    changes = [
        DemandChange(factor=1.5, start_day=5, days=2),
        DemandChange(factor=2.0, calls=("service",), cause="other"),
        DemandChange(factor=0.5, cause="third"),
    ]
    assert [demand_factor(changes, "service", day) for day in (4, 5, 7)] == pytest.approx([1.0, 1.5, 1.0])
    assert [demand_factor(changes, "alarm", day) for day in (4, 5, 7)] == pytest.approx([0.5, 0.75, 0.5])
    assert demand_factor([], "alarm", 0) == 1.0
    handed_over = [
        DiversionChange(calls=("service",), share=0.5),
        DiversionChange(share=0.2, cause="other", ramp_days=10),
    ]
    assert diverted(handed_over, 5).share[[IncidentType.SERVICE, IncidentType.ALARM]] == pytest.approx(
        [1 - 0.5 * 0.9, 0.1]
    )


def test_a_parameter_has_the_value_of_its_day() -> None:
    scenario = apply(
        FULL,
        [
            {"kind": "attrition", "per_year": 0.13, "start_day": 10, "days": 20, "ramp_days": 10},
            {"kind": "pooling", "start_day": 15},
        ],
    )
    found = [scenario_on(scenario, day).force.wellbeing.attrition_per_year for day in (9, 15, 20, 29, 30)]
    assert found == pytest.approx([0.03, 0.08, 0.13, 0.13, 0.03])
    assert [scenario_on(scenario, day).dispatch.pooling for day in (14, 15)] == ["beat", "city"]
    assert changed(scenario_on(scenario, 20), scenario) == {"force.wellbeing.attrition_per_year", "dispatch.pooling"}
    assert scenario_on(FULL, 7) is FULL
    assert (
        value_on([ParameterChange(name="dispatch.pooling", value="city", ramp_days=5)], "dispatch.pooling", "beat", 4)
        == "beat"
    )


@pytest.mark.parametrize("name", CHANGEABLE)
def test_what_can_change_exists(name: str) -> None:
    part: Any = FULL
    for step in name.split("."):
        part = getattr(part, step)
    assert isinstance(part, int | float | str)


def test_a_bad_value_of_a_dated_parameter_is_refused_with_its_full_name() -> None:
    with pytest.raises(BadInput, match=r"^force\.overtime_share: 0\.9 is not allowed: .* 0\.5"):
        scenario_of([{"name": "force.overtime_share", "value": 0.9}])
    with pytest.raises(BadInput, match=r"^dispatch\.pooling: 'moon' is not allowed"):
        scenario_of([{"name": "dispatch.pooling", "value": "moon"}])


def scenario_of(changes: list[dict[str, Any]]) -> Scenario:
    from pydantic import ValidationError

    from sim.parameters import one_line

    try:
        return Scenario.model_validate({"changes": changes})
    except ValidationError as error:
        raise one_line(error) from None


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({"kind": "uniform", "fraction": 1.0}, r"shortage\.fraction: 1\.0 is not allowed: should be less than 1"),
        ({"kind": "uniform", "fraction": -0.1},
            r"shortage\.fraction: -0\.1 is not allowed: should be greater than or equal to 0"),
        ({"kind": "unifrom"}, r"shortage\.kind: 'unifrom' is not allowed: one of none, combined, .*uniform"),
        ({"kind": "none", "fraction": 0.2}, r"shortage\.fraction: 0\.2 is not allowed: nothing with the kind none"),
        ({"kind": "uniform", "frac": 0.2}, r"shortage\.frac: 0\.2 is not allowed: there is no such parameter"),
        ({"kind": "combined", "parts": []},
            r"shortage\.parts: \[\] is not allowed: combined has `parts` alone, a list of one or more"),
        ({"kind": "combined"}, r"shortage\.parts: None is not allowed: combined has `parts` alone"),
        ({"kind": "combined", "parts": [], "days": 3}, r"shortage\.days: 3 is not allowed"),
        ([{"kind": "none"}, {"kind": "specialists", "posts": ["watch"]}],
            r"shortage\.1\.posts\.0: 'watch' is not allowed: one of headquarters, "),
        ({"kind": "surge", "calls": ["burglary"]},
            r"shortage\.calls\.0: 'burglary' is not allowed: one of traffic, .*crimes and disputes follow"),
        ({"kind": "uniform", "days": 3, "ramp_days": 9}, r"uniform\.ramp_days: 9 is not allowed: at most the 3 days"),
        ({"kind": "uneven_districts", "districts": [4]},
            r"uneven_districts\.districts: \[4\] is not allowed: some, not all, of 0 to 3"),
        ({"kind": "uneven_districts", "districts": [0, 1, 2, 3]}, r"uneven_districts\.districts: .* some, not all"),
        ([{"kind": "uniform"}, {"kind": "uniform", "fraction": 0.2}],
            r"force\.changes\.1: 'uniform: every post from day 0 on' .*: at most one at a time"),
        (
            [{"kind": "surge", "start_day": 5, "days": 5}, {"kind": "surge", "factor": 2, "start_day": 9, "days": 5}],
            r"demand\.changes\.1: 'surge: all calls from day 9 to day 13' is not allowed: at most one at a time, "
            "and another holds from day 5 to day 9",
        ),
        ([{"kind": "attrition"}, {"kind": "attrition", "per_year": 0.2, "start_day": 90}],
            r"changes\.1: 'attrition: force\.wellbeing\.\w+ from day 90"),
        (
            [{"kind": "uniform", "fraction": 0.6}, {"kind": "secondment", "fraction": 0.5}],
            r"force\.changes\.1\.factor: 0\.5 .*100 % of patrol; "
            r"60 % \(uniform\) \+ 50 % \(secondment\) .* day 0",
        ),
        ([{"kind": "uniform", "fraction": 0.5}, {"kind": "to_the_street", "fraction": 0.6}],
            r"force\.changes\.1\.factor: .* of headquarters; 50 % \(uniform\)"),
    ],
)  # fmt: skip
def test_bad_input_names_the_field_the_value_and_what_is_allowed(parts: Any, line: str) -> None:
    with pytest.raises(BadInput, match=f"^{line}"):
        apply(FULL, parts)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"post": "headquarters", "district": 1}, "district: 1 is not allowed: absent with headquarters"),
        ({"post": "community", "shift": 1}, "shift: 1 is not allowed: absent with community"),
        ({"post": "watch"}, "force.changes.0.post: 'watch' is not allowed: one of headquarters"),
        ({"district": 4}, "force.changes.0.district: 4 is not allowed: 0 to 3"),
        ({"shift": 3}, "force.changes.0.shift: 3 is not allowed: 0 to 2"),
        ({"district": 0, "move_to_district": 7, "factor": 0.5},
            "force.changes.0.move_to_district: 7 is not allowed: 0 to 3"),
        ({"move_to": "patrol", "factor": 1.2}, "factor: 1.2 is not allowed: below 1 with move_to"),
        ({"post": "patrol", "move_to": "patrol", "factor": 0.5}, "move_to: 'patrol' is not allowed"),
        ({"move_to_district": 1, "factor": 0.5}, "move_to_district: 1 is not allowed: together with district"),
        ({"post": "patrol", "move_to": "detectives", "move_to_district": 1, "factor": 0.5},
            "move_to_district: 1 is not allowed: absent with detectives"),
        ({"factor": 0.0}, "force.changes.0.factor: 0.0 is not allowed: should be greater than 0"),
    ],
)  # fmt: skip
def test_a_change_that_a_force_cannot_carry_out_is_refused(change: dict[str, Any], says: str) -> None:
    from pydantic import ValidationError

    from sim.parameters import one_line

    with pytest.raises(ValidationError) as caught:
        Scenario.model_validate({"force": {"changes": [change]}})
    assert str(one_line(caught.value)).startswith(says)


def test_changes_of_one_thing_that_follow_each_other_do_not_contradict() -> None:
    scenario = apply(
        FULL, [{"kind": "uniform", "fraction": 0.2, "days": 30}, {"kind": "uniform", "fraction": 0.4, "start_day": 30}]
    )
    assert [heads(scenario, day) / full() for day in (29, 30)] == pytest.approx([0.8, 0.6])
    assert [attrition(FULL, days=9).changes[0].end_day, attrition(FULL).changes[0].end_day] == [9, np.inf]


def test_one_shift_has_no_night_and_one_district_no_neighbour() -> None:
    with pytest.raises(BadInput, match=r"^force\.shift_starts_hour: .* two shifts with night_gap"):
        night_gap(Scenario.model_validate({"force": {"shift_starts_hour": [0.0]}}))
    with pytest.raises(BadInput, match=r"one district; raise city\.districts"):
        uneven_districts(Scenario.model_validate({"city": {"districts": 1}}))


def test_heads_need_a_place_to_move_to() -> None:
    nobody = FORCE[FORCE["post"] != Post.HEADQUARTERS]
    with pytest.raises(BadInput, match="the force has"):
        heads_on(headquarters_heavy(FULL).force.changes, nobody, 0)


@st.composite
def parts_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    chosen = draw(
        st.lists(st.sampled_from((*HEADS_LOST, *HEADS_MOVED, "auxiliaries")), min_size=1, max_size=6, unique=True)
    )
    return [
        {
            "kind": kind,
            "fraction": draw(st.floats(0.01, 0.6)),
            "start_day": draw(st.integers(0, 30)),
            "days": (days := draw(st.none() | st.integers(1, 40))),
            "ramp_days": draw(st.integers(0, min(days or 20, 20))),
        }
        for kind in chosen
    ]


def possible(parts: list[dict[str, Any]]) -> Scenario | None:
    """Return the scenario, or nothing when some post would lose more personnel than it has on some day."""
    separate = [change for part in parts for change in apply(FULL, part).force.changes]
    kinds_of_heads = FORCE[["post", "district", "shift", "auxiliary"]].tolist()
    taking = [change for change in separate if change.factor < 1]
    too_many = any(head_factor(taking, *row, day) < -1e-6 for row in kinds_of_heads for day in range(75))
    if too_many:
        with pytest.raises(BadInput, match="together at most 100 %"):
            apply(FULL, parts)
        return None
    return apply(FULL, parts)


@given(parts=parts_lists(), day=st.integers(0, 80), seed=st.integers(0, 2**20))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_combination_is_refused_or_has_no_negative_heads_and_loses_only_what_it_says(
    parts: list[dict[str, Any]], day: int, seed: int
) -> None:
    scenario = possible(parts)
    if scenario is None:
        return
    force = establishment(seed=seed)
    found = heads_on(scenario.force.changes, force, day)
    lost = apply(FULL, [part for part in parts if part["kind"] not in HEADS_MOVED]).force.changes
    rows = force[["post", "district", "shift", "auxiliary"]].tolist()
    expected = sum(head_factor(lost, *row, day) * heads for row, heads in zip(rows, force["heads"], strict=True))
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(expected, rel=1e-9)
    assert heads_on(apply(FULL, parts[::-1]).force.changes, force, day) == pytest.approx(found, rel=1e-9, abs=1e-9)


def test_a_new_shortage_is_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, Kind] = {}
    monkeypatch.setattr("scenarios.parts._KINDS", known)

    @changes_scenario
    def holiday(
        scenario: Scenario,
        *,
        seed: int = shortages.parameter(3, unit="1", ge=0, le=9, source=CHOSEN, doc="Any number."),
    ) -> Scenario:
        return scenario.model_copy(update={"seed": seed})

    assert apply(FULL, {"kind": "holiday", "seed": 7}).seed == holiday(FULL, seed=7).seed == 7
    assert holiday(FULL).seed == 3
    assert [*known] == ["holiday"]
