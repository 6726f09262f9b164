"""The intelligence cycle (日分析、周研判、月会商).

Analysts make a list of alerts a day, a surface of risk a week and a review of the force a month.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import PLACE_CRIMES
from sim.incidents.log import Logs
from sim.parameters import parameter
from sim.police.cases.analysis import (
    REACHES,
    Known,
    fresh_series,
    known_to_analysts,
    mean_skill,
    near_repeats,
    workload,
)
from sim.police.cases.case_log import Cases
from sim.police.post_ledger import Hours, Queue, Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.strategies.base import Analysis, Briefing, Recorded
from sim.strategies.heat import heat, hot_spots

WEEK_DAYS = 7
THE_REVIEW = 0  # subject of the only work in the queue of reviews


class Intelligence(Programme):
    """Analysts turn the cases that have reached them into products, as far as they have hours for them.

    In silos each station has analysts of its own, who see the cases of their district alone and need the hours of each
    product for themselves; in joint structures one office sees all. What is not finished waits, and a surface that
    waits keeps the patrols on the last one. Analysts know nothing but cases: crimes whose offender was caught on scene,
    and those of which word got lost on its way, they do not see.

    Attributes
    ----------
    analysis : Analysis
        What is released today.
    """

    name = "intelligence"
    totals = ("alerts", "late")
    means = ("surface_age_days",)

    class Parameters(ProgrammeParameters):
        """What the products take and what goes into them."""

        most_of_hours: float = parameter(
            0.7, unit="share of analysts' hours", gt=0, le=1,
            source="assumption: comparing cases for series is daily work as well",
            doc="Share of the hours that products may take; the rest is for series.",
        )  # fmt: skip
        daily_h: float = parameter(
            1.0,
            unit="h per office",
            ge=0,
            le=100,
            source="assumption",
            doc="Hours of analysts for a daily list of alerts.",
        )
        weekly_h: float = parameter(
            6.0, unit="h per office", ge=0, le=1000, source="assumption", doc="Hours of analysts for a weekly surface."
        )
        monthly_h: float = parameter(
            20.0, unit="h", ge=0, le=1000, source="assumption", doc="Hours of analysts for a monthly review."
        )
        near_m: float = parameter(
            200.0, unit="m", gt=1, le=5000,
            source="Johnson et al. 2007: risk is raised within 200 m of a burglary, for two weeks",
            doc="Decay of the warning of a burglary with distance.",
        )  # fmt: skip
        near_days: float = parameter(
            14.0, unit="days", gt=0.1, le=365, source="Johnson et al. 2007, see near_m", doc="Its decay with age."
        )
        alerts_per_beat: int = parameter(
            3,
            unit="areas",
            ge=0,
            le=1000,
            source="assumption: what the units of a beat can keep in mind",
            doc="Length of a daily list.",
        )
        alert_m: float = parameter(
            100.0, unit="m", ge=10, le=2000, source="assumption: a few doors on both sides", doc="Side of such an area."
        )
        least_warning: float = parameter(
            0.37, unit="fresh burglaries", ge=0, le=100,
            source="assumption: exp(−1), a burglary of today at near_m, or one here near_days ago",
            doc="Areas with a weaker warning on average are not listed.",
        )  # fmt: skip
        series_days: int = parameter(
            7, unit="days", ge=0, le=365, source="assumption", doc="Days for which the news of a series is an alert."
        )
        series_cases: int = parameter(
            3,
            unit="cases",
            ge=1,
            le=100,
            source="assumption",
            doc="Latest cases of the series whose cells are alerted.",
        )
        series_weight: float = parameter(
            2.0,
            unit="fresh burglaries",
            ge=0,
            le=100,
            source="assumption: one who is at work is surer to come back",
            doc="Urgency of such a cell.",
        )
        half_life_days: float = parameter(
            45.0, unit="days", ge=0.01, le=3650, source="assumption, as hotspot", doc="Age at which a case counts half."
        )
        smoothing_m: float = parameter(
            100.0,
            unit="m",
            ge=0,
            le=2000,
            source="assumption, as hotspot",
            doc="Width of the smoothing of the surface.",
        )
        review_days: int = parameter(
            28, unit="days", ge=1, le=3650, source="assumption: four weeks, as a month", doc="Days between reviews."
        )
        review_step: float = parameter(
            0.5,
            unit="1",
            ge=0,
            le=1,
            source="assumption: people are not moved to and fro",
            doc="Part of the way to the recorded workload; 0 moves nobody.",
        )
        crime_min: float = parameter(
            60.0,
            unit="min",
            ge=0,
            le=10_000,
            source="assumption: two stops of a unit",
            doc="Minutes of work that a recorded crime at a place counts for.",
        )

    def begin(self, site: Site) -> None:
        """Divide the city between the offices of analysts."""
        self._seed, self._city = site.seed, site.city
        office, beat = site.bureau.channels.office, site.city.beats.beat
        self._offices = np.unique(office)
        self._office_of_cell = np.where(beat >= 0, office[beat], -1)
        self._beats_of_office = np.bincount(office)
        self._made = dict.fromkeys(self._offices.tolist(), 0)  # office → day of its latest surface
        self._surface = np.zeros(site.city.grid.n_cells)
        self._surfaces, self._reviews = Queue(), Queue()
        self._waiting: set[int] = set()  # offices whose surface is not finished
        self._heads = np.bincount(*_patrol_heads(site.staff.table), minlength=len(site.city.beats.station_cell))
        self._beat_weight = np.ones(len(site.city.beats.district))
        self.analysis = Analysis()

    def day(self, today: Today) -> None:
        """Make the products of a day: the list first, then the surface, then the review."""
        hours, p = today.hours[Post.INTELLIGENCE], self.parameters
        self._left_min = p.most_of_hours * hours.able()
        warned = self._list_alerts(today, hours)
        told = fresh_series(today.cases, today.truth.logs, today.now_min, p.series_days, p.series_cases)
        np.add.at(warned, told, p.series_weight)
        self._draw_surfaces(today, hours)
        self._review(today, hours)
        alerts = np.flatnonzero((warned > 0) & (self._office_of_cell >= 0)).astype(np.int32)
        surface = self._surface.copy() if any(self._made.values()) else None
        self.analysis = Analysis(surface, alerts, warned[alerts])
        self.note(today.day, "alerts", len(alerts))
        self.note(today.day, "surface_age_days", today.day - float(np.mean(list(self._made.values()))))

    def brief(self, briefing: Briefing) -> Briefing:
        """Hand out what is released."""
        return replace(briefing, analysis=self.analysis)

    def _spend(self, hours: Hours, work: Work, minutes: float) -> None:
        hours.spend(work, minutes)
        self._left_min = max(0.0, self._left_min - minutes)

    def _list_alerts(self, today: Today, hours: Hours) -> Array:
        """Return the warnings of the lists that the offices have hours for, shape [cells]; a list is for its day."""
        p, grid = self.parameters, self._city.grid
        warned, skill = np.zeros(grid.n_cells), mean_skill(today.staff.officers, Post.INTELLIGENCE, today.day)
        known = known_to_analysts(today.cases, today.truth.logs, today.now_min, REACHES * p.near_days)
        for office in self._offices.tolist():
            if 60 * p.daily_h > self._left_min:
                self.note(today.day, "late", 1)
                continue
            self._spend(hours, Work.DAILY_ANALYSIS, 60 * p.daily_h)
            own = _of_office(known, office)
            risk = near_repeats(self._seed, today.now_min, skill, own, today.truth.logs, p.near_m, p.near_days, grid)
            most = p.alerts_per_beat * int(self._beats_of_office[office])
            areas = hot_spots(risk, self._office_of_cell == office, grid, p.alert_m, most)
            mean = areas.heat * (grid.cell_m / p.alert_m) ** 2
            part = (mean >= p.least_warning)[areas.spot]
            warned[areas.cell[part]] = (mean[areas.spot] * areas.share)[part]
        return warned

    def _draw_surfaces(self, today: Today, hours: Hours) -> None:
        """Go on with the surfaces of the offices.

        Each shows what its analysts know on the day on which it is finished.
        """
        p, grid, day = self.parameters, self._city.grid, today.day
        if day and day % WEEK_DAYS == 0:
            self.note(day, "late", len(self._waiting))
            for office in self._offices.tolist():
                if office not in self._waiting:
                    self._surfaces.add(day, 60 * p.weekly_h, office)
                    self._waiting.add(office)
        done, finished = self._surfaces.take(self._left_min)
        self._spend(hours, Work.WEEKLY_ANALYSIS, done)
        for office in finished:
            own = _of_office(known_to_analysts(today.cases, today.truth.logs, today.now_min), office)
            here = self._office_of_cell == office
            recorded = in_the_books(own, today.cases, today.truth.logs).of(PLACE_CRIMES)
            risk = heat(recorded, today.now_min, grid, self._city.beats, p.half_life_days, p.smoothing_m)
            self._surface[here] = risk[here]
            self._made[office] = day
            self._waiting.discard(office)

    def _review(self, today: Today, hours: Hours) -> None:
        """Go on with the review of the force.

        When it is finished, patrol personnel and beats follow the recorded workload, a part of the way.
        """
        p, day, beats = self.parameters, today.day, self._city.beats
        if day and day % p.review_days == 0:
            if self._reviews.minutes:
                self.note(day, "late", 1)
            else:
                self._reviews.add(day, 60 * p.monthly_h, THE_REVIEW)
        done, finished = self._reviews.take(self._left_min)
        self._spend(hours, Work.MONTHLY_REVIEW, done)
        if not finished or not p.review_step:
            return
        since_min = today.now_min - p.review_days * MINUTES_PER_DAY
        work = workload(today.truth.logs, beats, since_min, today.now_min, p.crime_min)
        by_district = np.bincount(beats.district, weights=work, minlength=len(self._heads))
        if not by_district.all():
            return  # a book with nothing in it for a district proves no lack of work there
        usual = (by_district / np.bincount(beats.district))[beats.district]  # mean of the beats of the district
        stays, moves = (1 - p.review_step) * self._heads / self._heads.sum(), by_district / by_district.sum()
        self._heads = stays + p.review_step * moves
        self._beat_weight = (1 - p.review_step) * self._beat_weight + p.review_step * work / usual
        today.staff.redistribute(self._heads)
        today.staff.roster.weigh_beats(self._beat_weight)


def _patrol_heads(table: Array) -> tuple[Array, Array]:
    """Return the district and the personnel of each place of patrol in the establishment."""
    places = table[table["post"] == Post.PATROL]
    return places["district"], places["heads"]


def in_the_books(known: Known, cases: Cases, logs: Logs) -> Recorded:
    """Return what police records say of the crimes of these cases."""
    return Recorded.from_books(logs.incidents[cases.rows["incident_id"][known.row]])


def _of_office(known: Known, office: int) -> Known:
    own = np.flatnonzero(known.office == office)
    return Known(*(column[own] for column in known))
