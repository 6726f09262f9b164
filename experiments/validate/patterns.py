"""The published patterns.

What is measured in the portrait of a run, where it is published, and what the project has used it for.

A band is what was published, and never a parameter. A use is said as RAT-RS asks (Achter et al. 2022): `specify` when
the datum is a parameter, `calibrate` when parameters were set with an eye on it, `validate` when they were not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np

from experiments.validate.design import LARGE_MIXES, MIXES
from experiments.validate.kept import DISTANCE_EDGES_KM, NEAR_M, SOON_DAYS, Kind, Portrait
from experiments.validate.load_patterns import LOAD_FACTS
from experiments.validate.load_portrait import LoadPortrait
from sim.outcomes.concentration import generalised_gini, share_by_luck, share_of_places, top_share
from sim.outcomes.near_repeat import ratio
from sim.outcomes.offending import median_of_counts, relative_to_mean
from sim.outcomes.victims import HOMES, share_between, weekend_ratio

Use = Literal["specify", "calibrate", "validate"]
Measure = Callable[[Portrait], float | None]

NO_CRIME = ("dispute", "traffic", "service", "alarm", "disorder")  # true types of calls
NCVS, RECALLED = "NCVS 2021–23", "recalled, not read: the band is wide"
LAW = "law of crime concentration, street segments: Weisburd 2015"
LAW_BANDS = {25: (0.4, 1.6), 50: (2.1, 6.0)}  # % of crime → from and to % of places
WINDOW = f"within {NEAR_M:.0f} m and {SOON_DAYS:.0f} days"
NEAR_ONE = "; the width 0.9–1.1 of ‘near 1’ is our assumption"
SHORT = "heterogeneity of targets alone does not make near repeats: Short et al. 2009" + NEAR_ONE
RAISED = "raised risk in ten areas of five countries: Johnson et al. 2007; above the 0.9–1.1 that we call near 1"


class Pattern(NamedTuple):
    """One pattern in one study; patterns about one thing in one mix are shown together."""

    about: str
    name: str
    unit: str
    study: str
    measure: Measure
    low: float | None  # of the published band; None: open
    high: float | None
    source: str
    use: Use


REPORTED: tuple[tuple[str, tuple[str, ...], float, float, str], ...] = (  # name, types or kinds, recorded as % of true
    ("Assault recorded", ("assault",), 42, 46, f"violence reported to the police: {NCVS}"),
    ("Robbery recorded", ("robbery",), 42, 64, NCVS),
    ("Vehicle theft recorded", ("theft: vehicle_theft",), 72, 81, NCVS),
    ("Burglary recorded", ("burglary",), 45, 50, RECALLED),
    ("Other theft recorded", ("theft: pickpocketing", "theft: shoplifting"), 20, 32, f"about 26 %, {RECALLED}"),
)
FBI = f"FBI 2019, {RECALLED}"
CLEARED: tuple[
    tuple[str, tuple[str, ...], float, float, str], ...
] = (  # name, types in police records, cleared as % of recorded
    ("Violence cleared", ("assault", "robbery"), 35, 55, f"about 45 %, {FBI}"),
    ("Robbery cleared", ("robbery",), 22, 38, f"about 30 %, {FBI}"),
    ("Property crime cleared", ("burglary", "theft"), 12, 22, f"about 17 %, {FBI}"),
    ("Burglary cleared", ("burglary",), 9, 19, f"about 14 %, {FBI}"),
)
RESPONSE = "−4.7: Blanes i Vidal & Kirchmaier 2018; the width of ±20 % is our assumption"
DISTANCES = ("burglary", "theft", "robbery", "assault")


def kinds_in(portrait: Portrait, *names: str) -> list[Kind]:
    """Return the kinds of these names, or of these types."""
    return [kind for name, kind in portrait.kinds.items() if name in names or name.partition(":")[0] in names]


def published() -> list[Pattern]:
    """Return all patterns, in the order in which they are shown."""
    return [
        *(pattern for study in MIXES for pattern in _demand(study)),
        *_burglary(),
        *_near_repeat(),
        *(pattern for study in LARGE_MIXES for pattern in _concentration(study)),
        *(pattern for study in MIXES for pattern in _people(study)),
        *_clearance(),
        *(pattern for study in MIXES for pattern in _load(study)),
    ]


def _demand(study: str) -> list[Pattern]:
    about = "Reporting and calls"
    found = [
        Pattern(about, name, "% of true", study, _recorded(*kinds), low, high, source, "calibrate")
        for name, kinds, low, high, source in REPORTED
    ]
    found.append(
        Pattern(about, "Calls that are no crime", "% of calls", study, _no_crime, 50, 80, RECALLED, "calibrate")
    )
    source = "Milwaukee, 33,968 calls; the width of ±20 % is our assumption"
    for hour, factor in ((5, 0.50), (16, 1.43)):
        low, high = round(0.8 * factor, 2), round(1.2 * factor, 2)
        found.append(
            Pattern(
                about, f"Calls at {hour:02} h", "times the mean", study, _calls_at(hour), low, high, source, "calibrate"
            )
        )
    return found


def _burglary() -> list[Pattern]:
    about, width = "Hours and days of burglary", "; the width of ±20 % is our assumption"
    rows: tuple[tuple[str, str, str, Measure, float | None, float | None, str], ...] = (
        ("All, from midnight to four", "%", "china", _at(0, 4), 34, 50, f"Japan 42 %: Shiga 2003{width}"),
        ("Empty homes, from midnight to four", "%", "china", _at(0, 4, *HOMES[:1]), None, None,
         "Japan: these alone peak at 14–16 h, Shiga 2003"),
        ("Homes, from 06 to 18 h", "%", "western", _at(6, 18, *HOMES), 45, 67, f"US 56 % by day: FBI 2021{width}"),
        ("A day of the weekend", "of a weekday", "china", _weekend, 0.8, 1.0, "China, Japan: slightly fewer, recalled"),
        ("A day of the weekend", "of a weekday", "western", _weekend, 0.56, 0.84, f"Chicago 0.7, January 2016{width}"),
    )  # fmt: skip
    return [
        Pattern(about, name, unit, study, measure, low, high, source, "calibrate")
        for name, unit, study, measure, low, high, source in rows
    ]


def _near_repeat() -> list[Pattern]:
    about, unit = f"Near repeat of burglary {WINDOW}", "observed / expected pairs"
    rows: tuple[tuple[str, str, Measure, float | None, float | None, str, Use], ...] = (
        ("As is", "western", _window, 1.1, None, RAISED, "calibrate"),
        ("… the same dwelling left out", "western", _near, 1.1, None, RAISED, "calibrate"),
        ("… the same dwelling only", "western", _same, None, None, "no figure at hand", "validate"),
        ("Event dependence off", "no_events", _window, 0.9, 1.1, SHORT, "validate"),
        (
            "Equal targets",
            "equal_targets",
            _window,
            1.1,
            None,
            "event dependence alone makes them: Short et al. 2009",
            "validate",
        ),
        ("Both off", "neither", _window, 0.9, 1.1, "nothing is left that could make them" + NEAR_ONE, "validate"),
    )
    return [
        Pattern(about, name, unit, study, measure, low, high, source, use)
        for name, study, measure, low, high, source, use in rows
    ]


def _concentration(study: str) -> list[Pattern]:
    about, unit = "Concentration in 100 m cells", "% of cells"
    luck = "crimes dropped on cells at random: Chalfin, Kaplan & Cuellar 2021"
    return [
        Pattern(about, "Cells with 25 % of crime", unit, study, _cells(0.25), *LAW_BANDS[25], LAW, "calibrate"),
        Pattern(about, "… 25 % by luck alone", unit, study, _cells_by_luck(0.25), None, None, luck, "validate"),
        Pattern(about, "Cells with 50 % of crime", unit, study, _cells(0.5), *LAW_BANDS[50], LAW, "calibrate"),
        Pattern(about, "… 50 % by luck alone", unit, study, _cells_by_luck(0.5), None, None, luck, "validate"),
        Pattern(
            about,
            "Generalised Gini",
            "0 to 1",
            study,
            lambda run: generalised_gini(run.crimes),
            None,
            None,
            "Bernasco & Steenbeek 2017",
            "validate",
        ),
    ]


def _people(study: str) -> list[Pattern]:
    about, none = "Offenders, victims, distance", "no figure at hand"
    return [
        Pattern(
            about,
            "Offences by the top 10 % of offenders",
            "% of offences",
            study,
            _top_tenth,
            None,
            None,
            none,
            "calibrate",
        ),
        Pattern(
            about,
            "Victims of two or more",
            "% of victims",
            study,
            lambda run: _percent(run.victims.of_victims),
            None,
            None,
            none,
            "validate",
        ),
        Pattern(
            about,
            "… crimes that they suffer",
            "% of crimes with a victim",
            study,
            lambda run: _percent(run.victims.of_crimes),
            None,
            None,
            none,
            "validate",
        ),
        *(
            Pattern(about, f"Home to {kind}, median", "km", study, _distance(kind), None, None, none, "validate")
            for kind in DISTANCES
        ),
    ]


def _clearance() -> list[Pattern]:
    about, slope = "Clearance, and what response time does to it", "percentage points of clearance"
    nothing = (
        "nothing is left that could make it: witnesses stay, traces last, an arrest on scene is as likely after hours"
    )
    return [
        *(
            Pattern(about, name, "% of recorded", "western", _cleared(*types), low, high, source, "calibrate")
            for name, types, low, high, source in CLEARED
        ),
        Pattern(
            about,
            "10 % more response time",
            slope,
            "western",
            lambda run: run.force.response_slope,
            -5.6,
            -3.8,
            RESPONSE,
            "validate",
        ),
        Pattern(
            about,
            "… its mechanisms off",
            slope,
            "no_response",
            lambda run: run.force.response_slope,
            None,
            None,
            nothing,
            "validate",
        ),
    ]


def _load(study: str) -> list[Pattern]:
    about = "Load of patrol, and what calls wait"
    found = []
    for fact in LOAD_FACTS:
        low, high = (fact.china if study == "china" else fact.western) or (None, None)
        measure = _of_load(fact.measure)
        found.append(Pattern(about, fact.name, fact.unit, study, measure, low, high, fact.source, "calibrate"))
    return found


def _of_load(measure: Callable[[LoadPortrait], float | None]) -> Measure:
    return lambda run: measure(run.load)


def _cleared(*types: str) -> Measure:
    def measure(run: Portrait) -> float | None:
        """Read it from the crimes in police records; None where there are none."""
        recorded, cleared = (sum(run.force.cleared.get(name, (0, 0))[i] for name in types) for i in (0, 1))
        return 100 * cleared / recorded if recorded else None

    return measure


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _recorded(*names: str) -> Measure:
    def measure(run: Portrait) -> float | None:
        """Read it from the kinds of a run; None where none of them happened."""
        kinds = kinds_in(run, *names)
        true = sum(kind.true for kind in kinds)
        return 100 * sum(kind.recorded for kind in kinds) / true if true else None

    return measure


def _no_crime(run: Portrait) -> float | None:
    every = sum(int(hours.sum()) for hours in run.calls.values())
    return 100 * sum(int(run.calls[name].sum()) for name in NO_CRIME if name in run.calls) / every if every else None


def _calls_at(hour: int) -> Measure:
    def measure(run: Portrait) -> float | None:
        """Read it from all calls; None where there are none."""
        if not run.calls:
            return None
        by_hour_of_day = np.sum(list(run.calls.values()), axis=0).reshape(7, 24).sum(axis=0)
        return float(relative_to_mean(by_hour_of_day)[hour])

    return measure


def _at(first: int, end: int, *targets: str) -> Measure:
    def measure(run: Portrait) -> float | None:
        """Read it from burglaries by hour of the week."""
        return _percent(
            share_between(np.sum([run.burglaries[name] for name in targets or run.burglaries], axis=0), first, end)
        )

    return measure


def _weekend(run: Portrait) -> float | None:
    return weekend_ratio(np.sum(list(run.burglaries.values()), axis=0))


def _window(run: Portrait) -> float | None:
    return None if run.knox_window is None else ratio(run.knox_window)


def _near(run: Portrait) -> float | None:
    return None if run.knox is None else ratio(run.knox, slice(1, 3), slice(2))


def _same(run: Portrait) -> float | None:
    return None if run.knox is None else ratio(run.knox, slice(1), slice(2))


def _cells(share: float) -> Measure:
    return lambda run: _percent(share_of_places(run.crimes, share))


def _cells_by_luck(share: float) -> Measure:
    return lambda run: _percent(share_by_luck(int(run.crimes.sum()), len(run.crimes), share))


def _top_tenth(run: Portrait) -> float | None:
    return _percent(top_share(run.offences, 0.1))


def _distance(name: str) -> Measure:
    def measure(run: Portrait) -> float | None:
        """Read it from the distances of a run; None where there are none."""
        kinds = kinds_in(run, name)
        return (
            median_of_counts(np.sum([kind.by_distance for kind in kinds], axis=0), DISTANCE_EDGES_KM) if kinds else None
        )

    return measure
