"""Watch schemes (邻里守望): households of a neighbourhood who look, mark their property, tell one another and call."""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.hardening import harden
from sim.incidents.profiles import DemandRule
from sim.kernels import kernel, row
from sim.parameters import parameter
from sim.people.feelings import felt_trust
from sim.people.trusting import at_odds, odds_by_trust
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.public import ADULT_AGE, Public, draw_lots
from sim.randomness import uniform

NEIGHBOURHOOD = 300  # households, as in the grids of social governance
NEVER = -(1 << 20)  # day of the last contact with a neighbourhood that had none


class WatchSchemes(Programme):
    """Community officers found schemes in neighbourhoods with most recorded burglaries, and keep in touch with them.

    Households join by their trust. A member looks out from where it is: while somebody is in, offences around are seen
    and told at once. It marks its property, which is worth less then to a burglar, and what it hears at a contact
    makes it aware, which offenders meet as guardianship. Members leave, the sooner the longer no officer has been
    there, so that a scheme fades that nobody looks after. Nobody walks a beat: that is what `volunteers` do.

    Attributes
    ----------
    of_cell : array of int [cells]
        Neighbourhood of each cell, −1 where nobody lives.
    contact_day, founded_day : array of int [neighbourhoods]
        Days of the last contact with a scheme and of its founding, `NEVER` where there is none.
    """

    name = "watch_schemes"
    local = True
    totals = ("founded", "contacts", "joined", "left", "member_hours", "cost")
    means = ("schemes", "members")

    class Parameters(ProgrammeParameters):
        """How schemes begin, what members do, and how they fade."""

        hours_share: float = parameter(
            0.3, unit="share of community officers' free hours", ge=0, le=1, source="assumption",
            doc="Hours for schemes, of those that the programmes listed before leave.",
        )  # fmt: skip
        found_min: float = parameter(
            600.0, unit="min", ge=0.1, le=60_000,
            source="assumption: letters, two evenings with two officers, a list",
            doc="Work that founds a scheme.",
        )  # fmt: skip
        most_schemes: int | None = parameter(
            None, unit="schemes", ge=1, le=100_000, source="absent: as many as there are hours for",
            doc="Schemes that are founded at most.",
        )  # fmt: skip
        contact_min: float = parameter(
            120.0, unit="min", ge=0.1, le=6000, source="assumption: an evening with the coordinator and who comes",
            doc="Work of a contact with a scheme.",
        )  # fmt: skip
        contact_every_days: int = parameter(
            60, unit="days", ge=1, le=3650, source="assumption", doc="Time between contacts with a scheme."
        )
        need_days: int = parameter(
            180, unit="days", ge=1, le=3650, source="assumption", doc="Burglaries recorded within this time count.",
        )  # fmt: skip
        joins: float = parameter(
            0.2, unit="probability", ge=0, le=1,
            source="assumption: one household in five where a scheme is founded with a visit",
            doc="A household with trust 0.5 that is asked joins: at the founding, and at each contact a tenth of it.",
        )  # fmt: skip
        trust_slope: float = parameter(
            1.5, unit="log-odds", ge=0, le=10, source="assumption, as in reporting",
            doc="Change of the log-odds of joining per unit of trust of its first member.",
        )  # fmt: skip
        leave_per_year: float = parameter(
            0.2, unit="per year", ge=0, le=50, source="assumption: households move, interest is lost",
            doc="Hazard that a member leaves a scheme that is looked after.",
        )  # fmt: skip
        neglect: float = parameter(
            5.0, unit="times", ge=1, le=100, source="assumption: schemes fade unless they are looked after",
            doc="Hazard to leave a scheme without a contact for twice the time between contacts, relative to others.",
        )  # fmt: skip
        sight_m: float = parameter(
            30.0, unit="m", ge=0, le=500, source="assumption: the street before the window",
            doc="How far members see from home.",
        )  # fmt: skip
        sees: float = parameter(
            0.05, unit="probability", ge=0, le=1, source="assumption: they do not sit at the window",
            doc="A member at home notices an offence within sight.",
        )  # fmt: skip
        marking: float = parameter(
            0.3, unit="share of what hardening takes", ge=0.001, le=1, source="assumption",
            doc="What marked property takes off the appeal of a home, relative to new locks; it wears off as these do.",
        )  # fmt: skip
        marking_yuan: float = parameter(
            20.0, unit="yuan", ge=0, le=10_000, source="assumption: a pen, a plate, a number in a register",
            doc="Cost of marking the property of a household, which the police pay.",
        )  # fmt: skip
        lesson: float = parameter(
            0.05, unit="points on a 0–1 scale", ge=0, le=1,
            source="assumption: a third of what half a session of education teaches",
            doc="Awareness of crime at places that the adults of a member gain by a contact, at none before.",
        )  # fmt: skip
        hours_a_contact: float = parameter(
            1.0, unit="h", ge=0, le=100, source="assumption: the evening, and telling the others of the household",
            doc="Hours that a member gives for each contact.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """Divide the city into neighbourhoods; nobody is a member yet."""
        homes, people, p = site.society.dwellings, site.society.residents, self.parameters
        self._first = np.arange(0, len(homes), NEIGHBOURHOOD)
        self._of_home = np.arange(len(homes)) // NEIGHBOURHOOD
        self.of_cell = np.full(len(site.city.beats.beat), -1)
        self.of_cell[homes["cell"][::-1]] = self._of_home[::-1]
        self._district = site.city.beats.district_of_cell[homes["cell"][self._first]]
        self._cell, self._dwelling = homes["cell"], people["dwelling"]
        self._adult = people["age"] >= ADULT_AGE
        self._demand = site.bureau.demand
        self.member = np.zeros(len(homes), dtype=bool)
        self.contact_day = np.full(len(self._first), NEVER)
        self.founded_day = self.contact_day.copy()
        self._seen_by_each = p.sees * math.pi * p.sight_m**2 / site.city.grid.cell_m**2
        self._begun_min = 0.0

    def day(self, today: Today) -> None:
        """Let members leave, keep in touch with schemes, and found new ones with what is left of the hours."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        self._leave(today)
        minutes = p.hours_share * hours.able()
        there, none = today.reaches(self._district), self.contact_day == NEVER
        most = p.most_schemes if p.most_schemes is not None else len(none)
        free = none & there & (np.count_nonzero(~none) < most)
        due = np.flatnonzero(~none & there & (today.day - self.contact_day >= p.contact_every_days))
        due = due[np.argsort(self.contact_day[due], kind="stable")]
        wanted = len(due) * p.contact_min + (p.found_min if free.any() else 0.0)
        minutes = min(minutes, max(0.0, wanted - self._begun_min))
        hours.spend(Work.ORGANISING, minutes)
        self._begun_min += minutes
        for scheme in due.tolist():
            if self._begun_min < p.contact_min:
                break
            self._begun_min -= p.contact_min
            self._meet(today, scheme, 0.1 * p.joins)
            self.note(today.day, "contacts", 1.0)
        if self._begun_min >= p.found_min and free.any():
            self._begun_min -= p.found_min
            worst = self._worst(today, free)
            self.founded_day[worst] = today.day
            self._meet(today, worst, p.joins)
            self.note(today.day, "founded", 1.0)
        self._look_out(today)
        self.note(today.day, "schemes", float((self.contact_day != NEVER).sum()))
        self.note(today.day, "members", float(self.member.sum()))

    def _worst(self, today: Today, free: Array) -> int:
        """Return the free neighbourhood that has most burglaries in police records, of equals the first."""
        where = self.of_cell[today.recorded(self.parameters.need_days, (IncidentType.BURGLARY,)).cell]
        need = np.bincount(where[where >= 0], minlength=len(self._first))
        return int(np.argmax(np.where(free, need, -1)))

    def _meet(self, today: Today, scheme: int, joins: float) -> None:
        """Ask the households of a neighbourhood to join, let new members mark their property, and teach all members."""
        p = self.parameters
        first = int(self._first[scheme])
        homes = np.arange(first, min(first + NEIGHBOURHOOD, len(self.member)))
        joined = join(today.seed, today.day, homes, self.member, joins, p.trust_slope, today.truth.public)
        mark_property(today.now_min, joined, p.marking, today.truth.public, self._demand)
        of_member = self._adult & self.member[self._dwelling] & (self._of_home[self._dwelling] == scheme)
        today.teach(np.flatnonzero(of_member), p.lesson)
        self.contact_day[scheme] = today.day
        self.note(today.day, "joined", float(len(joined)))
        self.note(today.day, "cost", p.marking_yuan * len(joined))
        self.note(today.day, "member_hours", p.hours_a_contact * float(self.member[homes].sum()))

    def _leave(self, today: Today) -> None:
        """Let members leave, by a draw for each household and day."""
        p, members = self.parameters, np.flatnonzero(self.member)
        neglected = today.day - self.contact_day[self._of_home[members]] > 2 * p.contact_every_days
        stay = np.exp(-p.leave_per_year / 365 * np.where(neglected, p.neglect, 1.0))
        lot = np.empty(len(members))
        draw_lots(today.seed, today.day, members, Draw.SCHEME_LEAVES, lot)
        leaving = members[lot >= stay]
        self.member[leaving] = False
        self.note(today.day, "left", float(len(leaving)))

    def _look_out(self, today: Today) -> None:
        """Let members look out from their homes over the street before them."""
        members = np.bincount(self._cell[self.member], minlength=len(self.of_cell))
        look_out(today.truth.ground, members * self._seen_by_each)

    def end(self, today: Today) -> None:
        """Let the schemes fade at once: nobody looks after them."""
        look_out(today.truth.ground, np.zeros(len(today.truth.ground.cells)))


def look_out(ground: Ground, lookouts: Array) -> None:
    """Let this many members of schemes notice an offence in each cell, if all were in, shape [cells]."""
    ground.cells["lookouts"] = lookouts


def join(seed: int, day: int, homes: Array, member: Array, base: float, slope: float, public: Public) -> Array:
    """Ask households to join, mark those who do in `member`, and return them; see `who_joins`."""
    joined = np.zeros(len(homes), dtype=bool)
    who_joins(seed, day, homes, (base, slope), public, joined)
    new: Array = homes[joined & ~member[homes]]
    member[new] = True
    return new


@kernel
def who_joins(seed: int, day: int, homes: Array, asked: tuple[float, float], public: Public, joined: Array) -> None:
    """Note which of these households say yes: `logit P = logit p₀ + κ·(trust of the first member − 0.5)`.

    `asked` is (p₀, κ).
    """
    base, slope = asked
    residents, dwellings = public.society.residents, public.society.dwellings
    for k in range(len(homes)):
        home = dwellings[homes[k]]
        if home.residents > 0:
            trust = felt_trust(residents, row(home.first_resident), day * 1440.0, public.feelings.rule)
            u = uniform(seed, Draw.SCHEME_JOINS, row(homes[k]), day)
            joined[k] = u < at_odds(base, odds_by_trust(trust, slope))


@kernel
def mark_property(now_min: float, homes: Array, worth: float, public: Public, demand: DemandRule) -> None:
    """Mark the property of households, which counts as hardening of which this much is left."""
    for k in range(len(homes)):
        harden(row(homes[k]), worth, now_min, public.society, public.ground, demand, public.feelings.rule.hardening)
