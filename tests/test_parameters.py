"""Every parameter of a run says its unit, its bounds and where it is from.

A wrong value is reported in one clear line.
"""

from __future__ import annotations

import math
import pickle
import re
import typing
from collections import namedtuple
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from experiments.patterns.published import published
from scenarios.mixes import MIXES
from sim.incidents.profiles import CrimeParameters, PlaceCrimeParameters
from sim.incidents.service import ServiceParameters
from sim.parameters import CHOSEN, BadInput, Parameters, decay_min, one_line, parameter, rule_of
from sim.programmes.base import programmes
from sim.programmes.field_trial import FieldTrial
from sim.randomness import MAX_SEED
from sim.scenario import Scenario
from sim.strategies.base import parameters_class, registered
from sim.strategies.directed_patrol import DirectedPatrol

RATES = ("rate_per_1000", "per_1000_year")  # tests of the mixes demand a source beside each of them
FAR = 1e12  # beyond any bound that means something


class Declared(NamedTuple):
    path: str
    owner: type[Parameters]
    name: str
    info: FieldInfo
    others: dict[
        str, Any
    ]  # the rest of its part, as it stands in a scenario by default; some classes demand every value

    @property
    def default(self) -> Any:
        return self.others.get(self.name, self.info.default)

    @property
    def extra(self) -> dict[str, Any]:
        return self.info.json_schema_extra if isinstance(self.info.json_schema_extra, dict) else {}


def declared_in(owner: type[Parameters], prefix: str = "", part: Parameters | None = None) -> Iterator[Declared]:
    for name, info in owner.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, Parameters):
            yield from declared_in(kind, f"{prefix}{name}.", getattr(part, name, None) or info.default)
        else:
            yield Declared(prefix + name, owner, name, info, dict(part) if part else {})


def every_parameter() -> list[Declared]:
    """Return the parameters of a scenario, of strategies and of programmes, once for each class."""
    found = [one for one in declared_in(Scenario, "", Scenario()) if one.name != "programmes"]
    for strategy in registered():
        found += declared_in(parameters_class(strategy), f"strategy({strategy}).")
    for name, programme in programmes().items():
        found += declared_in(programme.Parameters, f"programmes.{name}.")
    return list({(one.owner, one.name): one for one in reversed(found)}.values())[::-1]


def types_in(annotation: Any) -> set[Any]:
    inner = typing.get_args(annotation)
    return {annotation} if not inner else set().union(*(types_in(one) for one in inner))


PARAMETERS = every_parameter()
NUMBERS = [one for one in PARAMETERS if types_in(one.info.annotation) & {int, float}]


def by_path(one: Declared) -> str:
    return one.path


def far_value(one: Declared, far: float) -> Any:
    """Return a value of the right shape, each number of it far outside."""
    return all_far(one.default, far) if typing.get_origin(one.info.annotation) is tuple else far


def all_far(like: Any, far: float) -> Any:
    return tuple(all_far(part, far) for part in like) or (far,) if isinstance(like, tuple) else far


def test_the_walk_reaches_the_branches_and_the_strategies() -> None:
    paths = {one.path for one in PARAMETERS}
    assert {"seed", "city.cell_m", "force.officers", "force.changes", "strategy(hotspot).dwell_min"} <= paths
    assert {
        "demand.burglary.rate_per_1000",
        "demand.event_dependence.near_boost",
        "demand.fraud.currency",
        "demand.reporting.wrong_at_call",
    } <= paths
    assert len(NUMBERS) > 150


@pytest.mark.parametrize("one", PARAMETERS, ids=by_path)
def test_every_parameter_has_a_unit_a_meaning_and_a_source_or_the_word_assumption(one: Declared) -> None:
    source = one.extra.get("source", "")
    assert one.extra.get("unit"), "no unit"
    assert len(one.info.description or "") > 5, "no meaning"
    # a choice of the user, derived when absent, a publication with its year, a frank assumption, or a rate whose source
    # stands in the file of each mix
    stands = (
        source == CHOSEN
        or source.startswith("absent: ")
        or "assumption" in source
        or re.search(r"\b(1[89]|20)\d\d\b", source)
    )
    of_a_mix = source.startswith("of the mix, see scenarios/mixes.py") and one.name in RATES
    assert stands or of_a_mix, f"source: {source!r}"


