"""Studies change what their names say, and nothing else; drivers of rates have units and sources."""

from __future__ import annotations

import pytest

from experiments.patterns.studies import EQUAL_TARGETS, EVENTS_OFF, PLACES, STUDIES, scenarios
from experiments.settings.command import execute
from experiments.validate import __main__ as validate
from experiments.validate.api import design
from experiments.validate.drivers import drivers_of
from scenarios.mixes import MIXES
from scenarios.stated import Stated, Value
from sim.scenario import Scenario


def test_variants_switch_off_what_their_names_say():
    points = scenarios("validate", list(validate.COMMAND.keys), {}, {})
    for name, switches in (
        ("no_events", EVENTS_OFF),
        ("equal_targets", EQUAL_TARGETS),
        ("neither", {**EVENTS_OFF, **EQUAL_TARGETS}),
    ):
        changed = dict(differences(points["city_western"].model_dump(), points[name].model_dump()))
        assert changed == {path.rpartition(".")[2]: value for path, value in switches.items()}
    assert points["large_china"].city.residents == 200_000


def test_a_study_of_a_shortage_has_its_own_whatever_the_user_chose_and_twice_the_time():
    points = scenarios("validate", list(validate.COMMAND.keys), {"shortage": "uniform20"}, {"days": 50})
    names = {
        study: points[study].shortage_name for study in ("city_western", "spiral_0", "spiral_40", "spiral_diversion")
    }
    assert names == {
        "city_western": "uniform 20 %",
        "spiral_0": "none",
        "spiral_40": "uniform 40 %",
        "spiral_diversion": "uniform 30 % + diversion 50 %",
    }
    assert (points["city_western"].days, points["spiral_30"].days) == (50, 100)
    assert points["spiral_hires"].force.wellbeing.hires_per_year > points["spiral_30"].force.wellbeing.hires_per_year
    assert (points["silos"].coordination.structure, points["joint_centre"].coordination.structure) == (
        "silos",
        "joint_centre",
    )


def test_a_switch_of_a_parameter_that_does_not_exist_is_an_error(monkeypatch):
    monkeypatch.setitem(
        STUDIES, "county_china", STUDIES["county_china"]._replace(switches={"people.residents.no_such": 1})
    )
    with pytest.raises(LookupError, match=r"no parameter people\.residents\.no_such"):
        scenarios("validate", list(validate.COMMAND.keys), {}, {})


def test_the_places_are_those_of_the_preset_or_of_the_bands_that_hold():
    def studies(*words):
        found = {}
        assert execute(validate.COMMAND, words, lambda request: found.update(made=design(request))) == 0
        plan, points = found["made"]
        return plan["places"], set(points)

    assert studies() == (PLACES, set(PLACES))
    assert studies("preset=city_western") == (("city_western",), {"city_western"})
    assert studies("preset=city_china", "bands=county_china") == (("county_china",), {"county_china"})
    of_china = {name for name, study in STUDIES.items() if study.preset == "county_china"}
    assert studies("preset=county_china", "scope=full")[1] == of_china


def differences(one, other):
    for key, value in one.items():
        if isinstance(value, dict):
            yield from differences(value, other[key])
        elif value != other[key]:
            yield key, other[key]


def test_drivers_have_units_and_the_source_of_the_mix_goes_before_that_of_the_parameter(monkeypatch):
    values = {"burglary.rate_per_1000": Value(9, "somebody 2020"), "service.per_1000_year": Value(5, "them")}
    monkeypatch.setitem(MIXES, "made_up", Stated("A mix.", values))
    found = {driver.key: driver for driver in drivers_of("burglary", Scenario(), "made_up")}
    assert found["burglary.rate_per_1000"].source == "somebody 2020"
    assert "per 1,000 residents per year" in found["burglary.rate_per_1000"].text
    assert found["burglary.report_probability"].source != "somebody 2020"
    assert drivers_of("service", Scenario(), "made_up")[0].source == "them"
    assert drivers_of("no such kind", Scenario(), "made_up") == []
