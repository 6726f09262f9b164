"""Strategies and programmes of a user's own.

Tried before they are compared, and where they fail, one line says whose fault it is and where.
"""

from __future__ import annotations

import itertools
import logging
import os
import pickle
import random
import re
import signal
import sys
import time
from datetime import date, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from small_commands import SMALL_TOWN

from experiments import run
from experiments.compare import __main__ as compare
from experiments.runs.trial import own_code
from sim import registry, strategies
from sim.authors import code_of
from sim.model import CityModel
from sim.parameters import AuthorError, BadInput, parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes import base as programmes_base
from sim.programmes.base import Programme, programme_class, programmes
from sim.scenario import Scenario
from sim.strategies import base as strategies_base
from sim.strategies import check
from sim.strategies.base import Strategy, StrategyParameters, registered, strategy_class
from sim.strategies.check import check_strategy
from sim.strategies.plan import ANY_UNIT, PatrolPlan

SMALL = (
    *SMALL_TOWN,
    "days=2",
    "warmup_days=1",
    "workers=1",
)


class Good(Strategy):
    """Waits."""

    name = "good"

    class Parameters(StrategyParameters):
        """One of each kind."""

        patience: float = parameter(1.0, unit="1", ge=0, le=9, source="assumption", doc="Of no use.")

    def plan(self, briefing, rng):
        return PatrolPlan.none()


