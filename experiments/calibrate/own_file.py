"""The user's own file of incidents: parameters are fitted to its first part, and the fit is shown on the last one, too.

Both parts are cut into windows as long as a run. What is compared is what police records hold: how often each type is
recorded, at what hours, and how much of it is in how few places. The city is built from the first part alone.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.calibrate.records import MEASURES, Records, enough, measure
from experiments.calibrate.targets import Target
from sim.city.city import CRIME_EVIDENCE, CityParameters
from sim.city.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from experiments.calibrate.targets import Values
    from sim.city.read_rows import Rows

FIELD = "holdout"
SOURCE = "the user's file"


class OwnFile(NamedTuple):
    """The two parts of a file.

    Attributes
    ----------
    rows : Rows
        All its usable rows, in their order in time.
    cut : datetime64
        Where the last part begins.
    names : tuple of str
        Which of `MEASURES` are fitted.
    first, last : array
        Means over the windows of each part, shape [measures].
    windows : tuple of int
        Of the first part, and of the last one.
    residents : int
        Of the city of the whole file: both parts are counted per the same people.
    """

    rows: Rows
    cut: np.datetime64
    names: tuple[str, ...]
    first: Values
    last: Values
    windows: tuple[int, int]
    residents: int

    @property
    def targets(self) -> tuple[Target, ...]:
        """What is fitted: the first part, one realisation as long as its windows."""
        return self._targets(self.first, self.windows[0])

    @property
    def held_out(self) -> tuple[Target, ...]:
        """The same of the last part, to which nothing is fitted."""
        return self._targets(self.last, self.windows[1])

    def _targets(self, values: Values, windows: int) -> tuple[Target, ...]:
        return tuple(
            Target(name, MEASURES[name].title, MEASURES[name].unit, SOURCE, value, value, float(windows))
            for name, value in zip(self.names, map(float, values), strict=True)
        )


def read_own(tree: Mapping[str, Any], holdout: float, names: list[str] | None) -> OwnFile:
    """Read the file of incidents that the city of a tree of settings has, and cut it in two.

    Raises
    ------
    BadInput
        Where it has no clocks, or a part is shorter than a run; for a name that is no measure, or that the file has too
        few rows for.
    """
    from sim.city.build import build_city
    from sim.city.from_data import read_given
    from sim.parameters import BadInput

    city = CityParameters.model_validate(tree["city"])
    if city.incidents_csv is None:
        raise BadInput("city.incidents_csv", None, "a file of incidents: calibrate fits what it records")
    rows = read_given(city).files[0]
    if not rows.has_clock or rows.unit != "D":
        raise BadInput("city.incidents_csv", city.incidents_csv, "a file whose rows have days and clocks")
    days = int(tree["days"])
    begin, end = rows.stamp.min().astype("datetime64[D]"), rows.stamp.max().astype("datetime64[D]") + 1
    long = int((end - begin).astype(int))
    cut = begin + round((1 - holdout) * long)
    windows, held = (int(part.astype(int)) // days for part in (cut - begin, end - cut))
    if min(windows, held) < 1:
        said = "a share that leaves both parts as long as a run or longer: the file has {long} days, a run {days}"
        raise BadInput(FIELD, holdout, Notice(said, long=long, days=days))
    first = [_window(rows, cut - days * (at + 1), days, city.cell_m) for at in range(windows)]
    last = [_window(rows, cut + days * at, days, city.cell_m) for at in range(held)]
    residents = int(build_city(city).residents)
    there = [name for name in MEASURES if enough(name, first)]
    for name in names or ():
        if name not in there:
            raise BadInput("patterns", name, f"one that the file has enough rows for: {', '.join(there)}")
    chosen = tuple(names or there)
    if not chosen:
        raise BadInput("city.incidents_csv", city.incidents_csv, "a file with more rows in its first part")
    of_first, of_last = (
        np.mean([[measure(name, one, residents) for name in chosen] for one in part], axis=0) for part in (first, last)
    )
    return OwnFile(rows, cut, chosen, of_first, of_last, (windows, held), residents)


@contextmanager
def laid_out(own: OwnFile | None, tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Write the first part of a file, if there is one; in a block, return the settings with the city of it."""
    import polars as pl

    if own is None:
        yield tree
        return
    before = own.rows.stamp < own.cut
    with TemporaryDirectory(prefix="beatlab-") as folder:
        path = Path(folder) / "first_part.csv"
        pl.DataFrame(
            {
                "time": np.datetime_as_string(own.rows.stamp[before]),
                "type": [CRIME_EVIDENCE[kind] for kind in own.rows.crime[before]],
                "latitude": own.rows.latitude[before],
                "longitude": own.rows.longitude[before],
            }
        ).write_csv(path)
        usual = CityParameters().model_dump(mode="json")
        plain = {name: usual[name] for name in ("columns", "type", "types_file", "crs")}
        city = {**tree["city"], **plain, "incidents_csv": str(path), "residents": own.residents}
        yield {**tree, "city": city}


def _window(rows: Rows, begin: np.datetime64, days: int, cell_m: float) -> Records:
    """Return what police records hold of some days."""
    there = (rows.stamp >= begin) & (rows.stamp < begin + days)
    kind, stamp = rows.crime[there], rows.stamp[there]
    metres = 111_320.0  # of a degree of latitude
    x = rows.longitude[there] * metres * np.cos(np.radians(float(np.median(rows.latitude))))
    cell = np.floor(x / cell_m).astype(np.int64) * 10**7 + np.floor(rows.latitude[there] * metres / cell_m).astype(int)
    return Records(
        float(days),
        {name: int((kind == at).sum()) for at, name in enumerate(CRIME_EVIDENCE)},
        np.bincount(stamp.astype(np.int64) // 3600 % 24, minlength=24),
        np.sort(np.unique(cell, return_counts=True)[1])[::-1],
    )
