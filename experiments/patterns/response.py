"""How long callers wait, part by part."""

from __future__ import annotations

from typing import ClassVar

from experiments.patterns.load import Load
from experiments.patterns.pattern import NO_BAND
from experiments.patterns.studies import CHINA, WESTERN

NONE = "no figure at hand"
ZHUHAI = "Zhuhai 5:43 (2019), standards of 5 and 10 min; Durham 5:58, Charlotte 6.9, Fort Collins"


class UrgentSent(Load):
    """From the receipt of an urgent call until a unit is sent."""

    name = "p1_sent"
    title = "P1 until a unit is sent, median"
    unit = "s"
    field = "sent_p1_s"
    source = "Inner Mongolia 125 and 83 s, Ordos 59 s (2023); US calls, Morgan Hill"
    bands: ClassVar = {CHINA: (60, 125), WESTERN: (60, 160)}


class CallTaking(Load):
    """Of this, what it takes to take the call."""

    name = "p1_taken"
    title = "… call-taking, median"
    unit = "s"
    field = "taken_p1_s"
    source = "456,804 US calls: 45 s until the priority is known, which is a part of it"
    bands: ClassVar = {CHINA: NO_BAND, WESTERN: NO_BAND}


class Queue(Load):
    """Of this, what it waits for a unit."""

    name = "p1_queued"
    title = "… queue, mean"
    unit = "s"
    use = "validate"
    quality = "assumption"
    field = "queued_p1_s"
    source = NONE
    bands: ClassVar = {CHINA: NO_BAND, WESTERN: NO_BAND}


class TurnOut(Load):
    """From the order until the unit is under way."""

    name = "p1_turned_out"
    title = "… turn-out, median"
    unit = "s"
    field = "turned_out_p1_s"
    source = "Ankang: 62–71 % out within 5 min of the order; the width is our reading"
    bands: ClassVar = {CHINA: (30, 120), WESTERN: (0, 30)}


class Driving(Load):
    """From there until it arrives."""

    name = "p1_driven"
    title = "… driving, median"
    unit = "min"
    use = "validate"
    quality = "assumption"
    field = "driven_p1_min"
    source = NONE
    bands: ClassVar = {CHINA: NO_BAND, WESTERN: NO_BAND}


class UrgentReached(Load):
    """From the receipt of an urgent call until a unit arrives."""

    name = "p1_reached"
    title = "P1 until one arrives, median"
    unit = "min"
    field = "response_p1_min"
    source = ZHUHAI
    bands: ClassVar = {CHINA: (5, 7), WESTERN: (5, 8)}


class UrgentReachedLate(Load):
    """The same for the slowest tenth."""

    name = "p1_reached_p90"
    title = "… P90"
    unit = "min"
    field = "response_p1_p90_min"
    source = ZHUHAI
    bands: ClassVar = {CHINA: (8, 10), WESTERN: (10, 15)}


class UrgentReachedSoon(Load):
    """Urgent calls that are reached soon."""

    name = "p1_within_8_min"
    title = "… within 8 min"
    unit = "% of P1"
    field = "soon_p1_percent"
    source = ZHUHAI
    bands: ClassVar = {CHINA: (84, 95), WESTERN: NO_BAND}


class CalmReached(Load):
    """From the receipt of a call that can wait until a unit arrives."""

    name = "p3_reached"
    title = "P3 until one arrives, median"
    unit = "min"
    field = "response_p3_min"
    source = "Charlotte 28.7, Morgan Hill 19.8; of China our reading"
    bands: ClassVar = {CHINA: (10, 25), WESTERN: (15, 45)}
