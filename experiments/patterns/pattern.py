"""What a published pattern is: a small class that says what is measured, where it was published, and its bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from sim.extensions import extensible
from sim.registry import Registry, found

if TYPE_CHECKING:
    from experiments.patterns.portrait import Portrait

Band = tuple[float | None, float | None]  # its limits; None: open
USES = ("specify", "calibrate", "validate")
QUALITIES = ("read", "recalled", "assumption")
NO_BAND: Band = (None, None)


class Pattern:
    """Base of every pattern: a class with a `name`, what tables say of it, its bands, and `measure`.

    A band is what was published, and never a parameter. A use is said as RAT-RS asks (Achter et al. 2022).

    Attributes
    ----------
    name : str
        By which it is chosen; empty: a base of several patterns.
    about : str
        Heading under which it is shown.
    title, unit : str
        What tables call it, and the unit of its numbers.
    use : str
        `specify` when the datum is a parameter, `calibrate` when parameters were set with an eye on it, `validate` when
        they were not: only such rows test the model, and `for_calibration` refuses them.
    quality : str
        Of the datum: `read` in its source, `recalled` from memory, or an `assumption`.
    source : str
        Where it was published, and what in its band is our reading.
    bands : mapping
        Study in which it is measured (`county_china` and `city_western` are the places as they are; see
        `experiments.patterns.studies`) → lower and upper limit, None where one is open; both: no band is known.
    notes : mapping
        Study in which it lies outside → what was tried, and why it is hard.
    """

    name: ClassVar[str] = ""
    about: ClassVar[str] = ""
    title: ClassVar[str] = ""
    unit: ClassVar[str] = ""
    use: ClassVar[str] = "validate"
    quality: ClassVar[str] = "assumption"
    source: ClassVar[str] = ""
    bands: ClassVar[Mapping[str, Band]] = {}
    notes: ClassVar[Mapping[str, str]] = {}

    def measure(self, portrait: Portrait) -> float | None:  # noqa: ARG002 (for those who derive)
        """Return the number of one run; None where there is nothing to measure."""
        raise TypeError(f"pattern {self.name!r} does not say what it measures: write measure()")

    def values(self, portraits: Mapping[str, Sequence[Portrait]], study: str) -> list[float | None]:
        """Return the number of each replication of a study.

        Parameters
        ----------
        portraits : mapping
            Study → its replications in the order of their seeds; a pattern that compares studies reads several.
        study : str
            A key of `bands`.
        """
        return [self.measure(run) for run in portraits[study]]


class Experiment(Pattern):
    """Base of a pattern that needs runs of its own: a field experiment, carried out as it was published.

    Its bands are by place. `validate scope=full` carries out its tasks, keeps what `run` returns in the store, and
    holds what `judge` makes of each against the band of the place.

    Attributes
    ----------
    records : tuple of type
        The dataclasses and named tuples that a result of `run` may hold, for the store.
    """

    records: ClassVar[tuple[type[Any], ...]] = ()

    def measure(self, portrait: Portrait) -> float | None:  # noqa: ARG002 (it has none)
        """Refuse: it is judged by runs of its own."""
        raise TypeError(f"pattern {self.name!r} is judged by runs of its own")

    def tasks(self, tree: Mapping[str, Any], replications: int) -> list[dict[str, Any]]:
        """Return one task a replication, plain values for `run`.

        Parameters
        ----------
        tree : mapping
            Settings of the place, as `experiments.settings.compose.compose` returns them.
        replications : int
            How many; the r-th has the seed of the tree + r.
        """
        raise NotImplementedError

    @staticmethod
    def run(task: Mapping[str, Any]) -> Any:
        """Carry out a task, in a process of its own, and return what `judge` needs."""
        raise NotImplementedError

    def judge(self, results: Sequence[Any]) -> list[float | None]:
        """Return the number of each replication, as the published study worked it out."""
        raise NotImplementedError


@cache
def registry() -> Registry:
    """Return the patterns that were found, what could not be loaded, and which names are taken twice."""
    return found(Pattern, "experiments.patterns", "beatlab.patterns")


extensible(Pattern, "pattern", registry)
