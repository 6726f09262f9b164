"""What is published of forces, their load and their calls: bands by place, for the scoreboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from experiments.validate.load_portrait import LoadPortrait

Measure = Callable[[LoadPortrait], float | None]

BULLETINS = "weekly bulletins of Ankang; the width is our reading"
PROVINCES = "Jiangsu, Xuzhou, Jiangxi, Ankang"
CITIES = "Xuzhou 148, Hefei 124, Jiangxi 74; Milwaukee 632, Austin 690"
STATION = "HMIC 2010/11; a station of 350,000 residents, J. Jiangsu Police Inst. 2023/5"
MONGOLIA = "Inner Mongolia 125 and 83 s, Ordos 59 s (2023); US calls, Morgan Hill"
ZHUHAI = "Zhuhai 5:43 (2019), standards of 5 and 10 min; Durham 5:58, Charlotte 6.9, Fort Collins"
CHARLOTTE = "Charlotte 28.7, Morgan Hill 19.8; of China our reading"
RAND = "RAND 1975, recalled"


class LoadFact(NamedTuple):
    """One published fact: what it is, and its band in the Chinese county and in the western city."""

    name: str
    unit: str
    measure: Measure
    source: str
    china: tuple[float, float] | None
    western: tuple[float, float] | None


def _kind(name: str) -> Measure:
    return lambda load: load.kinds[name]


LOAD_FACTS = (
    LoadFact("Calls that get a unit", "per 1,000 a year", lambda load: load.calls_per_1000, CITIES, (90, 150),
             (350, 650)),
    LoadFact("… crime and public order", "% of these", _kind("crime"), f"{PROVINCES}; Austin 21.5", (8, 16), (20, 35)),
    LoadFact("… disputes", "% of these", _kind("disputes"), PROVINCES, (13, 20), None),
    LoadFact("… traffic", "% of these", _kind("traffic"), PROVINCES, (16, 28), None),
    LoadFact("… help", "% of these", _kind("help"), PROVINCES, (22, 48), None),
    LoadFact("A call keeps a unit, mean", "min", lambda load: load.unit_min, BULLETINS, (75, 95), (35, 60)),
    LoadFact("… over two hours", "% of calls", lambda load: load.long_percent, BULLETINS, (15, 25), None),
    LoadFact("P1 until a unit is sent, median", "s", lambda load: load.sent_p1_s, MONGOLIA, (60, 125), (60, 160)),
    LoadFact("P1 until one arrives, median", "min", lambda load: load.response_p1_min, ZHUHAI, (5, 7), (5, 8)),
    LoadFact("… P90", "min", lambda load: load.response_p1_p90_min, ZHUHAI, (8, 10), (10, 15)),
    LoadFact("… within 8 min", "% of P1", lambda load: load.soon_p1_percent, ZHUHAI, (84, 95), None),
    LoadFact("P3 until one arrives, median", "min", lambda load: load.response_p3_min, CHARLOTTE, (10, 25), (15, 45)),
    LoadFact("Patrol busy", "% of its time", lambda load: load.busy_percent, f"rule of 60; {STATION}", (45, 60),
             (30, 60)),
    LoadFact("… in the two busiest hours", "% of its time", lambda load: load.busiest_percent, STATION, (65, 80), None),
    LoadFact("On the road at one time", "% of personnel", lambda load: load.on_road_percent, STATION, (3, 5), (5, 8)),
    LoadFact("Leavers", "% a year", lambda load: load.leavers_percent, "England 2024: 6.2", (4, 9), (5, 8)),
    LoadFact("Arrested on scene", "% of cleared", lambda load: load.on_scene_percent, RAND, (15, 35), (20, 30)),
)  # fmt: skip
