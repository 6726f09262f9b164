"""Tips.

Which group hears of what, at what chance, what the desk makes of it, and what a message does to the residents of a
grid.

Claims about a share fail a right rule once in 10⁵ sets of seeds; seeds are fixed.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from made_up_frauds import BUSY, UNMOVED, Met, made_up_society, meet
from scipy.stats import norm

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import City, CityParameters
from sim.city.state import Ground, new_cells
from sim.incident_types import IncidentType
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.disputes.log import Subject, add_dispute, new_dispute_log
from sim.incidents.fraud.campaigns import NEXT, Frauds, Stage, frauds_with_room, new_frauds
from sim.incidents.fraud.parameters import FraudParameters, fraud_rule
from sim.incidents.log import CALLS, INCIDENTS, CallState, Discoverer, Logs, add_incident, new_logs
from sim.people.feelings import Feeling, FeelingParameters, Feelings, city_means, new_feelings
from sim.people.residents import ResidentParameters, Society, settle
from sim.people.ties import GROUP_DWELLINGS
from sim.programmes.public import Public
from sim.programmes.social_governance.arrivals import report_by_tip
from sim.programmes.social_governance.hearing import (
    Groups,
    TipRule,
    hear_of_crimes,
    hear_of_disputes,
    hear_of_frauds,
)
from sim.programmes.social_governance.messages import Message, send_message
from sim.programmes.social_governance.tips import TIP_KEYS, Neighbourhoods, TipKind, new_tips, tips_with_room

BOUND = float(norm.isf(1e-5 / 2))
DAY = 1440.0
DEMAND = demand_rule(DemandParameters(), 100.0)
GRID_GROUPS = 30
ALWAYS = TipRule(crime=1.0, witness=1.0, dispute_per_day=1e9, fraud=1.0, trust_slope=0.0, hear_min=2 * DAY)
NEVER_TOLD = TipRule(crime=0.0, witness=0.0, dispute_per_day=0.0, fraud=0.0, trust_slope=1.5, hear_min=2 * DAY)


@cache
def place() -> tuple[City, Society]:
    city = build_city(CityParameters(name="town", residents=6000, area_km2=8, beats=2, districts=2, centres=1))
    return city, settle(city, ResidentParameters(), seed=1)


def society(trust: float | None = None) -> Society:
    shared = place()[1]
    own = shared._replace(residents=shared.residents.copy())
    if trust is not None:
        own.residents["trust"] = own.residents["trust_base"] = trust
    return own


def hoods(of: Society) -> Neighbourhoods:
    """Grids of 30 groups in the order of the dwellings."""
    groups = (len(of.dwellings) + GROUP_DWELLINGS - 1) // GROUP_DWELLINGS
    grid_of = (np.arange(groups) // GRID_GROUPS).astype(np.int32)
    start = np.searchsorted(grid_of, np.arange(grid_of[-1] + 2)).astype(np.int32)
    nothing = np.zeros(grid_of[-1] + 1, dtype=np.int32)
    return Neighbourhoods(grid_of, start, np.arange(groups, dtype=np.int32), nothing, nothing)


def ground() -> Ground:
    city, people = place()
    cells = new_cells(city, np.bincount(people.residents["home_cell"], minlength=city.grid.n_cells))
    return Ground(cells, city.grid.n_rows, city.grid.n_cols, city.grid.cell_m, 0)


def crimes(victims: Array, kind: int = IncidentType.VEHICLE_THEFT, reported: bool = False, minute: float = 1.0) -> Logs:
    """One crime against each of some residents, a minute apart, at home."""
    logs = new_logs(len(victims) + 8)
    for k, who in enumerate(victims):
        cell = int(place()[1].residents["home_cell"][who])
        n = add_incident(logs, kind, minute + k, cell, 0.0, 0.0, 1.0)
        logs.incidents["victim_id"][n] = who
    if reported:
        logs.incidents["call_id"][: logs.used[INCIDENTS]] = 0
    return logs


def groups(of: Society, rule: TipRule, active: Array | None = None) -> Groups:
    """All groups of a town, all of them active unless told otherwise."""
    near = hoods(of)
    on = np.ones(len(near.district), dtype=bool) if active is None else active
    return Groups(of, new_feelings(FeelingParameters()), near, on, rule)


def heard(logs: Logs, rule: TipRule, of: Society | None = None, seed: int = 1, active: Array | None = None) -> Array:
    """Return the tips about the crimes of a log."""
    of = of or society()
    n = int(logs.used[INCIDENTS])
    tips = tips_with_room(new_tips(), n)
    hear_of_crimes(seed, 0, n, DAY, groups(of, rule, active), logs, tips)
    found: Array = tips.rows[: tips.used[0]]
    return found


def everybody(n: int = 4000) -> Array:
    return np.arange(n)


def binomial(happened: int, n: int, chance: float) -> bool:
    return abs(happened - n * chance) <= BOUND * np.sqrt(n * chance * (1 - chance)) + 1e-9


def test_a_crime_that_nobody_reported_is_told_in_the_grid_of_its_victim_and_a_reported_one_by_the_homes_around() -> (
    None
):
    victims = everybody()
    told, known = (heard(crimes(victims, reported=reported), ALWAYS) for reported in (False, True))
    people, near = society(), hoods(society())
    assert (told["kind"] == TipKind.CRIME).all()
    assert told["subject_id"].tolist() == list(range(len(victims)))
    assert np.array_equal(told["grid"], near.grid_of[people.residents["dwelling"][victims] // GROUP_DWELLINGS])
    assert (known["kind"] == TipKind.WITNESS).all()
    assert len(known) == len(victims)
    for tip, who in zip(known[:200], victims, strict=False):
        cell = people.residents["home_cell"][who]
        first, after = people.places.dwelling_start[cell : cell + 2]
        assert tip["grid"] in near.grid_of[np.arange(first, after) // GROUP_DWELLINGS]


def test_nobody_tells_of_what_has_no_resident_victim_of_a_fraud_or_in_a_grid_that_is_not_active() -> None:
    nobody = crimes(everybody(100))
    nobody.incidents["victim_id"] = -1
    assert len(heard(nobody, ALWAYS)) == 0
    assert len(heard(crimes(everybody(100), IncidentType.FRAUD), ALWAYS)) == 0
    assert len(heard(crimes(everybody(100)), NEVER_TOLD)) == 0
    grids = len(hoods(society()).district)
    only = np.arange(grids) == 1
    found = heard(crimes(everybody()), ALWAYS, active=only)
    assert len(found) > 0
    assert (found["grid"] == 1).all()


@pytest.mark.parametrize("reported", [False, True])
@pytest.mark.parametrize("trust", [0.2, 0.5, 0.9])
def test_the_odds_of_telling_rise_with_trust_as_stated_and_who_tells_at_low_trust_tells_at_high(
    reported: bool, trust: float
) -> None:
    rule = ALWAYS._replace(crime=0.3, witness=0.3, trust_slope=1.5)
    logs = crimes(everybody(5000), reported=reported)
    found = heard(logs, rule, society(trust))
    odds = 0.3 / 0.7 * np.exp(1.5 * (trust - 0.5))
    assert binomial(len(found), 5000, odds / (1 + odds))
    assert set(found["subject_id"].tolist()) <= set(
        heard(logs, rule, society(min(trust + 0.1, 1.0)))["subject_id"].tolist()
    )


def test_it_takes_an_exponential_time_until_the_leader_hears() -> None:
    logs = crimes(everybody(5000))
    waited = heard(logs, ALWAYS)["start_min"] - logs.incidents["time_min"][:5000]
    assert waited.min() > 0
    assert abs(waited.mean() - 2 * DAY) < BOUND * 2 * DAY / np.sqrt(5000)
    assert binomial(int((waited > 2 * DAY).sum()), 5000, float(np.exp(-1)))


def test_what_is_told_of_one_crime_does_not_depend_on_the_others_and_another_seed_tells_others() -> None:
    rule = ALWAYS._replace(crime=0.3)
    logs = crimes(everybody(2000))
    fewer = crimes(everybody(2000))
    kept = np.arange(0, 2000, 3)
    fewer.incidents[: len(kept)] = fewer.incidents[kept]
    fewer.used[INCIDENTS] = len(kept)
    whole, part = heard(logs, rule), heard(fewer, rule)
    same = whole[np.isin(whole["subject_id"], kept)]
    assert np.array_equal(kept[part["subject_id"]], same["subject_id"])
    assert np.array_equal(part["start_min"], same["start_min"])
    assert not np.array_equal(heard(logs, rule, seed=2)["subject_id"][:50], whole["subject_id"][:50])


def test_open_disputes_are_heard_at_their_hazard_and_those_that_mediators_have_are_not() -> None:
    of, n = society(0.7), 4000
    disputes = new_dispute_log(n)
    for d in range(n):
        add_dispute(disputes, Subject.NEIGHBOUR, d, d + 1, 0, 2.0 if d < n // 2 else 1.0, 0.0)
    disputes.rows["in_mediation"][::2] = True
    tips = tips_with_room(new_tips(), n)
    rule = NEVER_TOLD._replace(dispute_per_day=0.2)
    hear_of_disputes(1, 3, groups(of, rule), disputes, tips)
    found = tips.rows[: tips.used[0]]
    assert (found["subject_id"] % 2 == 1).all()
    for tension, mine in ((2.0, found["subject_id"] < n // 2), (1.0, found["subject_id"] >= n // 2)):
        assert binomial(int(mine.sum()), n // 4, float(1 - np.exp(-0.2 * tension * np.exp(1.5 * 0.2))))
    assert (found["start_min"] >= 3 * DAY + 480).all()
    assert (found["start_min"] <= 4 * DAY - 60).all()


def persuaded(n: int) -> Frauds:
    """Persuasions that began at noon of the first day and go on."""
    frauds = frauds_with_room(new_frauds(fraud_rule(FraudParameters(), 6000)), n)
    rows = frauds.rows[:n]
    rows["victim_id"], rows["stage"], rows["told_min"] = np.arange(n), Stage.OPEN, -1.0
    rows["contact_min"], rows["next_min"], rows["ended_min"] = 720.0, np.inf, -1.0
    frauds.used[NEXT] = n
    return frauds


def told_of_frauds(frauds: Frauds, day: int, first: int, chance: float) -> Array:
    """Return the tips about frauds of a day on which all groups are active, everybody trusting by 0.5."""
    of, tips = society(0.5), tips_with_room(new_tips(), len(frauds.rows))
    hear_of_frauds(1, day, first, groups(of, NEVER_TOLD._replace(fraud=chance)), frauds, tips)
    found: Array = tips.rows[: tips.used[0]]
    return found


def test_those_who_are_persuaded_tell_once_in_the_day_to_come_and_those_who_paid_before_it_do_not() -> None:
    frauds = persuaded(4000)
    frauds.rows["stage"][1:4000:2], frauds.rows["ended_min"][1:4000:2] = Stage.PAID, 800.0
    found = told_of_frauds(frauds, 2, 4000, 0.2)
    assert (found["kind"] == TipKind.FRAUD).all()
    assert (found["subject_id"] % 2 == 0).all()
    assert binomial(len(found), 2000, 0.2)
    assert ((found["start_min"] >= 2 * DAY + 480) & (found["start_min"] <= 3 * DAY - 60)).all()
    again = told_of_frauds(frauds, 3, 4000, 1.0)
    assert len(again) == 2000 - len(found)
    assert not np.isin(again["subject_id"], found["subject_id"]).any()


def test_a_persuasion_may_be_told_however_short_it_was_with_the_hazard_of_its_waking_time() -> None:
    """Of persuasions that end in payment, by scheme: against 1 − (1 − p)^(waking days), and told before the end."""
    p, people = 0.9, made_up_society(20_000)
    n = len(people.dwellings) // GROUP_DWELLINGS + 1
    near = Neighbourhoods(np.zeros(n, dtype=np.int32), *(np.zeros(2, dtype=np.int32) for _ in range(4)))
    rule, active, approached = NEVER_TOLD._replace(fraud=p, trust_slope=0.0), np.ones(1, dtype=bool), [0]

    def listen(met: Met, day: int) -> None:
        tips = tips_with_room(new_tips(), int(met.frauds.used[NEXT]))
        who = Groups(met.society, met.feelings, near, active, rule)
        hear_of_frauds(1, day, approached[0], who, met.frauds, tips)
        approached[0] = int(met.frauds.used[NEXT])

    met = meet(people, 60, feeling=UNMOVED, meddle=listen, **BUSY)
    paid = met.paid[met.paid["ended_min"] < 59 * DAY]
    told = paid["told_min"] >= 0
    assert (paid["told_min"][told] > paid["contact_min"][told]).all()
    assert (paid["told_min"][told] < paid["ended_min"][told]).all()

    def awake(at_min: Array) -> Array:
        return at_min // DAY * 900 + np.clip(at_min % DAY - 480, 0, 900)

    days = (awake(paid["ended_min"]) - awake(paid["contact_min"])) / 900
    expected = 1 - (1 - p) ** days
    for scheme in range(5):
        mine = paid["scheme"] == scheme
        assert mine.sum() > 100
        assert expected[mine].mean() > 0.1
        spread = np.sqrt((expected[mine] * (1 - expected[mine])).sum())
        assert abs(told[mine].sum() - expected[mine].sum()) <= BOUND * spread, scheme


def test_the_desk_takes_a_told_crime_down_once_and_sends_nobody() -> None:
    logs = crimes(everybody(600), IncidentType.BURGLARY)
    here = ground()
    known = logs.incidents["call_id"][:600].copy()
    for n in range(600):
        assert report_by_tip(1, n, TIP_KEYS + n, n, 5000.0 + n, here, logs, DEMAND)
        assert not report_by_tip(1, n, TIP_KEYS + n, n, 5000.0 + n, here, logs, DEMAND)
    calls, told = logs.calls[: logs.used[CALLS]], logs.incidents[:600]
    assert (known == -1).all()
    assert len(calls) == 600
    assert np.array_equal(told["call_id"], np.arange(600))
    assert (calls["state"] == CallState.AT_DESK).all()
    assert (calls["caller_id"] == -1).all()
    assert (calls["received_min"] > calls["occurred_min"]).all()
    assert (told["discovered_by"] == Discoverer.TIP).all()
    assert (told["recorded_time_min"] < 0).all()  # until a desk has got to it
    assert binomial(int((told["recorded_type"] != IncidentType.BURGLARY).sum()), 600, DEMAND.wrong_type_probability)
    moved = (told["recorded_cell"] != told["cell"]).sum()
    assert 0 < moved <= 600 * DEMAND.wrong_place_probability + BOUND * np.sqrt(600 * 0.06)


@pytest.mark.parametrize("about_fraud", [False, True])
def test_a_message_is_read_by_a_share_of_the_adults_of_its_grid_who_tire_of_messages_and_by_nobody_else(
    about_fraud: bool,
) -> None:
    of, here, felt = society(), ground(), new_feelings(FeelingParameters())
    near = hoods(of)
    name, base = ("fraud_awareness", "fraud_awareness_base") if about_fraud else ("awareness", "awareness_base")
    for column in (name, base):
        of.residents[column] = np.minimum(of.residents[column], 0.5)
    adults = (near.grid_of[of.residents["dwelling"] // GROUP_DWELLINGS] == 2) & (of.residents["age"] >= 18)
    before = {
        column: of.residents[column].copy() for column in ("trust", "perceived_safety", "awareness", "fraud_awareness")
    }
    readers = send_message(1, 2, Message(about_fraud, 100, 0.3, 0.03, 0.1), DAY, near, Public(of, felt, here))
    risen = of.residents[name] - of.residents[base]
    assert adults.sum() > 100
    assert readers == np.count_nonzero(risen)
    assert not risen[~adults].any()
    assert binomial(readers, int(adults.sum()), 0.3)
    assert np.allclose(risen[risen > 0], 0.03, atol=1e-6)
    assert send_message(1, 2, Message(about_fraud, 101, 0.3, 0.03, 0.1), DAY, near, Public(of, felt, here)) > 0
    assert np.count_nonzero(of.residents[name] > of.residents[base]) > 1.4 * readers, (
        "who reads is drawn for each message"
    )
    for k in range(2, 100):
        send_message(1, 2, Message(about_fraud, 100 + k, 0.3, 0.03, 0.1), DAY, near, Public(of, felt, here))
    risen = of.residents[name] - of.residents[base]
    assert 0.09 < risen[adults].mean() < 0.1
    for column, values in before.items():
        assert np.array_equal(of.residents[column][~adults], values[~adults]), column
        assert column == name or np.array_equal(of.residents[column], values), column
    at = Feeling.FRAUD_AWARENESS if about_fraud else Feeling.AWARENESS
    assert _mean_of_city(felt, at) == pytest.approx(float(risen.sum()) / len(of.residents), rel=1e-3)


def _mean_of_city(felt: Feelings, feeling: Feeling) -> float:
    return float(city_means(felt, np.zeros(len(Feeling)), len(place()[1].residents), DAY)[feeling])
