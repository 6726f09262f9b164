"""Nobody is the victim of the own crime, and nobody offends in two rows.

Nobody in custody, and no one's own household, is met or burgled.

A town in which one in ten of those who may offends, and where careers are short, for the rare cases to be met in some
months.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim.arrays import Array
from sim.check import EVENTFUL, FORCE, TOWN
from sim.city.build import build_city
from sim.incident_types import PLACE_CRIMES, IncidentType, Target
from sim.incidents.log import CALLS, INCIDENTS
from sim.incidents.offence import break_in
from sim.incidents.targets import Occasion
from sim.model import CityModel
from sim.people.first_offenders import draw_offenders
from sim.people.offenders import OffenderParameters, begin_career, belief_rule, career_rule
from sim.people.residents import ResidentParameters, settle
from sim.scenario import Scenario

SHARE = 0.15
ALONE = {"residents": {"household_size": 1.0}, "offenders": {"share": SHARE, "co_offending": 1.0, "career_years": 0.05}}
DAYS = 200


@cache
def town(arrests: bool = False) -> CityModel:
    arrest = (
        {"arrest_probability": 1.0, "custody_days": 60, "custody_most_days": None}
        if arrests
        else {"arrest_probability": 0.0}
    )
    of_places = {
        name: {**EVENTFUL[name], **arrest} for name in (IncidentType(kind).name.lower() for kind in PLACE_CRIMES)
    }
    nobody_investigates = {} if arrests else {"investigation": {"worth_working": 1.0}}
    model = CityModel(
        Scenario(
            city=TOWN,
            force=FORCE,
            demand={**EVENTFUL, **of_places},
            people=ALONE,
            days=DAYS,
            warmup_days=0,
            **nobody_investigates,
        )
    )
    model.run()
    return model


def crimes(arrests: bool = False) -> Array:
    logs = town(arrests).world.logs
    return logs.incidents[: logs.used[INCIDENTS]]


def test_nobody_is_the_victim_of_a_crime_that_he_did_or_joined_in() -> None:
    found = crimes()
    suffered = found[found["victim_id"] >= 0]
    assert len(suffered) > 1200
    assert (suffered["victim_id"] != suffered["culprit_id"]).all()
    assert (suffered["victim_id"] != suffered["co_culprit_id"]).all()
    assert np.count_nonzero(suffered["co_culprit_id"] >= 0) > 400


def test_nobody_burgles_the_own_home_or_helps_to() -> None:
    residents = town().world.society.residents
    burgled = crimes()[(crimes()["type"] == IncidentType.BURGLARY) & (crimes()["victim_id"] >= 0)]
    assert len(burgled) > 50  # a third of all are of shops
    for who in ("culprit_id", "co_culprit_id"):
        took_part = burgled[who] >= 0
        assert (residents["dwelling"][burgled[who]] != residents["dwelling"][burgled["victim_id"]])[took_part].all()


def test_a_burglar_takes_any_home_of_a_cell_but_his_own_and_nothing_where_there_is_no_other() -> None:
    """At ten on a Monday, when shops are open and nobody sleeps."""
    world = town().world
    society = world.society._replace(dwellings=world.society.dwellings.copy())
    ground = world.ground._replace(cells=world.ground.cells.copy())
    start = society.places.dwelling_start
    number = np.diff(start)
    for cell in np.flatnonzero((number >= 1) & (number <= 4))[:20].tolist():
        homes = set(range(int(start[cell]), int(start[cell + 1])))
        at = Occasion(600.0, 10, IncidentType.BURGLARY, cell, 0)
        for own in homes:
            taken = {
                break_in(u, (0, -1), at, own, society, ground, world.rules.demand, world.feelings.rule.hardening)
                for u in np.linspace(0.001, 0.999, 200)
            }
            assert taken == ({(Target.EMPTY_HOME, home) for home in homes - {own}} or {(Target.NONE, -1)})


def test_nobody_who_is_in_custody_is_robbed_or_beaten_in_the_street() -> None:
    """Offenders who are arrested stay away for 60 days.

    None of those in custody at the end has been a victim since the latest arrest.
    """
    model, found = town(arrests=True), crimes(arrests=True)
    offenders = model.world.offenders
    held = offenders[offenders["custody_until_min"] > model.now_min]
    assert len(held) > 10
    arrested = np.full(len(model.world.society.residents), -1.0)
    for when in ("offender_id", "co_offender_id"):
        of_row = found[(found[when] >= 0) & (found["arrest_time_min"] >= 0)]
        who = of_row["culprit_id" if when == "offender_id" else "co_culprit_id"]
        np.maximum.at(arrested, who, of_row["arrest_time_min"])
    inside = (
        np.isin(found["victim_id"], held["resident_id"])
        & (found["type"] < len(PLACE_CRIMES))
        & (found["type"] != IncidentType.BURGLARY)
    )
    until = {int(one["resident_id"]): float(one["custody_until_min"]) for one in held}
    for crime in found[inside]:
        assert not 0 <= arrested[crime["victim_id"]] < crime["time_min"] < until[int(crime["victim_id"])]


def test_no_resident_is_two_offenders_however_often_careers_end() -> None:
    offenders = town().world.offenders
    assert offenders["generation"].sum() > 300
    assert len(np.unique(offenders["resident_id"])) == len(offenders)


@pytest.mark.parametrize(("share", "everybody"), [(0.05, False), (0.2, False), (1.0, True)])
def test_newcomers_are_new_over_many_generations_and_where_all_offend_each_begins_again(
    share: float, everybody: bool
) -> None:
    city = build_city(TOWN.model_copy(update={"residents": 500}) if everybody else TOWN)
    society = settle(city, ResidentParameters(), 1)
    parameters = OffenderParameters(share=0.2)
    rule, belief = career_rule(parameters, society.residents, 1.0), belief_rule(parameters, city.grid.cell_m)
    offenders = draw_offenders(society, share, rule, belief, city.grid, seed=3)
    assert (len(offenders) == len(rule.eligible)) == everybody
    for generation in range(1, 4):
        for i in range(len(offenders)):
            before = int(offenders["resident_id"][i])
            offenders["generation"][i] = generation
            begin_career(offenders, i, 0.0, 3, society.residents, rule, belief)
            assert (offenders["resident_id"][i] == before) == everybody
        assert len(np.unique(offenders["resident_id"])) == len(offenders)
        assert np.isin(offenders["resident_id"], rule.eligible).all()


def test_who_has_desisted_joins_in_no_crime() -> None:
    """Rows whose career is over and not yet taken by somebody else: none of them does anything after the end of it."""
    model, found = town(), crimes()
    offenders = model.world.offenders
    over = np.flatnonzero(offenders["desist_min"] < model.now_min)
    assert len(over) > 20
    joined = found[np.isin(found["co_offender_id"], over)]
    joined = joined[offenders["resident_id"][joined["co_offender_id"]] == joined["co_culprit_id"]]
    begun_later = joined["time_min"] >= offenders["desist_min"][joined["co_offender_id"]]
    assert not begun_later.any()


def test_no_two_crimes_share_the_key_of_their_draws() -> None:
    """Offenders by their searches, pairs of pupils, disputes, frauds and what is told.

    Each call about a crime has draws of its own.
    """
    calls = town().world.logs.calls[: town().world.logs.used[CALLS]]
    of_crime = calls[calls["incident_id"] >= 0]
    keys = np.stack([of_crime["key_entity"], of_crime["key_time"]], axis=1)
    assert len(keys) > 1000
    assert len(np.unique(keys, axis=0)) == len(keys)
