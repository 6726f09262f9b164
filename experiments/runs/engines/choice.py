"""The engine that a user has chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.runs.engines.local import Local
from experiments.runs.engines.settings import DaskSettings, RaySettings, SlurmSettings, engine_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.runs.engines.engine import Engine


def engine_of(plan: Mapping[str, Any]) -> Engine:
    """Return the engine of a command, which is opened with the first task; use it as a block.

    Parameters
    ----------
    plan : mapping
        `engine`: its settings, checked; `workers`: how many, None: one a core.

    Raises
    ------
    BadInput
        For SLURM, whose jobs are submitted by `beatlab sweep` alone.
    """
    match engine_settings(plan["engine"]):
        case RaySettings() as settings:
            from experiments.runs.engines.ray import Ray

            return Ray(settings, plan["workers"])
        case DaskSettings() as settings:
            from experiments.runs.engines.dask import Dask

            return Dask(settings, plan["workers"])
        case SlurmSettings():
            from sim.parameters import BadInput

            raise BadInput("engine", "slurm", "one of local, ray, dask; jobs are for beatlab sweep")
    return Local(plan["workers"])
