"""Who is where: whether a household is in or asleep, since when and until when, and who may be at a place."""

from __future__ import annotations

import math

from sim.arrays import Array
from sim.clock import HOURS_PER_WEEK
from sim.kernels import inner_kernel, kernel, row
from sim.people.residents import Places, Society
from sim.people.routine import Routine


@kernel
def parties(household: float) -> float:
    """Return the number of independent goings of a household.

    Each member after the first goes alone in 5 of 16 cases, else along (assumption).

    A household of the mean size of 2.6 is as seldom out as 1.5 independent people.
    """
    return 1.0 + 0.3125 * (household - 1.0)


@kernel
def nobody_in(society: Society, dwelling: int, hour: int) -> float:
    """Return the chance that none of a household is at home at an hour of the week."""
    home, away = society.dwellings[dwelling], 1.0
    for m in range(home.first_resident, home.first_resident + home.residents):
        away *= 1.0 - society.places.routine.home[society.residents[m].routine, hour]
    return float(away ** (parties(home.residents) / max(home.residents, 1)))


@kernel
def out_since(
    now_min: float, e: float, first_resident: int, members: int, start_weekday: int, residents: Array, places: Places
) -> float:
    """Return when the last of a household that is out now left home; `e` is an exponential number."""
    return now_min - _until_change(-now_min, e, first_resident, members, start_weekday, residents, places.leaves, -1)


@kernel
def home_again(
    now_min: float, e: float, first_resident: int, members: int, start_weekday: int, residents: Array, places: Places
) -> float:
    """Return when the first of a household that is out now comes home; `e` is an exponential number."""
    return now_min + _until_change(now_min, e, first_resident, members, start_weekday, residents, places.returns, 1)


@kernel
def stretch(now_min: float, level: float, by_hour: Array, start_weekday: int) -> tuple[float, float]:
    """Return since when and until when something that is above a level now is above it, in whole hours of the week."""
    now, shift = math.floor(now_min / 60.0), 24 * start_weekday
    before, after = now, now + 1
    while before > now - HOURS_PER_WEEK and by_hour[(before - 1 + shift) % HOURS_PER_WEEK] > level:
        before -= 1
    while after < now + HOURS_PER_WEEK and by_hour[(after + shift) % HOURS_PER_WEEK] > level:
        after += 1
    return 60.0 * before, 60.0 * after


@inner_kernel
def _until_change(
    clock_min: float,
    e: float,
    first_resident: int,
    members: int,
    start_weekday: int,
    residents: Array,
    rates: Array,
    way: int,
) -> float:
    """Return the minutes until the rates of a household have added up to `e`, hour by hour on a clock that runs on.

    Way 1 or back (−1); at most a week.

    Members who go along with another change nothing, so that the rates of all count in proportion to the parties.
    """
    waited = 0.0
    for _ in range(HOURS_PER_WEEK):
        hour = math.floor(clock_min / 60.0)
        of_week = ((hour if way > 0 else -1 - hour) + 24 * start_weekday) % HOURS_PER_WEEK
        rate = 0.0
        for m in range(first_resident, first_resident + members):
            rate += rates[residents[m].routine, of_week]
        rate *= parties(members) / members
        left_min = 60.0 * (hour + 1) - clock_min
        if rate * left_min >= e:
            return waited + e / rate
        e -= rate * left_min
        waited += left_min
        clock_min += left_min
    return waited


