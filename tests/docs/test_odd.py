"""The description of the model by the ODD protocol is complete and in step with the model."""

import re
import sys
from pathlib import Path

import pytest
from docutils.utils.math.latex2mathml import tex2mathml

from sim.columns import Column
from sim.draws import Draw, Stream
from sim.model import CityModel
from sim.programmes.base import programmes
from sim.scenario import Scenario
from sim.strategies.base import registered

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))
import identified
import odd
import reference
import submodels
from mathml import shown
from submodels import GROUND, NO_RULE, SUBMODELS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "odd.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^\(submodel-(\w+)\)=\n(.*?)(?=^\(submodel-|^## |\Z)", PAGE, re.M | re.S))
CONCEPTS = ("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing",
            "Interaction", "Stochasticity", "Collectives", "Observation")  # fmt: skip


def test_it_has_the_seven_elements_of_the_protocol_and_all_design_concepts():
    elements = ("1 Purpose and patterns", "2 Entities, state variables and scales", "3 Process overview and scheduling",
                "4 Design concepts", "5 Initialization", "6 Input data", "7 Submodels")  # fmt: skip
    assert [title for title in re.findall(r"^## (.*)", PAGE, re.M) if title[0].isdigit()] == list(elements)
    concepts = PAGE.split("## 4 Design concepts")[1].split("\n## ")[0]
    assert re.findall(r"^\*\*([A-Z][a-z ]+)\.\*\*", concepts, re.M) == list(CONCEPTS)


def test_each_submodel_has_a_section_with_a_small_odd():
    assert list(SECTIONS) == list(SUBMODELS)
    for name, text in SECTIONS.items():
        parts = re.findall(r"^\*\*(\w+)\.\*\*", text, re.M)
        assert parts == ["Purpose", "Entities", "Rule", "Why"], name
        assert text.count(f"```{{generated}} submodel {name}\n") == 1, name
        written = odd.submodel(name)
        assert all(part in written for part in ("**Order.**", "**Chance.**", "**Parameters.**")), name


def test_every_module_belongs_to_one_submodel_or_to_the_ground_floor():
    owners = {module: submodels.owner(module) for module in submodels.files()}
    assert set(owners.values()) == {*SUBMODELS, submodels.RUN}
    claimed = [one for submodel in SUBMODELS.values() for one in submodel.modules] + list(GROUND)
    assert len(claimed) == len(set(claimed))
    gone = [one for one in claimed if not any(f"{module}.".startswith(f"sim.{one}.") for module in owners)]
    assert not gone
    with pytest.raises(LookupError, match=r"sim\.telepathy belongs to no submodel"):
        submodels.owner("sim.telepathy")


def test_every_phase_is_of_one_submodel():
    acts = [phase for name in SUBMODELS for phase in submodels.phases(name)]
    assert sorted([*acts, *NO_RULE]) == sorted(one.name for one in CityModel.phases())
    assert all(f"| `{phase}` |" in odd.schedule() for phase in acts)


def test_every_draw_and_stream_is_of_a_submodel_and_said_for_what_it_is():
    drawn = {draw for name in SUBMODELS for draw in submodels.draws(name)}
    assert not [draw.name for draw in Draw if draw not in drawn]
    assert not [draw.name for draw in Draw if draw.name not in submodels.drawn_for()]
    assert not [stream.name for stream in Stream if not submodels.who_draws_from(stream)]
    assert "`ARREST_CUSTODY`" in odd.submodel("arrest")


def test_every_table_of_state_is_described():
    declared = {
        constant
        for module in submodels.files()
        for constant, value in vars(sys.modules.get(module, object)).items()
        if isinstance(value, tuple) and value and all(isinstance(one, Column) for one in value)
    }
    described = {constant for name in SUBMODELS for constant in submodels.tables(name)}
    assert declared <= described
    assert len(described) >= 20
    state = odd.state()
    columns = [one.name for name in SUBMODELS for table in submodels.tables(name).values() for one in table]
    assert not [name for name in columns if f"| `{name}` |" not in state]


def test_every_parameter_of_every_group_stands_with_its_submodel():
    written = (
        "".join(odd.submodel(name) for name in SUBMODELS) + odd.kinds_of("programmes") + odd.kinds_of("strategies")
    )
    missing = [
        f"{group.prefix}{name}"
        for group in submodels.groups()
        if group.submodel != submodels.RUN
        for name in submodels.plain(group)
        if f"`{group.prefix.rpartition(' ')[2]}{name}`" not in written
    ]
    assert not missing


def test_every_strategy_and_programme_is_described():
    for name, kinds in (("strategies", registered()), ("programmes", programmes())):
        assert f"```{{generated}} kinds {name}\n" in SECTIONS[name]
        written = odd.kinds_of(name)
        assert not [one for one in reference.ours(kinds) if f":::{{dropdown}} {one}\n" not in written]


