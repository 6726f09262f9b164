"""Words that no command takes end in one line, in either language (`tests/support/bad_words.py` has all of them)."""

import pytest
from bad_words import LANGUAGES, cases, tried

EVERY = 14  # of all cases, so that each command has one at least
SOME = [(words, LANGUAGES[at % 2]) for at, words in enumerate([*cases()][::EVERY])]


@pytest.mark.parametrize(("words", "language"), SOME, ids=[" ".join(words) for words, _ in SOME])
def test_words_that_no_command_takes_are_one_line_and_nothing_is_written(words, language):
    assert tried(words, language).faults(language) == []


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("sweep", "indicator=crimes_totl"), "crimes_total"),
        (("compare", "precision_of=clearance_burgalry"), "clearance_burglary"),
        (("optimise", "outcomes=[harm_totl]"), "harm_total"),
        (("sensitivity", "outcomes=[victms]"), "victims"),
    ],
)
def test_a_misspelt_indicator_is_told_before_anything_is_run(words, near):
    told = tried(words, "en")
    assert told.faults("en") == []
    assert f"; did you mean {near}?" in told.errors
