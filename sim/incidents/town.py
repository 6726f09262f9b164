"""What an incident happens in, and leaves its traces in."""

from __future__ import annotations

from typing import NamedTuple

from sim.city.state import Ground
from sim.incidents.log import Logs
from sim.people.feelings import Feelings
from sim.people.residents import Society


class Town(NamedTuple):
    """The people and what they feel, the cells, and the logs of truth and of calls."""

    society: Society
    feelings: Feelings
    ground: Ground
    logs: Logs
