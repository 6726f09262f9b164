"""What studies switch and compare can still be asked for: a parameter or programme that was renamed would end them."""

import pytest

import beatlab as bl
from tests.ablation import study as ablation
from tests.persons.study import CASES
from tests.shortages.study import SHORT
from tests.support.studies import Case

EVERY: dict[str, Case] = {
    **{f"people: {name}": ablation.case("co_governance", 1, off) for name, off in ablation.PEOPLE.items()},
    **{f"force: {name}": ablation.case("hotspot", 1, on) for name, on in ablation.FORCE.items()},
    **{f"persons: {name}": case for name, (_, case) in CASES.items()},
    **{f"shortages: {name}": {**case, "strategy": "reactive"} for name, case in SHORT.items() if case},
}
USUAL = bl.scenario(strategy="hotspot").model_dump(), bl.scenario(strategy="co_governance").model_dump()


@pytest.mark.parametrize("name", EVERY)
def test_each_is_a_scenario_and_differs_from_what_is_usual(name: str) -> None:
    found = bl.scenario(**{"days": 364, **EVERY[name]}).model_dump()
    if name != "persons: hot spots":
        assert {**found, "days": 364} not in [{**usual, "days": 364} for usual in USUAL]


def test_names_of_switches_are_asked_for_by_parts() -> None:
    assert list(ablation.some(ablation.PEOPLE, ["felt on"])) == [ablation.AS_IS, "police are not felt on the beat"]
    assert len(ablation.some(ablation.FORCE, None)) == 1 + len(ablation.FORCE)