@kernel
def person_at(places: Places, dwellings: Array, cell: int, hour: int, u_kind: float, u_who: float) -> int:
    """Return a resident who may be at a cell at an hour of the week, or −1 where nobody ever is.

    The kind of presence (at home, at work, at leisure) is chosen in proportion to the people whom the routine brings
    there.
    """
    first, last = places.dwelling_start[cell], places.dwelling_start[cell + 1]
    at_home = 0.0
    first_resident = 0
    if last > first:
        first_resident = dwellings[first].first_resident
        at_home = dwellings[last - 1].first_resident + dwellings[last - 1].residents - first_resident
    at_work = float(places.worker_start[cell + 1] - places.worker_start[cell])
    at_leisure = float(places.leisure_start[cell + 1] - places.leisure_start[cell])
    w_home = at_home * (1.0 - places.away[hour])
    w_work = at_work * places.routine.work[0, hour]
    w_leisure = at_leisure * (places.routine.leisure[0, hour] + 0.01)
    pick = u_kind * (w_home + w_work + w_leisure)
    if pick < w_leisure and at_leisure > 0:
        return int(places.visitors[places.leisure_start[cell] + int(u_who * at_leisure)])
    if pick < w_leisure + w_work and at_work > 0:
        return int(places.workers[places.worker_start[cell] + int(u_who * at_work)])
    if at_home > 0:
        return int(first_resident + int(u_who * at_home))
    return -1


@inner_kernel
def passer_by(society: Society, cell: int, hour: int, u_kind: float, u_who: float) -> tuple[int, float]:
    """Return a resident who may be out at a cell, at leisure there or on the way, and by how much to weigh the person.

    The weight is how much of an hour of the week like this one the person's own routine spends so, relative to the mean
    of all classes of daily life: who is never out at night is not met at night. −1 where nobody ever is.
    """
    places, routine = society.places, society.places.routine
    first, last = places.dwelling_start[cell], places.dwelling_start[cell + 1]
    first_resident, at_home = 0, 0
    if last > first:
        first_resident = row(society.dwellings[first].first_resident)
        at_home = row(society.dwellings[last - 1].first_resident + society.dwellings[last - 1].residents)
        at_home -= first_resident
    at_work = places.worker_start[cell + 1] - places.worker_start[cell]
    at_leisure = places.leisure_start[cell + 1] - places.leisure_start[cell]
    leisure, way = 0.0, 0.0
    classes = len(routine.home)
    for kind in range(classes):
        leisure += routine.leisure[kind, hour] / classes
        way += _on_the_way(routine, kind, hour) / classes
    pick = u_kind * (leisure * at_leisure + way * (at_home + at_work) / 2)
    if pick < leisure * at_leisure:
        who = row(places.visitors[places.leisure_start[cell] + int(u_who * at_leisure)])
        return who, routine.leisure[society.residents[who].routine, hour] / leisure
    if at_home + at_work == 0 or way <= 0.0:
        return row(-1), 0.0
    nth = int(u_who * (at_home + at_work))
    who = row(first_resident + nth)
    if nth >= at_home:
        who = row(places.workers[places.worker_start[cell] + nth - at_home])
    return who, _on_the_way(routine, society.residents[who].routine, hour) / way


@inner_kernel
def _on_the_way(routine: Routine, kind: int, hour: int) -> float:
    """Return the share of an hour of the week that a class of daily life is on the way."""
    return float(1.0 - routine.home[kind, hour] - routine.work[kind, hour] - routine.leisure[kind, hour])


@inner_kernel
def is_at(society: Society, who: int, cell: int, hour: int) -> float:
    """Return the chance that a resident is at a cell at an hour of the week, at home, at work or at leisure."""
    one, routine = society.residents[who], society.places.routine
    found = routine.home[one.routine, hour] if one.home_cell == cell else 0.0
    found += routine.work[one.routine, hour] if one.work_cell == cell else 0.0
    found += routine.leisure[one.routine, hour] if one.leisure_cell == cell else 0.0
    return float(found)


@inner_kernel
def eldest(society: Society, dwelling: int) -> int:
    """Return the eldest of a household, who speaks for it; −1 if nobody lives there."""
    home, found = society.dwellings[dwelling], row(-1)
    for m in range(home.first_resident, home.first_resident + home.residents):
        if found < 0 or society.residents[m].age > society.residents[found].age:
            found = row(m)
    return found
