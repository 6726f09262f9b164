"""All patterns: those of the project in the order in which they are shown, then the user's own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from experiments.patterns import (
    burglary,
    calls,
    clearance,
    concentration,
    force,
    fraud,
    governed,
    load,
    near_repeat,
    offenders,
    reporting,
    response,
    year,
)
from experiments.patterns.pattern import QUALITIES, USES, Pattern, registry
from experiments.patterns.studies import STUDIES
from experiments.patterns.trials.enacted import EXPERIMENTS
from sim.parameters import BadInput

PUBLISHED: tuple[type[Pattern], ...] = (
    reporting.AssaultRecorded, reporting.RobberyRecorded, reporting.VehicleTheftRecorded, reporting.BurglaryRecorded,
    reporting.OtherTheftRecorded, calls.CallsNoCrime, calls.CallsEarly, calls.CallsInTheAfternoon,
    burglary.BurglaryAtNight, burglary.EmptyHomesAtNight, burglary.HomesByDay, burglary.WeekendInChina,
    burglary.WeekendInTheWest,
    near_repeat.NearRepeat, near_repeat.NearRepeatElsewhere, near_repeat.RepeatOnTheSame, near_repeat.WithoutEvents,
    near_repeat.EqualTargets, near_repeat.WithoutBoth,
    concentration.CellsWithAQuarter, concentration.QuarterByLuck, concentration.CellsWithHalf,
    concentration.HalfByLuck, concentration.Gini, concentration.WithLessCrime,
    offenders.TopTenth, offenders.RepeatedVictims, offenders.CrimesOfRepeatedVictims, offenders.HomeToBurglary,
    offenders.HomeToTheft, offenders.HomeToRobbery, offenders.HomeToAssault,
    clearance.ViolenceCleared, clearance.RobberyCleared, clearance.PropertyCleared, clearance.BurglaryCleared,
    clearance.SlowerResponse, clearance.SlowerResponseOff,
    load.CallsPhoned, load.CallsWithUnit, load.CallsAboutCrime, load.CallsAboutDisputes, load.CallsAboutTraffic,
    load.CallsForHelp, load.UnitMinutes, load.UnitMinutesMedian, load.UnitMinutesSpread, load.LongCalls,
    response.UrgentSent, response.CallTaking, response.Queue, response.TurnOut, response.Driving,
    response.UrgentReached, response.UrgentReachedLate, response.UrgentReachedSoon, response.CalmReached,
    load.PatrolBusy, load.PatrolBusiest, load.Uncommitted, load.OnTheRoad, load.Leavers, load.ArrestedOnScene,
    force.Officers, force.Auxiliaries, force.CarsOnDuty, force.CarsAtNight, force.CarsInTheEvening, force.HoursAWeek,
    force.OnSickLeave,
    year.HouseholdSeason, year.AssaultSeason, year.Drift,
    fraud.YoungVictims, fraud.MiddleAgedVictims, fraud.AgeOfVictims, fraud.FraudsCleared,
    governed.FoundDisputesResolved, governed.DisputesMediated, governed.CommunityPolicing, *EXPERIMENTS,
)  # fmt: skip


def published() -> list[Pattern]:
    """Return all patterns, in the order in which they are shown: the user's own come last, by name.

    Raises
    ------
    BadInput
        For one of the user's that cannot be used.
    """
    kinds, twice, broken = registry()
    for name, owners in twice.items():
        raise BadInput("pattern", name, f"a name that one class has; {' and '.join(owners)} both have it: rename one")
    for name, why in broken.items():
        raise BadInput("pattern", name, f"one that can be loaded: {why}; mend it, or uninstall its package")
    own = [kind for kind in kinds.values() if kind not in PUBLISHED]
    for kind in own:
        if fault := fault_of(kind):
            raise BadInput("pattern", kind.name, f"a pattern that can be used: {fault}")
    return [kind() for kind in (*PUBLISHED, *own)]


def fault_of(kind: type[Pattern]) -> str:
    """Return what stands in the way of a place on the scoreboard, in a phrase; empty: nothing."""
    for field in ("about", "title", "unit", "source"):
        if not isinstance(getattr(kind, field), str) or not getattr(kind, field):
            return f"it has no {field}; write {field} = '…'"
    for field, allowed in (("use", USES), ("quality", QUALITIES)):
        if getattr(kind, field) not in allowed:
            return f"its {field} is {getattr(kind, field)!r:.80}; write {', '.join(allowed[:-1])} or {allowed[-1]}"
    if not isinstance(kind.bands, Mapping) or not kind.bands:
        return "it has no bands; write bands = {'county_china': (4, 9)}"
    for study, band in kind.bands.items():
        if study not in STUDIES:
            return f"its band is for {study!r:.80}; write one of {', '.join(STUDIES)}"
        if not _is_band(band):
            return f"its band for {study} is {band!r:.80}; write two numbers, the lower first; None is an open limit"
    return ""


def _is_band(band: object) -> bool:
    """Whether it has two limits, numbers in their order or None."""
    if not isinstance(band, tuple) or len(band) != 2:
        return False
    limits = [limit for limit in band if limit is not None]
    return all(isinstance(one, int | float) and math.isfinite(one) for one in limits) and limits == sorted(limits)


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
