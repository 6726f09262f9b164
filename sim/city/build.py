"""One door to every city, whether made up or read from files; a process builds each city once."""

from __future__ import annotations

from functools import lru_cache

from sim.arrays import frozen
from sim.city.city import City, CityParameters
from sim.extras import CITY_FILES, require


@lru_cache(maxsize=4)
def build_city(parameters: CityParameters) -> City:
    """Build the city that `parameters` describe; all runs share it, and nobody can write to it.

    Raises
    ------
    BadInput
        If it is too small for its beats, a file cannot be used, or the libraries that read it are not installed.
    """
    if parameters.kind == "from_data":
        require(CITY_FILES)
        from sim.city.from_data import build_from_data  # its libraries take a second to import, and few runs need them

        city = build_from_data(parameters)
    else:
        from sim.city.synthesis import build_synthetic

        city = build_synthetic(parameters)
    from networkx import freeze  # as others do, once there are streets

    freeze(city.streets)
    return frozen(city)
