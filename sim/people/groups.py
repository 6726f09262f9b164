"""Groups of offenders that last: members go out together, tell one another of good places, and recruit neighbours."""

from __future__ import annotations

from sim.arrays import Array
from sim.parameters import Parameters, parameter

ASSOCIATES = 3  # other offenders whom one knows
LOOKED_AT = 60  # nearest others among whom a group finds its members


class GroupParameters(Parameters):
    """Groups that outlast their members; without them offenders know only those who live nearest."""

    share: float = parameter(
        0.0, unit="share of offenders", ge=0, le=1,
        source="assumption: none, so that groups are a mechanism of their own; gangs are few and unstable (not read)",
        doc="Offenders who belong to a lasting group.",
    )  # fmt: skip
    size: int = parameter(
        1 + ASSOCIATES, unit="people", ge=2, le=1 + ASSOCIATES,
        source="assumption: most offences by several are by two to four (van Mastrigt & Farrington 2009)",
        doc="Members of a group, who know one another.",
    )  # fmt: skip
    co_offending: float = parameter(
        0.4, unit="probability", ge=0, le=1, source="assumption: more than twice that of others",
        doc="A member of a group takes another along; for others see people.offenders.co_offending.",
    )  # fmt: skip
    tells_of_places: float = parameter(
        0.5, unit="probability", ge=0, le=1, source="assumption",
        doc="A member tells another of a place where it went well, who then remembers it as one of his own.",
    )  # fmt: skip


NO_GROUPS = GroupParameters()


def form_groups(offenders: Array, first: Array, places: Array, share: float, size: int) -> None:
    """Put offenders who live near one another into groups, and let the members know one another.

    A group is a set of rows of the table, so that it outlasts its members: who begins in the row of one that desisted
    has been recruited.

    Parameters
    ----------
    offenders : Array
        The table; `group` and `associate` are written.
    first : array of int [offenders]
        Rows in the order in which they found groups.
    places : array of float [offenders, 2]
        Where they live, in metres.
    share : float
        Offenders in groups, of all.
    size : int
        Members of a group.
    """
    from scipy.spatial import cKDTree

    wanted, group = round(share * len(offenders)), offenders["group"]
    near = cKDTree(places).query(places, k=min(LOOKED_AT, len(offenders)))[1].reshape(len(offenders), -1)
    number = 0
    for i in first.tolist():
        if (number + 1) * size > wanted:
            return
        if group[i]:
            continue
        members = [i, *(j for j in near[i].tolist() if j != i and not group[j])][:size]
        if len(members) < size:
            continue
        number += 1
        group[members] = number
        for j in members:
            fellows = [k for k in members if k != j]
            others = [k for k in offenders["associate"][j].tolist() if k not in fellows]
            offenders["associate"][j] = (fellows + others)[:ASSOCIATES]
