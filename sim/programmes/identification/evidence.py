"""What a technology makes of a trace or a picture: a name, the right one, somebody else's, or none; and who tells."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.clock import hour_of_week
from sim.draws import Draw
from sim.incidents.log import Logs
from sim.kernels import kernel, row
from sim.people.feelings import Feelings, tell_of_police
from sim.people.groups import ASSOCIATES
from sim.people.residents import Society
from sim.people.whereabouts import person_at
from sim.police.cases.case_log import ROWS, Cases, CaseState, name_suspect
from sim.police.cases.parameters import InvestigationRule
from sim.police.cases.series import link_by_name
from sim.programmes.base import Truth
from sim.randomness import uniform, uniform4


class Chances(NamedTuple):
    """What an examination brings."""

    right: float  # probability that it names who did it
    wrong: float  # that it names somebody else, if it does not
    of_the_arrested: bool  # only those can be named rightly who have been arrested before: a collection of traces
    weight: float  # log-odds that a name seems to be worth
    trust_loss: float  # of who is named wrongly


class Scene(NamedTuple):
    """Who may have done it, and what is known of it."""

    society: Society
    offenders: Array
    ground: Ground
    logs: Logs
    feelings: Feelings
    cases: Cases
    rule: InvestigationRule


class Names(NamedTuple):
    """What came of some examinations."""

    named: int
    wrongly: int  # of these, which nobody can tell from the others
    reopened: int  # cases that had been filed
    linked: int  # put into one series with another that has the same name (串并案)


def scene_of(truth: Truth, cases: Cases, rule: InvestigationRule) -> Scene:
    """Return what examinations look at."""
    return Scene(truth.society, truth.offenders, truth.ground, truth.logs, truth.feelings, cases, rule)


def arrests_so_far(truth: Truth) -> Array:
    """Return how often the offender of each row has been arrested, int [offenders]."""
    arrests: Array = truth.offenders["arrests"].copy()
    return arrests


@kernel
def examine(seed: int, now_min: float, files: Array, technology: int, chances: Chances, scene: Scene) -> Names:
    """Examine the evidence of some cases by a technology, and give each the name that comes of it.

    It is the name of who did it with probability `right`; if not, with probability `wrong` that of somebody whom the
    routine brings to the recorded place at that hour, who is called in and thinks the less of the police. Cases that
    name the same person make a series. Draws are keyed by the call and the technology.

    Parameters
    ----------
    seed : int
        Of the replication.
    now_min : float
        Minutes since the start.
    files : array of int
        Rows of the cases.
    technology : int
        Its number.
    chances : Chances
        What it brings.
    scene : Scene
        State; cases and feelings change.
    """
    named, wrongly, reopened, linked = 0, 0, 0, 0
    for k in range(len(files)):
        c = row(files[k])
        crime = scene.logs.incidents[scene.cases.rows[c].incident_id]
        call = scene.logs.calls[crime.call_id]
        entity, time = row(call.key_entity), row(call.key_time)
        u_right, u_wrong, u_kind, u_who = uniform4(seed, Draw.EXAMINED + technology, entity, time)
        i, who, right = row(crime.offender_id), row(-1), False
        on_file = not chances.of_the_arrested or (i >= 0 and _was_arrested(i, crime.culprit_id, scene.offenders))
        if u_right < chances.right:
            if crime.culprit_id >= 0 and on_file:
                who, right = row(crime.culprit_id), True
        elif u_wrong < chances.wrong:
            hour = hour_of_week((crime.earliest_min + crime.latest_min) / 2.0, scene.ground.start_weekday)
            cell = row(crime.recorded_cell)
            who = person_at(scene.society.places, scene.society.dwellings, cell, hour, u_kind, u_who)
            right = who == crime.culprit_id
        if who >= 0:
            named += 1
            if not right:
                wrongly += 1
                tell_of_police(who, now_min, -chances.trust_loss, scene.society, scene.feelings, scene.ground)
            reopened += name_suspect(scene.cases, c, who, right, chances.weight, now_min, scene.rule)
            linked += link_by_name(c, now_min, scene.rule, scene.cases, scene.logs)
    return Names(named, wrongly, reopened, linked)


@kernel
def _was_arrested(i: int, culprit: int, offenders: Array) -> bool:
    """Whether somebody is still the offender of a row and has been arrested before: his traces are known."""
    return bool(offenders[i].resident_id == culprit and offenders[i].custody_until_min > -np.inf)


@kernel
def question(seed: int, now_min: float, arrested: Array, tells: float, weight: float, scene: Scene) -> Names:
    """Question those who were arrested, who name each of their associates with probability `tells`.

    An associate is named for what the two did together, and in a group for all that he did: the group's cases are
    opened (串并案). Draws are keyed by the offender, the arrest and the associate.
    """
    named, reopened, linked, rows = 0, 0, 0, scene.cases.rows
    for k in range(len(arrested)):
        i = row(arrested[k])
        for a in range(ASSOCIATES):
            other = row(scene.offenders[i].associate[a])
            if other < 0 or uniform(seed, Draw.NAMES_OTHERS + a, i, row(scene.offenders[i].arrests)) >= tells:
                continue
            group = scene.offenders[i].group
            fellows = group > 0 and scene.offenders[other].group == group
            who, me = row(scene.offenders[other].resident_id), row(scene.offenders[i].resident_id)
            for c in range(scene.cases.used[ROWS]):
                crime = scene.logs.incidents[rows[c].incident_id]
                his = crime.culprit_id == who and (fellows or crime.co_culprit_id == me)
                open_file = rows[c].state != CaseState.CLEARED and rows[c].known_min <= now_min
                if his and open_file and rows[c].suspect_id != who:
                    named += 1
                    reopened += name_suspect(scene.cases, c, who, True, weight, now_min, scene.rule)
                    linked += link_by_name(c, now_min, scene.rule, scene.cases, scene.logs)
    return Names(named, 0, reopened, linked)
