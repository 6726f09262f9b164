"""The design of a study of trials: which strategies are rolled out how, and which designs evaluate them, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.languages.speech import ENGLISH, check_language
from experiments.settings.compose import MIX, check_last_seed, compose, leaves, plan_of, scenario_of, with_values
from experiments.settings.mixtures import of_strategy
from experiments.settings.request import REPLICATED_KEYS, Command, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.scenario import Scenario

COMMAND = Command(
    name="trial",
    summary="Roll a strategy out in some districts and evaluate it from police records, beside what is true of it.",
    keys={
        "strategies": "names of what is rolled out, one after the other; the others go on as today",
        "designs": "before_after, matched, differences, stepped_wedge, hot_spots",
        "outcomes": "crimes_at_places, calls, or a type of crime such as burglary; the first one decides",
        "start_day": "measured day on which the roll-out begins, or on which the police first look at a bad month",
        "before_days": "days before it that are evaluated; null: all",
        "begin": "planned, in districts that are drawn; after_bad_month: where and when records have just been high",
        "bad_month": "records of four weeks against the usual, from which on a month is bad",
        "looks": "how often the police look, every four weeks; on the last look they begin in any case",
        "treated": "districts of a city that get the strategy; null: half",
        "steps": "steps of a stepped wedge; null: one a district",
        "fidelity": "share of the strategy that the first districts carry out at first (试点)",
        "fidelity_later": "the same of districts that follow (推广)",
        "cities": "cities in which one trial is held at once, each with its own districts",
        "replications": "trials, at least 3; each in cities of its own",
        "days": "measured days",
        **REPLICATED_KEYS,
    },
    examples=(
        "beatlab trial",
        "beatlab trial strategies=[hotspot,community] cities=4 replications=50",
        "beatlab trial begin=after_bad_month before_days=28 'designs=[before_after,differences]'",
    ),
)
DESIGNS = BEFORE_AFTER, MATCHED, DIFFERENCES, STEPPED_WEDGE, HOT_SPOTS = (
    "before_after", "matched", "differences", "stepped_wedge", "hot_spots"
)  # fmt: skip
AT_PLACES = "field_trial"  # programme of strategies that go to places drawn by lot: the design for them is HOT_SPOTS
BEGINS = PLANNED, AFTER_BAD_MONTH = ("planned", "after_bad_month")
MONTH, WEEK = 28, 7  # days
WAITING = "waiting"  # in the place of a strategy: nothing is rolled out


def design(request: Request) -> tuple[dict[str, Any], dict[str, Scenario]]:
    """Turn what the user asked for into a checked design.

    Returns
    -------
    plan : dict
        The keys of the command itself; after_days: days from the first of the roll-out to the end of the trial.
    scenarios : dict
        Strategy → its scenario with the first seed and without a course; `WAITING`: one in which none ever begins.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    from sim.parameters import BadInput

    if "strategy" in request.choices:
        raise BadInput("strategy", request.choices["strategy"], "left out: a trial takes a list, 'strategies=[…]'")
    for key, value in request.values.items():
        if key.startswith("strategy_course"):
            raise BadInput(key, value, "left out: a trial says itself what begins where")
    own = {key: value for key, value in request.values.items() if _of_strategies(key)}
    common = {key: value for key, value in request.values.items() if key not in own}
    tree = compose(request.command.name, request.choices, common)
    never = {"phases": [{"start_day": tree["days"]}]}  # so that the status quo goes on everywhere
    today = scenario_of({**tree, "strategy_course": never}, request.command.keys)
    plan = _plan(tree, today)
    scenarios, used = {WAITING: today}, set[str]()
    for name in dict.fromkeys(plan["strategies"]):
        if name == today.status_quo:
            raise BadInput("strategies", name, "another than the status quo, which goes on where nothing is rolled out")
        found = of_strategy(request.command.name, name, request.choices, common)
        known = {key: value for key, value in own.items() if key in set(leaves(found))}
        used |= known.keys()
        scenarios[name] = scenario_of(with_values(found, known), request.command.keys)
        _check_local(name, scenarios[name], plan)
    if HOT_SPOTS in plan["designs"] and not any(AT_PLACES in one.programmes for one in scenarios.values()):
        raise BadInput("designs", HOT_SPOTS, "with a strategy for places drawn by lot, such as directed_patrol")
    for key, value in own.items():
        if key not in used:
            raise BadInput(key, value, "a key that one of the strategies has; none of these has it")
    check_last_seed(today, plan["replications"] * plan["cities"])
    return plan, scenarios


def fits(design: str, scenario: Scenario) -> bool:
    """Whether a design evaluates a strategy: places drawn by lot have their own, districts all others."""
    return (design == HOT_SPOTS) == (AT_PLACES in scenario.programmes)


def _of_strategies(key: str) -> bool:
    """Whether a key belongs to a strategy or programme, which not all strategies have."""
    return key.startswith(("strategy.", "programmes.")) and key not in MIX


