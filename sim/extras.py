"""Libraries that only some work needs: each comes with an extra of the package, and whoever lacks it is told which."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, NamedTuple

from sim.parameters import BadInput


class Extra(NamedTuple):
    """An extra of the package, as in `pip install 'beatlab[name]'`."""

    name: str
    purpose: str  # what needs it, as a user writes it
    libraries: tuple[str, ...]  # as they are imported


CALIBRATE = Extra("calibrate", "calibrate", ("optuna", "SALib"))
CITY_FILES = Extra("city-files", "city=from_data", ("pyproj", "osmnx", "geopandas", "pyogrio", "shapely"))
EXCEL = Extra("excel", "a workbook (.xlsx)", ("fastexcel", "xlsxwriter"))
OPTIMISE = Extra("optimise", "optimise", ("optuna",))
SENSITIVITY = Extra("sensitivity", "sensitivity", ("SALib",))
TRIAL = Extra("trial", "trial", ("statsmodels",))
VALIDATE = Extra("validate", "validate", ("pointpats",))


class NotInstalled(BadInput):
    """A library of an extra that is not installed.

    Parameters
    ----------
    extra : Extra
        What has to be installed.
    library : str
        What is missing.
    """

    def __init__(self, extra: Extra, library: str) -> None:
        mend = f"pip install 'beatlab[{extra.name}]'"
        super().__init__("installation", library, mend)
        self.extra, self.args = extra, (f"{extra.purpose} needs {library}, which is not installed: {mend}",)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.extra, self.value))


def require(extra: Extra) -> None:
    """Make sure that an extra is installed, before anything is computed; no library is loaded.

    Raises
    ------
    NotInstalled
        Naming the first library that is missing and the command that installs it.
    """
    for library in extra.libraries:
        if find_spec(library) is None:
            raise NotInstalled(extra, library)