def test_parameters_are_told_in_the_words_of_the_field() -> None:
    """Rates are per year, not a year; people are personnel, not heads; a paper has its author and year."""
    shunned = re.compile(
        r"\bheads?\b|\bbooks\b|\bmanieth\b|\bone's own\b|\bso (many|long|lately|soon)\b|\bhand(s|ed) over\b|\ba paper\b"
        r"|\b(residents|people|share|probability|h|min|yuan|calls) an? (year|month|week|day|hour|call|case|head)\b"
    )
    told = (
        (one.path, *(str(one.extra.get(key)) for key in ("unit", "source")), one.info.description or "")
        for one in PARAMETERS
    )
    assert [texts for texts in told if any(shunned.search(text) for text in texts[1:])] == []


@pytest.mark.parametrize("one", NUMBERS, ids=by_path)
def test_every_number_has_a_lower_and_an_upper_bound_and_is_finite(one: Declared) -> None:
    for far in (-FAR, FAR, float("nan"), float("inf")):
        with pytest.raises(ValidationError) as caught:
            one.owner.model_validate({**one.others, one.name: far_value(one, far)})
        assert str(one_line(caught.value)).startswith(one.name), "the complaint does not name the parameter"


TIMES = ("min", "h", "days", "months", "years", "km/h", "m", "times")


@pytest.mark.parametrize(
    "one",
    [one for one in NUMBERS if str(one.extra.get("unit", "")).split(" ")[0].split("/day")[0] in TIMES],
    ids=by_path,
)
def test_no_time_distance_speed_or_factor_begins_just_above_nothing(one: Declared) -> None:
    """A task of a billionth of a minute is done for ever; memory cannot hold campaigns of a billionth of a day."""
    if isinstance(one.default, tuple) or not isinstance(one.default, int | float):
        return
    with pytest.raises(ValidationError):
        one.owner.model_validate({**one.others, one.name: -FAR})
    for tiny in (1e-9, 1e-300):
        try:
            made = one.owner.model_validate({**one.others, one.name: tiny})
        except ValidationError:
            continue
        assert getattr(one.owner.model_validate({**one.others, one.name: 0}), one.name) == 0, (
            f"{tiny} is allowed and 0 is not: {made}"
        )


@pytest.mark.parametrize("one", PARAMETERS, ids=by_path)
def test_every_default_is_allowed(one: Declared) -> None:
    value = one.default if one.name in one.others else one.info.get_default(call_default_factory=True)
    assert getattr(one.owner.model_validate({**one.others, one.name: value}), one.name) == value


def test_a_part_given_as_a_dict_is_completed_from_the_default_of_its_place() -> None:
    """Place matters: a brawl and a burglary are of one class, and each keeps its own severity."""
    whole = Scenario()
    changed = Scenario.model_validate({"demand": {"brawl": {"rate_per_1000": 50}, "burglary": {"rate_per_1000": 3}}})
    assert changed.demand.brawl.harm_days == whole.demand.brawl.harm_days != changed.demand.burglary.harm_days
    assert difference(changed.model_dump(), whole.model_dump()) == {
        "demand.brawl.rate_per_1000": 50.0,
        "demand.burglary.rate_per_1000": 3.0,
    }


def test_parts_are_completed_on_every_floor_of_the_tree_whether_given_as_dicts_or_not() -> None:
    whole = Scenario()
    tree = {
        "people": {"residents": {"ties": {"friends": 9.0}}},
        "demand": {"disputes": {"mediation": {}}, "event_dependence": {"near_boost": 0.0}},
    }
    changed = Scenario.model_validate(tree)
    assert difference(changed.model_dump(), whole.model_dump()) == {
        "people.residents.ties.friends": 9.0,
        "demand.event_dependence.near_boost": 0.0,
    }
    assert Scenario(demand=changed.demand, people=changed.people) == changed
    graver = Scenario.model_validate({"demand": {**dict(whole.demand), "brawl": {"harm_days": 12.0}}})
    assert difference(graver.model_dump(), whole.model_dump()) == {"demand.brawl.harm_days": 12.0}


