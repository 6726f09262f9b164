"""Which recorded types and natures of calls are a burglary, a theft, a robbery or an assault.

And which rows are no call from the public.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import polars as pl

from sim.arrays import Array
from sim.city.city import CRIME_EVIDENCE

NO_CRIME = -1

# The first pattern that occurs in the text (upper case) decides; None: not simulated. Purse snatching is a robbery, as
# in the Chinese statistics (robbery and snatching); a vehicle that is broken into is a theft, as in the FBI's.
RULES: tuple[tuple[str, str | None], ...] = (
    # alarms, offences of other kinds that share a word, property that comes back
    (r"\bALARM|\bAUD\b|AUDIBLE", None),
    (r"VIOLENCE AND SEXUAL|VIOLENT CRIME|OFFENCE AGAINST A PERSON", "assault"),
    (r"SEX|RAPE|INDECENT|LEWD|猥亵|强奸", None),
    (r"IDENTITY|FRAUD|DECEPT|FORGERY|OF SERVICE|CRED(IT)? CARD|COUNTERFEIT|EMBEZZ|诈骗", None),
    (r"TOOLS|RECOVER|\bFOUND\b|\bLOST\b|RECEIV|POSSESS|\bPOSS\b|STOLEN PROP?\b|STOLEN PROPERTY|ABAND", None),
    # the four
    (r"(BURG|BREAK|ENTRY|B&E).*\b(VEH|AUTO|CARS?\b|MOTOR)|\b(VEH|AUTO|CAR|MOTOR)\w*\W*(BURG|BREAK|PROWL)", "theft"),
    (r"ROBBER|\bROB\b|CAR ?JACK|MUGGING|HOLD ?UP|STICK ?UP|SNATCH|抢劫|抢夺|两抢", "robbery"),
    (r"BURG|BREAKING|BREAK[ -]?(AND|&|IN\b)|\bB ?& ?E\b|HOME INVASION|^ENTRY(-DV)?$|入室|入户", "burglary"),
    (r"THEFT|LARCEN|STEAL|STOLEN|SHOP ?LIFT|PICK ?POCKET|PURSE|VEHICLE CRIME|JOYRID|盗|偷|扒窃", "theft"),
    (r"ASSAULT|ASSLT|\bBATTERY|\bFIGHT|BRAWL|AFFRAY|WOUNDING|打架|斗殴|殴打|伤害", "assault"),
)

# Rows of a call log that the police began themselves, or that only say where a car is.
OFFICER_INITIATED = "|".join(
    (
        r"\bON[ -]?VIEW|(OFFICER|SELF)[ -](INIT|GENERATED)|PASSING CALL",
        r"(TRAFFIC|SUBJ|SUBJECT|PED|PEDESTRIAN|VEHICLE) STOP|\bTARGETED|TRAFFIC (LASER|CONTROL)|FIELD INTERVIEW",
        r"NON PURSUIT|(VEHICLE|FOOT) PURSUIT",
        r"(BUSINESS|PREMISE|PREMISES|PROPERTY|BUILDING|AREA|TAVERN|HOUSE|SECURITY|PARK|BAR) (CHECK|CHK)",
        r"HOUSE WATCH|SPECIAL ATTENTION",
        r"PARK AND WALK|^PATROL|(DIRECTED|FOOT|VISIBILITY|EXTRA) PATROL|BUS INVESTIG|SCHL |SCHOOL (VISIT|MONITOR)",
        r"NETWORK CRIMINAL|HOME VISIT",
        r"PROB\w*[/_ ]PAROL|SPECIAL ASSIGN|GAME PLAN|ESP TARGET|PLANT CAR|SEARCH WARRANT|WARRANT SERV",
        r"CITIZEN CONTACT|^INVESTIGATION$",
        r"FOLLOW[ -]?UP|^REPORTS$|REPORT (TO|WRITING)|RETURN STATION|(POLICE )?ADMIN|^ASSIGNMENT$",
        r"(CST|PHOTO) ASSIGN|OUT OF SERVICE|COURT DUTY",
        r"PRISONER|CONVEY|VEHICLE MAINT|CAR CHANGE|MAIL RUN|MED RUN|PROPERTY PICKUP|PICKUP PARTNER",
        r"POLICE ACADEMY|TRAINING|MEETING|MTNG",
        r"MEET (GOVT|MFD)|^NOTIFICATION|HOSPITAL (GUARD|TO)|ADDL INFO|CALL BY PHONE|^PAB$|\bMEAL\b|\bLUNCH|巡逻|盘查",
    )
)


@cache
def crime_type(text: str) -> int:
    """Return the place in `CRIME_EVIDENCE` of a recorded type or a nature of a call, or `NO_CRIME`."""
    upper = text.upper().strip()
    for pattern, kind in RULES:
        if re.search(pattern, upper):
            return NO_CRIME if kind is None else CRIME_EVIDENCE.index(kind)
    return NO_CRIME


def crime_types(text: pl.Series) -> Array:
    """Return the place in `CRIME_EVIDENCE` of each row, int8, `NO_CRIME` for what is not simulated or missing."""
    names = text.unique().drop_nulls().to_list()
    table = {name: crime_type(name) for name in names}
    return np.array([NO_CRIME if name is None else table[name] for name in text.to_list()], dtype=np.int8)


def officer_initiated(nature: pl.Series) -> Array:
    """Return which rows of a call log are by their nature no call from the public, bool [rows]."""
    return nature.str.to_uppercase().str.strip_chars().str.contains(OFFICER_INITIATED).fill_null(False).to_numpy()
