"""Feelings.

Events move them by stated steps, ties feel a share, everything relaxes to its baseline, and the running totals are
exact.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.city.state import Ground, new_cells
from sim.incident_types import IncidentType
from sim.incidents.judgement import nothing_judged, update_opinions
from sim.incidents.log import CALLS, VISITS, CallState, Logs, add_call, add_incident, new_logs
from sim.incidents.town import Town as Place
from sim.kernels import kernel
from sim.people.aftermath import aftermath, aftermath_of_fraud
from sim.people.feelings import (
    BASELINES,
    Feeling,
    FeelingParameters,
    FeelingRule,
    Feelings,
    city_means,
    felt_awareness,
    felt_fraud_awareness,
    felt_trust,
    new_feelings,
    shift_feelings,
    teach_fraud,
    tell_of_police,
)
from sim.people.residents import ResidentParameters, Society, settle
from sim.people.ties import TieKind
from sim.police.patrol.units import new_units

DAY = 1440.0
P = FeelingParameters(fair_gain=0.0, unfair_loss=0.0, encounters_told=0.0)  # but where a test says otherwise
HALF_LIFE_DAYS = {Feeling.TRUST: P.trust_half_life_days, Feeling.SAFETY: P.safety_half_life_days} | dict.fromkeys(
    (Feeling.AWARENESS, Feeling.FRAUD_AWARENESS), P.awareness_half_life_days
)
DIVERSION_LOSS = np.linspace(0.01, 0.02, len(IncidentType))
COLUMNS = ("trust", "perceived_safety", "awareness", "fraud_awareness")


class Town(NamedTuple):
    """A town in which nothing has happened."""

    society: Society
    ground: Ground
    feelings: Feelings


@pytest.fixture
def town() -> Town:
    place = build_city(CityParameters(name="town", residents=3_000, area_km2=4, beats=2, districts=1, centres=1))
    society = settle(place, ResidentParameters(), seed=1)
    society = society._replace(residents=society.residents.copy(), dwellings=society.dwellings.copy())
    at_home = np.bincount(society.residents["home_cell"], minlength=place.grid.n_cells)
    ground = Ground(new_cells(place, at_home), place.grid.n_rows, place.grid.n_cols, place.grid.cell_m, 0)
    for name, base in zip(
        COLUMNS, BASELINES, strict=True
    ):  # away from the ends, so that no step of these tests is cut off
        society.residents[base] = np.clip(society.residents[base], 0.35, 0.65)
        society.residents[name] = society.residents[base]
    return Town(society, ground, new_feelings(P))


def felt_by_hand(town: Town, now_min: float) -> Array:
    """Return every feeling of every resident now, shape [feelings, residents], worked out from the table alone."""
    people, ground = town.society.residents, town.ground.cells
    out = []
    for k, (name, base) in enumerate(zip(COLUMNS, BASELINES, strict=True)):
        since = people["fraud_felt_min"] if k == Feeling.FRAUD_AWARENESS else people["felt_min"]
        left = 0.5 ** ((now_min - since) / DAY / HALF_LIFE_DAYS[Feeling(k)])
        out.append(people[base] + (people[name].astype(float) - people[base]) * left)
    fading = 0.5 ** ((now_min - ground["reassured_min"]) / DAY / HALF_LIFE_DAYS[Feeling.SAFETY])
    out[Feeling.SAFETY] = out[Feeling.SAFETY] + (ground["reassurance"] * fading)[people["home_cell"]]
    return np.array(out)


def means_by_totals(town: Town, now_min: float) -> Array:
    people = town.society.residents
    return city_means(
        town.feelings, np.array([people[name].mean(dtype=float) for name in BASELINES]), len(people), now_min
    )


@kernel
def felt(residents: Array, r: int, now_min: float, rule: FeelingRule) -> tuple[float, float, float]:
    """Return trust, awareness and awareness of fraud as the rules of the model read them."""
    return (
        felt_trust(residents, r, now_min, rule),
        felt_awareness(residents, r, now_min, rule),
        felt_fraud_awareness(residents, r, now_min, rule),
    )


def everything_moves(town: Town, r: int, now_min: float, step: float) -> None:
    shift_feelings(town.society.residents, r, now_min, step, step, step, town.feelings, town.ground)
    teach_fraud(town.society.residents, r, now_min, step, town.feelings)


@pytest.mark.parametrize("step", [0.2, -0.2, 5.0, -5.0])
@pytest.mark.parametrize("feeling", Feeling, ids=lambda one: one.name.lower())
def test_half_of_a_change_is_left_after_a_half_life_and_none_after_many(
    step: float, feeling: Feeling, town: Town
) -> None:
    """A step beyond 0 or 1 is cut off there, and relaxes from there."""
    base = float(town.society.residents[BASELINES[feeling]][7])
    everything_moves(town, 7, 100.0, step)
    changed = float(np.clip(base + step, 0, 1)) - base
    for lives in (0.0, 1.0, 2.0, 40.0):
        at_min = 100.0 + lives * HALF_LIFE_DAYS[feeling] * DAY
        expected = base + changed * 0.5**lives
        assert felt_by_hand(town, at_min)[feeling, 7] == pytest.approx(expected, abs=1e-6)
        by_rules = felt(town.society.residents, 7, at_min, town.feelings.rule)
        of_rules = dict(zip((Feeling.TRUST, Feeling.AWARENESS, Feeling.FRAUD_AWARENESS), by_rules, strict=True))
        assert of_rules.get(feeling, expected) == pytest.approx(expected, abs=1e-6)


def test_changes_of_one_person_add_up_each_fading_from_its_own_day(town: Town) -> None:
    base = float(town.society.residents["trust_base"][7])
    for day in (0, 30, 50):
        shift_feelings(town.society.residents, 7, day * DAY, -0.05, 0.0, 0.0, town.feelings, town.ground)
    expected = base - 0.05 * sum(0.5 ** ((90 - day) / P.trust_half_life_days) for day in (0, 30, 50))
    assert felt(town.society.residents, 7, 90 * DAY, town.feelings.rule)[0] == pytest.approx(expected, abs=1e-6)


def test_to_feel_one_thing_leaves_the_others_where_they_would_be(town: Town) -> None:
    """The clock of a person is shared by trust, safety and awareness.

    A step of one must bring the others up to date.
    """
    everything_moves(town, 7, 0.0, 0.2)
    expected = felt_by_hand(town, 80 * DAY)[:, 7]
    shift_feelings(town.society.residents, 7, 40 * DAY, 0.1, 0.0, 0.0, town.feelings, town.ground)
    found = felt_by_hand(town, 80 * DAY)[:, 7]
    assert found[[Feeling.SAFETY, Feeling.AWARENESS, Feeling.FRAUD_AWARENESS]] == pytest.approx(expected[1:], abs=1e-6)
    assert found[Feeling.TRUST] == pytest.approx(expected[0] + 0.1 * 0.5 ** (40 / P.trust_half_life_days), abs=1e-6)


def test_the_running_totals_are_the_means_over_all_residents(town: Town) -> None:
    """Over 3,000 events of all kinds, also such as are cut off at 0 and 1.

    Values are stored to 1e-7, so that means agree to 1e-6.
    """
    rng = np.random.default_rng(1)
    people = town.society.residents
    for now_min in np.sort(rng.uniform(0, 200 * DAY, 3000)):
        who = int(rng.integers(len(people) // 20))
        what = rng.integers(4)
        if what == 0:
            aftermath(who, float(rng.exponential(100)), now_min, town.society, town.feelings, town.ground)
        elif what == 1:
            aftermath_of_fraud(who, now_min, town.society, town.feelings, town.ground)
        elif what == 2:
            shift_feelings(people, who, now_min, float(rng.normal(0, 0.3)), 0.0, 0.0, town.feelings, town.ground)
        else:
            teach_fraud(people, who, now_min, float(rng.uniform(0, 0.3)), town.feelings)
    for name in COLUMNS:
        assert people[name].min() >= 0
        assert people[name].max() <= 1
    assert any((people[name] == end).any() for name in COLUMNS for end in (0, 1)), (
        "no feeling was cut off: a case was not tried"
    )
    now_min = 230 * DAY
    by_hand = felt_by_hand(town, now_min).mean(axis=1)
    base = np.array([people[name].mean(dtype=float) for name in BASELINES])
    assert (np.abs(by_hand - base) > 1e-3).all()
    assert means_by_totals(town, now_min) == pytest.approx(by_hand, abs=1e-6)
    assert means_by_totals(town, now_min + 100 * 365 * DAY) == pytest.approx(base, abs=1e-9)


def test_a_cell_is_alert_by_the_mean_of_its_residents(town: Town) -> None:
    people, cells = town.society.residents, town.ground.cells
    for number, who in enumerate(range(0, 3000, 40)):
        aftermath(who, 50.0, number * DAY, town.society, town.feelings, town.ground)
    now_min = 100 * DAY
    risen = felt_by_hand(town, now_min)[Feeling.AWARENESS] - people["awareness_base"]
    by_hand = np.bincount(people["home_cell"], weights=risen, minlength=len(cells)) / np.maximum(cells["residents"], 1)
    fading = 0.5 ** ((now_min - cells["alert_min"]) / DAY / HALF_LIFE_DAYS[Feeling.AWARENESS])
    assert by_hand.max() > 0.01
    assert cells["alert"] * fading == pytest.approx(by_hand, abs=1e-5)


# what a crime does to people


def shares_of(town: Town, victim: int) -> Array:
    """Return by resident what share of the victim's change reaches them."""
    ties, share = town.society.ties, np.zeros(len(town.society.residents))
    for t in range(ties.start[victim], ties.start[victim + 1]):
        share[ties.other[t]] = P.tie_shares[ties.kind[t]]
    share[victim] = 1.0
    return share


