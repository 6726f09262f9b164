"""Replications draw made-up cities of their own, the same for every strategy, unless they are to share one."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import beatlab as bl
from experiments.compare.design import COMMAND, design
from experiments.mechanisms.volunteer_study import courses_in, volunteer_courses
from experiments.presentation.wording import cities_note
from experiments.runs.cases import with_seeds
from experiments.settings.overrides import read_overrides
from experiments.settings.request import Request
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.parameters import BadInput
from sim.scenario import Scenario

TINY = {"city.residents": 2000, "city.area_km2": 2, "city.beats": 1, "city.districts": 1, "city.centres": 1}
VILLAGE = CityParameters(residents=2000, area_km2=2, beats=1, districts=1, centres=1, seed=40)


def seeds(layouts: str, replications: int, seeds_per_city: int = 1) -> list[tuple[int, int]]:
    scenario = Scenario(seed=7, city={"seed": 3, "layouts": layouts})
    return [(run["seed"], run["city"]["seed"]) for run in with_seeds(scenario, replications, seeds_per_city)]


def test_each_replication_has_a_city_of_its_own_or_all_have_one() -> None:
    assert seeds("each", 3) == [(7, 3), (8, 4), (9, 5)]
    assert seeds("one", 3) == [(7, 3), (8, 3), (9, 3)]


def test_replications_can_share_cities_in_groups() -> None:
    assert seeds("each", 6, 2) == [(7, 3), (8, 3), (9, 4), (10, 4), (11, 5), (12, 5)]


def test_a_run_by_itself_has_the_city_of_its_seed() -> None:
    assert Scenario(seed=7, city={"seed": 3}).city.seed == 3
    assert VILLAGE.of_replication(0) == VILLAGE
    assert build_city(VILLAGE.of_replication(2)).land.housing.sum() == pytest.approx(
        build_city(VILLAGE.model_copy(update={"seed": 42})).land.housing.sum()
    )


def test_the_city_of_files_stays_what_it_is() -> None:
    real = CityParameters(kind="from_data", incidents_csv="x.csv", seed=5)
    assert real.of_replication(3) == real
    assert [run["city"]["seed"] for run in with_seeds(Scenario(city=real), 3)] == [5, 5, 5]


def test_volunteers_are_studied_in_the_cities_of_the_replications() -> None:
    found = courses_in(VILLAGE, 2)
    hours = list(dict.fromkeys(course.hours_a_day for course in found))
    cities = [volunteer_courses(VILLAGE.of_replication(r), hours=hours, seeds=(1 + r,)) for r in range(2)]
    by_hand = np.mean([[course.joined for course in of_city] for of_city in cities], axis=0)
    np.testing.assert_allclose([course.joined for course in found], by_hand)


@pytest.mark.parametrize(
    ("city", "seeds_per_city", "says"),
    [
        (VILLAGE, 1, "Each replication draws its own made-up city"),
        (VILLAGE, 3, "the mean of 3 runs in a made-up city of its own"),
        (VILLAGE.model_copy(update={"layouts": "one"}), 1, "share one made-up city: intervals hold chance, not other"),
        (CityParameters(kind="from_data", calls_csv="x.csv"), 1, "share one real city: intervals hold chance, not"),
    ],
)
def test_what_intervals_hold_is_said(city: CityParameters, seeds_per_city: int, says: str) -> None:
    assert says in cities_note(city, seeds_per_city)


def compared(**more: Any) -> bl.ComparisonResult:  # type: ignore[name-defined]
    asked = {"strategies": ["reactive", "hotspot"], "shortages": ["none"], "days": 2, "warmup_days": 0, "workers": 1}
    return bl.compare(settings=TINY, **{**asked, **more})


def test_strategies_and_shortages_meet_the_same_cities() -> None:
    words = ["strategies=[reactive,hotspot]", "shortages=[none,uniform30]", "replications=4", "seeds_per_city=2"]
    plan, points = design(Request(COMMAND, words, *read_overrides(words), False))
    met = [
        [(run["seed"], run["city"]["seed"]) for run in with_seeds(scenario, 4, plan["seeds_per_city"])]
        for scenario in points.values()
    ]
    assert met == [[(1, 1), (2, 1), (3, 2), (4, 2)]] * 4


def test_runs_of_a_city_count_once_and_the_variance_between_cities_is_told(tmp_path: Any) -> None:
    found = compared(replications=6, seeds_per_city=2)
    kept = found.findings.comparison
    assert (kept.replications, kept.runs.height, kept.summary.height) == (3, 12, 6)
    assert found.effect("hotspot", "calls_total").n == 3
    by_run = kept.runs.pivot("strategy", index="replication", values="calls_total").sort("replication")
    mean = float((by_run["hotspot"] - by_run["reactive"]).mean())
    assert kept.effects_by_key["strategy", "none", "hotspot", "calls_total"]["difference"] == pytest.approx(mean)
    cities = kept.variance_shares.filter(pl.col("source") == "cities")
    assert cities["groups"].unique().to_list() == [3]
    assert "the mean of 2 runs in a made-up city of its own" in str(found)
    folder = found.save(tmp_path / "out")
    assert pl.read_parquet(folder / "summary.parquet").height == 12
    assert pl.read_parquet(folder / "variance_shares.parquet").equals(kept.variance_shares)


def test_crimes_by_distance_add_up_to_those_at_places_whatever_the_cities(tmp_path: Any) -> None:
    """Each pair of runs has its own city and treated cells; where runs share a city, there are independent seeds."""
    for more, paired in (({"replications": 3}, {True}), ({"replications": 6, "seeds_per_city": 2}, {True, False})):
        found = compared(strategies=["reactive", "random_patrol"], days=21, **more)
        kept = found.findings.comparison
        assert set(kept.rings["paired"]) == set(kept.displacement["paired"]) == paired
        total = kept.rings.group_by("paired", (pl.col("type") == "all").alias("all")).agg(pl.col("difference").sum())
        mean = kept.effects_by_key["strategy", "none", "random_patrol", "crimes_place"]["difference"]
        assert total["difference"].to_list() == pytest.approx([mean] * total.height), "all types, and type by type"
        assert kept.means_by_point["none", "reactive"]["crimes_place"] > 0
        assert (kept.displacement["treated_cells"] > 0).all()
        assert kept.displacement["n"].unique().to_list() == [3]
    folder = found.save(tmp_path / "out")
    for name in ("rings", "displacement"):
        assert pl.read_parquet(folder / f"{name}.parquet").equals(getattr(kept, name))


def test_the_map_is_that_of_the_first_city() -> None:
    alone, many = (compared(replications=n).findings.comparison.cells for n in (2, 3))
    assert alone.equals(many)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"replications": 6, "seeds_per_city": 4}, "a divisor of replications=6"),
        ({"replications": 6, "seeds_per_city": 6}, "at least 2 cities"),
        ({"replications": 6, "seeds_per_city": 0}, "greater than or equal to 1"),
        ({"replications": 6, "seeds_per_city": 2, "city.layouts": "one"}, "all replications share one city"),
        ({"replications": 3, "city.seed": 2**32 - 2}, "city.seed: 4294967294 is not allowed: the last of 3"),
    ],
)
def test_cities_that_cannot_be_are_refused(more: dict[str, Any], says: str) -> None:
    own = {key: more[key] for key in more if "." in key}
    with pytest.raises(BadInput, match="(?s)" + says.replace(".", r"\.")):
        bl.compare(
            strategies=["reactive", "hotspot"], shortages=["none"], days=1, workers=1, settings={**TINY, **own},
            **{key: value for key, value in more.items() if key not in own},
        )  # fmt: skip
