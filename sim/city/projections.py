"""Coordinate systems in metres or feet: that which a user names, and those that the numbers of a file are likely in."""

from __future__ import annotations

import numpy as np
import pyproj
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from sim.city.notices import Notice
from sim.parameters import BadInput

NEAR_DEGREES = 0.5  # a place this near to where the city is known to lie is in it; assumption
MOST_PROPOSED = 3
UTM_EAST_M, UTM_NORTH_M = (166_000.0, 834_000.0), (0.0, 10_000_000.0)  # numbers that a zone of UTM has


def coordinate_system(crs: str) -> pyproj.CRS:
    """Return the coordinate system that a user names.

    Raises
    ------
    BadInput
        If there is none of that name, or it has no places on the ground.
    """
    try:
        system = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError:
        system = None
    if system is None or not (system.is_projected or system.is_geographic):
        raise BadInput(
            "city.crs",
            crs,
            Notice(
                "a coordinate system by its number, such as EPSG:26910 (UTM zone 10N, m) or EPSG:2263 (New York, "
                "feet); it stands in the description of the file"
            ),
        )
    return system


def likely_systems(east: float, north: float, near: tuple[float, float] | None) -> str:
    """Return advice on the system of a place in metres or feet, to go behind `city.crs=`.

    Parameters
    ----------
    east, north : float
        The place.
    near : tuple of float or None
        Latitude and longitude near which it lies, if that is known.
    """
    if near is not None and (found := _systems_of(east, north, near)):
        return f"{found[0]}, for under that system it lies where the rest does" + (
            f" (or {', '.join(found[1:])})" if found[1:] else ""
        )
    if UTM_EAST_M[0] <= east <= UTM_EAST_M[1] and UTM_NORTH_M[0] <= north <= UTM_NORTH_M[1]:
        return (
            "EPSG:326NN if it is UTM on the northern half of the earth, NN being the zone of the city's longitude: 10 "
            "in California, 18 in New York, 50 in eastern China, that is 1 + (longitude + 180) / 6"
        )
    return "EPSG:26910 or the like"


def _systems_of(east: float, north: float, near: tuple[float, float]) -> list[str]:
    """Return the systems, simplest first, in which a place lies near another one that is known in degrees."""
    latitude, longitude = near
    around = AreaOfInterest(longitude, latitude, longitude, latitude)
    out = []
    for info in query_crs_info("EPSG", [PJType.PROJECTED_CRS], around, contains=True):
        try:
            to_degrees = pyproj.Transformer.from_crs(f"EPSG:{info.code}", "EPSG:4326", always_xy=True)
        except pyproj.exceptions.ProjError:  # such as a system in which nothing can be transformed
            continue
        if np.hypot(*(np.array(to_degrees.transform(east, north)) - (longitude, latitude))) < NEAR_DEGREES:
            out.append(f"EPSG:{info.code} ({info.name})")
    return sorted(out, key=lambda name: (len(name), name))[:MOST_PROPOSED]
