"""A comparison whose replications are added until its differences are precise."""

import pytest
from made_up_comparison import nine
from small_commands import SMALL_TOWN

import beatlab as bl
from experiments.compare.notices import stopped_note
from experiments.estimates.stopping import FEWEST, MORE, Stopped
from sim.parameters import BadInput

STANDBY = "officer_hours_standby"
SHORT = {
    "strategies": ["reactive", "random_patrol"], "shortages": ["none", "uniform30"], "days": 1, "warmup_days": 0,
    "workers": 1,
    "settings": {key: int(value) for key, value in (word.split("=") for word in SMALL_TOWN[1:])},
}  # fmt: skip


def test_all_differences_become_as_precise_as_was_asked():
    result = bl.compare(city="town", precision=1e9, precision_of=STANDBY, **SHORT)
    assert result.plan["replications"] == FEWEST + MORE
    assert result.summary.height == 4 * (FEWEST + MORE)
    fixed = bl.compare(city="town", replications=FEWEST + MORE, **SHORT)
    assert result.summary.equals(fixed.summary), "in batches as at once"
    assert result.effects.equals(fixed.effects)
    stopped = result.findings.comparison.stopped
    both = [result.effect("random_patrol", STANDBY, shortage) for shortage in SHORT["shortages"]]
    assert stopped.half_width == pytest.approx(max((one.high - one.low) / 2 for one in both), rel=1e-12)
    assert "± 1e+09" in " ".join(str(result).split())


def test_seeds_that_share_a_city_count_as_one():
    result = bl.compare(city="town", precision=1e9, seeds_per_city=2, replications=4, most_replications=44, **SHORT)
    assert result.plan["replications"] == 44
    assert result.findings.comparison.stopped.replications == 22


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"precision": 0}, "precision"),
        ({"precision": 1, "precision_of": "beauty"}, "precision_of"),
        ({"precision": 1, "most_replications": 4, "replications": 5}, "most_replications"),
        ({"precision": 1, "strategies": ["reactive"]}, "precision"),
        ({"precision": 1, "seeds_per_city": 2, "most_replications": 45, "replications": 4}, "most_replications"),
    ],
)
def test_what_cannot_be_is_refused(given, field):
    with pytest.raises(BadInput) as refused:
        bl.compare(city="town", **{**SHORT, **given})
    assert refused.value.field == field


def test_the_note_says_whether_it_was_reached():
    assert stopped_note(nine()) == []
    (reached,) = stopped_note(nine(stopped=Stopped(25, 0.41, 0.5, True)))
    assert "± 0.5: 25 of them" in reached
    (not_reached,) = stopped_note(nine(stopped=Stopped(100, 0.8, 0.5, False)))
    assert "and not ± 0.5" in not_reached
