"""Where the grid of a city from files lies on the earth."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array


class PlaceOnEarth(NamedTuple):
    """The frame of a grid: azimuthal equidistant round a place, so that distances from it are true."""

    latitude: float  # degrees north, of the place
    longitude: float  # degrees east
    west_m: float = 0.0  # where the grid begins, east of the place
    south_m: float = 0.0

    def project(self, longitude: Array, latitude: Array) -> tuple[Array, Array]:
        """Return x_m and y_m in the frame of the grid [places] of places in degrees [places]."""
        east, north = self._earth()(longitude, latitude)
        return np.asarray(east) - self.west_m, np.asarray(north) - self.south_m

    def to_degrees(self, x_m: Array, y_m: Array) -> tuple[Array, Array]:
        """Return longitude and latitude [places] of places in the frame of the grid [places]."""
        longitude, latitude = self._earth()(x_m + self.west_m, y_m + self.south_m, inverse=True)
        return np.asarray(longitude), np.asarray(latitude)

    def _earth(self) -> Any:
        import pyproj  # an extra of cities from files

        return pyproj.Proj(proj="aeqd", lat_0=self.latitude, lon_0=self.longitude, datum="WGS84")