def difference(one: dict[str, Any], other: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return by dotted name what one tree says otherwise than another."""
    found = {}
    for name, value in one.items():
        if isinstance(value, dict):
            found |= difference(value, other[name], f"{prefix}{name}.")
        elif value != other[name]:
            found[prefix + name] = value
    return found


def test_a_type_of_crime_without_a_severity_is_refused() -> None:
    """It would count for nothing in the harm of a city."""
    for kind in (CrimeParameters, PlaceCrimeParameters):
        given = {name: getattr(Scenario().demand.brawl, name) for name in kind.model_fields}
        optional = ServiceParameters.model_fields.keys() | {"held_probability"}  # nobody is, unless it is said
        for name in kind.model_fields.keys() - optional:
            with pytest.raises(ValidationError, match="Field required") as caught:
                kind.model_validate({other: value for other, value in given.items() if other != name})
            assert one_line(caught.value).field == name


class Heard(Parameters):
    reach_m: float = 150.0
    shares: tuple[float, float] = (0.25, 0.75)
    pair_days: float = 2.0
    waits_hours: tuple[float, float] = (0.5, 3.0)
    half_life_min: float = 30.0
    most: int = 3
    seen: bool = True
    way: str = "north"
    limit: float | None = None


class Also(Parameters):
    most: int = 4
    share: float = 0.1


def test_a_rule_is_made_of_what_is_declared_in_the_units_of_kernels() -> None:
    class Rule(NamedTuple):
        shares: Any
        pair_min: float
        waits_min: Any
        half_life_min: float
        decay_min: float
        most: int
        seen: bool
        reach_cells: float
        share: float

    given = Heard(pair_days=3)
    rule = rule_of(
        Rule, given, Also(), reach_cells=given.reach_m / 100, decay_min=decay_min(given.half_life_min), most=given.most
    )
    assert rule.shares.tolist() == [0.25, 0.75]
    assert rule.waits_min.tolist() == [30.0, 180.0]
    assert (rule.pair_min, rule.half_life_min, rule.reach_cells, rule.share) == (3 * 1440, 30.0, 1.5, 0.1)
    assert 0.5 ** (7.0 / given.half_life_min) == pytest.approx(math.exp(-7.0 / rule.decay_min))
    assert (rule.most, type(rule.most), rule.seen) == (3, int, True)


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("reach", "0 parameters"), ("most", "2 parameters"), ("way", "no number"), ("limit", "no number"),
    ],
)  # fmt: skip
def test_a_field_of_a_rule_that_follows_from_nothing_or_from_two_things_is_refused(field: str, why: str) -> None:
    rule = namedtuple("rule", [field])
    with pytest.raises(TypeError, match=rf"rule\.{field}\b.*{why}"):
        rule_of(rule, Heard(), Also())
    with pytest.raises(TypeError, match="unexpected"):
        rule_of(rule, Heard(), Also(), **{field: 1.0, "other": 2.0})
    assert rule_of(rule, Heard(), Also(), **{field: 1.0}) == (1.0,)


def test_a_seed_is_what_the_generator_can_tell_apart() -> None:
    assert Scenario(seed=MAX_SEED).seed == MAX_SEED
    with pytest.raises(ValidationError):
        Scenario(seed=MAX_SEED + 1)


def test_a_scenario_survives_being_written_and_read() -> None:
    scenario = Scenario.model_validate(
        {"seed": 5, "strategy": {"name": "hotspot", "dwell_min": 7.0}, "city": {"beats": 3}}
    )
    assert Scenario.model_validate(scenario.model_dump(mode="json")) == scenario
    assert scenario.model_dump(mode="json")["strategy"]["dwell_min"] == 7.0


def test_a_scenario_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Scenario().seed = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("tree", "line"),
    [
        ({"force": {"officers": -3}}, r"force\.officers: -3 is not allowed: .*greater than or equal to 0"),
        ({"force": {"oficers": 3}}, r"force\.oficers: 3 is not allowed: there is no such parameter"),
        ({"sead": 3}, r"sead: 3 is not allowed: there is no such parameter"),
        ({"seed": "abc"}, r"seed: 'abc' is not allowed: .*integer"),
        ({"days": 1.5}, r"days: 1\.5 is not allowed: .*integer"),
        ({"city": {"kind": "mars"}}, r"city\.kind: 'mars' is not allowed: .*'synthetic' or 'from_data'"),
        ({"city": {"cell_m": float("nan")}}, r"city\.cell_m: nan is not allowed: .*finite"),
        ({"demand": {"theft": {}}}, r"demand\.theft: \{\} is not allowed: there is no such parameter"),
        (
            {"demand": {"brawl": {"rate_per_1000": -1}}},
            r"demand\.brawl\.rate_per_1000: -1 is not allowed: .*greater than or equal to 0",
        ),
        ({"demand": {"brawl": {"rates": 1}}}, r"demand\.brawl\.rates: 1 is not allowed: there is no such parameter"),
        ({"demand": {"brawl": 5}}, r"demand\.brawl: 5 is not allowed: .*"),
        (
            {"force": {"changes": [{"factor": 0.0}]}},
            r"force\.changes\.0\.factor: 0\.0 is not allowed: .*greater than 0",
        ),
        (
            {"strategy": {"name": "hotspot", "dwell_min": -1}},
            r"strategy\.dwell_min: -1 is not allowed: .*greater than or equal to 0",
        ),
        (
            {"strategy": {"name": "reactive", "dwell_min": 4}},
            r"strategy\.dwell_min: 4 is not allowed: there is no such parameter",
        ),
        (
            {"strategy": {"name": "os.system"}},
            r"strategy: 'os\.system' is not allowed: one of " + ", ".join(registered()),
        ),
    ],
    ids=str,
)
def test_a_wrong_value_is_one_line_with_field_value_and_what_is_allowed(tree: dict[str, Any], line: str) -> None:
    with pytest.raises((ValidationError, BadInput)) as caught:
        Scenario.model_validate(tree)
    complaint = str(caught.value if isinstance(caught.value, BadInput) else one_line(caught.value))
    assert re.match(line, complaint)
    assert "\n" not in complaint


def test_the_line_names_the_branch_that_it_is_told() -> None:
    class Few(Parameters):
        beats: int = parameter(3, unit="beats", ge=1, le=9, source="assumption", doc="Number of beats.")

    with pytest.raises(ValidationError) as caught:
        Few(beats=0)
    bad = one_line(caught.value, "city")
    assert (bad.field, bad.value) == ("city.beats", 0)
    assert "greater than or equal to 1" in bad.allowed


def test_bad_input_comes_back_whole_from_another_process() -> None:
    bad = pickle.loads(pickle.dumps(BadInput("city.cell_m", -1, "a length above 10 m")))
    assert str(bad) == "city.cell_m: -1 is not allowed: a length above 10 m"
    assert (bad.field, bad.value, bad.allowed) == ("city.cell_m", -1, "a length above 10 m")


CITED = re.compile(r"[A-Z]\w+(?: (?:et al\.|i \w+|&|[A-Z]\w+),?)* ?\(?(?:19|20)\d\d")  # such as `Short et al. 2009`


def cited(source: str) -> set[str]:
    return {found.replace("(", "") for found in CITED.findall(source)}


def test_no_parameter_cites_what_is_kept_to_test_the_model() -> None:
    """As far as a machine can tell: by author and year, unless another pattern of the same source is calibrated to.

    Of a field experiment the design is a parameter (how many places, how long), and the outcome is kept; in Kansas City
    residents were also asked whether they had noticed anything.
    """
    kept, used = (
        set().union(*(cited(it.source) for it in published() if it.use in uses))
        for uses in (("validate",), ("calibrate", "specify"))
    )
    assert {"Short et al. 2009", "BJS 2014"} <= kept - used
    designs = FieldTrial.Parameters, DirectedPatrol.Parameters
    of_parameters = {
        one.path: cited(one.extra["source"]) & (kept - used) for one in PARAMETERS if one.owner not in designs
    }
    assert of_parameters.pop("presence.seen_on_foot_times") == {"Kelling et al. 1974"}
    assert {name: sources for name, sources in of_parameters.items() if sources} == {}
    of_mixes = {key: cited(value.source) & (kept - used) for mix in MIXES.values() for key, value in mix.values.items()}
    assert {key: sources for key, sources in of_mixes.items() if sources} == {}
