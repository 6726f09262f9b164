"""The settings of engines, declared and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ValidationError

from sim.extras import Extra, require
from sim.parameters import BadInput, Parameters, one_line, parameter

SLURM = "slurm"


class LocalSettings(Parameters):
    """Processes of this machine, `workers` of them."""

    name: Literal["local"] = "local"


class ClusterSettings(Parameters):
    """Workers that wait for tasks, here or on other machines."""

    address: str | None = parameter(
        None, unit="1", source="assumption: a laptop", min_length=1,
        doc="Where the cluster answers, such as host:6379 for Ray, tcp://host:8786 for dask; null: one is begun here, "
        "and ends with the command.",
    )  # fmt: skip
    wait_s: float = parameter(
        30.0, unit="s", gt=0, le=3600, source="assumption: a cluster that is there answers in seconds",
        doc="How long an address may take to answer.",
    )  # fmt: skip


class RaySettings(ClusterSettings):
    """Ray."""

    name: Literal["ray"] = "ray"


class DaskSettings(ClusterSettings):
    """dask."""

    name: Literal["dask"] = "dask"


class SlurmSettings(Parameters):
    """Jobs of SLURM, by submitit, which write the store themselves."""

    name: Literal["slurm"] = "slurm"
    cluster: Literal["slurm", "local"] = parameter(
        "slurm", unit="1", source="assumption: its name says it",
        doc="slurm, or local: the same jobs as processes of this machine that go on without the command.",
    )  # fmt: skip
    minutes: float = parameter(
        10.0, unit="min", gt=0, le=10_000, source="assumption: a queue takes minutes better than seconds or days",
        doc="Work that a job is to have, by the run time that was measured.",
    )  # fmt: skip
    cpus: int = parameter(
        1, unit="1", ge=1, le=1024, source="assumption: small jobs begin soonest", doc="Cores, and workers, of a job.",
    )  # fmt: skip
    at_once: int = parameter(
        256, unit="1", ge=1, le=100_000, source="assumption: leaves room for others", doc="Jobs that may run at a time."
    )
    limit_min: int = parameter(
        60, unit="min", ge=1, le=100_000, source="assumption: six times the work of a job",
        doc="Minutes after which the queue ends a job; what it had run is kept.",
    )  # fmt: skip
    options: dict[str, bool | int | float | str] = parameter(
        {}, unit="1", source="assumption: the cluster's own defaults",
        doc="More options of sbatch, as submitit names them: slurm_partition, slurm_account, mem_gb.",
    )  # fmt: skip


Settings = LocalSettings | RaySettings | DaskSettings | SlurmSettings
ENGINES: Mapping[str, type[Settings]] = {
    "local": LocalSettings,
    "ray": RaySettings,
    "dask": DaskSettings,
    SLURM: SlurmSettings,
}
EXTRAS = {
    "ray": Extra("ray", "engine=ray", ("ray",)),
    "dask": Extra("dask", "engine=dask", ("dask", "distributed")),
    SLURM: Extra("slurm", "engine=slurm", ("submitit",)),
}


def defaults_of(name: object) -> dict[str, Any]:
    """Return the settings of an engine with their defaults, as plain values.

    Raises
    ------
    BadInput
        When there is none of this name.
    """
    if name not in ENGINES:
        raise BadInput("engine.name", name, f"one of {', '.join(ENGINES)}")
    return ENGINES[str(name)]().model_dump()


def checked(engine: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an engine as plain values, when they are allowed and its library is installed.

    Raises
    ------
    BadInput
        For a value that is not allowed, or a library that is missing.
    """
    try:
        settings = ENGINES[engine["name"]].model_validate(dict(engine))
    except ValidationError as error:
        raise one_line(error, "engine") from None
    if settings.name in EXTRAS:
        require(EXTRAS[settings.name])
    return settings.model_dump()


def engine_settings(engine: Mapping[str, Any]) -> Settings:
    """Return the settings of an engine from plain values that are checked."""
    return ENGINES[engine["name"]].model_validate(dict(engine))
