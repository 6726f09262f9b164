"""The offender's search.

When and where to look, whether an opportunity is worth the risk, and whether to try elsewhere.

Crime pattern theory gives the place (Brantingham & Brantingham 1993), routine activity the opportunity, rational choice
the decision (Cornish & Clarke 1986). Who is put off may still want to, and then moves on in place, time or type.
Distance decay, displacement and hot spots follow; none is stated.
"""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field

from sim.arrays import Array
from sim.city.presence import PresenceRule
from sim.city.sight import taken_off, taken_off_while_it_fades
from sim.city.state import Ground, faded, window
from sim.clock import hour_of_week
from sim.draws import Draw
from sim.incident_types import PLACE_CRIMES, IncidentType
from sim.incidents.opportunity import NOTHING, Opportunity
from sim.incidents.profiles import DemandRule
from sim.kernels import inlined, inner_kernel, kernel
from sim.parameters import Parameters, decay_min, parameter, rule_of
from sim.people.beliefs import believed_risk, learn
from sim.people.needs import NeedRule, need
from sim.people.offenders import MEMORIES, NODES, BeliefRule, CareerRule, Weight
from sim.randomness import choose, uniform4

MAX_TRIES = 4
N_TYPES = len(PLACE_CRIMES)
VIOLENCE = (IncidentType.ROBBERY, IncidentType.BRAWL)
Share = Annotated[float, Field(ge=0, le=1)]
UNNOTICED = 1e-6  # of a stop: what is left of it is nothing
LEAST_ALERT = -0.9  # of the mean awareness: residents are never quite careless


class SearchParameters(Parameters):
    """Where offenders look and what puts them off."""

    node_weights: tuple[Weight, Weight, Weight, Weight] = parameter(
        (0.35, 0.15, 0.3, 0.2),
        unit="shares",
        source="assumption",
        doc="Chance to start from home, work, usual leisure, another leisure place.",
    )
    foraging_weight: float = parameter(
        0.5,
        unit="1",
        ge=0,
        le=20,
        source="assumption, after Johnson & Bowers 2004: offenders forage",
        doc="Weight of a place of recent success; 0 is off.",
    )
    foraging_days: float = parameter(
        14.0, unit="days", ge=0.01, le=365, source="assumption: about two weeks", doc="Decay time of that weight."
    )
    foraging_distance_m: float = parameter(
        150.0,
        unit="m",
        gt=1,
        le=20_000,
        source="assumption, after Johnson & Bowers 2004: the next target is near the last",
        doc="Mean distance from such a place.",
    )
    same_target: float = parameter(
        0.3, unit="probability", ge=0, le=1,
        source="assumption: repeats soon after are mostly by the same burglars (Bernasco 2008, recalled)",
        doc=("Chance that who sets out from a place of recent success goes back to the very place, and there takes the "
             "same home, shop or person again if that can be done; 0 is off."),
    )  # fmt: skip
    path_share: float = parameter(
        0.3, unit="1", ge=0, le=1, source="assumption", doc="Searches on the way between two nodes."
    )
    mean_distance_m: float = parameter(
        700.0,
        unit="m",
        gt=1,
        le=20_000,
        source="assumption: 0.5–0.9 km",
        doc="Mean distance of a search from its node.",
    )
    off_path_m: float = parameter(
        50.0,
        unit="m",
        ge=0,
        le=2000,
        source="assumption: a few steps",
        doc="Mean distance off the way between two nodes.",
    )
    home_buffer_m: float = parameter(
        100.0,
        unit="m",
        ge=0,
        le=2000,
        source="assumption, after Rossmo 2000",
        doc="Offenders avoid targets within this distance from home.",
    )
    look_on: float = parameter(
        0.5, unit="probability", ge=0, le=1, source="assumption",
        doc="Chance to look at another place after one that did not appeal.",
    )  # fmt: skip
    try_again: float = parameter(
        0.5, unit="probability", ge=0, le=1,
        source="assumption: some give up what they are kept from, others do not (Cornish & Clarke 1987)",
        doc="Chance that who would have offended but for the risk still wants to: the need is 1 then; 0 is off.",
    )  # fmt: skip
    need_days: float = parameter(
        7.0, unit="days", ge=0.01, le=365, source="assumption: money is wanted within days, not months",
        doc="Half-life of the need of who was put off; an offence ends it.",
    )  # fmt: skip
    need_pace: float = parameter(
        1.0,
        unit="1",
        ge=0,
        le=20,
        source="assumption: twice as often",
        doc="Searches more, by need, relative to usual.",
    )
    need_boldness: float = parameter(
        0.5, unit="log-odds", ge=0, le=10, source="assumption", doc="Weight of need in the choice: more is accepted."
    )
    in_view: tuple[Share, Share, Share, Share, Share, Share, Share] = parameter(
        (0.3, 1.0, 0.1, 1.0, 1.0, 1.0, 0.7), unit="shares", source=(
            "assumption: nobody indoors sees a car; a burglar is in the street when entering and leaving, a shoplifter "
            "when leaving, some brawls are in bars and at home"
        ),
        doc=("How much of what is in the street an offender has in view and is in view of: burglary, pickpocketing, "
            "shoplifting, theft of vehicles, robbery, snatching, brawl."),
    )  # fmt: skip
    seen_police: float = parameter(
        3.0, unit="log-odds", ge=0, le=50, source="assumption", doc="Weight of a police unit in full view."
    )
    residual: float = parameter(
        2.0, unit="log-odds", ge=0, le=50, source="assumption", doc="Weight of what a full stop leaves behind."
    )
    felt_police: float = parameter(
        0.25, unit="log-odds per log of minutes in view", ge=0, le=5,
        source=("assumption, without an estimate: as much as people near by, see opportunity.guardianship; "
            "0: only police in view count, and what they left behind"),
        doc="Weight of the police that are usually seen on the beat, by all who pass.",
    )  # fmt: skip
    camera: float = parameter(
        0.3, unit="log-odds", ge=0, le=50,
        source="Piza et al. 2019: 13 % fewer crimes where there are cameras, which show half of a place (assumption)",
        doc="Weight of a camera that shows the place.",
    )  # fmt: skip
    camera_violence: float = parameter(
        0.0, unit="share of that weight", ge=0, le=1,
        source="Piza et al. 2019: an effect on vehicles and property in the open, none on violence",
        doc="What of it counts in robberies and brawls.",
    )  # fmt: skip
    watched: float = parameter(
        1.0, unit="log-odds", ge=0, le=50, source="assumption", doc="Weight of a volunteer on watch in full view."
    )
    risk: float = parameter(
        2.0, unit="log-odds", ge=0, le=50, source="assumption", doc="Weight of a believed risk of arrest of 1."
    )


