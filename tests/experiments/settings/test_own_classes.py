"""Classes of a user's own: they are registered once, and an indicator keeps its promises or is named."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.presentation.indicators import indicator
from sim import extensions
from sim.check_indicator import check_indicator
from sim.outcomes.own_indicators import Indicator
from sim.parameters import AuthorError, BadInput
from sim.strategies.base import Strategy, registered
from sim.strategies.plan import PatrolPlan


@pytest.fixture(autouse=True)
def nothing_stays():
    """Forget what a test registers."""
    with extensions.loaded([]):
        yield


class Waits(Strategy):
    """Waits."""

    name = "waits"

    def plan(self, briefing, rng):
        return PatrolPlan.none()


class Two(Indicator):
    """Is 2."""

    name, unit = "two", "1"

    def measure(self, results):
        return 2.0


def made(name, body, base=Indicator, **attributes):
    """Return a class as another run of a cell would make it."""
    method = "plan" if base is Strategy else "measure"
    return type("Made", (base,), {"name": name, method: body, "unit": "1", "__module__": __name__, **attributes})


def test_a_class_is_registered_once_replaced_when_its_cell_is_run_again_and_refused_when_the_name_is_taken():
    extensions.register(Waits)
    assert registered()["waits"] is Waits
    first = made("waits_again", lambda *_: None, Strategy)
    second = made("waits_again", lambda *_: None, Strategy)
    extensions.register(first)
    extensions.register(second)
    assert registered()["waits_again"] is second
    named = {"plan": lambda *_: None, "__module__": __name__}
    other = type("Other", (Strategy,), {"name": "waits", **named})
    with pytest.raises(BadInput, match=r"^strategy: 'waits' is not allowed: .* both "):
        extensions.register(other)
    with pytest.raises(BadInput, match=r"^strategy: 'hotspot' .* sim\.strategies\.hotspot and .* both"):
        extensions.register(type("Third", (Strategy,), {"name": "hotspot", **named}))
    assert registered()["waits"] is Waits
    assert "hotspot" in registered()


@pytest.mark.parametrize("kind", [3, int, Waits.plan, type("NoName", (Strategy,), {})])
def test_what_is_no_strategy_programme_or_indicator_is_not_registered(kind):
    with pytest.raises(BadInput, match=r"^register: .* a class .*(Strategy|name)"):
        extensions.register(kind)


def test_an_indicator_says_how_it_is_shown():
    extensions.register(made("own_waits", lambda *_: 1.0, label="Waits of mine", unit="min", good=-1))
    assert indicator("own_waits")[:2] == ("Waits of mine", "min")
    assert indicator("own_waits").good == -1
    extensions.register(Two)
    assert indicator("two").label == "Two"


@pytest.mark.parametrize("nothing", [None, np.nan, np.ma.masked])
def test_an_indicator_may_have_nothing_to_measure(nothing):
    check_indicator(made("nothing", lambda *_: nothing))


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        (made("crimes_total", lambda *_: 1.0), BadInput, "indicator: 'crimes_total' .*the model does not use"),
        (made("seed", lambda *_: 1.0), BadInput, "a name that the model does not use itself"),
        (made("texts", lambda *_: "1"), BadInput, "indicator: 'texts' .*returned '1'"),
        (made("truths", lambda *_: True), BadInput, "returned True"),
        (made("ends", lambda *_: np.inf), BadInput, "returned inf"),
        (made("many", lambda *_: np.ones(3)), BadInput, "returned array"),
        (made("raises", lambda *_: {}["x"]), AuthorError, "indicator 'raises' failed on day 5: KeyError: 'x'"),
        (made("draws", lambda *_: np.random.random()), AssertionError, "it gives .* for one run"),  # noqa: NPY002
        (made("divides", lambda _, r: 1 / len(r.tables["calls"]["cell"])), AuthorError, "where nothing has happened"),
        (made("writes", lambda _, r: r.tables["calls"]["cell"].fill(0)), AuthorError, "read-only"),
        (made("clocks", lambda *_: __import__("time").time() // 1e9), AssertionError, "it asks time.time"),
        (made("a b", lambda *_: 1.0), AssertionError, "no name of letters and underscores"),
        (made("unitless", lambda *_: 1.0, unit=""), AssertionError, "it has no unit"),
        (Waits, AssertionError, "is no indicator"),
        ("nobody", BadInput, "indicator: 'nobody' is not allowed"),
    ],
)  # fmt: skip
def test_an_indicator_that_breaks_its_promises_is_named(kind, error, says):
    with pytest.raises(error, match=says):
        check_indicator(kind)
