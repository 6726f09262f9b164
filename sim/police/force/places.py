"""Places of the force: the establishment in whole people, and people who follow it from post to post."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.police.force.establishment import ForceParameters, can_crew
from sim.police.force.hours_of_week import MOST_TIMES
from sim.police.force.officers import NONE, HeadParameters, draw_officers
from sim.police.posts import SHIFT_POSTS, Post

_ROUNDING = 1e-9


def whole_heads(establishment: Array, heads: Array, districts: int) -> Array:
    """Round the personnel of an establishment to whole people, so that the totals of both kinds stay right.

    Parameters
    ----------
    establishment : Array
        Table of `ESTABLISHMENT_COLUMNS`.
    heads : Array
        Personnel of its rows, real numbers, shape [rows].
    districts : int
        How many the city has.

    Returns
    -------
    array of int [2, posts, districts + 1]
        People by kind, post and district; the last place is for those who serve the whole city.
    """
    found = np.zeros((2, len(Post), districts + 1))
    np.add.at(found, (establishment["auxiliary"].astype(int), establishment["post"], establishment["district"]), heads)
    order = [Post.PATROL, *(post for post in Post if post != Post.PATROL)]
    upto = np.cumsum(found[:, order].reshape(2, -1), axis=1)
    whole = np.ceil(upto - 0.5 - _ROUNDING)
    whole[:, districts - 1] = np.ceil(upto[:, districts - 1] - _ROUNDING)  # a part of a head on patrol is somebody
    whole = np.maximum.accumulate(whole, axis=1)
    counts = np.zeros(found.shape, dtype=np.int64)
    counts[:, order] = np.diff(whole, axis=1, prepend=0).reshape(found.shape)
    return counts


def off_patrol(establishment: Array, heads: Array) -> Array:
    """Return the personnel of the posts that do not patrol, real numbers, shape [2, posts].

    Parameters as of `whole_heads`.
    """
    found = np.zeros((2, len(Post)))
    np.add.at(found, (establishment["auxiliary"].astype(int), establishment["post"]), heads)
    found[:, Post.PATROL] = 0.0
    return found


def redistributed(establishment: Array, heads: Array, shares: Array | None) -> Array:
    """Return the personnel with those of patrol spread anew over the districts; their totals by kind and shift stay.

    Parameters
    ----------
    establishment : Array
        Table of `ESTABLISHMENT_COLUMNS`.
    heads : Array
        Personnel of its rows, real numbers, shape [rows].
    shares : array [districts] or None
        Share of each district; None leaves all personnel where they are.
    """
    if shares is None:
        return heads
    found = heads.copy()
    patrol = establishment["post"] == Post.PATROL
    for kind, shift in np.ndindex(2, int(establishment["shift"].max()) + 1):
        rows = np.flatnonzero(patrol & (establishment["auxiliary"] == kind) & (establishment["shift"] == shift))
        found[rows] = heads[rows].sum() * shares[establishment["district"][rows]]
    return found


def draw_people(turning: list[Array], parameters: HeadParameters, seed: int) -> Array:
    """Draw the people of a force, and as many more, who are away at first, as it will ever have.

    Parameters
    ----------
    turning : list of array of int [2, posts, districts + 1]
        Whole personnel at full strength, and on the days on which they change.
    parameters : HeadParameters
        What personnel are like.
    seed : int
        Seed of the replication.

    Returns
    -------
    Array
        Table of `OFFICER_COLUMNS`.
    """
    places = turning[0].copy()
    spare = np.max([heads.sum(axis=(1, 2)) for heads in turning], axis=0) - places.sum(axis=(1, 2))
    places[:, Post.PATROL, 0] += spare
    people = draw_officers(places, parameters, seed)
    for kind in range(2):
        of_patrol = np.flatnonzero(
            (people["post"] == Post.PATROL) & (people["district"] == 0) & (people["auxiliary"] == kind)
        )
        people["away"][of_patrol[len(of_patrol) - spare[kind] :]] = True
    return people


def fill_places(officers: Array, wanted: Array) -> None:
    """Let people follow the establishment: a surplus of one post works where others lack people, or else is away.

    Places are filled with those of the same post who are away, then with personnel that other posts have too many,
    those who come from here first, then with anybody who is away. Those who leave a post are guests before those who
    began there. Everybody keeps the skill of specialist work that he has.

    Parameters
    ----------
    officers : Array
        Table of `OFFICER_COLUMNS`; posts, districts and absences are written.
    wanted : array of int [2, posts, districts + 1]
        People by kind, post and district.
    """
    post, district, away, origin = (officers[name] for name in ("post", "district", "away", "origin"))
    groups = list(np.ndindex(wanted.shape[1:]))
    nowhere = wanted.shape[2] - 1
    for kind in range(2):
        of_kind = officers["auxiliary"] == kind
        members = {g: of_kind & (post == g[0]) & (district == (NONE if g[1] == nowhere else g[1])) for g in groups}
        lack = {g: int(wanted[kind][g]) - int((members[g] & ~away).sum()) for g in groups}
        spare = np.zeros(0, dtype=np.int64)
        for g in groups:
            if lack[g] < 0:
                rows = np.flatnonzero(members[g] & ~away)
                rows = rows[np.argsort(origin[rows] != g[0], kind="stable")]
                spare = np.concatenate([spare, rows[lack[g] :]])
            elif lack[g] > 0:
                back = np.flatnonzero(members[g] & away)[: lack[g]]
                away[back] = False
                lack[g] -= len(back)
        for g in groups:
            if lack[g] > 0:
                spare = spare[np.argsort(origin[spare] != g[0], kind="stable")]
                new = np.concatenate([spare, np.flatnonzero(of_kind & away)])[: lack[g]]
                spare = spare[lack[g] :]
                post[new], district[new], away[new] = g[0], NONE if g[1] == nowhere else g[1], False
                officers["trainee"][new] = False
        away[spare] = True


def by_roster(table: Array, of_week: Array) -> Array:
    """Return the full strength with the personnel of patrol split over shifts by a roster, shape [rows].

    Parameters
    ----------
    table : Array
        Table of `ESTABLISHMENT_COLUMNS`.
    of_week : array [7, shifts]
        The roster, see `sim.police.force.hours_of_week.duties_of_week`.
    """
    heads: Array = table["heads"].copy()
    patrol = np.flatnonzero(table["post"] == Post.PATROL)
    of_place = heads[patrol].reshape(-1, of_week.shape[1])  # the shifts of a district, one after the other
    heads[patrol] = (of_place.mean(axis=1, keepdims=True) * of_week.mean(axis=0)).ravel()
    return heads


def on_patrol(table: Array, heads: Array, force: ForceParameters, districts: int) -> Array:
    """Return the personnel of patrol, real numbers, shape [2, shifts, districts]."""
    found = np.zeros((2, len(force.shift_starts_hour), districts))
    there = table["post"] == Post.PATROL
    rows = table[there]
    np.add.at(found, (rows["auxiliary"].astype(int), rows["shift"], rows["district"]), heads[there])
    return found


def pooled(table: Array, heads: Array, force: ForceParameters, districts: int) -> Array:
    """Return the personnel of patrol of all districts with the most who can be lent to them, shape [2, shifts, 1]."""
    lent = force.most_lent_share * off_patrol(table, heads).sum(axis=1) / len(force.shift_starts_hour)
    found: Array = on_patrol(table, heads, force, districts).sum(axis=2, keepdims=True) + lent[:, None, None]
    return found


def units_of(patrol: Array, force: ForceParameters) -> Array:
    """Return how many patrol units fit personnel can crew on a mean day, real numbers, shape [shifts, districts]."""
    sworn, auxiliaries = patrol
    shifts = len(force.shift_starts_hour) / force.shifts_at_once
    return can_crew(sworn, auxiliaries, force) * shifts * force.duty_share


def most_units(patrol: Array, force: ForceParameters, redrawn: bool = False) -> float:
    """Return the most units that a shift can have on any day of the week, a real number.

    Parameters
    ----------
    patrol : array [2, shifts, districts]
        Personnel by the roster of the force.
    force : ForceParameters
        The parameters.
    redrawn : bool
        By whatever roster the calls may ask for.
    """
    mean = force.duties_of_week.mean(axis=0)
    most = np.full(len(mean), MOST_TIMES) if redrawn else force.duties_of_week.max(axis=0)
    times = np.divide(most, mean, out=np.zeros_like(mean), where=mean > 0)
    return float((units_of(patrol, force).sum(axis=1) * times).max())


def daily_duties(table: Array, heads: Array, force: ForceParameters) -> Array:
    """Return how many duties a day the personnel of each post give if all are fit, shape [2, posts, shifts + 1].

    The last place is day work. Patrol has crews instead.
    """
    shifts = len(force.shift_starts_hour)
    found = np.zeros((2, len(Post), shifts + 1))
    by_shift = np.isin(table["post"], SHIFT_POSTS) & (shifts > 1)
    length_min = np.where(by_shift, force.shift_min, force.wellbeing.working_day_min)
    place = table["auxiliary"].astype(int), table["post"], np.where(by_shift, table["shift"], shifts)
    np.add.at(found, place, heads * force.duty_share * MINUTES_PER_DAY / length_min)
    found[:, Post.PATROL] = 0.0
    return found
