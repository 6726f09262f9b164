"""Counts by area and week around a roll-out, as records or the truth have them, and several cities put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.trial.design import WEEK
from experiments.trial.kept import events_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from experiments.estimates.intervals import Floats
    from experiments.trial.kept import Events, Seen
    from experiments.trial.rollout import Rollout


class Panel(NamedTuple):
    """Counts of one outcome by area and week, and where the strategy was ordered.

    Attributes
    ----------
    counts : array [areas, weeks]
        Of the outcome.
    treated : array of bool [areas, weeks]
        Whether the strategy was ordered there by then.
    residents : array [areas]
        Who live there; 1 at places.
    city : array of int [areas]
        The city of a trial in which it lies, from 0.
    """

    counts: Floats
    treated: NDArray[np.bool_]
    residents: Floats
    city: NDArray[np.int64]

    @property
    def ever(self) -> NDArray[np.bool_]:
        """Whether an area is treated at all, shape [areas]."""
        return np.asarray(self.treated.any(axis=1))

    @property
    def after(self) -> NDArray[np.bool_]:
        """Whether a week is one of the roll-out, shape [weeks]."""
        return np.asarray(self.treated.any(axis=0))

    def first_weeks(self, n: int) -> Panel:
        """Return the panel without the weeks after the first n of the roll-out."""
        end = int((~self.after).sum()) + n
        return self._replace(counts=self.counts[:, :end], treated=self.treated[:, :end])


def panel_of(seen: Seen, source: str, outcome: str, rollout: Rollout, weeks: tuple[int, int]) -> Panel:
    """Count an outcome of one run by area and week.

    Parameters
    ----------
    seen : Seen
        What was kept of the run.
    source : str
        One of `experiments.trial.kept.SOURCES`.
    outcome : str
        One of `experiments.trial.kept.OUTCOMES`.
    rollout : Rollout
        Where the strategy is ordered from which day on.
    weeks : (int, int)
        Weeks before and after the first day of the roll-out.
    """
    before, after = weeks
    first = rollout.begin - before * WEEK
    area, areas = seen.district if rollout.area is None else rollout.area, len(rollout.starts)
    counts = counted(events_of(seen, source, outcome), area, areas, first, before + after)
    mondays = first + WEEK * np.arange(before + after)
    starts = np.array([np.inf if start is None else start for start in rollout.starts])
    residents = seen.residents if rollout.area is None else np.ones(areas)
    return Panel(counts, mondays[None, :] >= starts[:, None], residents, np.zeros(areas, dtype=np.int64))


def counted(events: Events, area: NDArray[np.int64], areas: int, first: int, weeks: int) -> Floats:
    """Count events by area and week from a day on, shape [areas, weeks]; area [cells] is −1 for none."""
    week, where = np.floor_divide(events.day - first, WEEK), area[events.cell]
    there = (week >= 0) & (week < weeks) & (where >= 0)
    place = where[there] * weeks + week[there]
    return np.bincount(place, minlength=areas * weeks).reshape(areas, weeks).astype(float)


def together(panels: Sequence[Panel]) -> Panel:
    """Return the panels of several cities in which one trial is held as one."""
    whole = Panel(*(np.concatenate(parts) for parts in zip(*panels, strict=True)))
    return whole._replace(city=np.repeat(np.arange(len(panels)), [len(panel.counts) for panel in panels]))


def untouched_elsewhere(with_: Panel, without: Panel) -> Panel:
    """Return a panel in which the strategy has changed nothing where, or as long as, it is not ordered."""
    return with_._replace(counts=np.where(with_.treated, with_.counts, without.counts))