class Raises(Good):
    """Fails after the first week."""

    name = "raises"

    def plan(self, briefing, rng):
        return PatrolPlan.of(briefing.beats.centre_cell, 1 // int(briefing.now_min == 0), 1, ANY_UNIT)


class Leaves(Good):
    """Ends the process."""

    name = "leaves"

    def plan(self, briefing, rng):
        sys.exit(0)


class Shares(Good):
    """Draws where everybody draws."""

    name = "shares"

    def plan(self, briefing, rng):
        return PatrolPlan.of(briefing.beats.centre_cell, random.random(), 1, ANY_UNIT)


class Remembers(Good):
    """Keeps a memory in its class."""

    name = "remembers"
    seen: ClassVar[list[float]] = []

    def plan(self, briefing, rng):
        self.seen.append(briefing.now_min)
        return PatrolPlan.of(briefing.beats.centre_cell, len(self.seen), 1, ANY_UNIT)


class OtherHotspot(Good):
    """Takes the name of another."""

    name = "hotspot"


class Misnamed(Good):
    """Is registered under another name."""

    name = "another"


class Idle(Programme):
    """Gives back to the police what they pay for it."""

    name = "idle"

    def day(self, today):
        hours = today.hours[Post.COMMUNITY]
        hours.spend(Work.VISITS, hours.able())


class Quits(Idle):
    """Ends the process on the second day."""

    name = "quits"

    def day(self, today):
        super().day(today)
        if today.day == 1:
            raise SystemExit(0)


class Gambles(Idle):
    """Draws where everybody draws."""

    name = "gambles"

    def day(self, today):
        hours = today.hours[Post.COMMUNITY]
        hours.spend(Work.VISITS, hours.able() * np.random.random())  # noqa: NPY002 (what it must not do)


OWN = {
    "beatlab.strategies": {kind.name: kind for kind in (Good, Raises, Leaves, Shares, Remembers, OtherHotspot)},
    "beatlab.programmes": {kind.name: kind for kind in (Idle, Quits, Gambles)},
}


@pytest.fixture(autouse=True)
def installed(monkeypatch, tmp_path):
    """Install a package of strategies and programmes, of which one is not there, one no class, one called otherwise."""
    points = [
        EntryPoint(name, f"{__name__}:{kind.__name__}", group)
        for group, kinds in OWN.items()
        for name, kind in kinds.items()
    ]
    points.append(EntryPoint("gone", "no_such_module:Gone", "beatlab.strategies"))
    points.append(EntryPoint("number", f"{__name__}:SMALL", "beatlab.strategies"))
    points.append(EntryPoint("misnamed", f"{__name__}:Misnamed", "beatlab.strategies"))
    monkeypatch.setattr(registry, "entry_points", lambda group: [point for point in points if point.group == group])
    monkeypatch.chdir(tmp_path)
    strategies_base.registry.cache_clear()
    programmes_base.registry.cache_clear()
    yield
    strategies_base.registry.cache_clear()
    programmes_base.registry.cache_clear()


def refused(capsys, command, *words):
    assert command.main([*SMALL, *words] if command is compare else [*SMALL[:-1], *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert not any(Path().iterdir())
    return err


def test_what_is_shipped_is_not_tried_and_all_else_is():
    for kinds, own in (registered(), OWN["beatlab.strategies"]), (programmes(), OWN["beatlab.programmes"]):
        assert not any(registry.shipped(kind) for kind in own.values())
        assert all(registry.shipped(kind) == (name not in own) for name, kind in kinds.items())


@pytest.mark.parametrize(
    ("strategy", "own"),
    [
        ({"name": "integrated"}, ()),
        ({"name": "good"}, ("good",)),
        ({"name": "reactive", "deployment": "good"}, ("good",)),
        ({"name": "good", "programmes": ["visits", "idle"]}, ("good", "idle")),
    ],
)
def test_what_is_not_shipped_is_told(strategy, own):
    assert own_code(Scenario(strategy=strategy).model_dump(mode="json")) == own


def test_a_good_strategy_of_ones_own_is_compared(capsys):
    assert (
        compare.main(
            [
                *SMALL,
                "strategies=[reactive,good]",
                "shortages=[none]",
                "replications=2",
                "strategy.patience=3",
                "out=made",
            ]
        )
        == 0
    )
    assert Path("made/summary.parquet").exists()


@pytest.mark.parametrize("command", [run, compare], ids=["run", "compare"])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "raises",
            r"strategy 'raises' failed in the trial before the first run: .* on day 56: .*division.*; where: (\S+)$",
        ),
        (
            "leaves",
            r"strategy 'leaves' failed in the trial before the first run: .*SystemExit on day 0.*; where: (\S+)$",
        ),
        ("shares", r"strategy: 'shares' is not allowed: .*draws from the global generator of numpy or of Python"),
        ("remembers", r"strategy: 'remembers' is not allowed: .*no global or class variable"),
    ],
)
def test_a_strategy_that_breaks_its_promises_is_named_and_nothing_is_run(capsys, command, name, says):
    words = (
        [f"strategies=[reactive,{name}]", "shortages=[none]", "replications=2"]
        if command is compare
        else [f"strategy={name}"]
    )
    found = re.search(says, refused(capsys, command, *words))
    assert found
    if found.groups():
        trace = Path(found[1])
        assert f"{Path(__file__).name}" in trace.read_text()
        trace.unlink()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("quits", r"programme 'quits' failed on day 1 in the trial before the first run: SystemExit.*; where: (\S+)$"),
        ("gambles", r"programme: 'gambles' is not allowed: day\(\) draws from the global generator"),
    ],
)
def test_a_programme_that_breaks_its_promises_is_named_and_nothing_is_run(capsys, name, says):
    assert re.search(
        says,
        refused(
            capsys,
            compare,
            "strategies=[reactive]",
            "shortages=[none]",
            "replications=2",
            f"strategy.programmes=[{name}]",
        ),
    )


@pytest.mark.parametrize(
    "scenario",
    [{"strategy": {"name": "leaves"}}, {"strategy": {"name": "reactive", "programmes": ["quits"]}}],
    ids=["plan", "day"],
)
def test_an_authors_exit_is_an_error_with_its_traceback_that_crosses_the_border_between_processes(scenario):
    city = {"name": "t", "residents": 2000, "area_km2": 2, "beats": 1, "districts": 1, "centres": 1}
    with pytest.raises(AuthorError, match=r"'(leaves' .* day 0|quits' .* day 1): SystemExit") as caught:
        CityModel(Scenario(city=city, days=2, warmup_days=0, **scenario)).run()
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.traceback_text) == (str(caught.value), caught.value.traceback_text)
    assert f"{Path(__file__).name}" in again.traceback_text


