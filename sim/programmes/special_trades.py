"""Special trades (特种行业管理): dealers in used goods write down what is sold to them, if they are inspected."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import INCIDENTS, Logs
from sim.kernels import kernel, row
from sim.parameters import parameter
from sim.police.cases.leads import give_lead
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.inspections import Inspections
from sim.randomness import exponential, uniform, uniform4

NOT_READ_MIN = np.inf  # in the place of the last inspection of a dealer whose book nobody reads


class Trade(NamedTuple):
    """How stolen goods come to dealers, and what dealers write down."""

    sold: float
    sale_min: float
    usual_share: float
    inspected_share: float
    half_life_min: float
    recognised: float


class SpecialTrades(Programme):
    """Community officers inspect dealers in used goods in turn, and compare what was sold with their own records.

    A thief sells part of what he takes, within days and always to the same dealer. The dealer writes down who sold it,
    always less reliably the longer the last inspection is ago. What an inspector recognises as taken in a recorded
    crime names the seller: a lead for the detectives. It solves nothing by itself, and what nobody reported cannot be
    recognised.
    """

    name = "special_trades"
    totals = ("inspections", "goods_found", "cases_reopened")

    class Parameters(ProgrammeParameters):
        """How many dealers there are, how often they are inspected, and what comes of it."""

        hours_share: float = parameter(
            0.15, unit="share of free hours", ge=0, le=1, source="assumption",
            doc="Hours of community officers for inspections, of those that the programmes listed before leave.",
        )  # fmt: skip
        dealers_per_1000: float = parameter(
            0.4, unit="per 1,000 residents", ge=0.001, le=100,
            source="assumption: second-hand telephones, gold, bicycles, scrap",
            doc="Dealers in used goods.",
        )  # fmt: skip
        inspection_min: float = parameter(
            60.0, unit="min", ge=1, le=6000, source="assumption: the book, the shelves, and the way",
            doc="Time of an inspection.",
        )  # fmt: skip
        least_days: float = parameter(
            7.0, unit="days", ge=0.1, le=3650, source="assumption: more often finds nothing new",
            doc="Days from one inspection of a dealer to the next, at least.",
        )  # fmt: skip
        sold: float = parameter(
            0.4, unit="probability", ge=0, le=1, source="assumption: cash is kept, some goods go far away",
            doc="What was taken in a burglary, theft, robbery or snatching is sold to a dealer of the city.",
        )  # fmt: skip
        sale_days: float = parameter(
            5.0, unit="days", ge=0.01, le=365, source="assumption: thieves want money soon",
            doc="Mean time until then, exponential.",
        )  # fmt: skip
        usual_share: float = parameter(
            0.1, unit="probability", ge=0, le=1, source="assumption: dealers write where somebody looks",
            doc="A dealer whom nobody inspects writes down who sold it.",
        )  # fmt: skip
        inspected_share: float = parameter(
            0.6, unit="probability", ge=0, le=1, source="assumption",
            doc="The same right after an inspection.",
        )  # fmt: skip
        half_life_days: float = parameter(
            60.0, unit="days", ge=0.1, le=3650, source="assumption", doc="Half-life of what an inspection adds to it."
        )  # fmt: skip
        recognised: float = parameter(
            0.5, unit="probability", ge=0, le=1,
            source="assumption: telephones and vehicles have numbers, jewellery has none",
            doc="An inspector recognises goods of a recorded crime in the book.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """Count the dealers, none of whom has been inspected."""
        p = self.parameters
        self._rule = site.bureau.rule
        self._trade = Trade(
            p.sold, 1440.0 * p.sale_days, p.usual_share, p.inspected_share, 1440.0 * p.half_life_days, p.recognised
        )
        self.inspections = Inspections(max(1, round(p.dealers_per_1000 * site.city.residents / 1000)))

    def day(self, today: Today) -> None:
        """Inspect those dealers whose last inspection is longest ago, as far as the minutes go."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        dealers = self.inspections.due(today.now_min, hours, p.hours_share, p.inspection_min, p.least_days)
        self.note(today.day, "inspections", float(len(dealers)))
        if len(dealers):
            self._inspect(today, dealers)

    def _inspect(self, today: Today, dealers: Array) -> None:
        """Read the books of some dealers, and give the cases to which they lead a lead."""
        since_min = np.full(len(self.inspections.last_min), NOT_READ_MIN)
        since_min[dealers] = self.inspections.done(dealers, today.now_min)
        case_of = today.cases.case_of
        crimes = recognised_in(today.seed, today.now_min, since_min, self._trade, today.truth.logs)
        crimes = crimes[crimes < len(case_of)]
        for crime in crimes[case_of[crimes] > 0].tolist():
            self.note(today.day, "goods_found", 1.0)
            rule = self._rule
            reopened = give_lead(today.cases, crime, "named", rule.named_weight, today.now_min, rule)
            if reopened is not None:
                self.note(today.day, "cases_reopened", float(reopened))


def recognised_in(seed: int, now_min: float, since_min: Array, trade: Trade, logs: Logs) -> Array:
    """Return the crimes of which goods are recognised in the books of a day, rows of incidents; see `read_book`."""
    found = np.zeros(logs.used[INCIDENTS], dtype=bool)
    read_book(seed, now_min, since_min, trade, logs, found)
    return np.flatnonzero(found)


@kernel
def read_book(seed: int, now_min: float, since_min: Array, trade: Trade, logs: Logs, found: Array) -> None:
    """Find in the books of dealers what was taken in recorded crimes and sold since the last inspection.

    A culprit sells to one dealer of all, and goods of a crime with probability `sold` after an exponential time. It is
    written down with probability `usual + (inspected − usual) · 0.5^(time since the last inspection / half-life)`, and
    recognised if it was recorded by now and nobody was arrested for it yet.

    Parameters
    ----------
    seed, now_min
        Of the replication; of the inspection, minutes since the start.
    since_min : array [dealers]
        When each was last inspected, −inf if never; infinity: nobody reads its book.
    trade : Trade
        The rule.
    logs : Logs
        The crimes.
    found : array of bool [crimes]
        Is written.
    """
    for n in range(len(found)):
        crime = logs.incidents[n]
        taken = crime.type < IncidentType.BRAWL and crime.type != IncidentType.SHOPLIFTING and crime.culprit_id >= 0
        if not taken or crime.cleared or not 0.0 <= crime.recorded_time_min <= now_min:
            continue
        last_min = since_min[int(uniform(seed, Draw.FENCE, row(crime.culprit_id), 0) * len(since_min))]
        if last_min == NOT_READ_MIN:
            continue
        call = logs.calls[crime.call_id]
        entity, time = row(call.key_entity), row(call.key_time)
        sale_min = crime.time_min + exponential(seed, Draw.SALE_DELAY, entity, time) * trade.sale_min
        if sale_min <= last_min or sale_min > now_min:
            continue
        u_sold, u_written, u_recognised, _ = uniform4(seed, Draw.SALE, entity, time)
        more = trade.inspected_share - trade.usual_share
        written = trade.usual_share + more * 0.5 ** ((sale_min - last_min) / trade.half_life_min)
        found[n] = u_sold < trade.sold and u_written < written and u_recognised < trade.recognised
