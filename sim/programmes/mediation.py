"""Mediation at three levels (三级调解): village, town, station.

What one level fails goes up to the next instead of being given up.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.incidents.disputes.log import FROM_POLICE, HELP_HOURS, OPEN, TOP, Disputes, Level, drop_ended
from sim.incidents.disputes.mediation import mediate, mediation_rule
from sim.parameters import Parameters, parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.volunteers.volunteering import mediator_hours

PER_RESIDENTS = 10_000


class LevelParameters(Parameters):
    """The sessions of one level; notice, postponement and staleness are those of the villages."""

    session_hours: float = parameter(
        ..., unit="h", ge=0.01, le=100, source="assumption", doc="Mean hours of a session."
    )
    success_fresh: float = parameter(
        ..., unit="probability", ge=0, le=1, source="assumption", doc="A session resolves a fresh, mild dispute."
    )
    success_stale: float = parameter(
        ..., unit="probability", ge=0, le=1, source="assumption", doc="A session resolves an old, tense dispute."
    )


class Mediation(Programme):
    """Three levels of mediation that hand disputes up; the station's sessions are hours of officers.

    In a part of the city it gets that part of the town's hours, and the villages of the others mediate alone. Villages
    share their hours, so that volunteers help them in the whole city or not at all.
    """

    name = "mediation"
    local = True
    totals = ("town_hours", "station_hours", "joining_hours", "volunteer_hours", "others_cost")
    means = ("village_waiting", "town_waiting", "station_waiting")

    class Parameters(ProgrammeParameters):
        """Capacity and success of town and station, and what it costs to join the levels."""

        joining_min: float = parameter(
            10.0, unit="min per 10,000 residents per day", ge=0, le=1000,
            source="assumption: case conferences with mediators and the justice office",
            doc=(
                "Work of community officers that joins the levels; "
                "on days on which it is done in part the town has that part of its hours."
            ),
        )  # fmt: skip
        town_hours_per_1000_week: float = parameter(
            0.12, unit="h per 1,000 residents per week", ge=0, le=10_000,
            source="assumption: a quarter of the village mediators; not officers' hours",
            doc="Hours of the mediators of the town: justice office, lawyers, respected people.",
        )  # fmt: skip
        town_yuan_per_hour: float = parameter(
            60.0, unit="yuan/h", ge=0, le=10_000,
            source="assumption: staff of the justice office, and lawyers at the fee of legal aid",
            doc="Cost of an hour of these mediators to the town; not paid by the police.",
        )  # fmt: skip
        town: LevelParameters = parameter(
            LevelParameters(session_hours=4, success_fresh=0.9, success_stale=0.6), unit="sessions",
            source="assumption: longer and with more knowledge of the law than in the village",
            doc="Sessions of the town.",
        )  # fmt: skip
        station: LevelParameters = parameter(
            LevelParameters(session_hours=2, success_fresh=0.85, success_stale=0.65), unit="sessions",
            source="assumption: shorter, and backed by what an officer may do if it fails",
            doc="Sessions of the station, by community officers.",
        )  # fmt: skip
        station_share: float = parameter(
            0.3, unit="share of the officers' remaining hours", ge=0, le=1,
            source="assumption: other programmes need the rest",
            doc=(
                "Share of the hours that community officers have left, auxiliaries apart, "
                "that sessions may take on a day."
            ),
        )  # fmt: skip
        police_begin_at_station: bool = parameter(
            True,
            unit="yes or no",
            source="assumption: who called the police is invited there",
            doc="Disputes that the police found begin at the station.",
        )

    def begin(self, site: Site) -> None:
        """Take the rules of the villages as those of all levels, but for sessions and hours."""
        p, village = self.parameters, mediation_rule(site.scenario.demand.disputes.mediation, site.city.residents)
        self._rules = {
            level: village._replace(**dict(of_level))
            for level, of_level in ((Level.TOWN, p.town), (Level.STATION, p.station))
        }
        self._town_hours = p.town_hours_per_1000_week * site.city.residents / 1000 / 7
        self._joining_min = p.joining_min * site.city.residents / PER_RESIDENTS
        self._district = site.city.beats.district_of_cell
        home = self._district[site.society.residents["home_cell"]]
        self._residents = np.bincount(home, minlength=len(site.city.beats.station_cell))

    def day(self, today: Today) -> None:
        """Join the levels, then let town and station hold their sessions; the villages hold theirs later in the day."""
        p, community = self.parameters, today.hours[Post.COMMUNITY]
        part = today.carried_out(self._residents)
        joining_min = part * self._joining_min
        paid = min(joining_min, community.able())
        community.spend(Work.ORGANISING, paid)
        share = paid / joining_min if joining_min > 0.0 else 1.0
        town_hours = share * part * self._town_hours
        officer_hours = p.station_share * community.able(sworn_only=True) / 60.0 if share > 0.0 else 0.0
        leave_to_villages(today.truth.disputes, ~today.reaches(self._district))
        self._join(today, town_hours, officer_hours)
        hours = {Level.TOWN: town_hours, Level.STATION: officer_hours}
        worked = {
            level: mediate(
                today.seed, today.day, today.truth.disputes, rule._replace(hours_per_day=hours[level]), level.value
            )
            for level, rule in self._rules.items()
        }
        drop_ended(today.truth.disputes)
        community.spend(
            Work.MEDIATION, min(60.0 * worked[Level.STATION], community.able(sworn_only=True)), sworn_only=True
        )
        for measure, value in (
            ("joining_hours", paid / 60.0),
            ("town_hours", worked[Level.TOWN]),
            ("station_hours", worked[Level.STATION]),
        ):
            self.note(today.day, measure, value)
        self.note(today.day, "others_cost", p.town_yuan_per_hour * worked[Level.TOWN])
        for level, number in enumerate(waiting(today.truth.disputes)):
            self.note(today.day, f"{Level(level).name.lower()}_waiting", float(number))

    def end(self, today: Today) -> None:
        """Leave disputes to the villages again."""
        join_levels(today.truth.disputes, top=Level.VILLAGE, from_police=Level.VILLAGE, help_hours=0.0)

    def _join(self, today: Today, town_hours: float, officer_hours: float) -> None:
        """Say which levels are in reach today, and bring the volunteers to the villages: they count by their skill."""
        begins_at_station = self.parameters.police_begin_at_station and officer_hours > 0.0
        helpers = mediator_hours(today.volunteers, today.weekday)
        everywhere = today.reach is None or bool((today.reach > 0.0).all())
        join_levels(
            today.truth.disputes,
            top=Level.VILLAGE if town_hours <= 0.0 else Level.STATION if officer_hours > 0.0 else Level.TOWN,
            from_police=Level.STATION if begins_at_station else Level.VILLAGE,
            help_hours=helpers.hours * helpers.skill if everywhere else 0.0,
        )
        self.note(today.day, "volunteer_hours", helpers.hours if everywhere else 0.0)


def join_levels(disputes: Disputes, top: Level, from_police: Level, help_hours: float) -> None:
    """Tell mediators how far up a dispute may go today, where those begin that the police found, and who helps."""
    disputes.joined[TOP], disputes.joined[FROM_POLICE] = top, from_police
    disputes.joined[HELP_HOURS] = help_hours


def leave_to_villages(disputes: Disputes, cells: Array) -> None:
    """Let the villages have the disputes of some cells: of these no level above them has heard.

    Those that their mediators have failed leave mediation, as they would have without any other level.

    Parameters
    ----------
    disputes : Disputes
        Of whose open ones the level and whether they are in mediation are written.
    cells : array of bool [cells]
        Where these live.
    """
    rows = disputes.open[: disputes.used[OPEN]]
    higher = rows[(disputes.rows["level"][rows] > Level.VILLAGE) & cells[disputes.rows["cell"][rows]]]
    disputes.rows["in_mediation"][higher] &= disputes.rows["handed_up"][higher] == 0
    disputes.rows["handed_up"][higher] = 0
    disputes.rows["level"][higher] = Level.VILLAGE
    disputes.rows["hours_left"][higher] = 0.0


def waiting(disputes: Disputes) -> list[int]:
    """Return the number of disputes in mediation at each level."""
    rows = disputes.rows[disputes.open[: disputes.used[OPEN]]]
    found: list[int] = np.bincount(rows["level"][rows["in_mediation"]], minlength=len(Level)).tolist()
    return found
