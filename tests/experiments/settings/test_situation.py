"""A situation is one file: what it says is what is compared, and what cannot be is said in one line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import beatlab as bl
from beatlab.__main__ import main
from experiments.compare.design import COMMAND, design
from experiments.settings.keywords import request_of
from sim.city.build import build_city
from sim.parameters import BadInput
from sim.police.force.establishment import establishment, full_strength
from sim.police.force.head_changes import heads_on
from sim.police.posts import Post
from sim.scenario import prepared

GOOD = """\
name: 我县
preset: county_china
city: {residents: 10000, area_km2: 6, beats: 2, districts: 1}
force:
  officers: {headquarters: 6, detectives: 3, patrol: 12, community: 4, desk: 4}
  auxiliaries: {patrol: 4, community: 6}
missing:
  - {kind: uniform, fraction: 25 %}
  - {kind: secondment, heads: 3, days: null}
strategies: [reactive, hotspot]
levers:
  - {kind: auxiliaries, heads: 40}
  - {kind: to_the_street, heads: 2}
replications: 3
days: 3
warmup_days: 2
workers: 1
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text=GOOD, encoding="utf-8"):
    Path("mine.yaml").write_bytes(text.encode(encoding))
    return "mine.yaml"


def designed(text=GOOD, **keywords):
    return design(request_of(COMMAND, {"situation": written(text), **keywords}, None))


def personnel(scenario):
    """Return the people of patrol and headquarters on the first day, officers and auxiliaries, shape [2, posts]."""
    city, force = build_city(scenario.city), prepared(scenario).force
    table = establishment(force, city.residents, city.beats.district)
    heads = heads_on(force.changes, table, scenario.warmup_days)
    return [[heads[(table["post"] == post) & (table["auxiliary"] == kind)].sum() for post in Post] for kind in (0, 1)]


def test_the_situation_is_what_levers_are_judged_against():
    plan, points = designed()
    assert plan["shortages"] == ["我县", "auxiliaries 40", "to_the_street 2"]
    assert list(plan["levers"]) == ["auxiliaries 40", "to_the_street 2"]
    assert plan["baseline"] == "reactive"
    assert list(points) == [(where, name) for where in plan["shortages"] for name in ("reactive", "hotspot")]


def test_people_by_post_are_as_many_as_the_file_says():
    _, points = designed()
    heads = full_strength(points["我县", "reactive"].force, 10_000)
    assert heads[0].tolist() == pytest.approx([6, 3, 0, 0, 12, 4, 4])
    assert heads[1].tolist() == pytest.approx([0, 0, 0, 0, 4, 6, 0])


def test_a_quarter_fewer_and_three_seconded_are_so_many_and_forty_auxiliaries_are_forty():
    _, points = designed()
    as_it_is, more, moved = (
        personnel(points[where, "reactive"]) for where in ("我县", "auxiliaries 40", "to_the_street 2")
    )
    assert as_it_is[0][Post.PATROL] == pytest.approx(0.75 * 12 - 3)
    assert as_it_is[1][Post.PATROL] == pytest.approx(0.75 * 4)
    assert more[1][Post.PATROL] - as_it_is[1][Post.PATROL] == pytest.approx(40)
    assert moved[0][Post.PATROL] - as_it_is[0][Post.PATROL] == pytest.approx(2)
    assert moved[0][Post.HEADQUARTERS] - as_it_is[0][Post.HEADQUARTERS] == pytest.approx(-2)


def test_what_is_written_beside_the_file_goes_above_it():
    plan, points = designed(replications=4, strategies=["hotspot"], settings=None)
    assert (plan["replications"], plan["strategies"]) == (4, ["hotspot"])
    assert points["我县", "hotspot"].city.residents == 10_000


def test_it_is_compared_from_python_and_the_command_line_says_the_same():
    result = bl.compare(situation=written())
    assert result.findings.told == "我县"
    assert set(result.findings.unit_costs.rows["我县"]) == {"hotspot", "auxiliaries 40", "to_the_street 2"}
    assert "--situation mine.yaml" in result.provenance["command"]
    assert any("never on duty" in line for line in result.findings.under["auxiliaries 40"].notices)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  officers:", "\tofficers:", r"line 5: .*indent with spaces"),
        ("missing:", "misssing:", "misssing: .* did you mean missing"),
        ("  auxiliaries:", "  auxilaries:", "force.auxilaries.patrol: .*no such key"),
        ("patrol: 12", "petrol: 12", "force.officers: 'petrol'"),
        ("patrol: 12", "patrol: -1", "force.officers.patrol: -1"),
        ("kind: uniform", "kind: unifrom", r"missing.0.kind: 'unifrom'"),
        ("fraction: 25 %", "fraction: 125 %", r"missing.0.fraction: 1.25"),
        ("kind: auxiliaries,", "kind: uniform,", r"levers.0.kind: 'uniform'"),
        ("kind: to_the_street, heads: 2", "kind: to_the_street, heads: 40", r"to_the_street.heads: 40.* at most 4"),
        ("days: 3\n", "days: 3\nbudget: 1000\n", "budget: 1000.* at least .* the pay"),
        ("name: 我县", "name: auxiliaries 40", "name: 'auxiliaries 40'"),
        ("days: 3\n", "days: 3\nshortages: [none]\n", "shortages: .*no such key in a situation"),
        (GOOD, "- a list", "mine.yaml.* must hold"),
        (GOOD, "a: &b 1\nc: *b", "an alias"),
    ],
)
def test_what_cannot_be_is_said_in_one_line_and_nothing_is_written(old, new, says, capsys):
    assert old in GOOD
    written(GOOD.replace(old, new))
    assert main(["compare", "--situation", "mine.yaml"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1, told

    assert re.search(says, told), told
    assert not Path("out").exists()


def test_another_encoding_is_said(capsys):
    written(encoding="gb18030")
    assert main(["compare", "--situation", "mine.yaml"]) == 2
    assert "it is no UTF-8, but GBK" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["compare", "--situation", "none.yaml"], "'none.yaml' not found"),
        (["compare", "--situation", "mine.yaml", "shortages=[none]"], "shortages: .*the file says it"),
        (["mechanisms", "--situation", "mine.yaml"], "--situation: 'mine.yaml'.* compare, optimise, validate"),
    ],
)
def test_where_a_situation_cannot_stand_it_is_refused(words, says, capsys):

    written()
    assert main(words) == 2
    assert re.search(says, capsys.readouterr().err)


def test_the_starting_file_can_be_compared_at_once(capsys):
    assert main(["new", "situation", "我县", "language=zh"]) == 0
    capsys.readouterr()
    assert main(["compare", "--situation", "我县.yaml", "--cfg"]) == 0
    assert "diversion 50 %" in capsys.readouterr().out
    shutil.rmtree("out", ignore_errors=True)


def test_several_levers_at_once_are_one_lever():
    both = "  - {kind: combined, parts: [{kind: auxiliaries, heads: 40}, {kind: overtime, share: 10 %}]}\n"
    plan, points = designed(GOOD.replace("levers:\n", f"levers:\n{both}"))
    assert next(iter(plan["levers"])) == "auxiliaries 40 + overtime 10 %"
    found = points["auxiliaries 40 + overtime 10 %", "reactive"]
    assert "auxiliaries" in [change.cause for change in found.force.changes]
    assert [change.value for change in found.changes] == [0.1]
    with pytest.raises(BadInput, match=r"levers\.0"):
        designed(GOOD.replace("levers:\n", "levers:\n  - {kind: combined, parts: [{kind: overtime}]}\n"))