class SearchRule(NamedTuple):
    """The parameters for the kernels; distances in cells, times in minutes."""

    intercept: Array  # [types]
    node_cumulative: Array  # [NODES]
    foraging_weight: float
    foraging_min: float
    foraging_cells: float
    same_target: float
    path_share: float
    mean_cells: float
    off_path_cells: float
    buffer_cells: float
    needs: NeedRule
    seen_police: float
    in_view: Array  # [types]
    residual: float
    felt_police: float
    camera: float
    camera_violence: float
    watched: float
    risk: float
    guardianship: float
    awareness: float
    alert_min: float
    hardening_min: float


class Deterrents(NamedTuple):
    """What is taken off the log-odds of an offence by type: by one unit, stop or volunteer in view, see `taken_off`."""

    police: Array  # [types, cells north, cells east]
    residue: Array  # [types, cells north, cells east]
    watch: Array  # [types, cells north, cells east]
    camera: Array  # [types] share of the odds, where a camera shows the place


class OffendingRules(NamedTuple):
    """The rules that offending obeys."""

    search: SearchRule
    deterrents: Deterrents
    belief: BeliefRule
    career: CareerRule
    presence: PresenceRule
    demand: DemandRule


def search_rule(
    parameters: SearchParameters,
    intercept: Array,
    cell_m: float,
    guardianship: float,
    awareness: float,
    alert_days: float,
    hardening_min: float,
) -> SearchRule:
    """Return the parameters as kernels take them.

    Parameters
    ----------
    parameters : SearchParameters
        Where offenders look and what puts them off.
    intercept : Array
        Of the choice, by type of place crime.
    cell_m : float
        Side of a cell.
    guardianship, awareness : float
        Weight of guardianship, and the mean awareness at which the appeal of places was worked out.
    alert_days : float
        Half-life of awareness.
    hardening_min : float
        Decay time of the hardening of homes.
    """
    weights = np.array(parameters.node_weights)
    return rule_of(
        SearchRule,
        parameters,
        intercept=intercept,
        node_cumulative=np.cumsum(weights / weights.sum()),
        foraging_cells=parameters.foraging_distance_m / cell_m,
        mean_cells=parameters.mean_distance_m / cell_m,
        off_path_cells=parameters.off_path_m / cell_m,
        buffer_cells=parameters.home_buffer_m / cell_m,
        needs=rule_of(NeedRule, parameters, need_min=decay_min(parameters.need_days * 1440)),
        guardianship=guardianship,
        awareness=awareness,
        alert_min=decay_min(alert_days * 1440),
        hardening_min=hardening_min,
    )


