"""Disputes: who quarrels, how it ends without mediators, and what the tables say of it."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
from disputes_alone import (
    DAY,
    MANY,
    PERFECT,
    Z,
    grown_old,
    live,
    many,
    share_with_margin,
    town,
)
from pydantic import ValidationError

from sim.city.state import Ground, new_cells
from sim.incident_types import IncidentType
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.disputes.course import ADULT_AGE, begin_disputes
from sim.incidents.disputes.log import (
    OPEN,
    ROWS,
    Disputes,
    Finder,
    Level,
    Outcome,
    Subject,
    add_dispute,
    disputes_with_room,
    end_dispute,
    new_dispute_log,
)
from sim.incidents.disputes.mediation import MediationParameters
from sim.incidents.disputes.parameters import TIES_OF, DisputeParameters, dispute_rule
from sim.outcomes.dispute_results import dispute_indicators, dispute_table
from sim.parameters import BadInput
from sim.people.feelings import FeelingParameters, new_feelings
from sim.people.residents import ResidentParameters, settle
from sim.people.ties import TieParameters

log = logging.getLogger("disputes")


# What unmediated disputes do


def test_of_unmediated_disputes_five_to_ten_percent_escalate_within_two_months() -> None:
    """The whole interval is within the claim; a rule at 7.5 % fails with a chance below 1e-6, on other seeds too."""
    run = many()
    first = np.full(len(run.rows), np.inf)
    np.minimum.at(first, run.crimes["dispute_id"], run.crimes["time_min"])
    old = grown_old(run, 730, 61)
    share, margin = share_with_margin((first - run.rows["began_min"] < 60 * DAY)[old])
    log.info("escalated within 60 days: %.4f ± %.4f of %d", share, margin, old.sum())
    assert 0.05 < share - margin
    assert share + margin < 0.10


def test_without_mediation_about_four_assaults_a_year_per_1000_residents_come_from_20_disputes() -> None:
    """Fails a right rule with a chance below 1e-6.

    Assaults cluster in disputes, so the margin is that of sums over disputes.
    """
    run = many()
    of_dispute = np.bincount(run.crimes["dispute_id"], minlength=len(run.rows))
    scale = 20 / MANY / 20 / 2  # to a rate of 20, per 1,000 residents, a year
    rate = of_dispute.sum() * scale
    margin = Z * np.sqrt((of_dispute.astype(float) ** 2).sum()) * scale
    log.info("assaults per 1,000 residents a year without mediation: %.2f ± %.2f", rate, margin)
    assert 3.0 < rate - margin
    assert rate + margin < 5.5
    assert (run.rows["outcome"] != Outcome.MEDIATED).all()
    assert not run.disputes.hours.any()


def test_about_fifteen_percent_of_disputes_are_reported_to_the_police() -> None:
    """Fails a right rule with a chance below 1e-6. Mediators are as many for each dispute as by default."""
    usual = DisputeParameters()
    hours = usual.mediation.mediator_hours_per_1000_week * MANY / usual.per_1000_year
    run = live(
        DisputeParameters(per_1000_year=MANY, mediation=MediationParameters(mediator_hours_per_1000_week=hours)), 730
    )
    old = grown_old(run, 730, 240)
    share, margin = share_with_margin((run.rows["calls"] > 0)[old])
    log.info("reported: %.3f ± %.3f", share, margin)
    assert 0.11 < share - margin
    assert share + margin < 0.20


def test_the_run_begins_with_as_many_open_disputes_as_it_goes_on_with() -> None:
    """Fails a right start with a chance below 1e-6: open disputes are Poisson, as those of M/G/∞."""
    run = many()
    at_start = int(run.start.used[OPEN])
    usual = run.open.mean()
    log.info("open at the start %d, later %.0f", at_start, usual)
    assert abs(at_start - usual) < Z * np.sqrt(usual) + 0.03 * usual  # the mean of two years is itself known to 3 %
    ages = -run.start.rows["began_min"][run.start.open[:at_start]] / DAY
    assert ages.min() >= 0
    assert np.quantile(ages, 0.9) > 90


# Who quarrels, and that it can be repeated


def test_parties_are_adults_with_a_tie_that_goes_with_the_subject() -> None:
    run, ties = many(), town()[1].ties
    assert sorted(set(run.rows["subject"].tolist())) == list(range(5))
    assert (run.society.residents["age"][run.rows["party_id"]] >= ADULT_AGE).all()
    assert (run.society.residents["age"][run.rows["other_id"]] >= ADULT_AGE).all()
    for one in run.rows[::7]:
        mine = slice(ties.start[one["party_id"]], ties.start[one["party_id"] + 1])
        kind = ties.kind[mine][ties.other[mine] == one["other_id"]]
        assert kind[0] in TIES_OF[Subject(one["subject"])]


def test_an_assault_is_by_one_party_on_the_other_at_a_home_or_the_work_place_and_within_the_day() -> None:
    run = many()
    people, crimes = run.society.residents, run.crimes
    of = run.rows[crimes["dispute_id"]]
    assert (crimes["type"] == IncidentType.DISPUTE_ASSAULT).all()
    assert (crimes["offender_id"] == -1).all()
    assert (
        np.sort(np.stack([crimes["culprit_id"], crimes["victim_id"]]), axis=0)
        == np.sort(np.stack([of["party_id"], of["other_id"]]), axis=0)
    ).all()
    at_work = of["subject"] == Subject.WORK
    assert (crimes["cell"] == people["work_cell"][of["party_id"]])[at_work].all()
    assert (
        (crimes["cell"] == people["home_cell"][of["party_id"]])
        | (crimes["cell"] == people["home_cell"][of["other_id"]])
    )[~at_work].all()
    assert (np.diff(crimes["time_min"] // DAY) >= 0).all()
    assert (crimes["time_min"] > of["began_min"]).all()
    hour = crimes["time_min"] // 60 % 24
    assert np.mean((hour >= 18) & (hour < 23)) > 0.3
    calls = run.calls[run.calls["true_type"] == IncidentType.DISPUTE]
    assert set(calls["priority"].tolist()) == {2, 3}
    assert (calls["incident_id"] == -1).all()


def test_a_seed_repeats_itself_and_another_gives_other_disputes() -> None:
    parameters = DisputeParameters(per_1000_year=MANY)
    one, again, other = (live(parameters, 60, seed) for seed in (3, 3, 4))
    for name in one.rows.dtype.names:
        assert np.array_equal(one.rows[name], again.rows[name]), name
    for name in one.crimes.dtype.names:
        assert np.array_equal(one.crimes[name], again.crimes[name]), name
    assert one.disputes.hours.tolist() == again.disputes.hours.tolist()
    assert not np.array_equal(one.rows["party_id"][:100], other.rows["party_id"][:100])


def test_whatever_mediators_do_the_same_disputes_arise_and_those_left_alone_go_the_same_way() -> None:
    left, mediated = many(), many(PERFECT)
    for name in ("subject", "party_id", "other_id", "cell", "began_min"):
        assert np.array_equal(left.rows[name], mediated.rows[name]), name
    alone = np.ones(len(left.rows), dtype=bool)
    for run in (left, mediated):
        alone &= (run.rows["found_by"] == Finder.NOBODY) & (run.rows["calls"] == 0)
    assert alone.sum() > 1000
    for name in ("outcome", "ended_min", "assaults", "tension", "assault_min"):
        assert np.array_equal(left.rows[name][alone], mediated.rows[name][alone]), name


def test_a_dispute_is_either_open_and_on_the_list_or_ended_and_not() -> None:
    def watch(day: int, disputes: Disputes) -> None:
        listed = disputes.open[: disputes.used[OPEN]]
        rows = disputes.rows[: disputes.used[ROWS]]
        assert np.array_equal(listed, np.flatnonzero(rows["outcome"] == Outcome.OPEN))
        assert (rows["tension"][listed] > 0).all()
        assert (rows["ended_min"] >= rows["began_min"])[rows["outcome"] != Outcome.OPEN].all()
        assert (rows["ended_min"][rows["outcome"] != Outcome.OPEN] <= max(day, 0) * DAY).all()
        assert not rows["in_mediation"][rows["outcome"] != Outcome.OPEN].any()

    live(DisputeParameters(per_1000_year=MANY), 100, watch=watch)


def test_rows_of_a_log_that_grows_stay_where_they_are() -> None:
    log_of = new_dispute_log(2)
    for d in range(5):
        log_of = disputes_with_room(log_of, 1)
        assert add_dispute(log_of, Subject.DEBT, d, d + 1, 7, 1.0, 60.0 * d) == d
    assert log_of.rows["party_id"][:5].tolist() == [0, 1, 2, 3, 4]
    assert log_of.open[:5].tolist() == [0, 1, 2, 3, 4]
    full = new_dispute_log(1)
    add_dispute(full, Subject.DEBT, 0, 1, 0, 1.0, 0.0)
    with pytest.raises(IndexError, match="full"):
        add_dispute(full, Subject.DEBT, 0, 1, 0, 1.0, 0.0)


# Bad input


def test_shares_of_subjects_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"add up to 1, not 1\.1"):
        DisputeParameters(subjects=(0.4, 0.3, 0.15, 0.15, 0.1))


def test_disputes_that_would_never_end_are_refused() -> None:
    with pytest.raises(ValidationError, match="never end"):
        DisputeParameters(drift_per_day=0.03)


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_1000_year": -1},
        {"volatility": -0.1},
        {"mediation": {"session_hours": 0}},
        {"mediation": {"notice_days": -1}},
    ],
)
def test_values_out_of_bounds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DisputeParameters(**wrong)


def test_disputes_between_ties_that_nobody_has_are_refused() -> None:
    city, _ = town()
    lonely = settle(city, ResidentParameters(ties=TieParameters(neighbours=0)), seed=1)
    cells = new_cells(city, np.zeros(city.grid.n_cells))
    ground = Ground(cells, city.grid.n_rows, city.grid.n_cols, city.grid.cell_m, 0)
    demand, feelings = demand_rule(DemandParameters(), city.grid.cell_m), new_feelings(FeelingParameters())
    with pytest.raises(BadInput, match=r"^demand\.disputes\.subjects: .* neighbour"):
        begin_disputes(1, lonely, ground, demand, feelings, dispute_rule(DisputeParameters(), city.residents))


# Tables and indicators


def test_the_table_holds_what_was_open_since_the_start_and_the_indicators_count_it() -> None:
    made = new_dispute_log(16)
    for began in (-5.0, 0.5, 1.5, 2.5, 3.5, 9.0):  # days; the warm-up ends on day 1, now is day 8
        add_dispute(made, Subject.FAMILY, 1, 2, 3, 1.0, began * DAY)
    end_dispute(made, 0, Outcome.COOLED, 0)  # ended before: not in the table
    end_dispute(made, 1, Outcome.MEDIATED, 2)  # at source
    end_dispute(made, 2, Outcome.MEDIATED, 4)  # after a call
    end_dispute(made, 3, Outcome.COOLED, 5)  # after an assault
    rows = made.rows
    rows["calls"][2] = 1
    rows["assaults"][3], rows["assault_min"][3] = 1, 4 * DAY
    rows["assaults"][4], rows["assault_min"][4] = 1, 0.5 * DAY  # before the table begins
    rows["found_by"][1], rows["found_min"][1] = Finder.GRID, 0.75 * DAY
    rows["found_by"][2], rows["found_min"][2] = Finder.POLICE, 3 * DAY
    found = dispute_table(made, DAY, 8 * DAY)
    assert found["dispute_id"].tolist() == [1, 2, 3, 4]
    assert found["began_min"].tolist() == [None, 0.5 * DAY, 1.5 * DAY, 2.5 * DAY]
    assert found["ended_min"].tolist() == [1 * DAY, 3 * DAY, 4 * DAY, None]
    assert found["outcome"].tolist() == ["mediated", "mediated", "cooled", "open"]
    assert found["found_by"].tolist() == ["grid", "police", None, None]
    assert found["found_min"].tolist() == [None, 2 * DAY, None, None]
    assert found["escalations"].tolist() == [0, 0, 1, 1]
    assert found["last_assault_min"].tolist() == [None, None, 3 * DAY, None]
    assert found["level"].tolist() == ["village", "village", None, None]
    rows["level"][2], rows["handed_up"][2] = Level.STATION, 2
    found = dispute_table(made, DAY, 8 * DAY)
    assert dispute_indicators(found, np.array([12.5, 2.5, 4.0])) == {
        "disputes": 3.0,
        "disputes_resolved_at_source_share": pytest.approx(1 / 3),
        "disputes_escalated": 1.0,
        "disputes_handed_up": 1.0,
        "disputes_resolved_village": 1.0,
        "disputes_resolved_town": 0.0,
        "disputes_resolved_station": 1.0,
        "mediation_hours_per_resolved_village": 12.5,
        "mediation_hours_per_resolved_town": None,
        "mediation_hours_per_resolved_station": 4.0,
        "mediator_hours": 15.0,
        "mediation_officer_hours": 4.0,
    }
    assert (
        dispute_indicators(dispute_table(new_dispute_log(4), 0.0, DAY), np.zeros(3))[
            "disputes_resolved_at_source_share"
        ]
        is None
    )
