"""What a run loads once its city is built and its strategy chosen, for the server that workers are forked from.

The model loads it late, as a command that reads settings needs none of it. Each worker would load it anew.
"""

from __future__ import annotations

import networkx  # noqa: F401
import scipy.ndimage
import scipy.optimize
import scipy.sparse.csgraph
import scipy.spatial  # noqa: F401

import sim.city.synthesis
import sim.outcomes.near_repeat  # noqa: F401
from sim.programmes.base import Programme
from sim.registry import found
from sim.strategies.base import Strategy

found(Strategy, "sim.strategies", group="")  # our modules, not those of other packages, which are theirs to load
found(Programme, "sim.programmes", group="")
