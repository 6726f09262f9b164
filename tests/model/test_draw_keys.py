"""No two things of a run share a draw of chance.

Each key of stream, entity, time and index is asked for by one thing alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("every_draw.py")
MEANT = {  # the same fact, looked up again
    "SEARCH_PLACE: search_place, search_place",  # the node from which all attempts of one search begin
    "INVESTIGATION: _mark, _mark",  # the marks that a case bears
    "WELLBEING: _hire, _hire",  # the fraction with which the recruits of a year begin
    "SEARCH_PLACE: search_place, recalled",  # who has set out to come back takes the same target
    "ANALYSIS: _draw_lots, _draw_lots",  # the lot of a call in the map of analysts
    "TRADE: read_book, read_book",  # where a culprit sells, and what became of what he took
    "PATROL: follows_orders, follows_orders",  # whether a unit follows its orders in a spell
    "ARREST: look_around, try_arrest",  # who would be found at the scene stays there, see sim.police.patrol.flight
    "ARREST: try_arrest, look_around",  # the same
    "ARREST: look_around, look_around",  # the same
    "FLIGHT: flight, flight",  # the flight of one person, minute by minute
    "FLIGHT: first_post, flight",  # of which the caller saw how he got away
    "FLIGHT: look_around, look_around",  # whether a unit recognises him
    "KNOWN_PERSONS: _mix_up, _mix_up",  # the lot of an entry, each week
    "KNOWN_PERSONS: fetch, fetch",  # whether somebody is found on a day, for two cases
    "INVESTIGATION: _decide, bring_in",  # what a case lacks it lacks whoever brings it forward
    "INVESTIGATION: bring_in, _decide",  # the same
    "INVESTIGATION: bring_in, bring_in",  # the same, by two programmes
    "VENUE: sign_in, sign_in",  # the venue to which somebody goes
}
CHECKS = (
    "campaign",
    "social_governance",
    "visits",
    "education",
    "volunteers",
    "mediation",
    "base_data",
    "safety_culture",
    "watch_schemes",
    "callbacks",
    "problem_solving",
    "school_officers",
    "black_spots",
    "special_trades",
    "fair_treatment",
    "anti_fraud",
    "cordons",
    "identification",
    "known_persons",
    "venue_inspections",
    "crisis_care",
    "event_security",
    "rotation",
    "village_officers",
)


@pytest.mark.parametrize(
    "given",
    [
        {"strategy": {"name": "integrated"}},
        {
            "strategy": {"name": "hotspot", "programmes": CHECKS, "organisation": "joint_centre"},
            "programmes": {"campaign": {"first_day": 2}},
            "demand": {
                "fraud": {"supply": {"local_share": 0.5}},
                "crises": {"per_1000": 20.0, "per_year": 12.0, "violent_probability": 0.5},
                "mass_incidents": {"on_days": [3]},
                "serial_offenders": {"per_year": 50.0},
            },
            "investigation": {"targets": {"pressure": 1.0}, "ownership": {"reading_in_min": 60.0}},
            "calls": {"taking_min": [1, 1, 1], "turn_out_station_min": 1, "turn_out_road_min": 1},
        },
    ],
    ids=["integrated", "campaign"],
)
def test_no_two_things_share_a_draw(given: dict[str, Any], tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    where = {
        **os.environ,
        "XDG_CACHE_HOME": str(tmp_path),
        "PYTHONPATH": str(root),
    }  # its answers are no answers of the model
    run = subprocess.run(
        [sys.executable, str(SCRIPT), "10", json.dumps(given)],
        env=where,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["draws"] > 100_000
    assert {who: key for who, key in found["again"].items() if who not in MEANT} == {}