def victim_with_all_ties(town: Town) -> int:
    ties = town.society.ties
    for r in range(len(town.society.residents)):
        if set(ties.kind[ties.start[r] : ties.start[r + 1]].tolist()) == {int(kind) for kind in TieKind}:
            return r
    raise AssertionError("nobody has ties of every kind")


@pytest.mark.parametrize(("harm_days", "gravity"), [(0.0, 0.0), (18.131, 0.5), (365.0, 1.0), (5000.0, 1.0)])
def test_a_victim_loses_safety_and_trust_and_grows_alert_and_each_tie_feels_its_share(
    harm_days: float, gravity: float, town: Town
) -> None:
    victim, before = victim_with_all_ties(town), felt_by_hand(town, 50.0)
    aftermath(victim, harm_days, 50.0, town.society, town.feelings, town.ground)
    change = felt_by_hand(town, 50.0) - before
    share = shares_of(town, victim)
    assert len(np.unique(share)) >= 5
    for feeling, step in zip(
        Feeling, (-P.victim_trust_loss, -P.victim_safety_loss, P.victim_awareness_gain, 0.0), strict=True
    ):
        assert change[feeling] == pytest.approx(gravity * step * share, abs=1e-6), feeling.name


def test_a_fraud_teaches_its_victim_and_ties_about_fraud_and_frightens_nobody_at_places(town: Town) -> None:
    victim, before = victim_with_all_ties(town), felt_by_hand(town, 50.0)
    aftermath_of_fraud(victim, 50.0, town.society, town.feelings, town.ground)
    change = felt_by_hand(town, 50.0) - before
    share = shares_of(town, victim)
    assert (change[Feeling.SAFETY] == 0).all()
    assert (change[Feeling.AWARENESS] == 0).all()
    only_the_victim = np.where(share == 1.0, -P.fraud_trust_loss, 0.0)
    assert change[Feeling.TRUST] == pytest.approx(only_the_victim, abs=1e-6)
    taught = (
        np.minimum(before[Feeling.FRAUD_AWARENESS] + share * P.fraud_awareness_gain, 1.0)
        - before[Feeling.FRAUD_AWARENESS]
    )
    assert change[Feeling.FRAUD_AWARENESS] == pytest.approx(taught, abs=1e-6)


