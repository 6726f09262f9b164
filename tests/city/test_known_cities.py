"""Claims about files that are written from a run: what is read back is what police records of the run say."""

from __future__ import annotations

import numpy as np
import pytest
from known_cities import CITIES, KnownCity, known_city

from sim.city.build import build_city
from sim.city.city import CRIME_EVIDENCE
from sim.city.evidence import PRIOR_CRIMES_PER_1000, yearly_rate
from sim.incident_types import OTHER_CALLS

DAYS = 28


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> KnownCity:
    return known_city("many police", tmp_path_factory.mktemp("known"), DAYS)


def test_recorded_rates_are_read_back(known: KnownCity) -> None:
    """As shrunk as so many rows ask for; the time covered ends with the last row, a tenth is left for that."""
    city = build_city(known.from_files)
    recorded = np.asarray(known.results.tables["recorded"]["type"], dtype=str)
    rows = [int((recorded == kind).sum()) for kind in CRIME_EVIDENCE]
    expected = [yearly_rate(n, 15_000, DAYS, prior) for n, prior in zip(rows, PRIOR_CRIMES_PER_1000, strict=True)]
    assert min(rows) > 0
    assert city.crime is not None
    assert city.crime.recorded_per_1000_year == pytest.approx(expected, rel=0.1)


def test_calls_are_read_back_by_kind_without_what_officers_came_upon(known: KnownCity) -> None:
    city = build_city(known.from_files)
    table = known.results.tables["calls"]
    from_the_public = np.asarray(table["discovered_by"], dtype=str) != "patrol"
    said = np.asarray(table["type"], dtype=str)[from_the_public]
    names = [kind.name.lower() for kind in OTHER_CALLS]
    counts = np.array([(said == name).sum() for name in names])
    assert city.calls is not None
    assert city.calls.share == pytest.approx(counts / counts.sum(), abs=0.02)
    years = city.residents / 1000 * DAYS / 365.25
    assert city.calls.per_1000_year * years == pytest.approx(counts.sum(), rel=0.05)


def test_times_on_scene_are_read_back(known: KnownCity) -> None:
    table = known.results.tables["calls"]
    from_the_public = np.asarray(table["discovered_by"], dtype=str) != "patrol"
    served = from_the_public & ~np.ma.getmaskarray(table["cleared_min"]) & ~np.ma.getmaskarray(table["arrived_min"])
    on_scene = np.ma.getdata(table["cleared_min"])[served] - np.ma.getdata(table["arrived_min"])[served]
    handling = build_city(known.from_files).handling
    assert handling is not None
    assert handling.calls == served.sum()
    means = [float(mean.mean()) for mean in handling.mean_min.values()]
    assert min(means) < on_scene.mean() < max(means)


def test_the_cities_differ_in_how_many_officers_there_are() -> None:
    from known_cities import OFFICERS_PER_1000

    assert set(CITIES) == set(OFFICERS_PER_1000)
    assert max(OFFICERS_PER_1000.values()) >= 4 * min(OFFICERS_PER_1000.values())
