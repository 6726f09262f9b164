"""What is packed is read back to the bit, and equal runs of two strategies know what they have in common."""

import numpy as np
import pytest
from made_up_recording import made_up_recordings

from app.replay.columns import TYPES, Differences, pack, unpack
from app.replay.data import player_words, tree
from app.replay.moments import common, moments
from experiments.languages.speech import in_words, speaking


@pytest.mark.parametrize("kind", TYPES)
def test_columns_are_read_back_to_the_bit(kind):
    values = np.array([3, 1, 200, 0, 7], dtype=TYPES[kind])
    found = unpack(pack({"a": [values, {"b": "临安"}], "n": None}))
    assert found["a"][0].tolist() == values.tolist()
    assert (found["a"][1:], found["n"]) == ([{"b": "临安"}], None)


def test_differences_wrap_around_and_come_back():
    values = np.array([-32768, 32767, -5, 12345], dtype=np.int16)
    assert unpack(pack([Differences(values)]))[0].tolist() == values.tolist()


def test_the_same_runs_give_the_same_bytes():
    assert pack(tree(made_up_recordings())) == pack(tree(made_up_recordings()))


def test_rows_of_two_runs_are_common_when_all_columns_are_the_same():
    one = {"type": np.array(["theft", "theft", "robbery"]), "time_min": np.array([1.5, 2.5, 3.0])}
    other = {"type": np.array(["theft", "robbery"]), "time_min": np.array([2.5, 1.5])}
    assert [each.tolist() for each in common([one, other], ("type", "time_min"))] == [
        [False, True, False],
        [True, False],
    ]


def test_marked_moments_are_the_first_crimes_that_only_one_had_the_longest_wait_and_the_first_arrest():
    runs = made_up_recordings(replications=1)
    found = {one.kind: one for one in moments(runs)}
    assert set(found) == {"only_a", "only_b", "wait_a", "wait_b", "arrest_a", "arrest_b", "programme"}
    times = [set(run.results.tables["incidents"]["time_min"].tolist()) for run in runs]
    assert found["only_a"].at_min == min(times[0] - times[1])
    assert found["only_b"].at_min == min(times[1] - times[0])
    for kind, run in (("wait_a", runs[0]), ("wait_b", runs[1])):
        calls = run.results.tables["calls"]
        waits = np.where(
            calls["discovered_by"] == "caller", (calls["arrived_min"] - calls["received_min"]).filled(0), 0
        )
        assert found[kind].call == waits.argmax()
    assert found["arrest_b"].at_min == runs[1].results.tables["incidents"]["arrest_time_min"].min()
    assert found["programme"].at_min == 1440 + 480


def test_one_run_alone_has_all_its_crimes_in_common_with_itself():
    kinds = {one.kind for one in moments(made_up_recordings(("reactive",), replications=1))}
    assert kinds == {"wait_a", "arrest_a"}


def test_the_rows_of_a_unit_are_its_tracks_and_ways_begin_and_end_in_their_cells():
    runs = made_up_recordings(replications=1)
    told = unpack(pack(tree(runs)))["pairs"][0]
    tracks, ways, table = told["runs"][0]["tracks"], told["city"]["ways"], runs[0].results.tables["tracks"]
    row = int(tracks["first"][5])
    mine = np.flatnonzero(table["unit"] == 5)
    assert (
        tracks["start"][row : tracks["first"][6]].tolist()
        == np.rint(table["start_min"][mine] * 100).astype(int).tolist()
    )
    driven = next(i for i in range(row, row + len(mine)) if tracks["way"][i] >= 0)
    first, last = ways["first"][tracks["way"][driven]], ways["first"][tracks["way"][driven] + 1] - 1
    ends = (ways["x"][first], ways["y"][first]), (ways["x"][last], ways["y"][last])
    grid = runs[0].city.grid
    for (x, y), name in zip(ends, ("from_cell", "to_cell"), strict=True):
        cell = table[name][mine[driven - row]]
        assert (x, y) == (grid.x_m[cell], grid.y_m[cell])


def test_every_word_of_the_player_has_its_chinese():
    with speaking("zh"):
        assert [words for words in player_words() if in_words(words) == words] == []
    assert len(player_words()) > 60