def test_no_formula_names_a_parameter_that_there_is_not():
    every = {
        f"{group.prefix}{name}".rpartition(" ")[2] for group in submodels.groups() for name in submodels.plain(group)
    }
    parts = {group.prefix.rpartition(" ")[2].rstrip(".") for group in submodels.groups()}
    heads = "|".join(Scenario.model_fields)
    for page in ("odd.md", "limits.md", "zh/limits.md"):
        text = (DOCS / page).read_text(encoding="utf-8")
        named = set(re.findall(rf"`((?:{heads})\.[a-z_0-9.]+)(?:=[^`]*)?`", text))
        assert not named - every - parts, page
    assert "people.search.seen_police" in PAGE


def test_all_formulas_can_be_shown_without_loading_anything():
    text = re.sub(r"```.*?```", "", PAGE, flags=re.S)
    blocks = re.findall(r"\$\$(.+?)\$\$", text, re.S)
    lines = re.findall(r"\$([^$]+)\$", re.sub(r"\$\$.+?\$\$", "", text, flags=re.S))
    assert len(blocks) >= 12
    assert len(lines) >= 80
    for formula in blocks + lines:
        assert tex2mathml(shown(formula)).startswith("<math"), formula


def test_a_fraction_without_braces_is_shown_as_tex_reads_it_or_refused():
    assert shown(r"(\tfrac12+u)") == r"(\tfrac{1}{2}+u)"
    for formula in (r"\frac ab", r"\tfrac1{x}", r"\sqrt5"):
        with pytest.raises(ValueError, match="braces"):
            shown(formula)


def test_what_a_parameter_rests_on_is_said_by_its_source():
    said = {
        "assumption": "assumption", "assumption: half a year": "assumption", "assumption, after Koper 1995": "near",
        "calibrated: with the others": "datum", "of the mix, see scenarios/mixes.py": "mix",
        "Johnson et al. 2007: about 200 m": "source", "absent: the strategy's own": "user",
    }  # fmt: skip
    assert {source: odd.basis(source) for source in said} == said
    assert "| all |" in odd.bases()


def test_patterns_that_were_not_set_for_are_told_from_those_that_were():
    rows = [line.split(" | ")[0].lstrip("| ") for line in odd.data_use().splitlines()[2:]]
    assert {"calibrate", "validate"} <= set(rows) <= {"specify", "calibrate", "validate"}


def test_what_studies_have_found_stands_beside_a_parameter(tmp_path, monkeypatch):
    kept = tmp_path / "identified.csv"
    kept.write_text("parameter,known,study,date,commit\npeople.search.risk,identified,calibrate,2026-01-01,a\n")
    monkeypatch.setattr(identified, "FILE", kept)
    (tmp_path / "provenance.json").write_text('{"time_utc": "2026-01-02T03:04:05", "git_commit": "0123456789abcdef"}')
    (tmp_path / "parameters.csv").write_text(
        "parameter,largest_effect\npresence.sight_m,0.03\npeople.search.risk,0.02\npeople.search.residual,0.4\na.b,\n"
    )
    (tmp_path / "sensitivity.csv").write_text("method,blocks\nmorris,9\n")
    with pytest.raises(ValueError, match="9 trajectories are whole; at least 10"):
        identified.main(str(tmp_path))
    (tmp_path / "sensitivity.csv").write_text("method,blocks\nmorris,10\nsobol,8\n")
    identified.main(str(tmp_path))
    identified.studied.cache_clear()
    found = {name: identified.known(name, "assumption: why") for name in ("people.search.risk", "presence.sight_m")}
    assert found == {"people.search.risk": "identified", "presence.sight_m": "bounded"}
    assert identified.known("people.search.residual", "assumption") == "assumption"
    assert identified.known("presence.build_up_min", "Koper 1995") == ""
    assert "presence.sight_m,bounded,sensitivity,2026-01-02,0123456789ab" in kept.read_text()
    identified.main(str(tmp_path))
    assert kept.read_text().count("presence.sight_m") == 1
    assert "| bounded |" in odd.submodel("presence")
    identified.studied.cache_clear()


def test_parameters_of_which_a_study_knows_something_are_there():
    every = {
        f"{group.prefix}{name}".rpartition(" ")[2] for group in submodels.groups() for name in submodels.plain(group)
    }
    rows = identified.read(identified.FILE)
    assert {row["parameter"] for row in rows} <= every
    assert {row["known"] for row in rows} <= {identified.IDENTIFIED, identified.BOUNDED}
    assert all(row["study"] and row["date"] and row["commit"] for row in rows)
