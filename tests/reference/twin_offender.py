"""An offender as a Mesa agent: searches, weighs, offends or does not, remembers, learns, is arrested, ends a career."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import mesa
from patrol_given import Arrest, Offence
from twin_people import Home, Person
from twin_place import DAY, decay, left
from twin_targets import Crime, Target

from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.randomness import exponential, gamma, normal, uniform, uniform4

if TYPE_CHECKING:
    from patrol_twin import Twin

TRIES = 4


class Success(NamedTuple):
    """A place where it went well."""

    now_min: float
    cell: int
    kind: int
    target: Target


class Offender(mesa.Agent):
    """A resident with a propensity, nodes, beliefs and memories."""

    def __init__(self, model: Twin, row: int) -> None:
        super().__init__(model)
        self.m, self.row = model, row
        one, people = model.given.offenders[row], model.scenario.people
        self.person = model.people.persons[one["resident_id"]]
        self.rate, self.preference = float(one["rate_per_min"]), [float(p) for p in one["preference"]]
        self.associates = [int(a) for a in one["associate"]]  # −1: nobody
        self.search, self.p = people.search, people.offenders
        self.evidence_decay, self.need_decay = decay(self.p.evidence_days * DAY), decay(self.search.need_days * DAY)
        self.nodes, self.prior = [int(c) for c in one["node_cell"]], float(one["prior"])
        self.desist_min, self.next_search_min = float(one["desist_min"]), float(one["next_search_min"])
        self.searches, self.generation, self.arrests = int(one["searches"]), int(one["generation"]), 0
        self._know_nothing(0.0)

    def _know_nothing(self, now: float) -> None:
        self.crimes, self.ended_in_arrest, self.known_min = [0.0] * 4, [0.0] * 4, now
        self.successes: list[Success] = []
        self.put_off_min, self.free_from_min = -math.inf, -math.inf

    def four(self, draw: int) -> tuple[float, float, float, float]:
        """Return the four numbers of a draw of the present search."""
        return uniform4(self.m.draws_seed, draw, self.row, self.searches)

    def turn(self, now: float) -> None:
        """Let the moment of a search come."""
        if now >= self.desist_min:
            self.searches += 1
            self._make_room(now)
        else:
            if now >= self.free_from_min:
                self._look_for_something(now)
            self.searches += 1
            self.next_search_min = self._next_moment(now)

    def _next_moment(self, now: float) -> float:
        """Solve `rate · (s + g · N · τ · (1 − exp(−s / τ))) = E` for s."""
        gap = exponential(self.m.draws_seed, Draw.SEARCH_GAP + self.searches, self.row, 0) / self.rate
        more, tau = self.search.need_pace * self.need(now), self.need_decay
        if more < 0.001:
            return now + gap
        s = gap / (1 + more)
        for _ in range(6):
            remains = math.exp(-s / tau)
            s += (gap - s - more * tau * (1 - remains)) / (1 + more * remains)
        return now + s

    def need(self, now: float) -> float:
        return left(self.put_off_min, now, self.need_decay)

    def _look_for_something(self, now: float) -> None:
        m = self.m
        u_type, u_hour, _, _ = self.four(Draw.SEARCH_TYPE)
        kind = next((k for k, upto in enumerate(self.preference[:-1]) if u_type <= upto), len(self.preference) - 1)
        hour = (int(now // 60) + 24 * m.scenario.clock.start_weekday) % 168
        if u_hour > m.given.activity[kind, hour]:
            return
        for attempt in range(TRIES):
            u_offend, u_again, _, _ = self.four(Draw.OFFENCE_CHOICE + attempt)
            cell = self._place(attempt, now)
            put_off = False
            if cell is not None:
                chance, without_risk = self._chances(kind, hour, cell, now)
                m.chances[kind] += chance
                if u_offend < chance:
                    self._offend(kind, hour, cell, now)
                    return
                put_off = u_offend < without_risk
            if put_off:
                goes_on = u_again < self.search.try_again
                if goes_on:
                    self.put_off_min = now
            else:
                goes_on = u_again < self.search.look_on + (1 - self.search.look_on) * self.need(now)
            if not goes_on:
                return

    def _place(self, attempt: int, now: float) -> int | None:
        """Return where the offender looks, None outside the grid."""
        s, g = self.search, self.m.given
        u_node, u_path, u_other, u_north = self.four(Draw.SEARCH_NODE)
        u_distance, u_angle, u_along, u_east = self.four(Draw.SEARCH_PLACE + attempt)
        memories = [s.foraging_weight * left(one.now_min, now, s.foraging_days * DAY) for one in self.successes]
        pick, node, far = u_node * (1 + sum(memories)), None, -math.log(u_distance)
        if pick < 1:
            weights = list(accumulate(w / sum(s.node_weights) for w in s.node_weights))
            node = min(bisect_right(weights, pick), 3)
            start = self.nodes[node]
        else:
            nth = min(bisect_right(list(accumulate(memories)), pick - 1), len(memories) - 1)
            start = self.successes[nth].cell
        row, col = divmod(start, g.n_cols)
        north, east = row + u_north, col + u_east
        if node is not None and u_path < s.path_share:
            to_row, to_col = divmod(self.nodes[(node + 1 + int(u_other * 3)) % 4], g.n_cols)
            north, east = north + (to_row - row) * u_along, east + (to_col - col) * u_along
            metres = far * s.off_path_m
        elif node is not None:
            metres = far * s.mean_distance_m + (s.home_buffer_m if node == 0 else 0)
        else:
            metres = 0.0 if attempt == 0 and u_path < s.same_target else far * s.foraging_distance_m
        north = math.floor(north + metres / g.cell_m * math.sin(2 * math.pi * u_angle))
        east = math.floor(east + metres / g.cell_m * math.cos(2 * math.pi * u_angle))
        inside = 0 <= north < g.n_rows and 0 <= east < g.n_cols
        return north * g.n_cols + east if inside else None

    def _chances(self, kind: int, hour: int, cell: int, now: float) -> tuple[float, float]:
        """Return P and P₀, and learn from police in view."""
        m, s = self.m, self.search
        appeal = float(m.given.appeal[kind, hour % m.given.appeal.shape[1], cell])
        if appeal < -25:
            return 0.0, 0.0
        here, events = m.places.cells[cell], m.scenario.demand.event_dependence
        z = m.given.intercept[kind] + appeal + s.need_boldness * self.need(now)
        alert = here.alert * left(here.alert_min, now, m.people.calms_down) / m.scenario.people.residents.awareness_mean
        z -= m.scenario.opportunity.guardianship * math.log(1 + max(alert, -0.9))
        if kind == IncidentType.BURGLARY:
            flags = (here.flags_around + here.own_flags) * left(here.flags_min, now, events.boost_days * DAY)
            half_life_min = m.scenario.people.feelings.harden_half_life_years * 365 * DAY
            z += math.log(1 + flags) + math.log(1 - here.hardness * left(here.hardened_min, now, decay(half_life_min)))
        taken, units = m.places.deterrence(kind, cell, now, 0.0)
        risk = taken + s.risk * self._believed(cell, now)
        if units:
            seen = self.p.seen_police * min(units, 1)
            self.learn(cell, now, seen, seen)
        return 1 / (1 + math.exp(risk - z)), 1 / (1 + math.exp(-z))

    def _nearness(self, cell: int) -> list[float]:
        g = self.m.given
        row, col = divmod(cell, g.n_cols)
        return [
            math.exp(-math.hypot(n // g.n_cols - row, n % g.n_cols - col) * g.cell_m / self.p.belief_reach_m)
            for n in self.nodes
        ]

    def _believed(self, cell: int, now: float) -> float:
        """Return ρ."""
        near, remains, n0 = self._nearness(cell), left(self.known_min, now, self.evidence_decay), self.p.prior_weight
        means = [
            (n0 * self.prior + remains * a) / (n0 + remains * c)
            for c, a in zip(self.crimes, self.ended_in_arrest, strict=True)
        ]
        return sum(w * mean for w, mean in zip(near, means, strict=True)) / sum(near)

    def learn(self, cell: int, now: float, crimes: float, arrests: float) -> None:
        """Add evidence to what is known, and let none know of more arrests than crimes."""
        remains, self.known_min = left(self.known_min, now, self.evidence_decay), now
        for j, w in enumerate(self._nearness(cell)):
            self.ended_in_arrest[j] = remains * self.ended_in_arrest[j] + w * arrests
            self.crimes[j] = max(remains * self.crimes[j] + w * crimes, self.ended_in_arrest[j])

    def learn_together(self, cell: int, now: float, crimes: float, arrests: float) -> None:
        self.learn(cell, now, crimes, arrests)
        for a in (a for a in self.associates if a >= 0):
            self.m.offenders[a].learn(cell, now, self.p.heard * crimes, self.p.heard * arrests)

    def _offend(self, kind: int, hour: int, cell: int, now: float) -> None:
        m, crime = self.m, Crime(self, kind, hour, cell, now)
        target = m.targets.choose(crime)
        self.succeed(Success(now, cell, kind, target))
        u_joins, u_partner, _, _ = self.four(Draw.OFFENCE_SEQUEL)
        partner = self.associates[int(u_partner * 3)]
        if u_joins < self.p.co_offending and partner >= 0 and m.offenders[partner].can_join(now, target):
            m.offenders[partner].succeed(Success(now, cell, kind, target))
        else:
            partner = -1
        victim = target.eldest if isinstance(target, Home) else target
        if isinstance(victim, Person):
            spread = m.scenario.demand.reporting.harm_spread
            harm = math.exp(spread * normal(m.draws_seed, Draw.HARM, self.row, self.searches) - spread**2 / 2)
            m.people.feel(victim, m.scenario.demand.crime(IncidentType(kind)).harm_days * harm, now)
        m.offences.append(Offence(now, cell, self.row, kind, partner, victim.row if isinstance(victim, Person) else -1))

    def can_join(self, now: float, target: Target) -> bool:
        """Whether the offender is at large, and it is neither him nor his household that is hit."""
        lives_there = isinstance(target, Home) and target.members and target.row == self.person.dwelling
        return self.free_from_min <= now < self.desist_min and target is not self.person and not lives_there

    def succeed(self, success: Success) -> None:
        """Keep a place in mind over the older of two, want no more, and learn of a crime that went unpunished."""
        if len(self.successes) < 2:
            self.successes.append(success)
        else:
            self.successes[self.successes[1].now_min < self.successes[0].now_min] = success
        self.put_off_min = -math.inf
        self.learn_together(success.cell, success.now_min, 1.0, 0.0)

    def be_arrested(self, arrest: Arrest) -> None:
        """Be away for a while, wiser; some never offend again."""
        self.free_from_min = arrest.until_min
        unpunished = left(arrest.crime_min, arrest.now_min, self.evidence_decay)
        self.learn_together(arrest.cell, arrest.now_min, 1 - unpunished, 1.0)
        draw = Draw.DESISTANCE + self.arrests
        self.arrests += 1
        if uniform(self.m.draws_seed, draw, self.row, self.generation) < self.p.desist_at_arrest:
            self.desist_min = min(self.desist_min, arrest.until_min)

    def _make_room(self, now: float) -> None:
        """Let somebody else begin in this row, who is no offender yet."""
        g, seed, i = self.m.given, self.m.draws_seed, self.row
        self.generation += 1
        key, n = (i, self.generation), len(g.eligible)
        first = bisect_right(g.age_cumulative, uniform(seed, Draw.NEWCOMER, *key) * g.age_cumulative[-1])
        others = {one.person.row for one in self.m.offenders}
        order = (g.eligible[(min(first, n - 1) + step) % n] for step in range(n))
        self.person = self.m.people.persons[next((who for who in order if who not in others), self.person.row)]
        u_other, u_end, _, _ = uniform4(seed, Draw.OFFENDER_LIFE, *key)
        me, elsewhere = self.person, self.m.people.persons[int(u_other * len(self.m.people.persons))]
        self.nodes = [me.home_cell, me.work_cell, me.leisure_cell, elsewhere.leisure_cell]
        mean, c = self.p.initial_belief, self.p.prior_concentration
        for_it = gamma(mean * c, seed, Draw.PRIOR_FOR, *key)
        against = gamma((1 - mean) * c, seed, Draw.PRIOR_AGAINST, *key)
        self.prior = for_it / (for_it + against)
        self._know_nothing(now)
        self.desist_min = now - math.log(u_end) * self.p.career_years * 365 * DAY
        self.next_search_min = now + exponential(seed, Draw.SEARCH_GAP + self.searches, i, 0) / self.rate
