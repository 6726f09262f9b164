"""The staff.

People follow the establishment, nobody is on two posts or two duties, and hours are those that the headcount gives.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_force import beat_plan as plan

from sim.parameters import BadInput
from sim.police.force.establishment import ForceParameters, establishment, full_strength
from sim.police.force.head_changes import HeadChange, heads_on
from sim.police.force.mobilisation import Mobilisation
from sim.police.force.officers import NONE
from sim.police.force.staff import Staff
from sim.police.force.wellbeing_parameters import WellbeingParameters
from sim.police.patrol.units import Activity
from sim.police.posts import POST_NAMES, STATION_POSTS, Post

RESTED = {"active": False}
RESIDENTS = 100_000


def staff_of(days: int = 10, seed: int = 1, residents: int = RESIDENTS, **force: Any) -> Staff:
    return Staff(ForceParameters(**force), residents, plan(), seed, days)


def on_posts(staff: Staff) -> np.ndarray:
    """Return people by kind and post who are not away."""
    there = staff.officers[~staff.officers["away"]]
    found = np.zeros((2, len(Post)), dtype=int)
    np.add.at(found, (there["auxiliary"].astype(int), there["post"]), 1)
    return found


def test_the_default_force_has_its_shares_and_its_relief_factor_and_about_twelve_units() -> None:
    force = ForceParameters()
    heads = full_strength(force, RESIDENTS)
    assert heads.sum(axis=1) == pytest.approx([140, 100])
    assert heads[0, : Post.PATROL].sum() == pytest.approx(0.4 * 140)
    assert force.relief_factor == pytest.approx(168 / (40 * 0.86) / force.usual_fit_share)
    staff = staff_of(wellbeing=RESTED)
    staff.begin_day(0)
    staff.crew_up(0, staff.roster.units())
    assert staff.roster.on_duty == pytest.approx((70 + 56) / 2 / force.relief_factor)


@pytest.mark.parametrize(
    ("crew", "auxiliaries", "idle"), [(2, 1.0, 0.0), (2, 1.5, 14.0), (2, 2.0, 42.0), (3, 2.0, 0.0), (1, 1.0, 56.0)]
)
def test_auxiliaries_for_whom_no_crew_has_a_place_are_counted(crew: int, auxiliaries: float, idle: float) -> None:
    """Of 70 officers on patrol each takes one auxiliary along in a crew of two; at full strength there are 56."""
    staff = staff_of(3, crew=crew, auxiliaries=int(100 * auxiliaries), wellbeing=RESTED)
    units = staff.roster.units()
    for day in range(3):
        staff.begin_day(day)
        staff.crew_up(day, units)
    assert staff.days["auxiliaries_without_duty"][:3] == pytest.approx(idle * staff.force.usual_fit_share)


def test_auxiliaries_beyond_one_an_officer_make_no_unit_more() -> None:
    """What the count says: with 42 of them idle the same crews drive as with none."""
    enough, many = (staff_of(3, auxiliaries=n, wellbeing=RESTED) for n in (125, 200))
    for staff in (enough, many):
        staff.begin_day(0)
        staff.crew_up(0, staff.roster.units())
    assert many.roster.on_duty == pytest.approx(enough.roster.on_duty)
    assert enough.days["auxiliaries_without_duty"][0] == pytest.approx(0.0)


def test_patrol_units_that_are_asked_for_are_on_duty_on_average() -> None:
    staff = staff_of(40, patrol_units=7.3, wellbeing=RESTED)
    units = staff.roster.units()
    signed = 0
    for day in range(40):
        staff.begin_day(day)
        signed += sum(len(duty.units) for duty in staff.crew_up(day, units))
    assert signed / 120 == pytest.approx(7.3, abs=1 / 120)


CHANGE = st.builds(
    lambda post, factor, start, days, to: HeadChange(
        post=post, factor=factor, start_day=start, days=days, move_to=None if to == post else to, cause=post + str(to)
    ),
    st.sampled_from(POST_NAMES), st.floats(0.3, 0.95), st.integers(0, 5), st.none() | st.integers(1, 4),
    st.none() | st.sampled_from(POST_NAMES),
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    changes=st.lists(CHANGE, max_size=2, unique_by=lambda change: change.post),
    more=st.booleans(),
    seed=st.integers(0, 99),
    residents=st.sampled_from([10_000, 100_000]),
)
def test_people_follow_the_establishment_and_everybody_is_on_one_post_and_one_duty(
    changes: list[HeadChange], more: bool, seed: int, residents: int
) -> None:
    extra = [HeadChange(post="patrol", auxiliaries=True, factor=1.3, start_day=2, days=4, cause="more")] if more else []
    force = ForceParameters(changes=(*changes, *extra), wellbeing={"sick_per_year": 20.0, "attrition_per_year": 2.0})
    staff = Staff(force, residents, plan(), seed, 10)
    units = staff.roster.units()
    everybody = len(staff.officers)
    for day in range(9):
        if day:
            staff.end_day(day - 1, units, day * 1440.0)
        staff.begin_day(day)
        wanted = heads_on(force.changes, staff.table, day)
        for kind in range(2):
            of_kind = staff.table["auxiliary"] == kind
            assert on_posts(staff)[kind].sum() == pytest.approx(wanted[of_kind].sum(), abs=1)
            by_post = np.bincount(staff.table["post"][of_kind], wanted[of_kind], len(Post))
            assert on_posts(staff)[kind] == pytest.approx(by_post, abs=1.51)
        people = staff.officers
        assert len(people) == everybody == len(np.unique(people["key"]))
        station = np.isin(people["post"], STATION_POSTS)
        assert ((people["district"] == NONE) == ~station).all()
        duties = staff.crew_up(day, units)
        crewed = np.concatenate([staff.crews[duty.units].ravel() for duty in duties])
        watches = staff.watches(day)
        at_posts = np.concatenate([watch.heads for watch in watches.values()])
        working = np.concatenate([crewed, at_posts])
        assert len(np.unique(working)) == len(working)
        able = (people["left_day"] < 0) & (people["sick_until_day"] <= day) & ~people["away"]
        assert able[working].all()
        assert (people["post"][crewed] == Post.PATROL).all()
        assert not people["auxiliary"][
            staff.crews[np.concatenate([duty.units for duty in duties]), 0]
        ].any()  # an officer leads each crew
        rostered = staff.hours[day].sum() * 60
        assert rostered == pytest.approx(
            sum(w.sworn_min + w.auxiliary_min for w in watches.values()) + len(crewed) * 480
        )


def test_there_are_people_enough_on_the_day_after_a_shortage_ends() -> None:
    back, more = (
        {"post": "anti_fraud", "factor": 0.5, "days": 3},
        {"post": "patrol", "auxiliaries": True, "factor": 1.3, "start_day": 2, "days": 4},
    )
    staff = staff_of(changes=[back, more, {"post": "headquarters", "factor": 0.5, "start_day": 4}], wellbeing=RESTED)
    for day in range(4):
        staff.begin_day(day)
    assert on_posts(staff)[1].sum() == 117  # 100 auxiliaries, and three tenths of the 56 on patrol


def test_those_who_left_their_post_come_back_to_it_with_their_skill() -> None:
    staff = staff_of(
        changes=[{"post": "detectives", "factor": 0.5, "move_to": "patrol", "start_day": 2, "days": 3}],
        wellbeing=RESTED,
    )
    before = staff.officers[["key", "post", "district", "skill"]].copy()
    moved = []
    for day in range(6):
        staff.begin_day(day)
        moved.append(int((staff.officers["post"] != before["post"]).sum()))
    assert moved in ([0, 0, n, n, n, 0] for n in (8, 9))  # half of 16.8
    assert np.array_equal(staff.officers[["key", "post", "skill"]], before[["key", "post", "skill"]])


def test_more_auxiliaries_crew_more_units_only_while_there_are_officers_to_lead_them() -> None:
    def units(factor: float) -> float:
        staff = staff_of(changes=[{"post": "patrol", "auxiliaries": True, "factor": factor}], wellbeing=RESTED)
        staff.begin_day(0)
        staff.crew_up(0, staff.roster.units())
        return staff.roster.on_duty

    relief = ForceParameters().relief_factor
    assert units(1.2) == pytest.approx((70 + 67.2) / 2 / relief)
    assert units(3.0) == pytest.approx(70 / relief)


def test_the_night_gap_is_in_the_night() -> None:
    staff = staff_of(
        30,
        changes=[{"post": "patrol", "shift": 0, "factor": 0.5}, {"post": "desk", "shift": 0, "factor": 0.5}],
        wellbeing=RESTED,
    )
    units = staff.roster.units()
    for day in range(30):
        staff.begin_day(day)
        staff.crew_up(day, units)
        staff.watches(day)
    for post in (Post.PATROL, Post.DESK):
        by_hour = staff.hours[:, post].mean(axis=0)
        assert by_hour[3] == pytest.approx(0.5 * by_hour[12], rel=0.05)
        assert by_hour[12] == pytest.approx(by_hour[20], rel=0.05)


def test_ordered_overtime_lengthens_every_duty_and_is_booked() -> None:
    plain, longer = (staff_of(wellbeing=RESTED, overtime_share=share) for share in (0.0, 0.25))
    for staff in (plain, longer):
        staff.begin_day(0)
        staff.crew_up(0, staff.roster.units())
        watch = staff.watches(0)[Post.DETECTIVES]
        assert watch.sworn_min == len(watch.heads) * 480 * (1 + staff.force.overtime_share)
        assert (staff.officers["overtime_min"][watch.heads] == 480 * staff.force.overtime_share).all()
    assert longer.hours.sum() == pytest.approx(1.25 * plain.hours.sum())


def test_the_day_of_the_units_is_booked_on_their_crews() -> None:
    staff = staff_of(wellbeing={"overload_gain": 0.0})
    units = staff.roster.units()
    staff.begin_day(0)
    duties = staff.crew_up(0, units)
    rows = np.concatenate([duty.units for duty in duties])
    units["on_duty_min"][rows], units["busy_min"][rows], units["overtime_min"][rows], units["arrests"][rows] = (
        490.0,
        200.0,
        10.0,
        1,
    )
    one = rows[-1]
    units["activity"][one], units["on_duty_min"][one], units["sign_on_min"][one], units["regular_end_min"][one] = (
        Activity.STANDBY,
        0.0,
        960.0,
        1440.0,
    )
    staff.end_day(0, units, 1440.0)
    assert staff.days["worked_min"][0] == pytest.approx(2 * (490 * (len(rows) - 1) + 480))
    assert staff.days["overtime_min"][0] == pytest.approx(2 * 10 * len(rows))
    staff.begin_day(1)
    staff.end_day(1, units, 1440.0)
    assert staff.days["worked_min"][1] == 0


def test_shares_that_do_not_add_up_and_forces_without_patrol_are_refused() -> None:
    with pytest.raises(ValueError, match="add up to 1"):
        ForceParameters(officer_shares={"patrol": 0.7})
    with pytest.raises(BadInput, match=r"force\.patrol_units"):
        full_strength(ForceParameters(patrol_units=0), RESIDENTS)
    with pytest.raises(BadInput, match=r"force\.officers"):
        full_strength(ForceParameters(officers=0), RESIDENTS)


def test_every_head_of_the_establishment_has_a_place() -> None:
    force = ForceParameters()
    rows = establishment(force, RESIDENTS, plan().district)
    assert rows["heads"].sum() == pytest.approx(240)
    assert WellbeingParameters().active
    for district in range(4):
        assert rows["heads"][(rows["district"] == district) & (rows["post"] == Post.PATROL)].sum() == pytest.approx(
            126 / 4
        )


def lending(**shares: float) -> Mobilisation:
    lent = np.zeros(len(Post))
    for name, share in shares.items():
        lent[POST_NAMES.index(name)] = share
    return Mobilisation(lent_share=lent)


def duties_of(staff: Staff, days: int) -> tuple[np.ndarray, int, int]:
    """Run a staff for some days.

    Return the duties of each post, those on patrol, and those of them that were lent, and check that nobody has two on
    a day.
    """
    units = staff.roster.units()
    at_posts, crewed, of_lent = np.zeros(len(Post)), 0, 0
    for day in range(days):
        if day:
            staff.end_day(day - 1, units, day * 1440.0)
        staff.begin_day(day)
        watches, duties = staff.watches(day), staff.crew_up(day, units)
        crews = np.concatenate([staff.crews[duty.units].ravel() for duty in duties])
        working = np.concatenate([crews, *(watch.heads for watch in watches.values())])
        assert len(np.unique(working)) == len(working)
        lent = np.concatenate(staff.lent)
        assert np.isin(lent, crews).all(), "who was lent to patrol has no unit"
        assert (staff.officers["post"][np.setdiff1d(crews, lent)] == Post.PATROL).all()
        assert not staff.officers["auxiliary"][np.concatenate([staff.crews[duty.units, 0] for duty in duties])].any()
        minutes = sum(w.sworn_min + w.auxiliary_min for w in watches.values()) + len(crews) * 480
        assert staff.hours[day].sum() * 60 == pytest.approx(minutes)
        at_posts += [len(watches[post].heads) if post in watches else 0 for post in Post]
        crewed += len(crews)
        of_lent += len(lent)
    return at_posts, crewed, of_lent


@pytest.mark.parametrize("wellbeing", [RESTED, {"sick_per_year": 10.0}])
def test_who_is_lent_to_patrol_is_missing_at_his_post_and_nobody_is_gained(wellbeing: dict[str, Any]) -> None:
    days = 30
    usual, lent = (staff_of(days, wellbeing=wellbeing, most_lent_share=0.6) for _ in range(2))
    lent.order(lending(headquarters=0.5, detectives=0.5, community=0.6))
    posts_before, patrol_before, nobody = duties_of(usual, days)
    posts_after, patrol_after, of_lent = duties_of(lent, days)
    missing = posts_before - posts_after
    some = [Post.HEADQUARTERS, Post.DETECTIVES, Post.COMMUNITY]
    assert missing[some] == pytest.approx([0.5, 0.5, 0.6] * posts_before[some], rel=0.05)
    assert np.abs(np.delete(missing, some)).max() <= (0 if wellbeing is RESTED else 0.05 * posts_before.max())
    assert nobody == 0
    assert of_lent == pytest.approx(missing[some].sum(), abs=len(some) * 2, rel=0 if wellbeing is RESTED else 0.05)
    crew_error = 3 * 2  # the roster rounds each shift to whole units of two, and carries the error over
    assert patrol_after - patrol_before == pytest.approx(
        missing.sum(), abs=len(some) * 2 + crew_error, rel=0 if wellbeing is RESTED else 0.05
    )
    assert np.array_equal(lent.officers["post"], usual.officers["post"])


def test_cars_for_people_who_are_never_lent_change_nothing() -> None:
    plain, with_cars = staff_of(10), staff_of(10, most_lent_share=0.5)
    of_plain, of_other = plain.roster.units(), with_cars.roster.units()
    assert len(of_other) > len(of_plain)
    for day in range(10):
        for staff, units in ((plain, of_plain), (with_cars, of_other)):
            if day:
                staff.end_day(day - 1, units, day * 1440.0)
            staff.begin_day(day)
            staff.watches(day)
            staff.crew_up(day, units)
        assert np.array_equal(of_plain, of_other[: len(of_plain)])
        assert np.array_equal(plain.crews, with_cars.crews[: len(plain.crews)])
        assert (with_cars.crews[len(plain.crews) :] == NONE).all()
        assert np.array_equal(plain.officers, with_cars.officers)


def test_an_order_lengthens_duties_from_the_next_day_on_and_gives_time_off() -> None:
    days = 40
    usual, off = (staff_of(days, wellbeing=RESTED) for _ in range(2))
    off.order(Mobilisation(duty_share=0.9))
    (posts, patrol, _), (fewer, less, _) = duties_of(usual, days), duties_of(off, days)
    assert fewer.sum() == pytest.approx(0.9 * posts.sum(), abs=len(Post) * 2)
    assert less == pytest.approx(0.9 * patrol, abs=6)
    staff = staff_of(wellbeing=RESTED, overtime_share=0.3)
    staff.begin_day(0)
    staff.order(Mobilisation(overtime_share=0.4))
    assert staff.overtime_share == 0.3
    staff.begin_day(1)
    assert staff.overtime_share == 0.5  # no duty is longer than that
    watch = staff.watches(1)[Post.DETECTIVES]
    assert watch.sworn_min == len(watch.heads) * 480 * 1.5


def test_orders_that_nobody_can_carry_out_are_refused() -> None:
    staff = staff_of(most_lent_share=0.3)
    for order in (
        lending(headquarters=0.4),
        lending(patrol=0.1),
        Mobilisation(overtime_share=0.6),
        Mobilisation(duty_share=1.1),
    ):
        with pytest.raises(BadInput):
            staff.order(order)
    with pytest.raises(BadInput, match=r"force\.shift_starts_hour"):
        staff_of(shift_starts_hour=(8.0,), most_lent_share=0.5)
    for shares in ([0.5, 0.5], [0.5, 0.5, 0.5, -0.5], [0.3, 0.3, 0.3, 0.3]):
        with pytest.raises(BadInput, match="shares"):
            staff.redistribute(np.array(shares))
    for weights in (np.ones(7), np.zeros(8)):
        with pytest.raises(BadInput, match="weights"):
            staff.roster.weigh_beats(weights)


def test_redistribution_moves_patrol_between_districts_and_no_head_is_lost() -> None:
    changes = [
        {"post": "patrol", "district": 0, "auxiliaries": True, "factor": 0.2, "move_to_district": 3},
        {"factor": 0.9, "start_day": 4},
    ]
    staff = staff_of(wellbeing=RESTED, changes=changes)
    units = staff.roster.units()
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    seen = []
    for day in range(8):
        if day == 2:
            staff.redistribute(shares)
        staff.begin_day(day)
        duties = staff.crew_up(day, units)
        there = staff.officers[~staff.officers["away"]]
        on_patrol = there[there["post"] == Post.PATROL]
        seen.append(
            (on_posts(staff), np.bincount(on_patrol["district"], minlength=4), sum(len(duty.units) for duty in duties))
        )
    for (people, _, _), (others, _, _) in pairwise(seen[:4]):
        assert np.array_equal(people, others)
    for _, by_district, _ in seen[2:]:
        assert by_district == pytest.approx(shares * by_district.sum(), abs=2)
    assert not np.array_equal(seen[1][1], seen[2][1])
    assert len(np.unique(staff.officers["key"])) == len(staff.officers)
    assert sum(n for _, _, n in seen[2:4]) >= sum(n for _, _, n in seen[:2]), (
        "with one share for officers and auxiliaries more crews are whole"
    )


def test_shares_that_are_those_of_before_change_nothing() -> None:
    plain, same = staff_of(), staff_of()
    same.redistribute(np.full(4, 0.25))
    units, others = plain.roster.units(), same.roster.units()
    for day in range(3):
        for staff, table in ((plain, units), (same, others)):
            staff.begin_day(day)
            staff.crew_up(day, table)
    assert np.array_equal(plain.officers, same.officers)
    assert np.array_equal(units, others)


def test_a_beat_of_more_weight_gets_more_units_of_its_own_and_every_beat_has_one() -> None:
    roster = staff_of(wellbeing=RESTED).roster
    units = roster.units()
    on_duty = np.full((3, 4), 1.5)

    def spans() -> np.ndarray:
        first = roster.shifts_of(0, on_duty, units)[0].units
        covered = np.concatenate(
            [
                np.arange(a, b)
                for a, b in zip(units["next_beat_first"][first], units["next_beat_end"][first], strict=True)
            ]
        )
        return np.bincount(covered, minlength=8)

    before = spans()
    roster.weigh_beats(np.array([1, 1, 1, 1, 1, 1, 1, 9.0]))
    weighed = spans()
    assert weighed.min() >= 1
    assert weighed[7] > before[7]
    roster.weigh_beats(np.full(8, 3.0))
    assert np.array_equal(spans(), before)


@pytest.mark.parametrize("active", [True, False])
def test_the_books_of_a_day_are_kept_alike_whether_or_not_work_wears_heads_out(active: bool) -> None:
    staff = staff_of(
        wellbeing={
            "active": active,
            "incentive_per_month": 365.0,
            "attrition_per_year": 0.0,
            "auxiliary_attrition_per_year": 0.0,
        }
    )
    staff.begin_day(0)
    watches = staff.watches(0)
    gone = int(watches[Post.DETECTIVES].heads[0])
    staff.officers["left_day"][gone] = 0  # at midnight, and its duty went on
    minutes = sum(w.sworn_min + w.auxiliary_min for w in watches.values())
    staff.end_day(0, staff.roster.units(), 1440.0)
    today = staff.days[0]
    assert today["heads"] == 239
    assert today["incentive_cost"] == pytest.approx(239 * 12)
    assert today["worked_min"] == pytest.approx(minutes)
    assert not staff.officers["worked_min"].any()
    assert staff.strength.sum() == 240