def _check_local(name: str, scenario: Scenario, plan: Mapping[str, Any]) -> None:
    """Refuse a strategy that cannot be limited to some districts, nor goes to places that are drawn for it."""
    from sim.parameters import BadInput

    if AT_PLACES in scenario.programmes:
        if HOT_SPOTS not in plan["designs"]:
            raise BadInput("designs", plan["designs"], f"{HOT_SPOTS} among them: {name} goes to places drawn by lot")
    elif plan["treated"] < scenario.city.districts or STEPPED_WEDGE in plan["designs"]:
        try:
            scenario_of({**dict(scenario), "strategy_course": {"phases": [{"districts": [0]}]}})
        except BadInput as error:
            raise BadInput("strategies", name, error.allowed) from None


def _plan(tree: Mapping[str, Any], today: Scenario) -> dict[str, Any]:
    """Check the keys that belong to the command itself."""
    from pydantic import Field

    from experiments.trial.kept import OUTCOMES
    from sim.parameters import BadInput

    lists = {key: [tree[key]] for key in ("strategies", "designs", "outcomes") if isinstance(tree[key], str)}
    plan = plan_of(
        {**tree, **lists},
        strategies=(list[str], Field(min_length=1)),
        designs=(list[str], Field(min_length=1)),
        outcomes=(list[str], Field(min_length=1)),
        start_day=(int, Field(ge=MONTH)),
        before_days=(int | None, Field(None, ge=MONTH)),
        begin=(str, Field(pattern=f"^({'|'.join(BEGINS)})$")),
        bad_month=(float, Field(gt=0, le=100)),
        looks=(int, Field(ge=1, le=100)),
        treated=(int | None, Field(None, ge=1)),
        steps=(int | None, Field(None, ge=1)),
        fidelity=(float, Field(ge=0, le=1)),
        fidelity_later=(float, Field(ge=0, le=1)),
        cities=(int, Field(ge=1, le=100)),
        replications=(int, Field(ge=3, le=10_000)),
        language=(str, ENGLISH),
    )
    check_language(plan["language"])
    for key, known in (("designs", DESIGNS), ("outcomes", OUTCOMES)):
        for name in plan[key]:
            if name not in known:
                raise BadInput(key, name, f"one of {', '.join(known)}")
    plan["days"], plan["seed"] = today.days, today.seed
    return _in_time(_in_districts(plan, today.city.districts))


def _in_districts(plan: dict[str, Any], districts: int) -> dict[str, Any]:
    """Check what has to do with districts, and fill in what was left open."""
    from sim.parameters import BadInput

    alone = [name for name in plan["designs"] if name not in (BEFORE_AFTER, HOT_SPOTS)]
    if alone and districts == 1:
        raise BadInput("designs", alone[0], "before_after, or a city of two districts or more: this one has 1")
    plan["treated"] = plan["treated"] or max(1, districts // 2)
    most = districts - 1 if {MATCHED, DIFFERENCES} & {*alone} else districts
    if plan["treated"] > most:
        why = "the city has" if most == districts else "some district has to go on as today, and the city has"
        raise BadInput("treated", plan["treated"], f"at most {most}: {why} {districts}")
    plan["steps"] = plan["steps"] or districts
    if plan["steps"] > districts:
        raise BadInput("steps", plan["steps"], f"at most one a district, that is {districts}")
    fewest = 2 + (plan["treated"] == districts)
    if DIFFERENCES in alone and districts * plan["cities"] <= fewest:
        raise BadInput("cities", plan["cities"], f"2 or more: {DIFFERENCES} takes 3 districts, and a city has 2")
    return plan


def _in_time(plan: dict[str, Any]) -> dict[str, Any]:
    """Check what has to do with days, and fill in what was left open."""
    from sim.parameters import BadInput

    last = plan["start_day"] + (plan["looks"] - 1) * MONTH * (plan["begin"] == AFTER_BAD_MONTH)
    if last > plan["days"] - MONTH:
        raise BadInput("start_day", plan["start_day"], f"{plan['days'] - MONTH - last + plan['start_day']} or earlier: "
            f"four weeks have to be left of days={plan['days']}")  # fmt: skip
    plan["before_days"] = plan["before_days"] or plan["start_day"]
    if plan["before_days"] > plan["start_day"]:
        raise BadInput("before_days", plan["before_days"], f"at most start_day={plan['start_day']}")
    if plan["begin"] == AFTER_BAD_MONTH and plan["start_day"] < 2 * MONTH:
        raise BadInput("start_day", plan["start_day"], f"{2 * MONTH} or later: a month is bad beside one before it")
    plan["after_days"] = plan["days"] - last
    if STEPPED_WEDGE in plan["designs"] and plan["after_days"] < WEEK * plan["steps"]:
        raise BadInput("steps", plan["steps"], f"at most one a week: {plan['after_days']} days are left for them")
    return plan
