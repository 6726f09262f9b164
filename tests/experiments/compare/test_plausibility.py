"""What lies outside of what is published of real forces is said, and nothing else."""

from __future__ import annotations

import re

import pytest

from experiments.compare.plausibility import BUSY, CALLS, warnings
from experiments.languages.speech import say, speaking
from tests.support.made_up_comparison import comparison

PLAUSIBLE = {
    "calls_total": (130.0, {}), "calls_diverted_share": (0.0, {}), "recorded_total": (10.0, {}),
    "crimes_total": (300.0, {}),
}  # fmt: skip
FILE = {"path": "crimes.csv", "rows_read": 10, "rows_used": 10, "rejected": {}, "types": [], "types_of_all": 0}
FORCE = {"officers_per_1000": 1.1, "auxiliaries_per_1000": 1.2}


def told(outcomes=None, force=None, files=()):
    made = comparison(outcomes={**PLAUSIBLE, **(outcomes or {})})
    made.scenario["force"] = {**FORCE, **(force or {})}
    made.files.extend(files)
    return [warning.words for warning in warnings(made)]


def test_a_plausible_comparison_is_warned_of_nothing():
    assert told() == []


@pytest.mark.parametrize(
    ("outcomes", "word"),
    [
        ({"utilisation": (BUSY.low / 100 - 0.02, {})}, "patrol is busy"),
        ({"utilisation": (BUSY.high / 100 + 0.05, {})}, "patrol is busy"),
        ({"calls_total": (CALLS.low * 0.9, {})}, "calls for a unit"),
        ({"calls_total": (CALLS.high * 1.1, {})}, "calls for a unit"),
        ({"crimes_total": (90.0, {})}, "stay hidden"),
    ],
)
def test_what_is_outside_of_what_is_published_is_said(outcomes, word):
    (*_, warning) = told(outcomes)
    assert word in warning


def test_calls_that_another_service_takes_get_no_unit():
    assert told({"calls_total": (CALLS.high * 1.1, {}), "calls_diverted_share": (0.5, {})}) == []


@pytest.mark.parametrize(
    ("force", "word"),
    [
        ({"officers_per_1000": 0.36}, "sworn officers"),
        ({"officers": 200}, "sworn officers"),
        ({"auxiliaries_per_1000": 4.0}, "auxiliaries"),
    ],
)
def test_a_force_like_no_other_is_said(force, word):
    (warning,) = told(force=force)
    assert word in warning


def test_rates_of_a_file_are_judged_for_a_city_from_files_alone():
    odd = {"recorded_total": (500.0, {})}
    assert told(odd) == []
    (warning,) = told(odd, files=[FILE])
    assert "recorded crimes" in warning


def test_a_chinese_warning_has_its_source_in_chinese_too():
    made = comparison(outcomes={**PLAUSIBLE, "utilisation": (0.9, {}), "calls_total": (CALLS.high * 1.1, {})})
    made.scenario["force"] = {"officers_per_1000": 0.36, "auxiliaries_per_1000": 4.0}
    with speaking("zh"):
        texts = [say(warning) for warning in warnings(made)]
    assert len(texts) == 4
    assert not [text for text in texts if re.search("[A-Za-z]{2,}", text)]
