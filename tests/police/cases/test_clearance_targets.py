"""A target for the clearance rate: hopeless trifles are turned away, and what is quickly solved goes first."""

from __future__ import annotations

import numpy as np
import pytest
from precinct import PEOPLE, Precinct
from scipy import stats

from sim.incident_types import CRIMES, IncidentType
from sim.police.cases.case_log import CaseState
from sim.police.cases.investigation import queues
from sim.police.posts import Post

ALARM = 1e-5  # chance that a right rule fails a claim on a seed that nobody has tried
I = IncidentType  # noqa: E741
THEFT, BRAWL = I.PICKPOCKETING, I.BRAWL


def opened(pressure: float, kind: object = THEFT, n: int = 4000, **targets: float) -> Precinct:
    """Return a precinct that has opened its cases or not; of few crimes each has a victim of its own."""
    precinct = Precinct(n, kind, targets={"pressure": pressure, **targets})
    if n <= PEOPLE:
        precinct.crimes["victim_id"] = np.arange(n)
    precinct.open()
    return precinct


def test_without_pressure_everything_is_written_down() -> None:
    precinct = opened(0.0)
    assert precinct.cases.used[0] == precinct.n
    assert (precinct.crimes["recorded_time_min"] >= 0).all()


@pytest.mark.parametrize(("pressure", "kind"), [(1.0, THEFT), (0.4, THEFT), (1.0, BRAWL)])
def test_reports_are_turned_away_by_how_hopeless_and_how_trifling_they_are(pressure: float, kind: IncidentType) -> None:
    """The number against the sum of the chances of the same cases when all are opened, false alarm 1e-5."""
    free, pressed = opened(0.0, kind), opened(pressure, kind)
    rule, demand = free.bureau.rule, free.bureau.demand
    rows = free.cases.rows[: free.n]
    seems = 1.0 / (1.0 + np.exp(-(rule.prior[CRIMES.index(kind)] + rows["leads"].astype(float))))
    p = pressure * np.maximum(0.0, 1.0 - seems / 0.4) * np.exp(-demand.harm_days[kind] / 30.0)
    away = pressed.crimes["recorded_time_min"] < 0
    assert abs(away.sum() - p.sum()) < stats.norm.isf(ALARM / 2) * np.sqrt((p * (1 - p)).sum())
    assert away.sum() > 100
    assert not away[seems >= 0.4].any()
    assert pressed.cases.used[0] == free.n - away.sum()


def test_who_is_turned_away_has_no_case_and_loses_trust_and_the_others_are_as_they_were() -> None:
    free, pressed = opened(0.0, n=PEOPLE), opened(1.0, n=PEOPLE)
    away = pressed.crimes["recorded_time_min"] < 0
    assert (pressed.cases.case_of[: pressed.n][away] == 0).all()
    kept = np.flatnonzero(~away)
    assert np.array_equal(pressed.cases.rows["incident_id"][: pressed.cases.used[0]], kept)
    for name in ("witness", "trace", "named", "needed_min"):
        assert np.array_equal(pressed.cases.rows[name][: len(kept)], free.cases.rows[name][kept]), name
    assert 0 < away.sum() < PEOPLE
    assert pressed.residents["trust"] == pytest.approx(np.where(away, 0.45, 0.5), abs=1e-6)


def test_under_pressure_the_quick_case_goes_before_the_likelier_one() -> None:
    """Two cases that wait: one of 8 hours and log-odds 1, one of 1 hour and log-odds 0."""
    order = []
    for pressure in (0.0, 1.0):
        precinct = opened(pressure, n=2, clearance_target=0.01)
        rows = precinct.cases.rows[:2]
        rows["state"], rows["leads_min"], rows["opened_min"], rows["known_min"] = CaseState.WAITING, 0.0, 0.0, 0.0
        rows["needed_min"] = 480.0, 60.0
        rows["leads"] = np.array([1.05, 0.05]) - precinct.bureau.rule.prior[THEFT]
        _, by_rank = queues(0.0, Post.DETECTIVES, precinct.cases, precinct.bureau.rule)
        order.append(by_rank.tolist())
    assert order == [[0, 1], [1, 0]]
