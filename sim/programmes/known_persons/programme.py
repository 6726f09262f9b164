"""Known persons (重点人员管控).

Analysts keep a register of those whom police records name most; community officers call on them, detectives watch the
first of them and fetch those whom a case names.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.parameters import parameter
from sim.people.offenders import YOUNGEST
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.known_persons.measures import Call, Search, call_on, catch_in_the_act, fetch
from sim.programmes.known_persons.register import Weights, listed, standing
from sim.programmes.wanted import Circle, Proof, Wanted, at_large, circle_of
from sim.strategies.base import Briefing

WEEK_DAYS = 7
OFFICERS = 2  # who watch somebody together; assumption: one alone can neither follow nor prove
LONG_AGO = 1 << 30  # days


class KnownPersons(Programme):
    """A register drawn up once a week, and what is done with it, as long as there are hours.

    The register holds what police records do: arrests, partners, and names that victims and evidence gave to cases,
    see `identification`. Some of its entries are wrong, and some of those in it have stopped long ago; all are treated
    alike, and those who have done nothing lose trust. Who is in custody is left alone.
    """

    name = "known_persons"
    totals = ("called_on", "met", "caught", "sought", "fetched", "solved")
    means = ("listed", "watched")

    class Parameters(ProgrammeParameters):
        """Who is in the register, and what is done with those in it."""

        per_1000: float = parameter(
            0.5, unit="people per 1,000 residents", ge=0, le=1000,
            source="assumption: as many as a station can keep an eye on, a tenth of those who offend",
            doc="Length of the register.",
        )  # fmt: skip
        wrong: float = parameter(
            0.1, unit="share of entries", ge=0, le=1,
            source="assumption: namesakes, old addresses, mixed-up numbers; 1: all",
            doc="Entries that are somebody else's.",
        )  # fmt: skip
        weekly_h: float = parameter(
            4.0, unit="h per week", ge=0, le=1000, source="assumption",
            doc="Hours of analysts to draw the register up anew; without them the last one stays.",
        )  # fmt: skip
        arrest: float = parameter(
            1.0, unit="1", ge=0, le=100, source="assumption: an arrest counts one", doc="Weight of an arrest."
        )  # fmt: skip
        partner: float = parameter(
            0.5, unit="arrests", ge=0, le=100, source="assumption", doc="Weight of having joined in what was cleared."
        )  # fmt: skip
        named: float = parameter(
            1.0, unit="arrests", ge=0, le=100, source="assumption", doc="Weight of an open case that names somebody."
        )  # fmt: skip
        half_life_days: float = parameter(
            180.0, unit="days", gt=0.1, le=36_500, source="assumption: as long as what offenders remember of arrests",
            doc="Age at which each of these counts half.",
        )  # fmt: skip
        call_every_days: int = parameter(
            14, unit="days", ge=1, le=3650, source="assumption", doc="Days from one call on somebody to the next."
        )  # fmt: skip
        call_min: float = parameter(
            30.0, unit="min", ge=0.1, le=600, source="assumption, as a visit",
            doc="Time of community officers for a call.",
        )  # fmt: skip
        most_of_community: float = parameter(
            0.2, unit="share of community officers' hours", ge=0, le=1, source="assumption",
            doc="Hours that calls may take.",
        )  # fmt: skip
        at_home: float = parameter(
            0.5, unit="probability", ge=0, le=1, source="assumption",
            doc="Officers who come find somebody at home.",
        )  # fmt: skip
        impression: float = parameter(
            0.2, unit="crimes", ge=0, le=1, source="assumption: twice that of a patrol met, for it is about him",
            doc="What a call is to the belief of an offender: so much of a crime that ended in an arrest.",
        )  # fmt: skip
        call_trust_loss: float = parameter(
            0.02, unit="points on a 0–1 scale", ge=0, le=1, source="assumption: less than a check in the street",
            doc="Trust that a call takes from whoever is called on.",
        )  # fmt: skip
        watched: int = parameter(
            2, unit="people", ge=0, le=1000, source="assumption: more cannot be paid for",
            doc="People at the top of the register who are watched.",
        )  # fmt: skip
        watch_h: float = parameter(
            8.0, unit="officer-h per person per day", ge=0, le=48, source="assumption: two officers, four hours",
            doc="Hours of detectives that watching one takes.",
        )  # fmt: skip
        sees: float = parameter(
            0.7, unit="probability", ge=0, le=1, source="assumption: he is lost in a crowd, or behind a door",
            doc="What somebody does while he is watched is seen, and he is arrested.",
        )  # fmt: skip
        fetch_min: float = parameter(
            240.0, unit="officer-min", ge=0, le=10_000, source="assumption: two officers for two hours",
            doc="Time of detectives to look for somebody whom a case names.",
        )  # fmt: skip
        most_of_detectives: float = parameter(
            0.3, unit="share of detectives' hours", ge=0, le=1, source="assumption: cases have to be worked as well",
            doc="Hours that watching and fetching may take.",
        )  # fmt: skip
        by_cameras: float = parameter(
            0.3, unit="probability", ge=0, le=1, source="assumption",
            doc="A camera at a place where somebody is every day tells on a day where he is (布控), in full sight.",
        )  # fmt: skip
        holds: float = parameter(
            0.5, unit="probability", ge=0, le=1, source="assumption: half of the right ones are arrested for it",
            doc="The case against somebody who was fetched, and did it, is cleared; otherwise he is let go.",
        )  # fmt: skip
        fetch_trust_loss: float = parameter(
            0.1, unit="points on a 0–1 scale", ge=0, le=1, source="assumption: many times a check in the street",
            doc="Trust that somebody loses who is fetched for what he did not do.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """Take the rules of investigation, and who is old enough to be in a register."""
        self._bureau, self._start = site.bureau, site.first_day
        self._places = round(self.parameters.per_1000 * len(site.society.residents) / 1000)
        self._eligible = np.flatnonzero(site.society.residents["age"] >= YOUNGEST).astype(np.int64)
        self._homes = site.society.residents["home_cell"].copy()
        self.register = np.zeros(0, dtype=np.int64)  # rows of residents, those first who matter most
        self._called_day = np.full(len(site.society.residents), -LONG_AGO, dtype=np.int64)
        self._wanted = Wanted()
        self._watched = np.zeros(0, dtype=np.int64)

    def day(self, today: Today) -> None:
        """Draw the register up, call on those whose turn it is, and watch and fetch."""
        if (today.day - self._start) % WEEK_DAYS == 0:
            self._draw_up(today)
        circle = circle_of(today.truth, today.cases, self._bureau)
        self._call(today, circle)
        self._watch_and_fetch(today, circle)
        self.note(today.day, "listed", len(self.register))

    def brief(self, briefing: Briefing) -> Briefing:
        """Tell the strategy in which cells those in the register live."""
        return briefing.with_word_of(self.name, self._homes[self.register])

    def _draw_up(self, today: Today) -> None:
        p, analysts = self.parameters, today.hours[Post.INTELLIGENCE]
        if 60 * p.weekly_h > analysts.able():
            return
        analysts.spend(Work.WEEKLY_ANALYSIS, 60 * p.weekly_h)
        weights = Weights(p.arrest, p.partner, p.named, p.half_life_days)
        held = standing(today.cases, today.truth, today.now_min, weights)
        self.register = listed(today.seed, held, self._places, p.wrong, self._eligible)

    def _call(self, today: Today, circle: Circle) -> None:
        """Call on those in the register on whom nobody has called for long enough, the first first."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        free = at_large(self.register, today.truth, today.now_min)
        due = free[today.day - self._called_day[free] >= p.call_every_days]
        due = due[: int(p.most_of_community * hours.able() / p.call_min + 1e-9)]
        hours.spend(Work.VISITS, len(due) * p.call_min)
        self._called_day[due] = today.day
        call = Call(p.at_home, p.call_trust_loss, p.impression)
        met = call_on(today.seed, today.day, due, call, circle)
        self.note(today.day, "called_on", len(due))
        self.note(today.day, "met", met)

    def _watch_and_fetch(self, today: Today, circle: Circle) -> None:
        """Reckon with what those saw who watched yesterday, watch today, and fetch with the rest of the time."""
        p, hours = self.parameters, today.hours[Post.DETECTIVES]
        sees = p.sees * min(p.watch_h / OFFICERS / 24, 1.0)
        self.note(today.day, "caught", catch_in_the_act(today.seed, today.day, self._watched, sees, circle))
        left_min = p.most_of_detectives * hours.able(sworn_only=True)
        n = min(p.watched, int(left_min / (60 * p.watch_h) + 1e-9)) if p.watch_h > 0.0 else 0
        self._watched = at_large(self.register, today.truth, today.now_min)[:n]
        hours.spend(Work.CASE_WORK, len(self._watched) * 60 * p.watch_h, sworn_only=True)
        left_min -= len(self._watched) * 60 * p.watch_h
        self.note(today.day, "watched", len(self._watched))
        search = Search(p.at_home, p.by_cameras, Proof(p.holds, p.fetch_trust_loss))
        for c, who in self._in_the_register(today):
            if p.fetch_min > left_min:
                return
            left_min -= p.fetch_min
            hours.spend(Work.CASE_WORK, p.fetch_min, sworn_only=True)
            found, solved = fetch(today.seed, today.day, c, who, search, circle)
            if found:
                self._wanted.brought_in(c)
            self.note(today.day, "sought", 1)
            self.note(today.day, "fetched", float(found))
            self.note(today.day, "solved", float(solved))

    def _in_the_register(self, today: Today) -> list[tuple[int, int]]:
        """Return the cases that name somebody in the register whom nobody fetched yet, and whom, in its order."""
        files, named = self._wanted.today(today)
        place: Array = np.full(len(self._homes), len(self.register), dtype=np.int64)
        place[self.register[::-1]] = np.arange(len(self.register))[::-1]
        order = np.argsort(place[named], kind="stable")
        order = order[place[named[order]] < len(self.register)]
        return list(zip(files[order].tolist(), named[order].tolist(), strict=True))
