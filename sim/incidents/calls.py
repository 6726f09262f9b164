"""What reaches the police and is no crime: traffic accidents, calls for service, alarms, disorder.

How much, when, where, how urgent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.city.city import City
from sim.city.state import Ground
from sim.clock import HOURS_PER_WEEK
from sim.draws import Draw
from sim.incident_types import OTHER_CALLS, IncidentType
from sim.incidents.call_changes import DemandChange, demand_factor
from sim.incidents.demand import DemandParameters
from sim.incidents.log import CALL_KEYS, CALLS, Logs, add_call, expect
from sim.incidents.profiles import DemandRule
from sim.incidents.reporting import as_told, is_violent
from sim.incidents.service import time_on_scene
from sim.kernels import inlined, inner_kernel, kernel, row
from sim.people.residents import Places, Society
from sim.people.whereabouts import person_at
from sim.randomness import choose, exponential, gamma, uniform, uniform4

# By hour of day relative to the mean; assumptions. Service is drawn through 0.50 at 05 h and 1.43 at 16 h (Milwaukee,
# all calls); traffic has two rush hours; alarms ring when shops open and close and when nobody is in.
BY_HOUR = {
    IncidentType.TRAFFIC: (
        0.35, 0.25, 0.20, 0.20, 0.25, 0.45, 0.90, 1.70, 1.75, 1.25, 1.05, 1.10,
        1.15, 1.10, 1.20, 1.30, 1.50, 1.90, 1.75, 1.25, 1.00, 0.85, 0.65, 0.50,
    ),
    IncidentType.SERVICE: (
        0.86, 0.74, 0.66, 0.58, 0.52, 0.50, 0.55, 0.72, 0.90, 1.00, 1.08, 1.13,
        1.16, 1.20, 1.29, 1.38, 1.43, 1.41, 1.34, 1.27, 1.20, 1.14, 1.05, 0.95,
    ),
    IncidentType.ALARM: (
        1.20, 1.15, 1.10, 1.05, 1.00, 0.95, 1.00, 1.20, 1.30, 1.10, 0.85, 0.80,
        0.80, 0.80, 0.80, 0.80, 0.85, 0.90, 0.95, 0.95, 1.00, 1.10, 1.15, 1.20,
    ),
    IncidentType.DISORDER: (
        1.35, 1.15, 0.95, 0.70, 0.50, 0.38, 0.38, 0.45, 0.55, 0.65, 0.75, 0.82,
        0.88, 0.92, 0.98, 1.05, 1.12, 1.20, 1.30, 1.42, 1.55, 1.68, 1.68, 1.55,
    ),
}  # fmt: skip
ARTERIAL_WEIGHT = (
    6.0  # assumption: accidents a kilometre of arterial for one a kilometre of local street; traffic makes most of it
)
FIRST_EXTRA = 1_000_000  # number of the first call of a day that there is only because of a change of demand
OF_SOURCE = 1 << 21  # more than the numbers of the calls of one source on a day; each source numbers its own
UNSEEN = 100  # added to the type in the keys of draws of what nobody calls about


class CallSources(NamedTuple):
    """The sources of calls that nothing in the model causes, and of what nobody calls about."""

    kind: Array  # int64 [sources] IncidentType
    on_view: Array  # bool [sources] nobody calls; a patrol may come by
    per_day: Array  # [sources]
    profile: Array  # [sources, 168] relative to the mean of the week
    peak_per_day: Array  # [sources] at the pace of the busiest hour of the week
    cell_cumulative: Array  # [sources, cells]
    priority_cumulative: Array  # [sources, 3]


def call_sources(city: City, places: Places, demand: DemandParameters) -> CallSources:
    """Return the sources of calls of a city.

    From files, each kind follows its surface, profile and rate there; what nobody calls about goes with its kind.
    Otherwise accidents follow the streets by class, service calls the people present, alarms shops and homes, disorder
    the people out and nightlife (assumptions).
    """
    rates = {kind: demand.call(kind).per_1000_year for kind in OTHER_CALLS}
    surfaces = _surfaces(city, places)
    profiles = {kind: np.tile(by_hour, 7) / np.mean(by_hour) for kind, by_hour in BY_HOUR.items()}
    scale = dict.fromkeys(OTHER_CALLS, 1.0)
    if city.calls is not None:
        recorded = dict(zip(OTHER_CALLS, city.calls.per_1000_year * city.calls.share, strict=True))
        scale = {kind: recorded[kind] / rates[kind] if rates[kind] else 1.0 for kind in OTHER_CALLS}
        surfaces = dict(zip(OTHER_CALLS, city.calls.surface, strict=True))
        profiles = dict(zip(OTHER_CALLS, city.calls.profile, strict=True))
    cumulative = {kind: np.cumsum(np.where(city.inside, surfaces[kind], 0.0)) for kind in OTHER_CALLS}
    given = [(kind, False, rates[kind]) for kind in OTHER_CALLS] + [
        (kind, True, demand.call(kind).unreported_per_1000_year) for kind in OTHER_CALLS
    ]
    kinds = [kind for kind, _, _ in given]
    per_day = np.array([scale[kind] * rate * city.residents / 1000 / 365 for kind, _, rate in given])
    profile = np.array([profiles[kind] for kind in kinds])
    sources = CallSources(
        kind=np.array(kinds, dtype=np.int64),
        on_view=np.array([on_view for _, on_view, _ in given]),
        per_day=per_day,
        profile=profile,
        peak_per_day=per_day * profile.max(axis=1),
        cell_cumulative=np.array([cumulative[kind] / cumulative[kind][-1] for kind in kinds]),
        priority_cumulative=np.array([np.cumsum(demand.call(kind).priority_shares) for kind in kinds]),
    )
    return frozen(sources)


def _surfaces(city: City, places: Places) -> dict[IncidentType, Array]:
    """Return where each type happens in a made-up city, shape [cells]; only ratios within a type matter."""
    land = city.land
    clubs = land.nightlife / max(land.nightlife.sum(), 1e-12)
    homes = np.diff(places.dwelling_start) / max(places.dwelling_start[-1], 1)
    return {
        IncidentType.TRAFFIC: street_weight(city),
        IncidentType.SERVICE: places.present.mean(axis=0).astype(float),
        IncidentType.ALARM: land.commerce / max(land.commerce.sum(), 1e-12) + 0.5 * homes,
        IncidentType.DISORDER: places.out.mean(axis=0) / max(places.out.sum() / HOURS_PER_WEEK, 1e-12) + clubs,
    }


def street_weight(city: City) -> Array:
    """Return the metres of street by cell, an arterial counted `ARTERIAL_WEIGHT` times, shape [cells]."""
    graph, grid = city.streets, city.grid
    ends = np.array(
        [
            (graph.nodes[a]["x_m"], graph.nodes[a]["y_m"], graph.nodes[b]["x_m"], graph.nodes[b]["y_m"])
            for a, b in graph.edges
        ]
    )
    length = np.array([edge["length_m"] for _, _, edge in graph.edges(data=True)], dtype=float)
    weight = length * np.array(
        [ARTERIAL_WEIGHT if edge["kind"] == "arterial" else 1.0 for _, _, edge in graph.edges(data=True)]
    )
    pieces = np.maximum(1, np.ceil(length / grid.cell_m).astype(int))
    edge = np.repeat(np.arange(len(ends)), pieces)
    along = (np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + 0.5) / pieces[edge]
    x, y = (ends[edge, k] + along * (ends[edge, k + 2] - ends[edge, k]) for k in (0, 1))
    out: Array = np.bincount(grid.cell_at(x, y), weights=(weight / pieces)[edge], minlength=grid.n_cells)
    return np.where(city.inside, out, 0.0) if out[city.inside].any() else city.inside.astype(float)


def call_factors(sources: CallSources, changes: Sequence[DemandChange], day: int) -> Array:
    """Return the calls of each source on a day relative to the usual number, shape [sources].

    What nobody calls about does not change.
    """
    if not changes:
        return np.ones(len(sources.kind))
    return np.array(
        [
            1.0 if on_view else demand_factor(changes, IncidentType(kind).name.lower(), day)
            for kind, on_view in zip(sources.kind, sources.on_view, strict=True)
        ]
    )


def most_in_a_day(sources: CallSources, factors: Array) -> int:
    """Return a number of calls that a day does not reach, with factors [sources] of `call_factors`."""
    mean = float((factors * sources.peak_per_day).sum())
    return 50 + int(mean + 12 * np.sqrt(mean))


def calls_of_day(
    seed: int, day: int, sources: CallSources, society: Society, ground: Ground, logs: Logs, demand: DemandRule,
    factors: Array
) -> Logs:  # fmt: skip
    """Write the calls of a day, and return the logs that expect them.

    With a factor below 1, some of the usual calls are not made; above 1, all are made, and others come on top: so a
    call is the same in every scenario in which it is made.
    """
    first_call = int(logs.used[CALLS])
    _draw_all(seed, day, sources, society, ground, logs, demand, factors)
    return expect(logs, first_call)


class Batch(NamedTuple):
    """Calls of one source on a day: the usual ones, or those on top of them."""

    source: int
    first_number: int
    per_day: float
    kept: float  # share of them that is made


@kernel
def _draw_all(
    seed: int, day: int, sources: CallSources, society: Society, ground: Ground, logs: Logs, demand: DemandRule,
    factors: Array
) -> None:  # fmt: skip
    """Draw the calls of a day, source by source."""
    for s in range(len(sources.kind)):
        for more in range(2):
            per_day = sources.per_day[s] * max(factors[s] - 1.0, 0.0) if more else sources.per_day[s]
            batch = Batch(s, more * FIRST_EXTRA, per_day, 1.0 if more else min(factors[s], 1.0))
            _draw_calls(seed, day, batch, sources, society, ground, logs, demand)


@inlined
def _draw_calls(
    seed: int, day: int, batch: Batch, sources: CallSources, society: Society, ground: Ground, logs: Logs,
    demand: DemandRule
) -> None:  # fmt: skip
    """Write a day's calls of one source: Poisson in time, thinned by hour; cells by their share.

    The caller is somebody who may be there. Of accidents those do not happen that safer roads prevent. Draws are keyed
    by day, number and type, so that no strategy shifts them and no two calls share one.
    """
    s, first_hour = batch.source, 24 * ((day + ground.start_weekday) % 7)
    kind, on_view, priority_cumulative = sources.kind[s], sources.on_view[s], sources.priority_cumulative[s]
    day_profile = sources.profile[s, first_hour : first_hour + 24]
    peak = 1e-12
    for relative in day_profile:
        peak = max(peak, relative)
    key = kind + UNSEEN if on_view else kind
    minute, number = 0.0, batch.first_number
    while batch.per_day > 0.0:
        minute += exponential(seed, Draw.CALL + key, number, day) * 1440.0 / (batch.per_day * peak)
        if minute >= 1440.0:
            break
        u_hour, u_cell, u_priority, u_who = uniform4(seed, Draw.CALL + key, number, day)
        if u_hour * peak < batch.kept * day_profile[int(minute // 60)]:
            cell = choose(sources.cell_cumulative[s], 0, len(sources.cell_cumulative[s]), u_cell)
            if kind == IncidentType.TRAFFIC and _prevented(seed, day, key, number, cell, ground):
                number += 1
                continue
            time_min, entity = day * 1440.0 + minute, CALL_KEYS + key * OF_SOURCE + number
            said, caller = kind, -1
            if not on_view:
                u_presence, u_said, _, _ = uniform4(seed, Draw.CALLER + key, number, day)
                said = as_told(kind, u_said, demand)
                hour = first_hour + int(minute // 60)
                caller = person_at(society.places, society.dwellings, cell, hour, u_presence, u_who)
            priority = 1
            while priority < 3 and u_priority > priority_cumulative[priority - 1]:
                priority += 1
            call = logs.calls[add_call(logs, said, cell, row(ground.cells[cell].beat), entity, day, time_min, time_min)]
            call.true_type = kind
            call.on_view = on_view
            call.caller_id = caller
            call.priority = priority
            if priority == 1 and not on_view and (said == IncidentType.DISORDER or is_violent(said)):
                call.needed = 2
            shape = demand.service_shape
            scene = time_on_scene(demand.on_scene_cv[kind], shape, seed, Draw.CALL_SCENE_TIME + key, number, day)
            paper = gamma(shape, seed, Draw.CALL_PAPERWORK_TIME + key, number, day) / shape
            call.on_scene_min = scene * demand.on_scene_min[kind, priority - 1]
            call.paperwork_min = paper * demand.paperwork_min[kind]
        number += 1


@inner_kernel
def _prevented(seed: int, day: int, key: int, number: int, cell: int, ground: Ground) -> bool:
    """Whether safer roads in a cell prevent an accident."""
    prevented = ground.cells[cell].safer_road
    if prevented <= 0.0:
        return False
    return bool(uniform(seed, Draw.ACCIDENT_PREVENTED + key, number, day) < prevented)
