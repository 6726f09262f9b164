"""Cases.

Every recorded crime whose offender was not caught on scene opens one, with the leads that the first unit could secure.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.columns import Column, grown, table
from sim.incidents.log import Logs
from sim.incidents.profiles import DemandRule
from sim.kernels import inner_kernel, kernel
from sim.people.feelings import Feelings
from sim.people.offenders import BeliefRule, CareerRule
from sim.police.cases.parameters import InvestigationRule
from sim.police.posts import Post
from sim.randomness import exponential, uniform

MOST_LINKS = 3  # assumption: more linked cases than that tell nothing new


class CaseState(IntEnum):
    """Where a case stands; those from CLEARED on are closed."""

    NEW = 0  # nobody has read it yet
    WAITING = 1  # found worth working
    WORKED = 2
    CLEARED = 3
    FILED = 4  # closed unsolved


class Spent(IntEnum):
    """What minutes were spent on, in the order of Cases.spent_min."""

    SCREENING = 0
    CASE_WORK = 1
    PROCESSING = 2
    COMPARISON = 3


CASE_COLUMNS = (
    Column("incident_id", "i4", "row", "the crime"),
    Column("type", "i1", "IncidentType", "what police records call it"),
    Column("post", "i1", "Post", "who investigates it"),
    Column("office", "i2", "office", "the analysts who see it; cases of different offices are never compared"),
    Column("opened_min", "f8", "min since start", "when the crime entered police records"),
    Column(
        "known_min",
        "f8",
        "min since start",
        "when the case reaches those who investigate it, infinity if its file got lost",
    ),
    Column("reached_min", "f8", "min since start", "when it reaches the analysts, infinity if it never does"),
    Column("begun_min", "f8", "min since start", "when work on it began, −1 if never"),
    Column("closed_min", "f8", "min since start", "when it was closed, −1 if never"),
    Column("state", "i1", "CaseState", "where it stands"),
    Column("needed_min", "f8", "min", "minutes of work by specialists that it takes"),
    Column("done_min", "f8", "min", "of these, done"),
    Column("worked_min", "f8", "officer-min", "officer-minutes that were spent on it"),
    Column("skill", "f4", "0 to 1", "mean skill of those who worked on it"),
    Column("witness", "?", "1", "a witness was found"),
    Column("trace", "?", "1", "traces were secured"),
    Column("named", "?", "1", "the victim knows the culprit; of fraud: the money leaves a trail"),
    Column("camera", "?", "1", "the culprit is on camera"),
    Column("leads", "f4", "log-odds", "what these were worth at leads_min"),
    Column(
        "leads_min",
        "f8",
        "min since start",
        "when they were last brought up to date: at its opening, then with each lead that came later",
    ),
    Column("suspect_id", "i4", "row", "resident whom evidence names, rightly or wrongly, −1 if it names nobody"),
    Column("misled", "f4", "log-odds", "of the leads at leads_min, those that name somebody who did not do it"),
    Column("compared", "?", "1", "analysts are done with it"),
    Column(
        "linked_to",
        "i4",
        "row",
        "earlier compared case that analysts took for the work of the same culprit, −1 if none",
    ),
    Column(
        "series_known_min",
        "f8",
        "min since start",
        "when the news of this link reaches the detectives, infinity if lost, −1 if there is none",
    ),
    Column("heard", "?", "1", "the detectives have heard of this link"),
    Column(
        "series",
        "i4",
        "row",
        "a case of the series that detectives take it to belong to, the same for all of these, −1 if none",
    ),
    Column("links", "i2", "links", "links to other cases that detectives know of"),
    Column(
        "true_links", "i2", "links", "of these, to cases of the same culprit, which nobody can tell from the others"
    ),
    Column("arrests", "i1", "people", "people arrested by it"),
    Column("owner", "i4", "row", "officer who answers for it, −1 if the post as a whole does"),
    Column("handed_over", "i2", "1", "how often somebody took it over and had to read in"),
    Column("joint", "?", "1", "detectives and analysts work it together with the other cases of its series"),
)


ROWS, OPEN, NEWS, COMING, SEEN = range(5)  # in `Cases.used`: rows of each table; calls looked at so far


class Cases(NamedTuple):
    """All cases of a run in order of the day on which they were opened; rows never move.

    Three lists, each in ascending order, spare looking through all of them every day.
    """

    rows: Array  # CASE_COLUMNS
    used: Array  # int64 [5], see above
    open: Array  # int32: rows of all cases that are open; closed ones leave it when somebody looks through it
    news: Array  # int32: cases with a link of which the detectives will hear
    coming: Array  # int32: crimes that have no case yet and may get one
    case_of: Array  # int32 [incidents]: row of the case of a crime plus 1, 0 if it has none
    owed_min: Array  # f8 [posts]: processing of arrests that has found no minutes yet
    spent_min: Array  # f8 [posts, kinds of Spent]: officer-minutes spent so far
    successes: (
        Array  # f8 [posts]: cases cleared so far, those of a series that were cleared along with another among them
    )


class Route(NamedTuple):
    """The way of information from each of some senders to one unit, over one or more edges of the organisation."""

    delay_min: Array  # f8 [senders, edges]: mean of the exponential delay on each edge, 0 where a way has fewer
    loss: Array  # f8 [senders]: probability that it never gets there


class Channels(NamedTuple):
    """How what a station books reaches those who investigate and those who compare, and how these two talk."""

    to_detectives: Route  # from the beats
    to_anti_fraud: Route  # from the beats
    to_analysts: Route  # from the beats
    from_analysts: Route  # from the offices of analysts to the detectives
    office: Array  # int64 [beats]: the analysts who see the cases of a beat


class Bureau(NamedTuple):
    """Those who investigate: their rules, and what they can see."""

    rule: InvestigationRule
    demand: DemandRule
    belief: BeliefRule
    career: CareerRule
    channels: Channels


class Situation(NamedTuple):
    """The rest of the city, as those who investigate and the other posts meet it."""

    logs: Logs
    offenders: Array
    residents: Array
    ground: Ground
    feelings: Feelings


class Hands(NamedTuple):
    """Those among whom a post shares its cases on a day: one that stands for all, or each officer on duty."""

    officer: Array  # int64 [hands]: row of the officer, −1 for the post as a whole
    skill: Array  # f8 [hands], 0 to 1
    left_min: Array  # f8 [hands]: officer-minutes that are left of the day
    cases: Array  # int64 [hands]: cases in hand
    since_min: Array  # f8 [officers]: since when each has been at the post; infinity: he is not, or owns no cases
    absent: float  # share of the post's officers who have no duty today


class Squad(NamedTuple):
    """What a post has on a day for cases."""

    post: int  # whose cases, see `sim.police.posts.Post`
    heads: float  # by which the cases in each of its hands are limited
    available_min: float  # officer-minutes
    skill: float  # mean of those on duty, 0 to 1
    mistakes: float  # share of pieces of work that go wrong: of the cases decided so many fewer are cleared
    hands: Hands


def open_channels(beats: int) -> Channels:
    """Return channels without delay and loss, to one office of analysts."""
    at_once = Route(np.zeros((beats, 1)), np.zeros(beats))
    return Channels(at_once, at_once, at_once, at_once, np.zeros(beats, dtype=np.int64))


def new_cases() -> Cases:
    """Return an empty log of cases."""
    n, none = len(Post), np.zeros(0, dtype=np.int32)
    return Cases(
        rows=table(CASE_COLUMNS, 0), used=np.zeros(5, dtype=np.int64), open=none, news=none, coming=none, case_of=none,
        owed_min=np.zeros(n), spent_min=np.zeros((n, len(Spent))), successes=np.zeros(n),
    )  # fmt: skip


def cases_with_room(cases: Cases, logs: Logs) -> Cases:
    """Return the log with room for a case of every crime in the logs."""
    room = len(logs.incidents)
    if room <= len(cases.rows):
        return cases
    return cases._replace(
        **{name: grown(getattr(cases, name), room) for name in ("rows", "open", "news", "coming", "case_of")}
    )


@kernel
def enlist(cases: Cases, members: Array, which: int, one: int) -> None:
    """Put a row into one of the ascending lists, unless it is there; `which` is its place in `Cases.used`."""
    place = cases.used[which]
    while place > 0 and members[place - 1] > one:
        place -= 1
    if place > 0 and members[place - 1] == one:
        return
    for k in range(cases.used[which], place, -1):
        members[k] = members[k - 1]
    members[place] = one
    cases.used[which] += 1


@kernel
def arrival_min(seed: int, sent_min: float, sender: int, route: Route, draw: int, entity: int, time: int) -> float:
    """Return when information gets to the end of its route: sent + one exponential delay for each edge.

    Infinity if it is lost on the way.

    It takes the numbers of `draw`, one for the loss and one for each edge, so that a shorter way has the delays of its
    own edges only.
    """
    if uniform(seed, draw, entity, time) < route.loss[sender]:
        return np.inf
    at_min = sent_min
    for k in range(route.delay_min.shape[1]):
        if route.delay_min[sender, k] > 0.0:
            at_min += route.delay_min[sender, k] * exponential(seed, draw + 1 + k, entity, time)
    return at_min


@kernel
def log_odds(cases: Cases, c: int, now_min: float, links: int, rule: InvestigationRule) -> float:
    """Return the log-odds of clearance by specialists.

    Prior of the type + leads · 0.5^(time without work / half-life) + links known.
    """
    case = cases.rows[c]
    a_link = rule.link_weight * (rule.joint_link_factor if case.joint else 1.0)
    return float(rule.prior[case.type] + _leads_worth(cases, c, now_min, rule) + a_link * min(links, MOST_LINKS))


@inner_kernel
def _leads_worth(cases: Cases, c: int, now_min: float, rule: InvestigationRule) -> float:
    """Return what the leads of a case are worth now."""
    return float(cases.rows[c].leads * _left_of_leads(cases, c, now_min, rule))


@inner_kernel
def _left_of_leads(cases: Cases, c: int, now_min: float, rule: InvestigationRule) -> float:
    """Return the share of its worth that a lead has now: it halves with the time without work since it was found."""
    case = cases.rows[c]
    until = case.begun_min if case.state == CaseState.WORKED else now_min
    waited = max(0.0, until - case.leads_min)
    return float(0.5 ** (waited / rule.half_life_min))


@kernel
def misleading(cases: Cases, c: int, now_min: float, rule: InvestigationRule) -> float:
    """Return what leads to somebody who did not do it seem to be worth now, and are not."""
    return float(cases.rows[c].misled * _left_of_leads(cases, c, now_min, rule))


@kernel
def add_lead(cases: Cases, c: int, weight: float, now_min: float, rule: InvestigationRule) -> bool:
    """Give a case a lead that is found now, from when on it fades; return whether that reopened it, see `reopen`."""
    case = cases.rows[c]
    case.misled = misleading(cases, c, now_min, rule)
    case.leads = _leads_worth(cases, c, now_min, rule) + weight
    case.leads_min = now_min
    return reopen(cases, c, now_min, rule)


@kernel
def name_suspect(
    cases: Cases, c: int, who: int, right: bool, weight: float, now_min: float, rule: InvestigationRule
) -> bool:
    """Give a case a lead that names a resident; return whether that reopened it.

    A wrong name seems worth as much as a right one and is worked like it; it does not help to clear the case.
    """
    reopened = add_lead(cases, c, weight, now_min, rule)
    cases.rows[c].suspect_id = who
    if not right:
        cases.rows[c].misled += weight
    return reopened


@kernel
def reopen(cases: Cases, c: int, now_min: float, rule: InvestigationRule) -> bool:
    """Reopen a case that was filed if what has come up since makes it seem worth working; return whether it was.

    It is then worked anew.
    """
    case = cases.rows[c]
    if case.state != CaseState.FILED:
        return False
    if log_odds(cases, c, now_min, case.links, rule) < rule.least_log_odds:
        return False
    case.state = CaseState.WAITING
    enlist(cases, cases.open, OPEN, c)
    case.begun_min = -1.0
    case.closed_min = -1.0
    case.done_min = 0.0
    return True


@kernel
def same_culprit(logs: Logs, n: int, m: int) -> bool:
    """Whether two crimes were done by the same person of the city, which the police do not know."""
    return bool(logs.incidents[n].culprit_id >= 0 and logs.incidents[n].culprit_id == logs.incidents[m].culprit_id)
