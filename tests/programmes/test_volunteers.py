"""The programme `volunteers`.

Every minute is paid, nothing happens without hours, and more of what attracts or keeps people has more of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from pydantic import ValidationError

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.model import CityModel
from sim.people.feelings import FeelingParameters, Feelings, new_feelings
from sim.people.residents import ResidentParameters, Society, settle
from sim.people.volunteers import Team, VolunteerParameters, draw_volunteers
from sim.police.post_ledger import Hours, Work
from sim.police.posts import Post
from sim.programmes.volunteers.programme import TEAMS, Volunteers
from sim.programmes.volunteers.volunteering import Corps as Day
from sim.programmes.volunteers.volunteering import Standing
from sim.scenario import Scenario

CELL_M = 100.0
TOWN = CityParameters(name="town", residents=5_000, area_km2=8, beats=2, districts=1, centres=1)
WILLING = {"wellbeing": {"active": False}}  # heads who spend all free time as ordered


class Corps(NamedTuple):
    """A programme in a town of which nothing else is simulated."""

    programme: Volunteers
    society: Society
    volunteers: Array
    feelings: Feelings

    def days(self, first: int, last: int, hours: float, seed: int = 1) -> Array:
        """Carry out the days first … last − 1 with so many officer-hours each.

        Return the ledger, shape [days, works].
        """
        ledger = np.zeros((last - first, len(Work)))
        for day in range(first, last):
            post = Hours(ledger[day - first], hours * 60 / 2, hours * 60 / 2, 1.0)
            self.programme.carry_out(Day(seed, day, day % 7, self.volunteers, self.society, self.feelings), post)
        return ledger

    @property
    def organised(self) -> Array:
        """Rows of the active members of the four teams."""
        return np.flatnonzero(self.volunteers["active"] & (self.volunteers["team"] != Team.WATCH))


def begin(share: float = 0.005, most_share: float = 0.05, **parameters: Any) -> Corps:
    society = settle(build_city(TOWN), ResidentParameters(), TOWN.seed)
    volunteers = draw_volunteers(
        society.residents, VolunteerParameters(share=share, most_share=most_share), CELL_M, seed=1
    )
    programme = Volunteers(Volunteers.Parameters(**parameters))
    programme.take_over(society, volunteers, CELL_M)
    return Corps(programme, society, volunteers, new_feelings(FeelingParameters()))


def noted(corps: Corps, measure: str) -> Array:
    return corps.programme.diary[measure]


def test_without_hours_nobody_joins_and_the_plain_watch_stays_as_it_is() -> None:
    corps = begin()
    before = corps.volunteers.copy()
    ledger = corps.days(0, 100, 0.0)
    assert np.array_equal(corps.volunteers, before)
    assert ledger.sum() == 0
    assert all(
        noted(corps, name).sum() == 0
        for name in ("joined", "left", "hours", "watch_hours", "lessons", "cost", "waiting")
    )
    assert (noted(corps, "active")[:100] == 25).all()


def test_every_minute_goes_to_contacts_training_or_recruiting_and_no_more_than_the_share() -> None:
    corps = begin(share_of_hours=0.4, training_min=90.0, contact_min=25.0, recruiting_hours_per_1000_week=2.0)
    contacts = 0
    for day in range(300):
        before = corps.volunteers["contact_day"].copy()
        serving = corps.volunteers["active"].copy()
        ledger = corps.days(day, day + 1, 5.0)[0]
        assert ledger.sum() == ledger[Work.ORGANISING] <= 0.4 * 5 * 60 + 1e-9
        seen = serving & (corps.volunteers["contact_day"] == day)
        contacts += np.count_nonzero(seen)
        due = serving & (corps.volunteers["team"] != Team.WATCH) & (day - before >= 21) & corps.volunteers["active"]
        assert not (seen & ~due).any(), "somebody was seen before the time"
        if seen.any() and (due & ~seen).any():
            assert before[seen].max() <= before[due & ~seen].min(), "not the oldest contact first"
            assert 0.4 * 300 - ledger[Work.ORGANISING] < 25
    joined = noted(corps, "joined").sum()
    assert contacts > 100
    assert joined > 50
    waiting = noted(corps, "waiting")[299]
    assert joined - noted(corps, "left").sum() + 25 == corps.volunteers["active"].sum() == noted(corps, "active")[299]
    assert waiting == np.count_nonzero(corps.programme.register.standing == Standing.WAITING)


def test_the_books_of_standing_rows_and_hours_agree() -> None:
    corps = begin(leave_per_year=3.0, most_share=0.02, recruiting_hours_per_1000_week=5.0, ask_again_days=30)
    corps.days(0, 500, 10.0)
    volunteers, standing = corps.volunteers, corps.programme.register.standing
    rows = np.flatnonzero(volunteers["active"])
    people = volunteers["resident_id"][rows]
    assert len(np.unique(people)) == len(people), "somebody serves twice"
    assert (standing[people] == Standing.SERVING).all()
    assert np.count_nonzero(standing == Standing.SERVING) == len(rows)
    assert noted(corps, "left").sum() > 80
    assert len(corps.programme.free) + len(rows) + corps.programme.waiting == len(volunteers) == 100
    assert noted(corps, "joined").sum() > 150, "rows of those who left are not used again"
    week = noted(corps, "hours")[493:500].sum()
    assert week == pytest.approx(2 * len(corps.organised), rel=0.2)
    assert noted(corps, "cost").sum() == pytest.approx(5.0 * noted(corps, "hours").sum())
    watching = noted(corps, "burglary_watch") + noted(corps, "pickpocket_watch")
    total = watching + noted(corps, "fraud_prevention") + noted(corps, "mediation")
    assert noted(corps, "watch_hours").sum() / noted(corps, "hours").sum() == pytest.approx(
        watching.sum() / total.sum(), abs=0.03
    )
    assert (total[:500] + 25 == noted(corps, "active")[:500]).all()


def test_the_teams_are_those_that_people_are_drawn_to() -> None:
    """A χ² of 4 teams: the false-alarm rate is 1 in 10,000 at 21.1."""
    corps = begin(share=0.0, most_share=0.2, joins_per_hour=20.0, leave_per_year=0.0, training_min=1.0)
    corps.days(0, 300, 20.0)
    found = np.array([np.count_nonzero(corps.volunteers["team"][corps.organised] == team) for team in TEAMS])
    expected = found.sum() * np.array([0.35, 0.20, 0.25, 0.20])
    assert found.sum() > 500
    assert ((found - expected) ** 2 / expected).sum() < 21.1
    watchers = corps.volunteers[corps.organised]
    burglary = watchers[watchers["team"] == Team.BURGLARY_WATCH]
    assert set(burglary["start_hour"] % 24) == set(range(19, 24))
    assert set(burglary["start_hour"] // 24) == set(range(7))
    assert (burglary["reach"] == 2.5).all()
    assert set(watchers["start_hour"][watchers["team"] == Team.PICKPOCKET_WATCH] % 24) == set(range(9, 18))


def test_what_a_recruit_is_like_belongs_to_the_person() -> None:
    """With other hours others join at other times in other rows; who joins in both has the same team, hours, wishes."""
    few, many = begin(), begin()
    few.days(0, 200, 3.0)
    many.days(0, 200, 9.0)
    own = ("team", "start_hour", "hours", "wished_hours", "reach", "home_cell")
    both = 0
    for v in few.organised:
        same = many.volunteers[many.organised][
            many.volunteers["resident_id"][many.organised] == few.volunteers["resident_id"][v]
        ]
        both += len(same)
        assert all(few.volunteers[name][v] == one[name] for one in same for name in own)
    assert both > 10


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({"reward_yuan_per_hour": 0.0}, {"reward_yuan_per_hour": 30.0}),
        ({"tie_weight": 0.0}, {"tie_weight": 3.0}),
        ({"hours_asked": 5, "leave_per_year": 2.0}, {"hours_asked": 2, "leave_per_year": 2.0}),
        ({"leave_per_year": 1.0}, {"leave_per_year": 0.1}),
        ({"training_min": 600.0}, {"training_min": 60.0}),
        ({"reward_gain": -0.8, "reward_yuan_per_hour": 30.0}, {"reward_gain": 0.8, "reward_yuan_per_hour": 30.0}),
    ],
)
def test_what_attracts_or_keeps_people_has_more_of_them(less: dict[str, Any], more: dict[str, Any]) -> None:
    """In eight replications together: in one, some forty people serve, and one in ten more is within chance."""

    def active(seed: int, parameters: dict[str, Any]) -> float:
        corps = begin(**parameters)
        corps.days(0, 365, 4.0, seed)
        return float(noted(corps, "active")[:365].mean())

    fewer, larger = (sum(active(seed, one) for seed in range(1, 9)) for one in (less, more))
    assert larger > 1.08 * fewer


def test_more_organisers_have_more_volunteers_and_with_too_few_some_are_neglected() -> None:
    """Where there is work for all of their hours; in five replications together."""
    numbers, neglected = np.zeros((2, 3))
    for n, hours in enumerate((0.5, 3.0, 9.0)):
        for seed in range(1, 6):
            corps = begin(recruiting_hours_per_1000_week=1.0)
            corps.days(0, 500, hours, seed)
            numbers[n] += len(corps.organised)
            neglected[n] += noted(corps, "neglected")[:500].sum()
    assert numbers[0] < numbers[1] < numbers[2]
    assert neglected[0] > 0
    assert neglected[2] == 0


def test_numbers_settle_below_the_room_for_them_where_who_said_no_is_not_asked_at_once() -> None:
    """Five years with hours enough: the last two differ little; without the pause they grow on, up to the room."""
    active = {}
    for pause in (730, 0):
        corps = begin(recruiting_hours_per_1000_week=1.0, ask_again_days=pause, most_share=0.05)
        corps.days(0, 1825, 20.0)
        active[pause] = noted(corps, "active")[:1825].reshape(5, 365).mean(axis=1)
    assert active[730][4] == pytest.approx(active[730][3], rel=0.15)
    assert active[730][4] < 0.8 * 250
    assert active[0][4] > 0.95 * 250


def test_volunteers_who_are_neglected_leave() -> None:
    kept, dropped = begin(recruiting_hours_per_1000_week=3.0), begin(recruiting_hours_per_1000_week=3.0)
    for corps in (kept, dropped):
        corps.days(0, 200, 8.0)
    assert len(kept.organised) == len(dropped.organised) > 60
    before = noted(kept, "left").sum()
    kept.programme.recruiting_min = 0.0
    kept.days(200, 400, 8.0)
    dropped.days(200, 400, 0.0)
    lost = [noted(corps, "left").sum() - before for corps in (kept, dropped)]
    assert lost[1] > 1.8 * lost[0] > 0
    assert noted(dropped, "neglected")[399] == len(dropped.organised)


def test_lessons_raise_awareness_of_fraud_and_nothing_else() -> None:
    corps = begin(recruiting_hours_per_1000_week=3.0)
    before = corps.society.residents.copy()
    corps.days(0, 200, 8.0)
    after = corps.society.residents
    assert noted(corps, "lessons").sum() > 500
    assert after["fraud_awareness"].mean() > before["fraud_awareness"].mean() + 0.01
    for name in ("trust", "perceived_safety", "awareness"):
        assert np.array_equal(after[name], before[name])


def test_shares_of_interest_add_up() -> None:
    for wrong in ((0.3, 0.3, 0.3, 0.3), (1.2, -0.2, 0.0, 0.0)):
        with pytest.raises(ValidationError):
            Volunteers.Parameters(interests=wrong)


def test_in_a_city_the_hours_are_community_officers_and_volunteers_walk_and_see() -> None:
    strategy = {"name": "reactive", "programmes": ["volunteers"], "organisation": "neighbourhoods"}
    parameters = {"volunteers": {"recruiting_hours_per_1000_week": 2.0, "joins_per_hour": 4.0}}
    model = CityModel(
        Scenario(city=TOWN, force=WILLING, strategy=strategy, programmes=parameters, days=70, warmup_days=0, seed=2)
    )
    model.run(69 + 20.5 / 24)  # to an evening
    results = model.results()
    ledger = results.tables["ledger"]
    organising = ledger["activity"] == "organising"
    assert set(ledger["post"][organising & (ledger["officer_minutes"] > 0)]) == {Post.COMMUNITY.name.lower()}
    assert results.indicators["officer_hours_organising"] > 5
    assert results.indicators["volunteers_joined"] > 10
    assert results.indicators["volunteers_hours"] > results.indicators["volunteers_watch_hours"] > 10
    volunteers, cells = model.world.volunteers, model.world.ground.cells
    on_watch = volunteers["cell"][volunteers["cell"] >= 0]
    assert np.array_equal(cells["watch_now"], np.bincount(on_watch, minlength=len(cells)))
    assert len(on_watch) > 0