# what people make of the police


def with_call(logs: Logs, caller: int, priority: int, state: CallState, waited_min: float, incident: int = -1) -> int:
    service = int(IncidentType.SERVICE)
    c = add_call(logs, service, 0, 0, 1, 0, 100.0, 100.0)
    for name, value in {"priority": priority, "state": state, "incident_id": incident, "caller_id": caller}.items():
        logs.calls[name][c] = value
    if state == CallState.SERVED:
        logs.calls["arrived_min"][c] = 100.0 + waited_min
    return c


def judge(
    town: Town, logs: Logs, judged: Array, now_min: float = DAY, mistakes: float = 0.0, trained: float = 0.0
) -> None:
    units = new_units(1)
    units["mistakes"], units["trained"] = mistakes, trained
    place = Place(town.society, town.feelings, town.ground, logs)
    update_opinions(1, now_min, judged, DIVERSION_LOSS, units, place)


def trust_after(town: Town, logs: Logs, judged: Array, caller: int = 7, now_min: float = DAY) -> float:
    judge(town, logs, judged, now_min)
    return float(felt_by_hand(town, now_min)[Feeling.TRUST, caller])


@pytest.mark.parametrize("priority", [1, 2, 3])
@pytest.mark.parametrize(
    ("state", "waits", "change"),
    [
        (CallState.SERVED, "quick", P.quick_response_gain),
        (CallState.SERVED, "between", 0.0),
        (CallState.SERVED, "slow", -P.slow_response_loss),
        (CallState.EXPIRED, "never", -P.no_response_loss),
        (CallState.AT_DESK, "never", 0.0),
        (CallState.DIVERTED, "never", -DIVERSION_LOSS[IncidentType.SERVICE]),
        (CallState.WAITING, "never", 0.0),
        (CallState.ON_SCENE, "never", 0.0),
    ],
)
def test_a_caller_judges_how_long_help_took_once_and_when_it_is_over(
    priority: int, state: CallState, waits: str, change: float, town: Town
) -> None:
    quick, slow = P.quick_min[priority - 1], P.slow_min[priority - 1]
    waited = {"quick": quick, "between": (quick + slow) / 2, "slow": slow, "never": 0.0}[waits]
    logs, judged = new_logs(16), nothing_judged()
    base = float(town.society.residents["trust_base"][7])
    with_call(logs, 7, priority, state, waited)
    assert trust_after(town, logs, judged) == pytest.approx(base + change, abs=1e-6)
    assert trust_after(town, logs, judged) == pytest.approx(base + change, abs=1e-6), "a response was judged twice"
    everybody = felt_by_hand(town, DAY)[Feeling.TRUST] - town.society.residents["trust_base"]
    assert np.count_nonzero(np.abs(everybody) > 1e-7) == (change != 0)


