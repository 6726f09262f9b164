"""All patterns: those of the project in the order in which they are shown, then the user's own."""

from __future__ import annotations

from collections.abc import Iterable

from experiments.patterns import (
    burglary,
    calls,
    clearance,
    concentration,
    load,
    near_repeat,
    offenders,
    reporting,
    response,
)
from experiments.patterns.pattern import Pattern
from experiments.patterns.studies import STUDIES
from sim.parameters import BadInput

PUBLISHED: tuple[type[Pattern], ...] = (
    reporting.AssaultRecorded, reporting.RobberyRecorded, reporting.VehicleTheftRecorded, reporting.BurglaryRecorded,
    reporting.OtherTheftRecorded, calls.CallsNoCrime, calls.CallsEarly, calls.CallsInTheAfternoon,
    burglary.BurglaryAtNight, burglary.EmptyHomesAtNight, burglary.HomesByDay, burglary.WeekendInChina,
    burglary.WeekendInTheWest,
    near_repeat.NearRepeat, near_repeat.NearRepeatElsewhere, near_repeat.RepeatOnTheSame, near_repeat.WithoutEvents,
    near_repeat.EqualTargets, near_repeat.WithoutBoth,
    concentration.CellsWithAQuarter, concentration.QuarterByLuck, concentration.CellsWithHalf,
    concentration.HalfByLuck, concentration.Gini,
    offenders.TopTenth, offenders.RepeatedVictims, offenders.CrimesOfRepeatedVictims, offenders.HomeToBurglary,
    offenders.HomeToTheft, offenders.HomeToRobbery, offenders.HomeToAssault,
    clearance.ViolenceCleared, clearance.RobberyCleared, clearance.PropertyCleared, clearance.BurglaryCleared,
    clearance.SlowerResponse, clearance.SlowerResponseOff,
    load.CallsWithUnit, load.CallsAboutCrime, load.CallsAboutDisputes, load.CallsAboutTraffic, load.CallsForHelp,
    load.UnitMinutes, load.LongCalls, response.UrgentSent, response.UrgentReached, response.UrgentReachedLate,
    response.UrgentReachedSoon, response.CalmReached, load.PatrolBusy, load.PatrolBusiest, load.OnTheRoad,
    load.Leavers, load.ArrestedOnScene,
)  # fmt: skip


def published() -> list[Pattern]:
    """Return all patterns, in the order in which they are shown."""
    return [kind() for kind in PUBLISHED]


def rows() -> list[tuple[Pattern, str]]:
    """Return each pattern with each study in which it has a band: what one has to do with comes together."""
    patterns = published()
    abouts = list(dict.fromkeys(it.about for it in patterns))
    studies = list(STUDIES)
    found = [(it, study) for it in patterns for study in it.bands]
    return sorted(found, key=lambda row: (abouts.index(row[0].about), studies.index(row[1])))


def for_calibration(names: Iterable[str]) -> list[Pattern]:
    """Return the patterns of these names, for parameters to be set with an eye on them.

    Raises
    ------
    BadInput
        For a name that no pattern has, and for a pattern that is kept to test the model, or that is a parameter.
    """
    every = {it.name: it for it in published()}
    usable = [name for name, it in every.items() if it.use == "calibrate"]
    found = []
    for name in names:
        if name not in every:
            raise BadInput("patterns", name, f"one of {', '.join(usable)}")
        if every[name].use == "validate":
            raise BadInput("patterns", name, "a pattern whose use is calibrate; this one is kept to test the model")
        if every[name].use == "specify":
            raise BadInput("patterns", name, "a pattern whose use is calibrate; this one is a parameter itself")
        found.append(every[name])
    return found