def deterrents(rule: SearchRule, sight_m: float, cell_m: float) -> Deterrents:
    """Return what presence takes off by type and distance, for a sight and cells in metres."""
    police, residue, watch = (
        np.array([off(weight * share, sight_m, cell_m) for share in rule.in_view])
        for off, weight in (
            (taken_off, rule.seen_police), (taken_off_while_it_fades, rule.residual), (taken_off, rule.watched),
        )
    )  # fmt: skip
    weight = rule.camera * rule.in_view
    weight[list(VIOLENCE)] *= rule.camera_violence
    return Deterrents(police, residue, watch, 1.0 - np.exp(-weight))


@kernel
def search_place(
    seed: int, offenders: Array, i: int, number: int, attempt: int, now_min: float, ground: Ground, rule: SearchRule
) -> int:
    """Return the cell at which an offender looks, or −1 outside the grid.

    From an activity node, or the place of a recent success with weight `foraging · exp(−age / foraging_min)`: an
    exponential distance in a uniform direction, beyond a buffer if the node is home; or, for some searches, a point on
    the way to another node. The node stays the same for all attempts of one search; where in its cell it lies is not
    known, and drawn.
    """
    u_node, u_path, u_other, u_north = uniform4(seed, Draw.SEARCH_NODE, i, number)
    u_distance, u_angle, u_along, u_east = uniform4(seed, Draw.SEARCH_PLACE + attempt, i, number)
    me, n_cols = offenders[i], ground.n_cols
    memory = 0.0
    for m in range(MEMORIES):
        memory += faded(rule.foraging_weight, me.success_min[m], now_min, rule.foraging_min)
    pick = u_node * (1.0 + memory)
    node = -1
    start = 0
    if pick < 1.0:
        node = choose(rule.node_cumulative, 0, NODES, pick)
        start = me.node_cell[node]
    else:
        pick -= 1.0
        for m in range(MEMORIES):
            start = me.success_cell[m]
            pick -= faded(rule.foraging_weight, me.success_min[m], now_min, rule.foraging_min)
            if pick < 0.0:
                break
    row, col = start // n_cols + u_north, start % n_cols + u_east
    if node >= 0 and u_path < rule.path_share:
        end = me.node_cell[(node + 1 + int(u_other * (NODES - 1))) % NODES]
        row += (end // n_cols - start // n_cols) * u_along
        col += (end % n_cols - start % n_cols) * u_along
        distance = rule.off_path_cells * -math.log(u_distance)
    else:
        distance = -math.log(u_distance) * (rule.mean_cells if node >= 0 else rule.foraging_cells)
        if node == 0:
            distance += rule.buffer_cells
        if node < 0 and attempt == 0 and u_path < rule.same_target:
            distance = 0.0
    row = math.floor(row + distance * math.sin(2.0 * math.pi * u_angle))
    col = math.floor(col + distance * math.cos(2.0 * math.pi * u_angle))
    if row < 0 or row >= ground.n_rows or col < 0 or col >= n_cols:
        return -1
    return int(row) * n_cols + int(col)


@inlined
def offence_probability(
    offenders: Array, i: int, kind: int, cell: int, now_min: float, opportunity: Opportunity, ground: Ground,
    rules: OffendingRules,
) -> tuple[float, float]:  # fmt: skip
    """Return the probability that the offender takes the opportunity, and what it were if there were no risk.

    `logit P = α_k + appeal_k(c, t) + log(1 + boost) + β_N·need − police in view·(1 − h) − police felt − residue − watch
    − cameras − β_ρ·believed risk − D − β_G·log(1 + alert / a)`, where a is the mean awareness at which the appeal was
    worked out, D what problem solving has changed at the place and, for brawls, the order that inspected places of
    entertainment keep, and h the habituation of the offender to police; only
    burglaries boost one another, and what hardening takes from the dwellings is taken off. The risk is in the terms of
    police, residue, watch, cameras and belief. To meet visible police is evidence, too, of (1 − h) of its weight.
    """
    appeal, rule, belief = opportunity.appeal, rules.search, rules.belief
    base = appeal[kind, hour_of_week(now_min, ground.start_weekday) % appeal.shape[1], cell]
    if base < NOTHING / 2:
        return 0.0, 0.0
    here = ground.cells[cell]
    impressed = 1.0 - faded(offenders[i].habituation, offenders[i].habituation_min, now_min, belief.habituation_min)
    put_off, units = deterrence(kind, cell, now_min, impressed, ground, rules)
    score = rule.intercept[kind] + base + rule.needs.need_boldness * need(offenders, i, now_min, rule.needs)
    score -= here.design[kind]
    if kind == IncidentType.BRAWL:
        score -= here.kept_order
    risk = rule.risk * believed_risk(offenders, i, cell, now_min, ground.n_cols, belief) + put_off
    if here.alert != 0.0:
        alert = faded(here.alert, here.alert_min, now_min, rule.alert_min)
        score -= rule.guardianship * math.log1p(max(alert / rule.awareness, LEAST_ALERT))
    if kind == IncidentType.BURGLARY:
        score += math.log1p(faded(here.boost + here.own_boost, here.boost_min, now_min, rules.demand.boost_min))
        score += math.log(max(1.0 - faded(here.hardness, here.hardened_min, now_min, rule.hardening_min), 1e-6))
    if units > 0.0:
        evidence = belief.seen_police * impressed * min(units, 1.0)
        learn(offenders, i, cell, now_min, evidence, evidence, ground.n_cols, belief)
    return 1.0 / (1.0 + math.exp(risk - score)), 1.0 / (1.0 + math.exp(-score))


@inner_kernel
def deterrence(
    kind: int, cell: int, now_min: float, impressed: float, ground: Ground, rules: OffendingRules
) -> tuple[float, float]:
    """Return by how much police, what they left behind, the watch and cameras lower the log-odds of an offence.

    Police count twice: those in view now, and those usually seen on the beat. Also how many units are in view.
    `impressed` is the share that the sight of police has.
    """
    off, decay_min = rules.deterrents, rules.presence.decay_min
    first, end, west, east = window(cell, ground)
    row, col, reach = cell // ground.n_cols, cell % ground.n_cols, len(ground.in_view) // 2
    put_off, units = 0.0, 0.0
    for r in range(first, end):
        for c in range(west, east):
            there = ground.cells[r * ground.n_cols + c]
            north, to_east = r - row + reach, c - col + reach
            if there.police_now > 0:
                put_off += impressed * there.police_now * off.police[kind, north, to_east]
                units += there.police_now * ground.in_view[north, to_east]
            if there.deterrence > UNNOTICED:
                left = faded(there.deterrence, there.deterrence_min, now_min, decay_min)
                put_off += left * off.residue[kind, north, to_east]
            if there.watch_now > 0:
                put_off += there.watch_now * off.watch[kind, north, to_east]
    here = ground.cells[cell]
    put_off += rules.search.felt_police * here.felt - math.log(1.0 - here.camera * off.camera[kind])
    return put_off, units * rules.search.in_view[kind]


@kernel
def preferred_type(offenders: Array, i: int, u: float) -> int:
    """Return the type of crime that an offender looks for, by personal preference."""
    kind = 0
    while kind < N_TYPES - 1 and u > offenders[i].preference[kind]:
        kind += 1
    return kind