def test_a_call_that_is_still_open_is_judged_on_a_later_day_also_when_newer_ones_were_judged_before(town: Town) -> None:
    logs, judged = new_logs(16), nothing_judged()
    still_open = with_call(logs, 7, 3, CallState.ON_SCENE, 0.0)
    with_call(logs, 8, 3, CallState.SERVED, 1.0)
    base = float(town.society.residents["trust_base"][7])
    assert trust_after(town, logs, judged) == pytest.approx(base, abs=1e-6)
    logs.calls["state"][still_open], logs.calls["arrived_min"][still_open] = CallState.SERVED, 101.0
    assert trust_after(town, logs, judged) == pytest.approx(base + P.quick_response_gain, abs=1e-6)
    assert judged[0] == logs.used[CALLS]
    other = float(felt_by_hand(town, DAY)[Feeling.TRUST, 8] - town.society.residents["trust_base"][8])
    assert other == pytest.approx(P.quick_response_gain, abs=1e-6)


@pytest.mark.parametrize("cleared", [False, True])
def test_an_arrest_wins_back_trust_of_the_victim_whoever_called(cleared: bool, town: Town) -> None:
    logs, judged = new_logs(16), nothing_judged()
    crime = add_incident(logs, int(IncidentType.BRAWL), 90.0, 0, 0.0, 0.0, 10.0)
    logs.incidents["culprit_id"][crime], logs.incidents["victim_id"][crime] = 5, 7
    logs.incidents["cleared"][crime] = cleared
    with_call(logs, -1, 3, CallState.SERVED, 1.0, crime)
    base = float(town.society.residents["trust_base"][7])
    assert trust_after(town, logs, judged) == pytest.approx(base + (P.arrest_gain if cleared else 0.0), abs=1e-6)


