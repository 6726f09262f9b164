"""What is kept of a run of a trial: what police records say of crimes and calls, and, apart from it, what is true."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sim.city.grid import Grid
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import CRIME_NAMES
from sim.outcomes.course_results import AT_PLACES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from experiments.estimates.intervals import Floats
    from experiments.runs.cases import Runner
    from sim.model import CityModel

Arm = TypeVar("Arm")
SOURCES = RECORDED, TRUE = ("recorded", "true")
AT_ALL_PLACES, CALLS = "crimes_at_places", "calls"
OUTCOMES = (AT_ALL_PLACES, CALLS, *CRIME_NAMES)


@dataclass(frozen=True)
class Events:
    """Crimes or calls; equal shapes [events].

    Attributes
    ----------
    kind : array of int
        Which of `CRIME_NAMES`; −1 for calls.
    day : array of int
        Measured day: of a record the middle of what victims could say, of a crime when it was, of a call when it came.
    cell : array of int
        Where.
    known_day : array of int
        When it entered police records; that of a crime as it was is its own.
    """

    kind: NDArray[np.int8]
    day: NDArray[np.int32]
    cell: NDArray[np.int32]
    known_day: NDArray[np.int32]

    def rows(self, which: NDArray[np.bool_]) -> Events:
        """Return some of them."""
        return Events(*(getattr(self, column.name)[which] for column in fields(self)))


@dataclass(frozen=True)
class Seen:
    """What is kept of one run.

    Attributes
    ----------
    residents : array [districts]
        Who live there.
    place : array of int [cells]
        Place of a field trial of which most of the cell is a part, −1 for none; empty without one.
    drawn : array of bool [places]
        Whether the lot has drawn a place for treatment.
    district : array of int [cells]
        District of each cell, −1 outside the city.
    grid : Grid
        The cells.
    recorded, calls : Events
        What the police had written down by the end of the run.
    true : Events
        Crimes as they were, which no analyst gets.
    """

    residents: Floats
    district: NDArray[np.int64]
    place: NDArray[np.int64]
    drawn: NDArray[np.bool_]
    grid: Grid
    recorded: Events
    calls: Events
    true: Events


KEPT = Seen, Events, Grid  # of which a `Seen` is made, for the store


def watch(settings: Mapping[str, Any]) -> Seen:
    """Run one scenario, given as plain values, and keep what an analyst is given, and what is true."""
    from sim.model import CityModel
    from sim.scenario import Scenario

    model = CityModel(Scenario.model_validate(settings))
    model.run()
    tables, beats = model.results_of_model().tables, model.city.beats
    recorded, calls, true = tables["recorded"], tables["calls"], tables["incidents"]
    called = np.asarray(calls["discovered_by"]) == "caller"
    place, drawn = _places(model)
    home = beats.district_of_cell[model.world.society.residents["home_cell"]]
    return Seen(
        residents=np.bincount(home, minlength=len(beats.station_cell)).astype(float),
        district=beats.district_of_cell.astype(np.int64),
        place=place,
        drawn=drawn,
        grid=model.city.grid,
        recorded=_events(recorded["type"], recorded["said_time_min"], recorded["cell"], recorded["recorded_time_min"]),
        calls=_events(None, *(np.asarray(calls[name])[called] for name in ("received_min", "cell", "received_min"))),
        true=_events(true["type"], true["time_min"], true["cell"], true["time_min"]),
    )


def _places(model: CityModel) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the place of each cell in the field trial of a run, and which were drawn; both empty without one."""
    from sim.programmes.field_trial import FieldTrial

    trial = next((one for one in model.programmes if isinstance(one, FieldTrial)), None)
    if trial is None or trial.places is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    place, parts = np.full(model.city.grid.n_cells, -1), trial.places
    order = np.argsort(parts.share, kind="stable")  # of two places of one cell the one with the larger part comes last
    place[parts.cell[order]] = parts.place[order]
    return place, parts.treated


def _events(kind: Any, time_min: Any, cell: Any, known_min: Any) -> Events:
    """Return events from columns of the tables of a run."""
    day, known = (np.floor(np.asarray(minutes) / MINUTES_PER_DAY).astype(np.int32) for minutes in (time_min, known_min))
    number = {name: i for i, name in enumerate(CRIME_NAMES)}
    kinds = [-1] * len(day) if kind is None else [number[name] for name in np.asarray(kind).tolist()]
    return Events(np.array(kinds, dtype=np.int8), day, np.asarray(cell, dtype=np.int32), known)


def events_of(seen: Seen, source: str, outcome: str) -> Events:
    """Return the events of one of `OUTCOMES`, as one of `SOURCES` has them; calls are what they are."""
    if outcome == CALLS:
        return seen.calls
    events = seen.recorded if source == RECORDED else seen.true
    names = AT_PLACES if outcome == AT_ALL_PLACES else (outcome,)
    return events.rows(np.isin(events.kind, [CRIME_NAMES.index(name) for name in names]))


def run_arms(arms: Mapping[Arm, Sequence[Mapping[str, Any]]], runner: Runner) -> dict[Arm, list[Seen]]:
    """Run the arms of all trials; those runs that the store has are read.

    Parameters
    ----------
    arms : mapping
        An arm → its scenarios as plain values, a run each.
    runner : Runner
        Where they are carried out and kept.
    """
    from experiments.runs.cases import run_cases
    from experiments.runs.trial import own_code

    return run_cases(watch, arms, runner.engine, runner.show, own_code, kept=runner.kept)
