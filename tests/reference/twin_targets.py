"""Whom or what an offender takes at a place, and what it leaves: flags on it and around, and perhaps better locks."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from twin_people import Home, Person, Shop
from twin_place import DAY, Cell, decay, left

from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.randomness import uniform4
from sim.scenario import Scenario

if TYPE_CHECKING:
    from twin_offender import Offender

Target = Home | Shop | Person | None
FROM_AGE = (12, 18, 25, 35, 50, 65)
NEIGHBOURS = 2  # kinds of ties from here on are no family


class Crime(NamedTuple):
    """What an offender does where and when."""

    who: Offender
    kind: int
    hour: int  # of the week
    cell: int
    now: float


class Targets:
    """How targets are chosen."""

    def __init__(self, scenario: Scenario) -> None:
        self.burglary, self.events = scenario.demand.burglary, scenario.demand.event_dependence
        self.demand, self.feelings, self.search = scenario.demand, scenario.people.feelings, scenario.people.search
        self.flag_lasts = self.events.boost_days * DAY
        self.wears_off = decay(self.feelings.harden_half_life_years * 365 * DAY)

    def choose(self, crime: Crime) -> Target:
        """Return the target, flagged."""
        again = self._the_same_again(crime)
        if crime.kind == IncidentType.BURGLARY:
            return self._break_in(crime, again)
        if crime.kind == IncidentType.SHOPLIFTING:
            return self._lift(crime, again)
        return self._meet(crime, again)

    def _the_same_again(self, crime: Crime) -> Target:
        """Return the latest target of this type here, if the offender has come back for it and it can be had."""
        who, people = crime.who, crime.who.m.people
        _, u_back, _, _ = who.four(Draw.SEARCH_NODE)
        u_again, u_can, _, _ = who.four(Draw.OFFENCE_TARGET)
        fitting = [one for one in who.successes if one[1:3] == (crime.cell, crime.kind) and one.target is not None]
        latest = max(fitting, key=lambda one: one.now_min, default=None)
        if latest is None or u_back >= self.search.same_target:
            return None
        if u_again >= left(latest.now_min, crime.now, self.search.foraging_days * DAY):
            return None
        target = latest.target
        if isinstance(target, Person):
            can = people.chance_at(target, crime.cell, crime.hour)
        elif isinstance(target, Home):
            empty, asleep = self._ways_in(target, crime)
            can = self._appeal_left(target, crime.now) / target.appeal * (empty + min(asleep, 1 - empty))
        elif crime.kind == IncidentType.SHOPLIFTING:
            can = float(people.closed[crime.hour] == 0)
        else:
            can = people.closed[crime.hour]
        return target if u_can < can else None

    def _ways_in(self, home: Home, crime: Crime) -> tuple[float, float]:
        """Return what a home offers as an empty and as a sleeping one."""
        people, m = crime.who.m.people, len(home.members)
        away = math.prod(1 - people.share(person, "home", crime.hour) for person in home.members)
        empty = away ** ((1 + 0.3125 * (m - 1)) / max(m, 1))
        return empty, self.burglary.sleeping_homes * (1 - empty) * people.asleep[crime.hour]

    def _appeal_left(self, home: Home, now: float) -> float:
        return home.appeal * (1 - self.feelings.harden_effect * left(home.hardened_min, now, self.wears_off))

    def _flag(self, since_min: float, now: float, boost: float) -> float:
        return boost * left(since_min, now, self.flag_lasts)

    def _break_in(self, crime: Crime, target: Target) -> Target:
        who, model, now = crime.who, crime.who.m, crime.now
        here = model.places.cells[crime.cell]
        _, _, _, u_who = who.four(Draw.OFFENCE_VICTIM)
        _, _, _, u_harden = who.four(Draw.OFFENCE_SEQUEL)
        if target is None:
            target = picked(u_who, self._open_to(crime, here))
        if isinstance(target, Home | Shop):
            target.burgled_min = now
        self._flag_around(crime)
        eldest = target.eldest if isinstance(target, Home) else None
        if eldest and u_harden < self.feelings.harden_probability * model.people.awareness(eldest, now):
            target.hardened_min = now
        self._look_again(here, crime)
        return target

    def _open_to(self, crime: Crime, here: Cell) -> list[tuple[float, Target]]:
        """Return homes, but for one's own, and closed shops with their weights."""
        now, own, found = crime.now, crime.who.person.dwelling, list[tuple[float, Target]]()
        for home in here.homes:
            if home.row != own:
                flag = self._flag(home.burgled_min, now, self.events.dwelling_boost)
                found.append((sum(self._ways_in(home, crime)) * self._appeal_left(home, now) * (1 + flag), home))
        closed = self.burglary.closed_shops * crime.who.m.people.closed[crime.hour]
        for shop in here.shops if closed else ():
            flag = self._flag(shop.burgled_min, now, self.events.shop_boost)
            found.append((closed * shop.appeal * (1 + flag), shop))
        return found

    def _lift(self, crime: Crime, target: Target) -> Target:
        now, shops = crime.now, crime.who.m.places.cells[crime.cell].shops
        _, _, _, u_who = crime.who.four(Draw.OFFENCE_VICTIM)
        boost = self.events.shop_boost
        if target is None:
            target = picked(u_who, [(s.appeal * (1 + self._flag(s.lifted_min, now, boost)), s) for s in shops])
        if isinstance(target, Shop):
            target.lifted_min = now
        return target

    def _meet(self, crime: Crime, target: Target) -> Target:
        """Return the person of before, an acquaintance, or one of up to eight who may be there."""
        who, model, now = crime.who, crime.who.m, crime.now
        _, _, u_known, u_tie = who.four(Draw.OFFENCE_TARGET)
        if target is None and u_known < self._of_type(crime.kind).acquaintances:
            known = [(self._weight(one, crime), one) for one, kind in who.person.ties if kind >= NEIGHBOURS]
            target = picked(u_tie, [(weight, one) for weight, one in known if weight])
        if isinstance(target, Person) and model.is_held(target, now):
            target = None
        if target is None:
            here, total = model.places.cells[crime.cell], 0.0
            for k in range(8):
                u_kind, u_who, u_pick, _ = uniform4(model.draws_seed, Draw.MEETING + k, who.row, who.searches)
                if crime.kind == IncidentType.VEHICLE_THEFT:
                    person, there = model.people.somebody(here, crime.hour, u_kind, u_who), 1.0
                else:
                    person, there = model.people.passer_by(here, crime.hour, u_kind, u_who)
                if person and person is not who.person:
                    weight = there * self._weight(person, crime)
                    if u_pick * (total + weight) < weight and not model.is_held(person, now):
                        target = person
                    total += weight
        if isinstance(target, Person):
            target.victim_min = now
        return target

    def _of_type(self, kind: int):
        return getattr(self.demand, IncidentType(kind).name.lower())

    def _weight(self, person: Person, crime: Crime) -> float:
        band = sum(person.age >= first for first in FROM_AGE)
        flag = self._flag(person.victim_min, crime.now, self.events.person_boost)
        return self._of_type(crime.kind).age_weights[band] * person.appeal * (1 + flag)

    def _look_again(self, here: Cell, crime: Crime) -> None:
        """Work out J and the own flags of a cell anew; homes and shops count by how open they are in a mean hour."""
        people, now, events, p = crime.who.m.people, crime.now, self.events, self.burglary
        size = 1 + 0.3125 * (len(people.persons) / people.homes - 1)
        empty = [away**size for away in people.away]
        of_home = sum(e + p.sleeping_homes * (1 - e) * a for e, a in zip(empty, people.asleep, strict=True)) / 168
        of_shop = sum(p.closed_shops * closed for closed in people.closed) / 168
        homes = [(of_home * self._appeal_left(h, now), self._flag(h.burgled_min, now, events.dwelling_boost))
                 for h in here.homes]  # fmt: skip
        shops = [(of_shop * s.appeal, self._flag(s.burgled_min, now, events.shop_boost)) for s in here.shops]
        total = sum(of_home * h.appeal for h in here.homes) + sum(appeal for appeal, _ in shops)
        soft = sum(appeal for appeal, _ in homes + shops)
        here.hardness, here.hardened_min = (1 - soft / total if total else 0.0), now
        here.own_flags = sum(appeal * flag for appeal, flag in homes + shops) / soft if soft else 0.0

    def _flag_around(self, crime: Crime) -> None:
        g, events, now = crime.who.m.given, self.events, crime.now
        reach_cells = events.boost_reach_m / g.cell_m
        reach = math.ceil(3 * reach_cells) if events.near_boost else 0
        row, col = divmod(crime.cell, g.n_cols)
        for r in range(max(0, row - reach), min(g.n_rows, row + reach + 1)):
            for c in range(max(0, col - reach), min(g.n_cols, col + reach + 1)):
                there = crime.who.m.places.cells[r * g.n_cols + c]
                remains = left(there.flags_min, now, self.flag_lasts)
                rise = events.near_boost * math.exp(-math.hypot(r - row, c - col) / reach_cells)
                there.own_flags *= remains
                there.flags_around = there.flags_around * remains + rise
                there.flags_min = now


def picked(u: float, options: list[tuple[float, Target]]) -> Target:
    """Return one of some options by weight, None if there are none."""
    upto = list(accumulate(weight for weight, _ in options))
    return next((one for end, (_, one) in zip(upto, options, strict=True) if u * upto[-1] < end), None)
