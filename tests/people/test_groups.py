"""Groups of offenders: who is in one, that it outlasts its members, recruits next door, and tells its members."""

from __future__ import annotations

from typing import Any

import numpy as np
from small_runs import MUCH_CRIME, in_town

from sim.columns import table
from sim.model import CityModel
from sim.people.groups import ASSOCIATES, form_groups
from sim.people.offenders import OFFENDER_COLUMNS

SHARE = 0.6


def grouped(**groups: Any) -> CityModel:
    """Return a town with many offenders of whom most are in groups, and whose careers are short."""
    people = {"offenders": {"share": 0.02, "career_years": 0.3, "groups": {"share": SHARE, **groups}}}
    return CityModel(in_town(days=90, people=people, demand=MUCH_CRIME, seed=4))


def test_groups_are_of_the_stated_size_hold_the_stated_share_and_know_one_another() -> None:
    rng = np.random.default_rng(1)
    for size in (2, 3, 4):
        offenders = table(OFFENDER_COLUMNS, 300)
        offenders["associate"] = (np.arange(300)[:, None] + np.arange(1, 1 + ASSOCIATES)) % 300
        form_groups(offenders, rng.permutation(300), rng.uniform(0, 5000, (300, 2)), SHARE, size)
        number, members = np.unique(offenders["group"][offenders["group"] > 0], return_counts=True)
        assert (members == size).all()
        assert abs(members.sum() - SHARE * 300) < size
        for one in number:
            rows = np.flatnonzero(offenders["group"] == one)
            for i in rows:
                others = set(rows.tolist()) - {int(i)}
                assert set(offenders["associate"][i][: size - 1].tolist()) == others
                assert len(set(offenders["associate"][i].tolist()) - {int(i)}) == ASSOCIATES, "no one twice"


def test_a_group_outlasts_its_members_and_recruits_in_their_neighbourhood() -> None:
    model = grouped()
    before = model.world.offenders.copy()
    model.run(90)
    after, residents = model.world.offenders, model.world.society.residents
    assert np.array_equal(before["group"], after["group"])
    assert np.array_equal(before["associate"], after["associate"])
    new = (after["resident_id"] != before["resident_id"]) & (after["group"] > 0)
    other = (after["resident_id"] != before["resident_id"]) & (after["group"] == 0)
    assert new.sum() > 20
    assert other.sum() > 10
    grid = model.city.grid

    def to_fellow_m(rows: np.ndarray[Any, Any]) -> float:
        me, fellow = (residents["home_cell"][who] for who in (
            after["resident_id"][rows], before["resident_id"][before["associate"][rows, 0]]
        ))  # fmt: skip
        return float(np.median(np.hypot(grid.x_m[me] - grid.x_m[fellow], grid.y_m[me] - grid.y_m[fellow])))

    assert to_fellow_m(new) < 0.5 * to_fellow_m(other)


def test_members_of_a_group_take_one_another_along_as_often_as_stated() -> None:
    """At most as often, within 4.5 standard errors, false alarm 1e-5; who is in custody or the victim cannot come."""
    model = grouped(co_offending=0.4, tells_of_places=0.0)
    model.run(90)
    crimes = model.world.logs.incidents[: model.world.logs.used[0]]
    crimes = crimes[crimes["offender_id"] >= 0]
    in_group = model.world.offenders["group"][crimes["offender_id"]] > 0
    joined = crimes["co_offender_id"] >= 0
    for mine, chance in ((in_group, 0.4), (~in_group, 0.15)):
        n = mine.sum()
        assert 0.75 * chance < joined[mine].mean() < chance + 4.5 * np.sqrt(chance * (1 - chance) / n)
        assert n > 500


def test_a_member_has_in_mind_where_another_was_successful_if_he_is_told() -> None:
    def shared(tells: float) -> float:
        model = grouped(co_offending=0.0, tells_of_places=tells)
        model.run(30)
        offenders = model.world.offenders
        crimes = model.world.logs.incidents[: model.world.logs.used[0]]
        latest = crimes[(crimes["offender_id"] >= 0) & (crimes["time_min"] > 20 * 1440)]
        first = offenders["associate"][latest["offender_id"], 0]
        mine = offenders["group"][latest["offender_id"]] > 0
        known = (offenders["success_min"][first] == latest["time_min"][:, None]).any(axis=1)
        return float(known[mine].mean())

    assert shared(0.0) == 0.0
    assert shared(1.0) > 0.3
