"""Flight: who did it leaves the scene, which way, how fast, and until when somebody could still meet him."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.city.streets import METRES_PER_MIN
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.kernels import inner_kernel
from sim.parameters import Parameters, parameter
from sim.randomness import uniform4


class PursuitParameters(Parameters):
    """Whether and how the police look for who fled (设卡布控)."""

    units: int = parameter(
        0, unit="units", ge=0, le=50,
        source="assumption: none, so that pursuit is a mechanism of its own",
        doc=(
            "Free units that are sent to posts round the scene of a crime that has just been done, beside those that "
            "the call needs; 0: nobody looks for who fled. The programme `cordons` sets it."
        ),
    )  # fmt: skip
    least_urgent: int = parameter(
        1, unit="priority", ge=1, le=3, source="assumption: who calls later cannot say where he went",
        doc="Crimes are pursued whose call is of this priority or more urgent.",
    )  # fmt: skip
    on_foot_kmh: float = parameter(
        6.0, unit="km/h", gt=0.1, le=30, source="assumption: a quick walk, so as not to be noticed",
        doc="Speed away from the scene of those on foot.",
    )  # fmt: skip
    by_vehicle_kmh: float = parameter(
        20.0, unit="km/h", gt=0.1, le=150, source="assumption: an electric scooter in traffic",
        doc="Speed away from the scene of those with a vehicle.",
    )  # fmt: skip
    by_vehicle: float = parameter(
        0.4, unit="probability", ge=0, le=1, source="assumption; of a stolen vehicle it is 1",
        doc="Who flees has a vehicle.",
    )  # fmt: skip
    open_min: float = parameter(
        15.0, unit="min", gt=0.1, le=1440, source="assumption: then he is indoors, or one of many",
        doc="Mean time after leaving the scene until who fled cannot be met any more.",
    )  # fmt: skip
    ahead_min: float = parameter(
        3.0, unit="min", ge=0, le=120, source="assumption: a post has to be manned before he comes",
        doc="Posts lie where who fled will be this long after a unit could be at the scene.",
    )  # fmt: skip
    hold_min: float = parameter(
        15.0, unit="min", ge=0.1, le=1440, source="assumption", doc="Time for which a unit holds its post."
    )  # fmt: skip
    reach_m: float = parameter(
        150.0, unit="m", gt=1, le=5000,
        source="assumption: a post at a crossing sees a block of each of its streets",
        doc="Distance at which a unit at its post, on its way there or on patrol meets who comes by.",
    )  # fmt: skip
    recognises: float = parameter(
        0.5, unit="probability", ge=0, le=1,
        source="assumption: callers describe clothes and a direction, often wrongly",
        doc="A unit that he meets recognises him by what the caller said.",
    )  # fmt: skip


class PursuitRule(NamedTuple):
    """The parameters for the kernels."""

    units: int
    least_urgent: int
    on_foot_kmh: float
    by_vehicle_kmh: float
    by_vehicle: float
    open_min: float
    ahead_min: float
    hold_min: float
    reach_m: float
    recognises: float


class Flight(NamedTuple):
    """The flight of one person: a straight line from the scene on."""

    leaves_min: float
    ends_min: float  # from then on nobody can meet him
    north_m: float  # a minute
    east_m: float


@inner_kernel
def leaves_scene_min(u: float, occurred_min: float, chance: float, decay_min: float) -> float:
    """Return when who did it leaves the scene, by the draw that decides whether a unit finds him there.

    A unit that arrives after t minutes finds him if `u < chance · exp(−t / decay)`: it finds him for as long as
    `decay · log(chance / u)`, and then he has left. Others are off at once.
    """
    return occurred_min + (decay_min * math.log(chance / u) if u < chance else 0.0)


@inner_kernel
def flight(seed: int, entity: int, time: int, kind: int, leaves_min: float, rule: PursuitRule) -> Flight:
    """Return how who did it flees: any way is as likely, on foot or by vehicle, for an exponential time in the open."""
    u_way, u_vehicle, u_open, _ = uniform4(seed, Draw.FLIGHT, entity, time)
    bearing, speed = 2.0 * math.pi * u_way, METRES_PER_MIN * _speed_kmh(u_vehicle, kind, rule)
    ends_min = leaves_min - rule.open_min * math.log(u_open)
    return Flight(leaves_min, ends_min, speed * math.cos(bearing), speed * math.sin(bearing))


@inner_kernel
def first_post(seed: int, entity: int, time: int, kind: int, rule: PursuitRule) -> tuple[float, float]:
    """Return the bearing of the first post, and the metres a minute at which who fled gets away, as the caller saw."""
    _, u_vehicle, _, u_post = uniform4(seed, Draw.FLIGHT, entity, time)
    return 2.0 * math.pi * u_post, METRES_PER_MIN * _speed_kmh(u_vehicle, kind, rule)


@inner_kernel
def _speed_kmh(u: float, kind: int, rule: PursuitRule) -> float:
    """Return the speed of who flees from a crime of a type."""
    drives = kind == IncidentType.VEHICLE_THEFT or u < rule.by_vehicle
    return float(rule.by_vehicle_kmh if drives else rule.on_foot_kmh)


@inner_kernel
def closest_m(north: float, east: float, north_then: float, east_then: float) -> float:
    """Return how near two come to one another whose distances north and east change evenly from one pair to another."""
    way_north, way_east = north_then - north, east_then - east
    way = way_north * way_north + way_east * way_east
    share = 0.0 if way <= 0.0 else min(max(-(north * way_north + east * way_east) / way, 0.0), 1.0)
    return math.hypot(north + share * way_north, east + share * way_east)
