"""The load of patrol: what it has to do, how busy it is, and who does it."""

from __future__ import annotations

from typing import ClassVar

from experiments.patterns.pattern import NO_BAND, Pattern
from experiments.patterns.portrait import Portrait
from experiments.patterns.studies import CHINA, WESTERN

BULLETINS = "weekly bulletins of Ankang; the width is our reading"
PROVINCES = "Jiangsu, Xuzhou, Jiangxi, Ankang"
STATION = "HMIC 2010/11; a station of 350,000 residents, J. Jiangsu Police Inst. 2023/5"


class Load(Pattern):
    """Base: a number of the load portrait.

    Attributes
    ----------
    field : str
        Of `LoadPortrait`.
    """

    about = "Load of patrol, and what calls wait"
    use = "calibrate"
    quality = "read"
    field: ClassVar[str] = ""

    def measure(self, portrait: Portrait) -> float | None:
        """Return the number; None where there is nothing to measure."""
        value: float | None = getattr(portrait.load, self.field)
        return value


class CallsWithUnit(Load):
    """Calls that get a unit."""

    name = "calls_with_unit"
    title = "Calls that get a unit"
    unit = "per 1,000 a year"
    field = "calls_per_1000"
    source = "Xuzhou 148, Hefei 124, Jiangxi 74; Milwaukee 632, Austin 690"
    bands: ClassVar = {CHINA: (90, 150), WESTERN: (350, 650)}


class CallsPhoned(Load):
    """Calls that are phoned in, whatever becomes of them."""

    name = "calls_phoned"
    title = "Calls phoned in"
    unit = "per 1,000 a year"
    field = "phoned_per_1000"
    source = "China 200 to 330; the mix of the place leaves out those that get no unit"
    bands: ClassVar = {CHINA: NO_BAND, WESTERN: NO_BAND}


class CallsAbout(Load):
    """Base: calls of a kind, in % of those that get a unit.

    Attributes
    ----------
    kind : str
        Of `LoadPortrait.kinds`.
    """

    unit = "% of these"
    source = PROVINCES
    kind: ClassVar[str] = ""

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share."""
        return portrait.load.kinds[self.kind]


class CallsAboutCrime(CallsAbout):
    """Calls about crime and public order."""

    name = "calls_about_crime"
    title = "… crime and public order"
    kind = "crime"
    source = f"{PROVINCES}; Austin 21.5"
    bands: ClassVar = {CHINA: (8, 16), WESTERN: (20, 35)}


class CallsAboutDisputes(CallsAbout):
    """Calls about disputes."""

    name = "calls_about_disputes"
    title = "… disputes"
    kind = "disputes"
    bands: ClassVar = {CHINA: (13, 20), WESTERN: NO_BAND}


class CallsAboutTraffic(CallsAbout):
    """Calls about traffic."""

    name = "calls_about_traffic"
    title = "… traffic"
    kind = "traffic"
    bands: ClassVar = {CHINA: (16, 28), WESTERN: NO_BAND}


class CallsForHelp(CallsAbout):
    """Calls for help that are no police matter."""

    name = "calls_for_help"
    title = "… help"
    kind = "help"
    bands: ClassVar = {CHINA: (22, 48), WESTERN: NO_BAND}


class UnitMinutes(Load):
    """How long a call keeps its first unit."""

    name = "unit_minutes"
    title = "A call keeps a unit, mean"
    unit = "min"
    field = "unit_min"
    source = BULLETINS
    bands: ClassVar = {CHINA: (75, 95), WESTERN: (35, 60)}


class UnitMinutesMedian(Load):
    """The same, median."""

    name = "unit_minutes_median"
    title = "… median"
    unit = "min"
    field = "unit_median_min"
    source = BULLETINS
    bands: ClassVar = {CHINA: (45, 55), WESTERN: NO_BAND}
    notes: ClassVar = {CHINA: "mean, spread and the share over two hours are within; nothing has been tried"}


class UnitMinutesSpread(Load):
    """How unlike these minutes are."""

    name = "unit_minutes_spread"
    title = "… standard deviation over mean"
    unit = "1"
    field = "unit_spread"
    source = BULLETINS
    bands: ClassVar = {CHINA: (1.1, 1.5), WESTERN: NO_BAND}


class LongCalls(Load):
    """Calls that keep it for long."""

    name = "long_calls"
    title = "… over two hours"
    unit = "% of calls"
    field = "long_percent"
    source = BULLETINS
    bands: ClassVar = {CHINA: (15, 25), WESTERN: NO_BAND}


class PatrolBusy(Load):
    """How much of its time patrol is at calls."""

    name = "patrol_busy"
    title = "Patrol busy"
    unit = "% of its time"
    field = "busy_percent"
    source = f"rule of 60; {STATION}"
    bands: ClassVar = {CHINA: (45, 60), WESTERN: (30, 60)}


class PatrolBusiest(Load):
    """The same in the two busiest hours of the day."""

    name = "patrol_busiest"
    title = "… in the two busiest hours"
    unit = "% of its time"
    field = "busiest_percent"
    source = STATION
    bands: ClassVar = {CHINA: (65, 80), WESTERN: NO_BAND}


class Uncommitted(Load):
    """How much of its time patrol has for patrols, stops and waiting."""

    name = "patrol_uncommitted"
    title = "… uncommitted time"
    unit = "% of its time"
    use = "validate"
    quality = "assumption"
    field = "uncommitted_percent"
    source = "no figure at hand"
    bands: ClassVar = {CHINA: NO_BAND, WESTERN: NO_BAND}


class OnTheRoad(Load):
    """Personnel on the road at one time."""

    name = "on_the_road"
    title = "On the road at one time"
    unit = "% of personnel"
    field = "on_road_percent"
    source = STATION
    bands: ClassVar = {CHINA: (3, 5), WESTERN: (5, 8)}


class Leavers(Load):
    """Personnel who leave."""

    name = "leavers"
    title = "Leavers"
    unit = "% a year"
    field = "leavers_percent"
    source = "England 2024: 6.2"
    bands: ClassVar = {CHINA: (4, 9), WESTERN: (5, 8)}


class ArrestedOnScene(Load):
    """Cleared crimes with an arrest as the first unit arrived."""

    name = "arrested_on_scene"
    title = "Arrested on scene"
    unit = "% of cleared"
    quality = "recalled"
    field = "on_scene_percent"
    source = "RAND 1975, recalled"
    bands: ClassVar = {CHINA: (15, 35), WESTERN: (20, 30)}
