"""Which districts get the strategy when, as police would choose them, from nothing but their own records."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.trial.design import MONTH, PLANNED, WAITING, fits
from experiments.trial.kept import AT_ALL_PLACES, RECORDED, events_of
from experiments.trial.rollout import BY_LOT, IN_STEPS, at_once, by_lot, in_steps, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.estimates.intervals import Floats
    from experiments.trial.kept import Seen
    from experiments.trial.rollout import Rollout
    from sim.scenario import Scenario


def planned(
    scenarios: Mapping[str, Scenario], waiting: Sequence[Seen], plan: Mapping[str, Any]
) -> dict[tuple[str, str], list[Rollout]]:
    """Return what is ordered: strategy and kind of roll-out → that of each run.

    Parameters
    ----------
    scenarios, plan
        See `experiments.trial.design.design`.
    waiting : sequence of Seen
        The runs without any strategy.
    """
    of_kind: dict[str, list[Rollout]] = {}
    found: dict[tuple[str, str], list[Rollout]] = {}
    for strategy, design in product(scenarios, plan["designs"]):
        if strategy == WAITING or not fits(design, scenarios[strategy]):
            continue
        kind = kind_of(design)
        if kind not in of_kind:
            of_kind[kind] = [chosen(kind, seen, plan, plan["seed"] + r) for r, seen in enumerate(waiting)]
        found[strategy, kind] = of_kind[kind]
    return found


def carried_out(
    rollouts: Mapping[tuple[str, str], Sequence[Rollout]], treated: Mapping[tuple[str, str], Sequence[Seen]]
) -> dict[tuple[str, str], list[Rollout]]:
    """Return the roll-outs with the places that the lot of a run has drawn, of those that ask it."""
    return {
        arm: [by_lot(one.begin, seen) if arm[1] == BY_LOT else one for one, seen in zip(of, treated[arm], strict=True)]
        for arm, of in rollouts.items()
    }


def chosen(kind: str, seen: Seen, plan: Mapping[str, Any], seed: int) -> Rollout:
    """Return a roll-out as the police would order it.

    Parameters
    ----------
    kind : str
        `AT_ONCE`; `IN_STEPS`, where the districts follow each other in an order that is drawn; or `BY_LOT`, in the
        whole city, where the strategy draws places.
    seen : Seen
        The run without the strategy.
    plan : mapping
        See `experiments.trial.design.design`.
    seed : int
        Of the run, for what is drawn.
    """
    districts = len(seen.residents)
    order = np.random.default_rng([seed, districts]).permutation(districts).tolist()
    if kind == BY_LOT:
        return at_once(plan["start_day"], order, districts)
    if kind == IN_STEPS:
        return in_steps(order, plan["start_day"], plan["after_days"], plan["steps"])
    if plan["begin"] == PLANNED:
        return at_once(plan["start_day"], order[: plan["treated"]], districts)
    return after_bad_month(recorded_by_day(seen, plan["days"]), plan)


def redrawn(rollout: Rollout, seed: int) -> Rollout:
    """Return a roll-out of the same days whose districts are drawn, whatever records say of them."""
    order = np.random.default_rng([seed, len(rollout.starts), 1]).permutation(len(rollout.starts))
    return rollout._replace(starts=tuple(rollout.starts[d] for d in order.tolist()))


def recorded_by_day(seen: Seen, days: int) -> Floats:
    """Return the crimes at places that entered police records by day and district, shape [days, districts]."""
    events, districts = events_of(seen, RECORDED, AT_ALL_PLACES), len(seen.residents)
    where = seen.district[events.cell]
    there = (events.known_day >= 0) & (events.known_day < days) & (where >= 0)
    found = np.bincount(events.known_day[there] * districts + where[there], minlength=days * districts)
    return found.reshape(days, districts).astype(float)


def after_bad_month(by_day: Floats, plan: Mapping[str, Any]) -> Rollout:
    """Return the roll-out that begins after a bad month, in the districts in which it was worst.

    The police look at their records on `start_day` and every four weeks. Once a district has had `bad_month` times as
    many crimes in the last four weeks as was usual before them, the strategy begins in it and in those that come next
    by this ratio; if none ever has, it begins on the last look.

    Parameters
    ----------
    by_day : array [days, districts]
        Crimes that entered police records.
    plan : mapping
        `start_day`, `looks`, `bad_month`, `treated`.
    """
    day = plan["start_day"]
    last = day + (plan["looks"] - 1) * MONTH
    while day < last and badness(by_day[:day]).max() < plan["bad_month"]:
        day += MONTH
    worst = np.argsort(-badness(by_day[:day]), kind="stable")[: plan["treated"]]
    return at_once(day, worst.tolist(), by_day.shape[1])


def badness(by_day: Floats) -> Floats:
    """Return the crimes of the last four weeks against those usual before them, by district; ½ is added to both."""
    before = by_day[: len(by_day) - MONTH]
    usual = before.sum(axis=0) * MONTH / len(before)
    found: Floats = (by_day[-MONTH:].sum(axis=0) + 0.5) / (usual + 0.5)
    return found