def test_two_classes_of_one_name_are_refused_with_both_modules_when_the_name_is_asked_for(capsys):
    assert f"Hotspot of sim.strategies.hotspot and OtherHotspot of {__name__} both have it" in refused(
        capsys, run, "strategy=hotspot"
    )
    assert run.main([*SMALL[:-1], "strategy=random_patrol", "--cfg"]) == 0


def test_what_cannot_be_loaded_stands_in_nobody_elses_way(capsys):
    assert strategy_class("good") is Good
    said = refused(capsys, run, "strategy=gone")
    assert "gone (no_such_module:Gone)" in said
    assert "ModuleNotFoundError" in said
    assert "number" in said
    assert "name 'another'" in said
    with pytest.raises(BadInput, match=r"^strategy\.programmes: \['idle'\] is not allowed"):
        programme_class(["idle"])


def test_a_module_with_a_syntax_error_is_named_with_file_and_line_and_only_when_it_may_be_meant(
    capsys, monkeypatch, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("modules")
    (folder / "halved.py").write_text("import numpy\n\ndef plan(:\n    pass\n")
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(folder)])
    strategies_base.registry.cache_clear()
    assert run.main([*SMALL[:-1], "strategy=random_patrol", "--cfg"]) == 0
    capsys.readouterr()
    assert re.search(
        r"sim\.strategies\.halved .* SyntaxError: .* \(.*halved\.py, line 3\)",
        refused(capsys, run, "strategy=halved"),
    )


def plans(body, **attributes):
    """Return a strategy that plans by a function."""
    return type("Made", (Good,), {"name": "made", "plan": body, "__module__": __name__, **attributes})


def asks(question):
    """Return a strategy whose stops are longer the greater the answer to a question is."""

    def plan(self, briefing, rng):
        return PatrolPlan.of(briefing.beats.centre_cell, 1, 1 + question(), ANY_UNIT)

    return plans(plan)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        (lambda: datetime.now().hour, "datetime.now"),
        (lambda: date.today().day, "date.today"),
        (lambda: time.localtime().tm_year, "time.localtime"),
        (lambda: int(time.time() // 1e9), "time.time"),
        (lambda: os.getpid() % 50, "posix.getpid"),
        (lambda: len(os.environ), "os.environ"),
        (lambda: len(os.environ.get("HOME", "")), "os.environ"),
        (lambda: len(os.environ["PATH"]), "os.environ"),
        (lambda: hash("abc") % 50, "builtins.hash"),
    ],
    ids=["hour", "day", "year", "coarse", "process", "environment", "get", "item", "hash"],
)
def test_a_strategy_that_asks_what_is_outside_the_model_is_told_although_two_plans_agree(question, named):
    with pytest.raises(AssertionError, match=rf"plan\(\) asks {named}; "):
        check_strategy(asks(question))


def test_code_of_others_may_look_at_the_clock():
    check_strategy(asks(lambda: int(logging.makeLogRecord({}).created < 0)))


def fails_at_once(self, **parameters):
    raise RuntimeError("no such file")


def forgets_its_parameters(self, **parameters):
    self.mine = parameters


@pytest.mark.parametrize(
    ("init", "says"),
    [
        (fails_at_once, r"strategy 'made': __init__\(\) fails with RuntimeError: no such file"),
        (lambda self, **_: sys.exit(0), r"strategy 'made': __init__\(\) fails with SystemExit: 0"),
        (lambda self, **_: os._exit(0), r"strategy 'made': __init__\(\) fails with Leaving: os\._exit\(0\)"),
        (lambda self: None, r"strategy 'made': __init__\(\) leaves no self\.parameters"),
        (forgets_its_parameters, r"strategy 'made': __init__\(\) leaves no self\.parameters"),
    ],
)
def test_a_strategy_that_cannot_be_made_is_named(init, says):
    with pytest.raises(AssertionError, match=says):
        check_strategy(plans(Good.plan, __init__=init))


def test_os_exit_does_not_end_a_command_with_the_status_of_its_author():
    with pytest.raises(AssertionError, match=r"plan\(\) .* Leaving on day 0: os\._exit\(0\)"):
        check_strategy(plans(lambda *_: os._exit(0)))
    with pytest.raises(AuthorError, match=r"^mine failed on day 3: .*os\._exit\(0\)\n"), code_of("mine", 3):
        os._exit(0)
    assert os._exit.__module__ == "posix"


