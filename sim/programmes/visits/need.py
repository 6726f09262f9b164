"""Whose turn it is: what police records say of a household's need, and when officers last came."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import IncidentType
from sim.incidents.disputes.log import OPEN, Disputes, Finder
from sim.incidents.log import INCIDENTS, Logs
from sim.kernels import inner_kernel, kernel, row
from sim.people.ties import GROUP_DWELLINGS, group_of

NEVER = -1  # day of the last visit to a household that had none
MOST_NEED = 3
MOST_DAYS = 1 << 24  # that a run can have


class NeedRule(NamedTuple):
    """What makes a household one in need."""

    within_days: int  # burglaries that entered the books so lately count
    retry_days: int  # until officers come again where nobody opened


class Turns(NamedTuple):
    """When officers came to each household, shape [dwellings]."""

    last_visit_day: Array  # and somebody was met
    last_try_day: Array


@kernel
def note_need(
    now_min: float, rule: NeedRule, turns: Turns, logs: Logs, residents: Array, disputes: Disputes, need: Array
) -> None:
    """Write down the need of each household: 3 burgled, 2 in a known dispute, 1 near a burgled one, 0 none.

    A visit since then meets it. Read are burglaries of police records, and disputes that somebody has found.

    Parameters
    ----------
    now_min : float
        Minutes since the start of the run.
    rule, turns : NeedRule, Turns
        What counts, and when officers came.
    logs, residents, disputes : Logs, Array, Disputes
        Of which only what the police know counts.
    need : array of int [dwellings]
        At first 0; it is written.
    """
    crimes, too_soon = logs.incidents, int(now_min // MINUTES_PER_DAY) - rule.retry_days
    for n in range(logs.used[INCIDENTS]):
        since = _known_since(crimes, n, now_min, rule.within_days)
        if since != NEVER:
            home = row(residents[crimes[n].victim_id].dwelling)
            first = group_of(home) * GROUP_DWELLINGS
            for near in range(first, min(first + GROUP_DWELLINGS, len(need))):
                _raise_need(near, MOST_NEED if near == home else 1, since, too_soon, turns, need)
    for k in range(disputes.used[OPEN]):
        dispute = disputes.rows[disputes.open[k]]
        if dispute.found_by != Finder.NOBODY:
            since = math.ceil(dispute.found_min / MINUTES_PER_DAY)
            for party in (dispute.party_id, dispute.other_id):
                _raise_need(row(residents[party].dwelling), 2, since, too_soon, turns, need)


@inner_kernel
def _raise_need(home: int, to: int, since: int, too_soon: int, turns: Turns, need: Array) -> None:
    """Raise the need of a household for what is known since a day, unless it was visited since, or tried lately."""
    tried = turns.last_try_day[home]
    if turns.last_visit_day[home] < since and (tried == NEVER or tried <= too_soon):
        need[home] = max(need[home], to)


@inner_kernel
def _known_since(crimes: Array, n: int, now_min: float, within_days: int) -> int:
    """Return the first morning on which a burglary is known that entered police records within some days up to now.

    It is `NEVER` for any other crime.
    """
    crime = crimes[n]
    entered = crime.recorded_time_min
    if crime.recorded_type != IncidentType.BURGLARY or crime.victim_id < 0 or entered < 0 or entered > now_min:
        return NEVER
    return math.ceil(entered / MINUTES_PER_DAY) if entered > now_min - within_days * MINUTES_PER_DAY else NEVER


@kernel
def first_in_line(homes: Array, need: Array, last_try_day: Array, chosen: Array, places: Array) -> None:
    """Write down the first of these households by need, last try and number.

    Parameters
    ----------
    homes : array of int [homes]
        Dwellings, by number.
    need, last_try_day : array of int [dwellings]
        From 0 to `MOST_NEED`, and from `NEVER` on.
    chosen, places : array of int [wanted]
        Are written: the households, at most as many as `homes`, and where each of them stands.
    """
    n = 0
    for i in range(len(homes)):
        place = _place(need[homes[i]], last_try_day[homes[i]])
        if n < len(chosen):
            n += 1
        elif n == 0 or place >= places[n - 1]:  # behind all that there is room for
            continue
        k = n - 1
        while k > 0 and places[k - 1] > place:
            chosen[k], places[k] = chosen[k - 1], places[k - 1]
            k -= 1
        chosen[k], places[k] = homes[i], place


@inner_kernel
def _place(need: int, last_try_day: int) -> int:
    """Return where a household stands: more need comes first, then whom nobody has tried to visit for longest."""
    return row(MOST_NEED - need) * MOST_DAYS + last_try_day - NEVER