def visit(logs: Logs, cell: int, dwell_min: float) -> None:
    v = int(logs.used[VISITS])
    logs.visits["cell"][v], logs.visits["start_min"][v], logs.visits["dwell_min"][v] = cell, 100.0, dwell_min
    logs.used[VISITS] += 1


@pytest.mark.parametrize(
    ("dwells", "stops"), [((10.0,), 1.0), ((60.0,), 1.0), ((5.0,), 0.5), ((0.0,), 0.0), ((10.0, 10.0, 2.5), 2.25)]
)
def test_a_patrol_stop_reassures_those_who_live_there_in_proportion_to_its_minutes(
    dwells: tuple[float, ...], stops: float, town: Town
) -> None:
    home: Any = town.society.residents["home_cell"]
    logs, judged = new_logs(16), nothing_judged()
    for dwell_min in dwells:
        visit(logs, int(home[7]), dwell_min)
    before = felt_by_hand(town, DAY)[Feeling.SAFETY]
    judge(town, logs, judged)
    change = felt_by_hand(town, DAY)[Feeling.SAFETY] - before
    assert change == pytest.approx(np.where(home == home[7], stops * P.patrol_reassurance, 0.0), abs=1e-6)
    assert means_by_totals(town, DAY)[Feeling.SAFETY] == pytest.approx(
        felt_by_hand(town, DAY)[Feeling.SAFETY].mean(), abs=1e-7
    )
    judge(town, logs, judged)
    assert felt_by_hand(town, DAY)[Feeling.SAFETY] - before == pytest.approx(change), "a visit reassured twice"


def test_no_number_of_patrols_makes_people_feel_perfectly_safe(town: Town) -> None:
    logs, judged = new_logs(2000), nothing_judged()
    for _ in range(1000):
        visit(logs, int(town.society.residents["home_cell"][7]), 30.0)
    before = felt_by_hand(town, DAY)[Feeling.SAFETY, 7]
    judge(town, logs, judged)
    assert felt_by_hand(town, DAY)[Feeling.SAFETY, 7] - before == pytest.approx(0.2, abs=1e-6)
    assert means_by_totals(town, DAY)[Feeling.SAFETY] == pytest.approx(
        felt_by_hand(town, DAY)[Feeling.SAFETY].mean(), abs=1e-7
    )


def treated(
    town: Town, mistakes: float, busy: float = 0.0, trained: float = 0.0, **parameters: float
) -> tuple[Array, Array]:
    """Return the change of trust of 2,000 callers, each of whom was served in neither good nor bad time, and of all."""
    rules = P.model_copy(update={"fair_gain": 0.004, "unfair_loss": 0.03, "unfair_share": 0.2, **parameters})
    town = town._replace(feelings=new_feelings(rules))
    logs, judged, callers = new_logs(4000), nothing_judged(), np.arange(2000)
    between = (P.quick_min[2] + P.slow_min[2]) / 2
    for caller in callers.tolist():
        c = with_call(logs, caller, 3, CallState.SERVED, between)
        logs.calls["key_entity"][c], logs.calls["unit_id"][c], logs.calls["crew_busy"][c] = caller, 0, busy
    judge(town, logs, judged, mistakes=mistakes, trained=trained)
    change = felt_by_hand(town, DAY)[Feeling.TRUST] - town.society.residents["trust_base"]
    return change[callers], change


