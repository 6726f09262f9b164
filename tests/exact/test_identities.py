"""Identities that hold whatever the rules are.

Little's law, the load of the units, M/G/∞, thinning, and officer-minutes that add up.

Every claim with an interval misses the truth with probability 1e-5, as does every goodness of fit.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from laboratory import FALSE_ALARM, Laboratory, batch_means, claim, closed_books, generator, log, poisson_times, queue
from scipy.stats import chi2, chisquare, norm, poisson

from sim.arrays import Array
from sim.clock import hour_of_week
from sim.incident_types import OTHER_CALLS, PLACE_CRIMES, TYPE_NAMES, IncidentType
from sim.incidents.calls import BY_HOUR
from sim.incidents.log import CALLS, INCIDENTS, CallState, Discoverer
from sim.model import CityModel
from sim.police.patrol.units import ON_DUTY, Activity
from sim.scenario import Scenario
from sim.strategies.base import Briefing
from sim.strategies.hotspot import Hotspot
from sim.strategies.plan import PatrolPlan

TOWN = {"name": "town", "residents": 10_000, "area_km2": 8.0, "beats": 4, "districts": 2, "centres": 1}
IDLE = (Activity.STANDBY, Activity.RETURN_DRIVE)


def test_at_any_moment_the_queue_holds_the_calls_that_the_table_says_waited() -> None:
    rng = generator(5)
    lab = Laboratory([0] * 6)
    received = poisson_times(rng, 4000, 8 / 60)
    for at_min, minutes in zip(received, rng.exponential(30.0, len(received)), strict=True):
        lab.call(float(at_min), on_scene_min=float(minutes), priority=1 + int(rng.integers(3)))
    moments = np.sort(rng.uniform(0, received[-1], 3000))
    waiting, busy = [], []
    for moment in moments:
        lab.serve(float(moment))
        waiting.append(np.count_nonzero(lab.calls["state"] == CallState.WAITING))
        busy.append(np.count_nonzero(~np.isin(lab.units["activity"], IDLE)))
    lab.serve(np.inf)
    calls, at = lab.calls, moments[:, None]
    assert max(waiting) > 5
    assert (calls["state"] == CallState.SERVED).all()
    assert np.array_equal(waiting, ((calls["received_min"] < at) & (at <= calls["dispatched_min"])).sum(axis=1))
    assert np.array_equal(busy, ((calls["dispatched_min"] < at) & (at <= calls["cleared_min"])).sum(axis=1))
    assert (np.array(busy)[np.array(waiting) > 0] == 6).all(), "a call waited while a unit was free"
    # Little over a span that begins and ends without a queue is an identity of the sample path: ∫ L dt = Σ W
    steps = np.concatenate([np.ones(len(calls)), -np.ones(len(calls))])
    times = np.concatenate([calls["received_min"], calls["dispatched_min"]])
    order = np.argsort(times, kind="stable")
    area = (np.cumsum(steps[order])[:-1] * np.diff(times[order])).sum()
    assert area == pytest.approx((calls["dispatched_min"] - calls["received_min"]).sum(), rel=1e-9)


@pytest.mark.parametrize(("units", "per_min", "mean_min"), [(2, 1.0, 1.0), (6, 8 / 60, 30.0)])
def test_the_utilisations_of_the_units_add_up_to_the_offered_load(units: int, per_min: float, mean_min: float) -> None:
    claim(
        f"{units} units, busy by the ledger",
        batch_means(queue(units, per_min, mean_min).busy),
        per_min * mean_min,
        0.02,
    )


def test_scene_and_paperwork_are_booked_each_for_its_mean_time() -> None:
    rng, n, per_min = generator(7), 300_000, 0.1
    lab = Laboratory([0] * 8, days=int(n / per_min / 1440) + 100)
    lab.run(poisson_times(rng, n, per_min), rng.gamma(2.0, 15.0, n), paperwork_min=rng.gamma(2.0, 5.0, n))
    days = lab.ledger[5 : int(0.98 * n / per_min / 1440)] / 1440
    claim("units on scene", batch_means(days[:, Activity.ON_SCENE]), 3.0, 0.02)
    claim("units at paperwork", batch_means(days[:, Activity.PAPERWORK]), 1.0, 0.02)
    assert days.sum(axis=1) == pytest.approx(np.full(len(days), 8.0), abs=1e-9)


@pytest.mark.parametrize("shape", [0.4, 1.0, 400.0])
def test_with_units_enough_the_number_busy_is_poisson_whatever_the_shape_of_service_times(shape: float) -> None:
    load, mean_min, moments, apart = 8.0, 100.0, 4000, 12.0  # times seen, mean services apart: next to independent
    rng = generator(int(10 * shape))
    n = int(load * apart * (moments + 2))
    lab = Laboratory([0] * 40)
    received = poisson_times(rng, n, load / mean_min)
    lab.run(received, rng.gamma(shape, mean_min / shape, n))
    lab.serve(np.inf)
    calls = lab.calls
    assert (calls["dispatched_min"] == calls["received_min"]).all(), "a call had to wait, so there are too few units"
    times = mean_min * apart * np.arange(1, int(received[-1] / mean_min / apart))
    busy = np.searchsorted(calls["dispatched_min"], times) - np.searchsorted(np.sort(calls["cleared_min"]), times)
    classes = np.array([*range(2, 16)])
    expected = np.diff(np.concatenate([[0.0], poisson.cdf(classes, load), [1.0]]))
    found = np.bincount(np.searchsorted(classes, busy), minlength=len(expected))
    p = chisquare(found, expected * len(times)).pvalue
    log.info(
        "shape %s: busy mean %.4f, variance %.4f of a Poisson of %.1f; p = %.3g",
        shape,
        busy.mean(),
        busy.var(),
        load,
        p,
    )
    assert p > FALSE_ALARM


UNMOVED = dict.fromkeys(
    (
        "victim_safety_loss", "victim_trust_loss", "victim_awareness_gain", "fraud_trust_loss", "fraud_awareness_gain",
        "quick_response_gain", "slow_response_loss", "no_response_loss", "arrest_gain", "patrol_reassurance",
        "unheard_loss", "fair_gain", "unfair_loss", "disorder_safety_loss",
    ), 0.0,
)  # fmt: skip


@cache
def without_police(trust_slope: float) -> CityModel:
    """Return a town after 140 days of much crime that only victims and passers-by report.

    No unit and no volunteer is about.

    Nothing moves anybody's trust, so that the chance of each report can be worked out after the run.
    """
    model = CityModel(
        Scenario(
            city=TOWN,
            demand={
                "reporting": {"trust_slope": trust_slope},
                **{kind.name.lower(): {"rate_per_1000": 300.0} for kind in PLACE_CRIMES},
                **{
                    kind.name.lower(): {"per_1000_year": 400.0, "unreported_per_1000_year": 300.0}
                    for kind in OTHER_CALLS
                },
                "fraud": {"contacts_per_resident_month": 0.0},
            },
            people={
                "offenders": {"share": 0.02, "searches_per_day": 10.0},
                "volunteers": {"share": 0.0},
                "feelings": UNMOVED,
            },
            force={"patrol_units": 1e-6},
            warmup_days=0,
            days=140,
            seed=4,
        )
    )
    model.run()
    return model


def reporting(model: CityModel) -> tuple[Array, Array, Array]:
    """Return the crimes at places, and the chance of each to be seen by a passer-by and to be reported by anybody."""
    demand, crimes = model.scenario.demand, model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
    crimes = crimes[crimes["type"] < len(PLACE_CRIMES)]
    kind = crimes["type"]
    given = [demand.place_crime(one) for one in PLACE_CRIMES]
    seen, told, severity = (
        np.array([getattr(one, name) for one in given])[kind]
        for name in ("witness_probability", "report_probability", "harm_days")
    )
    residents, rule = model.world.society.residents, demand.reporting
    trust = np.where(crimes["victim_id"] < 0, 0.5, residents["trust"][crimes["victim_id"]])
    odds = np.exp(rule.trust_slope * (trust - 0.5)) * (crimes["harm"] / severity) ** rule.harm_slope
    told = 1 / (1 + (1 - told) / told / odds)
    seen = np.array([_witnessed(model, crime, p) for crime, p in zip(crimes, seen, strict=True)])
    return crimes, seen, seen + (1 - seen) * told


def _witnessed(model: CityModel, crime: Array, p: float) -> float:
    """Return the mean chance, over all who may be there, that a bystander tells; victim and culprit do as strangers."""
    society, cell = model.world.society, int(crime["cell"])
    places, hour = society.places, hour_of_week(crime["time_min"], model.scenario.clock.start_weekday)
    homes = society.dwellings[places.dwelling_start[cell] : places.dwelling_start[cell + 1]]
    first = homes["first_resident"][0] if len(homes) else 0
    groups = (
        (np.arange(first, first + homes["residents"].sum()), 1.0 - places.away[hour]),
        (places.workers[places.worker_start[cell] : places.worker_start[cell + 1]], places.routine.work[0, hour]),
        (
            places.visitors[places.leisure_start[cell] : places.leisure_start[cell + 1]],
            places.routine.leisure[0, hour] + 0.01,
        ),
    )
    who = np.concatenate([people for people, _ in groups]).astype(int)
    if not len(who):
        return p
    weights = np.concatenate([np.full(len(people), float(weight)) for people, weight in groups])
    trust = society.residents["trust"][who].astype(float)
    trust[(who == crime["victim_id"]) | (who == crime["culprit_id"])] = 0.5
    odds = np.exp(model.scenario.demand.reporting.trust_slope * (trust - 0.5))
    return float(np.average(p * odds / (1 - p + p * odds), weights=weights))


@pytest.mark.parametrize("trust_slope", [0.0, 1.5])
def test_crimes_are_reported_each_with_its_own_chance(trust_slope: float) -> None:
    crimes, seen, chance = reporting(without_police(trust_slope))
    for kind in PLACE_CRIMES:
        of_type = crimes["type"] == kind
        for what, events, p in (
            ("reported", crimes["call_id"] >= 0, chance),
            ("seen", crimes["discovered_by"] == Discoverer.WITNESS, seen),
        ):
            happened, expected = np.count_nonzero(events[of_type]), p[of_type].sum()
            spread = np.sqrt((p[of_type] * (1 - p[of_type])).sum())
            log.info(
                "%s %s: %d of %d, expected %.1f ± %.1f", kind.name, what, happened, of_type.sum(), expected, spread
            )
            assert of_type.sum() > 600
            assert abs(happened - expected) < norm.isf(FALSE_ALARM / 2) * spread


def test_reports_thin_crime_at_random_so_that_they_are_no_burstier_than_chance() -> None:
    crimes, _, chance = reporting(without_police(0.0))
    day = (crimes["time_min"] // 1440).astype(int)
    reported, expected, variance = (
        np.bincount(day, weights) for weights in (crimes["call_id"] >= 0, chance, chance * (1 - chance))
    )
    statistic = ((reported - expected) ** 2 / variance).sum()
    log.info("reports by day: chi square %.1f with %d degrees of freedom", statistic, len(reported))
    assert chi2.sf(statistic, len(reported)) > FALSE_ALARM / 2
    assert chi2.cdf(statistic, len(reported)) > FALSE_ALARM / 2


@pytest.mark.parametrize("on_view", [False, True], ids=["called", "unseen"])
@pytest.mark.parametrize("kind", OTHER_CALLS, ids=lambda kind: TYPE_NAMES[kind])
def test_calls_that_are_no_crime_are_poisson_with_the_rate_of_their_hour(kind: IncidentType, on_view: bool) -> None:
    """So are incidents about which nobody calls, of which none is known here, where no patrol is about."""
    model = without_police(0.0)
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    calls = calls[(calls["true_type"] == kind) & (calls["on_view"] == on_view)]
    still_going_on = on_view & (calls["state"] == CallState.EXPECTED) & (calls["occurred_min"] > model.now_min - 30)
    assert ((calls["state"] == CallState.UNNOTICED) | still_going_on == on_view).all()
    hour = (calls["received_min"] // 60).astype(int) % 24
    yearly = (300.0 if on_view else 400.0) * model.city.residents / 1000
    expected = yearly / 365 * 140 / 24 * np.array(BY_HOUR[kind]) / np.mean(BY_HOUR[kind])
    statistic = ((np.bincount(hour, minlength=24) - expected) ** 2 / expected).sum()
    log.info("%s calls by hour: chi square %.1f with 24 degrees of freedom", kind.name, statistic)
    assert chi2.sf(statistic, 24) > FALSE_ALARM


class HotspotsElsewhere(Hotspot):
    """Hot spots of all beats but one, whose units have no orders and drive back to their station."""

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        plan = super().plan(briefing, rng)
        kept = plan.beat > 0
        return PatrolPlan(plan.cell[kept], plan.weight[kept], plan.dwell_min[kept], plan.beat[kept])


SERVICE = {"per_1000_year": 1500.0, "follow_up_probability": 0.05, "follow_up_min": 30.0}


@cache
def busy_town() -> CityModel:
    """Return a town after two weeks: shifts, breaks, hot-spot patrol, violence for two units, arrests, overtime.

    Units turn out, and go on at the station.
    """
    crime = {
        kind.name.lower(): {"rate_per_1000": 60.0, "witness_probability": 0.5, "arrest_probability": 0.9}
        for kind in PLACE_CRIMES
    }
    model = CityModel(
        Scenario(
            city=TOWN,
            demand=crime | {"service": SERVICE, "fraud": {"engaging_probability": 0.005}},
            people={"offenders": {"share": 0.02, "searches_per_day": 5.0}},
            calls={"taking_min": (1.0, 2.0, 2.0), "turn_out_station_min": 1.0},
            force={"patrol_units": 4.4, "reserve_units": 1, "wellbeing": {"active": False}},
            strategy={"name": "hotspot"},
            warmup_days=3,
            days=14,
            seed=5,
        ),
        HotspotsElsewhere(),
    )
    model.run()
    return model


def test_officer_minutes_by_activity_add_up_to_officer_minutes_on_duty() -> None:
    model = busy_town()
    found = model.results()
    ledger = found.tables["ledger"]
    minutes = {
        name: ledger["officer_minutes"][(ledger["activity"] == name) & (ledger["post"] == "patrol")].sum()
        for name in model_activities()
    }
    for name in model_activities():
        log.info("%s: %.1f officer-minutes", name, minutes[name])
        assert minutes[name] > 0
    assert (model.world.logs.calls["sent"] == 2).any()
    assert found.indicators["arrests"] > 10
    assert found.indicators["overtime_hours"] > 0
    booked, post = (ledger[name] for name in ("officer_minutes", "post"))
    assert booked.sum() == pytest.approx(found.indicators["on_duty_hours"] * 60, abs=1e-6)
    assert booked[post != "patrol"].sum() > 0
    units, books = model.world.police.units, closed_books(model.world.police, model.now_min)
    on_duty = units["activity"] != Activity.OFF_DUTY
    clock = units["on_duty_min"].sum() + (model.now_min - units["sign_on_min"][on_duty]).sum()
    assert books.sum() == pytest.approx(clock, abs=1e-6)
    assert books[:, Activity.OFF_DUTY].sum() == 0


def model_activities() -> list[str]:
    return [activity.name.lower() for activity in ON_DUTY]


def test_officer_minutes_on_duty_are_those_of_the_roster_and_the_overtime() -> None:
    model = busy_town()
    begun = CityModel(model.scenario)  # as it was after the warm-up
    end = model.now_min

    def overtime(units: Array, now_min: float) -> float:
        late = units["activity"] != Activity.OFF_DUTY
        running = np.maximum(now_min - units["regular_end_min"][late], 0.0).sum()
        return float(units["overtime_min"].sum() + running)

    booked = closed_books(model.world.police, end).sum() - closed_books(begun.world.police, begun.now_min).sum()
    worked_on = overtime(model.world.police.units, end) - overtime(begun.world.police.units, begun.now_min)
    rostered = 0.0
    for day in range(3, 17):  # the roster of rested heads depends on nothing that happens
        begun._make_room(day)
        begun._muster(day)
        begun._change_shifts(day)
        for duty in begun.duties:
            rostered += (len(duty.units) + begun.scenario.force.reserve_units) * min(480.0, end - duty.start_min)
    log.info("rostered %.1f unit-minutes, overtime %.1f, booked %.1f", rostered, worked_on, booked)
    assert worked_on > 0
    assert booked == pytest.approx(rostered + worked_on, abs=1e-6)


def test_every_call_has_one_outcome_and_its_times_are_in_order() -> None:
    model = busy_town()
    calls = model.results().tables["calls"]
    received, dispatched, arrived, cleared = (
        calls[f"{moment}_min"] for moment in ("received", "dispatched", "arrived", "cleared")
    )
    served, expired, cut_off, at_desk = (
        calls["outcome"] == outcome for outcome in ("served", "expired", "open", "desk")
    )
    assert np.array_equal(served.astype(int) + expired + cut_off + at_desk, np.ones(len(served)))
    assert np.array_equal(served, ~np.ma.getmaskarray(cleared))
    assert np.ma.getmaskarray(dispatched)[expired | at_desk].all()
    assert at_desk.any()
    assert ((received <= dispatched) & (dispatched <= arrived) & (arrived < cleared))[served].all()
    assert served.sum() > 500
    waited_long = model.now_min - model.scenario.warmup_days * 1440 - received > 1500
    assert not (cut_off & waited_long).any()


def test_looking_at_the_results_of_a_run_changes_nothing_of_what_follows() -> None:
    def tables(look: bool) -> dict[str, Any]:
        model = CityModel(
            Scenario(
                city=TOWN,
                strategy={"name": "random_patrol", "dwell_min": 20.0},
                force={"patrol_units": 4.0},
                warmup_days=1,
                days=3,
                seed=6,
            )
        )
        for _ in range(8):
            model.run(0.5)
            if look:
                model.results()
        return model.results().tables

    unseen, seen = tables(False), tables(True)
    for name, columns in unseen.items():
        for column in columns:
            assert len(columns[column]) == len(seen[name][column]), name
            assert np.ma.allequal(columns[column], seen[name][column]), f"{name}.{column}"


def test_littles_law_holds_with_shifts_breaks_tired_crews_and_a_shortage() -> None:
    """The desk counts who waits at every minute, the calls know how long each waited: L = λW.

    A wait is seen from a grid of minutes that its ends know nothing of, so that n of them are off by √(n/6) minutes
    (standard deviation).
    """
    short = {"patrol_units": 1.0, "changes": [{"factor": 0.7}], "overtime_share": 0.1}
    model = CityModel(
        Scenario(
            city=TOWN,
            force=short,
            demand={"service": {"per_1000_year": 1500.0}},
            clock={"tick_min": 1},
            warmup_days=0,
            days=20,
            seed=8,
        )
    )
    seen = []
    for _ in range(20 * 1440):
        model.run(1 / 1440)
        seen.append(model.world.desk.waiting.sum())
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    asked = calls[
        (calls["received_min"] < model.now_min)
        & ~calls["on_view"]
        & np.isin(calls["state"], [state for state in CallState if state <= CallState.EXPIRED])
    ]
    given_up = asked["received_min"] + np.array(model.scenario.dispatch.patience_min)[asked["priority"] - 1]
    until = np.where(
        asked["dispatched_min"] >= 0,
        asked["dispatched_min"],
        np.where(asked["state"] == CallState.EXPIRED, given_up, model.now_min),
    )
    waits = until - asked["received_min"]
    n = np.count_nonzero(waits > 0)
    assert n > 300
    log.info("L %.4f by the desk, λW %.4f by the calls, %d calls waited", np.mean(seen), waits.sum() / model.now_min, n)
    assert abs(np.sum(seen) - waits.sum()) < norm.isf(FALSE_ALARM / 2) * np.sqrt(n / 6)
