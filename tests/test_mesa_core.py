"""The model stands on Mesa's own classes, and loads nothing of Mesa beside them until somebody asks for it."""

from __future__ import annotations

import mesa
import pytest
from mesa.agent import AgentSet
from own_process import printed

from sim.model import CityModel
from sim.people.residents import Resident
from sim.population import Population

ASKED = """
from sim.model import CityModel
from sim.people.residents import Resident
import mesa
assert mesa.Model in CityModel.__mro__
assert mesa.Agent in Resident.__mro__
assert callable(mesa.DataCollector)
assert mesa.__version__ > "3"
assert "batch_run" in dir(mesa)
assert not hasattr(mesa, "nothing")
import mesa.space as spaces
assert spaces is mesa.space
from mesa import mesa_logging
assert mesa_logging.__name__ == "mesa.mesa_logging"
from mesa import *
assert DataCollector is mesa.DataCollector
assert discrete_space is mesa.discrete_space
"""


def test_a_city_is_a_model_of_mesa():
    assert issubclass(CityModel, mesa.Model)
    assert issubclass(Resident, mesa.Agent)
    assert issubclass(Population, AgentSet)


@pytest.mark.parametrize("first", ["import mesa", ""], ids=["Mesa first", "the model first"])
def test_a_user_has_the_whole_mesa_of_which_the_model_is_a_part(first: str) -> None:
    assert printed(first + ASKED) == ""


def test_threads_that_ask_for_a_name_at_once_all_get_it():
    code = (
        "import sim.mesa_core, mesa, sys\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "sys.setswitchinterval(1e-6)\nwith ThreadPoolExecutor(8) as pool:\n"
        "    print({*pool.map(lambda _: mesa.DataCollector.__name__, range(8))})"
    )
    assert printed(code) == "{'DataCollector'}"
