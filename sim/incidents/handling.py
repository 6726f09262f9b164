"""Times on scene as a file of calls says them, in place of those of the settings."""

from __future__ import annotations

from typing import Any

from sim.city.city import City
from sim.incident_types import TYPE_NAMES, IncidentType
from sim.incidents.demand import DemandParameters

DESK = (IncidentType.FRAUD,)  # whose reports are taken down at a desk: no unit is on scene


def with_times_of_files(demand: DemandParameters, city: City) -> DemandParameters:
    """Return the incidents of a city with times on scene by type and priority as its files say, if they say any.

    Crimes have one time for all priorities, the mean of them. What is lognormal stays so, with the variation that the
    file has. `demand` itself is returned where no file says any.
    """
    if city.handling is None:
        return demand
    changed: dict[str, Any] = {}
    for kind in IncidentType:
        if kind in DESK:
            continue
        name = "disputes" if kind == IncidentType.DISPUTE else kind.name.lower()
        own, mean = getattr(demand, name), city.handling.mean_min[TYPE_NAMES[kind]]
        minutes = tuple(map(float, mean)) if isinstance(own.on_scene_min, tuple) else float(mean.mean())
        cv = None if own.on_scene_cv is None else city.handling.cv
        changed[name] = own.model_copy(update={"on_scene_min": minutes, "on_scene_cv": cv})
    changed["reporting"] = demand.reporting.model_copy(update={"service_shape": city.handling.shape})
    return demand.model_copy(update=changed)
