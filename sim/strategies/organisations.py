"""How posts, lines between units and pooling of patrol are set for a strategy, with the same personnel in each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

from sim.parameters import BadInput
from sim.police.force.head_changes import HeadChange
from sim.police.posts import STATION_POSTS, Post


class Organisation(NamedTuple):
    """What is different from the organisation that the user described.

    The shares of personnel that move are assumptions: policing reforms in China name the direction (警力下沉), not the
    size.
    """

    doc: str
    structure: str | None = None  # of coordination
    pooling: str | None = None  # of dispatch
    moves: tuple[tuple[str, str, float], ...] = ()  # (from post, to post, share of the heads of the first)


ORGANISATIONS = {
    "usual": Organisation("As the user describes it: silos and beats unless told otherwise."),
    "neighbourhoods": Organisation("A part of patrol and of headquarters works as community officers (一村一警).", None,
        None, (
        ("patrol", "community", 0.12), ("headquarters", "community", 0.15),
    )),
    "joint_room": Organisation("Stations and specialists meet the analysts; a part of headquarters is analysts.",
        "joint_room", None, (
        ("headquarters", "intelligence", 0.10),
    )),
    "joint_centre": Organisation("One command centre, with analysts and operators; more community officers.",
        "joint_centre", "district", (
        ("headquarters", "intelligence", 0.10), ("headquarters", "community", 0.15), ("patrol", "community", 0.10),
        ("patrol", "desk", 0.05),
    )),
}  # fmt: skip


def moves_within(name: str, districts: Sequence[int], of: int) -> list[HeadChange] | None:
    """Return the personnel that an organisation moves if it holds in some districts; None if it cannot be limited.

    Stations give and get as in the whole city, posts of the whole city give in proportion to the number of districts.

    Parameters
    ----------
    name : str
        Of the organisation.
    districts : sequence of int
        Where it holds.
    of : int
        How many districts there are.
    """
    chosen = ORGANISATIONS[name]
    if chosen.structure is not None or chosen.pooling is not None:
        return None
    found = []
    for d, (a, b, share) in product(districts, chosen.moves):
        if Post[b.upper()] not in STATION_POSTS:
            return None
        where = {"district": d} if Post[a.upper()] in STATION_POSTS else {"move_to_district": d}
        part = share if "district" in where else share / of
        found.append(HeadChange(post=a, move_to=b, factor=1 - part, cause=name, **where))
    return found


def organised(scenario: Any) -> Any:
    """Return a scenario with the organisation that its strategy asks for; personnel move, their number stays.

    Raises
    ------
    BadInput
        If there is no such organisation.
    """
    name = scenario.strategy.organisation
    if name not in ORGANISATIONS:
        raise BadInput("strategy.organisation", name, f"one of {', '.join(ORGANISATIONS)}")
    chosen = ORGANISATIONS[name]
    force, coordination, dispatch = scenario.force, scenario.coordination, scenario.dispatch
    if chosen.moves:
        moved = (HeadChange(post=a, move_to=b, factor=1 - share, cause=name) for a, b, share in chosen.moves)
        force = force.model_copy(update={"changes": (*force.changes, *moved)})
    if chosen.structure is not None:
        coordination = coordination.model_copy(update={"structure": chosen.structure})
    if chosen.pooling is not None:
        dispatch = dispatch.model_copy(update={"pooling": chosen.pooling})
    return scenario.model_copy(update={"force": force, "coordination": coordination, "dispatch": dispatch})
