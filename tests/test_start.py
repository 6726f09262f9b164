"""A command begins at once: the model, the settings and the commands load nothing that is seldom needed."""

from __future__ import annotations

import pytest
from own_process import printed

HEAVY = (  # each with hundreds of modules below it, or the door to such
    "pandas", "pyarrow", "networkx", "scipy.linalg", "scipy.ndimage", "scipy.optimize", "scipy.sparse", "scipy.spatial",
    "scipy.special", "scipy.stats", "matplotlib", "statsmodels", "polars", "hydra", "mesa.batchrunner",
    "mesa.datacollection", "mesa.discrete_space", "mesa.experimental", "mesa.space",
)  # fmt: skip


@pytest.mark.parametrize(
    "code",
    [
        "import sim.model",
        "import beatlab; beatlab.CityModel; beatlab.Scenario; beatlab.Strategy; beatlab.Programme",
        "import experiments.run",
        "import experiments.compare.__main__",
        "import experiments.sweep.__main__",
        "import experiments.validate.__main__",
        "from sim.scenario import Scenario; Scenario(strategy={'name': 'integrated'})",
    ],
)
def test_what_takes_time_and_is_seldom_needed_is_loaded_when_it_is_needed(code):
    assert printed(f"{code}\nimport sys; print(sorted({{*{HEAVY}}} & {{*sys.modules}}))") == "[]"


def test_workers_load_nothing_more_that_takes_time():
    code = (
        "import sys\nfrom experiments.runs.processes import PRELOADED\n"
        "for name in PRELOADED:\n    __import__(name)\n"
        "print({'networkx', 'scipy.ndimage', 'scipy.optimize', 'scipy.spatial', 'sim.programmes.visits.programme',"
        " 'sim.strategies.hotspot'} - {*sys.modules})"
    )
    assert printed(code) == "set()"