def test_a_plan_that_never_comes_back_is_given_up(monkeypatch):
    monkeypatch.setattr(check, "MOST_SECONDS", 0.2)
    with pytest.raises(AssertionError, match=r"plan\(\) .* TooLong on day 0: .* 0\.2 s"):
        check_strategy(plans(lambda *_: [None for _ in itertools.count()]))
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (
            lambda self, briefing, rng: PatrolPlan.of(np.resize(briefing.beats.centre_cell, 10**6), 1, 1, ANY_UNIT),
            "at most 100 stops for each cell",
        ),
        (
            lambda self, briefing, rng: PatrolPlan.of(briefing.beats.centre_cell, np.nan, 1, ANY_UNIT),
            "weights are finite",
        ),
    ],
    ids=["huge", "nan"],
)
def test_a_plan_that_is_not_legal_is_no_failure_of_python(plan, says, capsys, monkeypatch):
    with pytest.raises(ValueError, match=says) as caught:
        check_strategy(plans(plan))
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("returned", [None, [1], PatrolPlan([1], [1.0], [1.0], [-1])], ids=["none", "list", "lists"])
def test_what_is_no_plan_is_said_in_a_run_too(returned):
    city = {"name": "t", "residents": 2000, "area_km2": 2, "beats": 1, "districts": 1, "centres": 1}
    model = CityModel(Scenario(city=city, days=2, warmup_days=0), strategy=plans(lambda *_: returned)())
    with pytest.raises(AuthorError, match=r"'made' failed on day 0: TypeError"):
        model.run()


def test_an_error_of_several_lines_is_told_with_its_kind():
    with pytest.raises(AuthorError, match=r"failed on day 1: ValueError: one\ntwo"), code_of("mine", 1):
        raise ValueError("one\ntwo")


class NoBase:
    """Holds no parameters."""


class Required(StrategyParameters):
    """Has one without a default."""

    share: float


class NoFile(StrategyParameters):
    """Has one that no file can hold."""

    thing: object = object()


class Explodes(StrategyParameters):
    """Fails as it is made."""

    def model_post_init(self, context):
        raise RuntimeError("boom")


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        ({"name": 3}, "its name is 3; write a text"),
        ({"name": "x" * 300}, "its name is 'xxx"),
        ({"name": "a/b"}, "its name is 'a/b'; write a text of at most 100 letters, without '/'"),
        ({"name": "a\x1bb"}, "its name is 'a.x1bb'"),
        ({"programmes": None}, r"programmes is None; write a tuple of names"),
        ({"programmes": "visits"}, r"programmes is 'visits'; write a tuple of names"),
        ({"needs": "visits"}, r"needs is 'visits'; write a tuple of names"),
        ({"Parameters": NoBase}, "derive its Parameters from StrategyParameters"),
        ({"Parameters": plans}, "derive its Parameters from StrategyParameters"),
        ({"Parameters": Required}, "its Parameters cannot be made without arguments .*share Field required"),
        ({"Parameters": NoFile}, "its Parameters cannot be made .* written to a file"),
        ({"Parameters": Explodes}, "its Parameters cannot be made .*boom"),
    ],
    ids=[
        "number",
        "long",
        "path",
        "escape",
        "nothing",
        "text",
        "needs",
        "no_base",
        "function",
        "required",
        "no_file",
        "explodes",
    ],
)
def test_a_class_that_cannot_be_used_is_named_and_stands_in_nobody_elses_way(attributes, says, monkeypatch):
    made = plans(Good.plan, **{"__module__": "sim.strategies.of_mine", **attributes})
    monkeypatch.setattr(registry, "_below", lambda base: iter([Good, made]) if base is Strategy else iter(()))
    found = registry.found(Strategy, "sim.strategies", "none")
    assert made not in found.kinds.values()
    with pytest.raises(BadInput, match=f"Made of sim.strategies.of_mine .*: {says}"):
        found.pick("made", "strategy")
