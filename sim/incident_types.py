"""The types of incidents, as the model tells them apart and as tables and reports group them."""

from __future__ import annotations

from enum import IntEnum

from sim.arrays import Array


class IncidentType(IntEnum):
    """Types of incidents: crimes that offenders search for at places, then other crimes, then what is no crime."""

    BURGLARY = 0
    PICKPOCKETING = 1
    SHOPLIFTING = 2
    VEHICLE_THEFT = 3
    ROBBERY = 4
    SNATCHING = 5
    BRAWL = 6
    DISPUTE_ASSAULT = 7
    SCHOOL_VIOLENCE = 8
    FRAUD = 9
    DISPUTE = 10
    TRAFFIC = 11
    SERVICE = 12
    ALARM = 13
    DISORDER = 14


PLACE_CRIMES = tuple(IncidentType)[: IncidentType.BRAWL + 1]
CRIMES = tuple(IncidentType)[: IncidentType.FRAUD + 1]
# Behind walls: a patrol, a watch or a camera in the street sees such a crime only as somebody comes out (in school
# hours pupils are inside)
INDOORS = (IncidentType.BURGLARY, IncidentType.SHOPLIFTING, IncidentType.DISPUTE_ASSAULT, IncidentType.SCHOOL_VIOLENCE)
OTHER_CALLS = (IncidentType.TRAFFIC, IncidentType.SERVICE, IncidentType.ALARM, IncidentType.DISORDER)

# Type in tables and reports → the model's types, with the names of those that it is made of where there are several
_FAMILIES: dict[str, dict[IncidentType, str]] = {
    "burglary": {IncidentType.BURGLARY: ""},
    "theft": {
        IncidentType.PICKPOCKETING: "pickpocketing",
        IncidentType.SHOPLIFTING: "shoplifting",
        IncidentType.VEHICLE_THEFT: "vehicle_theft",
    },
    "robbery": {IncidentType.ROBBERY: "robbery", IncidentType.SNATCHING: "snatching"},
    "assault": {IncidentType.BRAWL: "brawl", IncidentType.DISPUTE_ASSAULT: "dispute"},
}
_FAMILY_OF = {kind: (family, subtype) for family, members in _FAMILIES.items() for kind, subtype in members.items()}
TYPE_NAMES = tuple(
    _FAMILY_OF.get(kind, (kind.name.lower(), ""))[0] for kind in IncidentType
)  # type in tables, by IncidentType
SUBTYPE_NAMES = tuple(_FAMILY_OF.get(kind, ("", ""))[1] for kind in IncidentType)  # empty where a type has no subtypes
CRIME_NAMES = tuple(dict.fromkeys(TYPE_NAMES[: len(CRIMES)]))


class Target(IntEnum):
    """What a crime at a place was done to."""

    NONE = 0
    PERSON = 1
    EMPTY_HOME = 2
    SLEEPING_HOME = 3
    SHOP = 4


TARGET_NAMES = ("", *(target.name.lower() for target in Target if target))  # in tables, by Target


def at_places(types: Array) -> Array:
    """Return which of some incident types are crimes at places, the first types of all."""
    found: Array = types < len(PLACE_CRIMES)
    return found