@pytest.mark.parametrize("mistakes", [0.0, 0.5])
def test_a_contact_is_unfair_at_its_share_and_more_often_with_tired_officers(mistakes: float, town: Town) -> None:
    """A binomial share of 2,000 within 4.4 standard errors: false-alarm rate 1 in 100,000."""
    change, everybody = treated(town, mistakes)
    unfair = change < 0
    assert change[~unfair] == pytest.approx(0.004, abs=1e-6)
    assert change[unfair] == pytest.approx(-0.03, abs=1e-6)
    expected = 1 - 0.8 * (1 - mistakes)
    assert abs(unfair.mean() - expected) < 4.4 * np.sqrt(expected * (1 - expected) / 2000)
    assert np.count_nonzero(everybody) == 2000, "nobody hears of it"


@pytest.mark.parametrize(
    ("busy", "trained", "haste", "expected"),
    [(0.5, 0.0, 0.0, 0.2), (0.5, 0.0, 0.4, 1 - 0.8 * 0.8), (0.0, 0.75, 0.4, 0.05), (1.0, 1.0, 0.4, 0.4)],
)
def test_haste_makes_contacts_unfair_and_training_fair(
    busy: float, trained: float, haste: float, expected: float, town: Town
) -> None:
    """A binomial share of 2,000 within 4.4 standard errors: false-alarm rate 1 in 100,000."""
    change, _ = treated(town, 0.0, busy, trained, unfair_when_busy=haste)
    assert abs((change < 0).mean() - expected) < 4.4 * np.sqrt(expected * (1 - expected) / 2000)


def test_haste_and_training_shift_nobody_elses_treatment(town: Town) -> None:
    """Whoever is treated unfairly by a rested crew is so by a busy one, too: the draws are those of the caller."""
    calm, busy = (treated(town, 0.0, load, 0.0, unfair_when_busy=0.4)[0] < 0 for load in (0.0, 1.0))
    assert (busy[calm]).all()
    assert busy.sum() > calm.sum()


def test_ties_hear_how_somebody_was_treated(town: Town) -> None:
    rules = P.model_copy(update={"encounters_told": 0.5})
    town = town._replace(feelings=new_feelings(rules))
    tell_of_police(7, DAY, 0.04, town.society, town.feelings, town.ground)
    change = felt_by_hand(town, DAY)[Feeling.TRUST] - town.society.residents["trust_base"]
    share = shares_of(town, 7)
    assert change == pytest.approx(np.where(share == 1.0, 0.04, 0.5 * 0.04 * share), abs=1e-6)
    assert np.count_nonzero(change) > 3
    assert means_by_totals(town, DAY)[Feeling.TRUST] == pytest.approx(
        felt_by_hand(town, DAY)[Feeling.TRUST].mean(), abs=1e-7
    )


@pytest.mark.parametrize(
    ("reported", "told", "loses"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_a_victim_who_hears_nothing_for_two_months_loses_trust_once(
    reported: bool, told: bool, loses: bool, town: Town
) -> None:
    logs, judged = new_logs(16), nothing_judged()
    crime = add_incident(logs, int(IncidentType.BURGLARY), 90.0, 0, 0.0, 0.0, 10.0)
    logs.incidents["victim_id"][crime], logs.incidents["told"][crime] = 7, told
    logs.incidents["recorded_time_min"][crime] = 120.0 if reported else -1.0
    base = float(town.society.residents["trust_base"][7])
    assert trust_after(town, logs, judged, now_min=59 * DAY) == base
    now_min = 61 * DAY
    after = base - (P.unheard_loss if loses else 0.0)
    assert trust_after(town, logs, judged, now_min=now_min) == pytest.approx(after, abs=1e-6)
    assert trust_after(town, logs, judged, now_min=now_min) == pytest.approx(after, abs=1e-6), "it was judged twice"
