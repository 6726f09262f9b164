"""Identification (刑事技术).

Pictures, plates, telephones and traces of a case are compared with registers, and who is arrested is asked about
others: each may give a name, which may be a wrong one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import IncidentType
from sim.parameters import Parameters, parameter
from sim.police.cases.case_log import ROWS, CaseState
from sim.police.post_ledger import Hours, Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.identification.evidence import Chances, Names, arrests_so_far, examine, question, scene_of

REQUIRED: Any = ...  # no default: each technology has its own
TECHNOLOGIES = ("trace", "face", "plate", "phone")  # in the order in which they are tried
BY_VEHICLE = (IncidentType.BURGLARY, IncidentType.VEHICLE_THEFT, IncidentType.ROBBERY, IncidentType.SNATCHING)


class TechnologyParameters(Parameters):
    """What an examination takes, and what comes of it."""

    right: float = parameter(REQUIRED, unit="probability", ge=0, le=1, source="assumption", doc="It names who did it.")
    wrong: float = parameter(
        REQUIRED, unit="probability", ge=0, le=1, source="assumption",
        doc="It names somebody else, if it does not name who did it.",
    )  # fmt: skip
    minutes: float = parameter(
        REQUIRED, unit="officer-min", ge=0, le=10_000, source="assumption", doc="Time of detectives for it."
    )
    yuan: float = parameter(REQUIRED, unit="yuan", ge=0, le=1e6, source="assumption", doc="What else it costs.")


def _technology(right: float, wrong: float, minutes: float, yuan: float) -> TechnologyParameters:
    return TechnologyParameters(right=right, wrong=wrong, minutes=minutes, yuan=yuan)


class Identification(Programme):
    """Detectives examine the evidence of the cases that they know of, the latest first, as long as there are hours.

    A trace needs one that the first unit secured, and somebody whose traces were taken when he was arrested before; a
    face and a plate need a picture (雪亮工程), a plate a crime to which people come with a vehicle; a telephone needs
    nothing but time. A case that has a name is examined no further. Names make cases worth working, right or wrong,
    also such as were filed, and cases with the same name are a series; those that are wrong lead nowhere, and cost
    trust.
    """

    name = "identification"
    totals = ("examined", "named", "named_wrongly", "named_by_the_arrested", "linked", "reopened", "cost")

    class Parameters(ProgrammeParameters):
        """The technologies, what they take and what comes of them."""

        most_of_hours: float = parameter(
            0.3, unit="share of detectives' hours", ge=0, le=1, source="assumption: cases have to be worked as well",
            doc="Share of the hours that examinations and questions may take.",
        )  # fmt: skip
        within_days: float = parameter(
            30.0, unit="days", ge=0.1, le=3650, source="assumption: pictures are kept for a month",
            doc="Age of a case up to which it is examined.",
        )  # fmt: skip
        weight: float = parameter(
            2.5, unit="log-odds", ge=0, le=10, source="assumption: as a culprit whom the victim names",
            doc="What a name adds to the log-odds of clearance, if it is the right one, and seems to add if not.",
        )  # fmt: skip
        trust_loss: float = parameter(
            0.05, unit="points on a 0–1 scale", ge=0, le=1, source="assumption: more than a check in the street",
            doc="Trust that somebody loses who is suspected wrongly.",
        )  # fmt: skip
        trace: TechnologyParameters = _technology(0.6, 0.005, 180.0, 300.0)
        face: TechnologyParameters = _technology(0.35, 0.05, 60.0, 0.0)
        plate: TechnologyParameters = _technology(0.25, 0.02, 30.0, 0.0)
        phone: TechnologyParameters = _technology(0.08, 0.03, 240.0, 50.0)
        statement_min: float = parameter(
            120.0, unit="officer-min per arrest", ge=0, le=10_000, source="assumption: an hour of two",
            doc="Time of detectives to ask somebody who was arrested about others.",
        )  # fmt: skip
        statement_tells: float = parameter(
            0.25, unit="probability", ge=0, le=1, source="assumption",
            doc=(
                "Who is asked names an associate: for what they did together, and in a lasting group "
                "(people.offenders.groups) for all that he did."
            ),
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """Take the rules by which a name counts."""
        self._rule = site.bureau.rule
        self._tried = np.zeros((len(TECHNOLOGIES), 0), dtype=bool)  # by technology and case
        self._arrests = np.zeros(0, dtype=np.int64)  # by row of offenders, of whom all were asked

    def day(self, today: Today) -> None:
        """Question the arrested of yesterday, then examine cases."""
        hours = today.hours[Post.DETECTIVES]
        self._left_min = self.parameters.most_of_hours * hours.able(sworn_only=True)
        self._question(today, hours)
        new = int(today.cases.used[ROWS]) - self._tried.shape[1]
        self._tried = np.pad(self._tried, ((0, 0), (0, new)))
        files = self._files(today)
        for number, name in enumerate(TECHNOLOGIES):
            self._examine(today, hours, files, number, name)

    def _question(self, today: Today, hours: Hours) -> None:
        """Ask those who were arrested since the last time about others; whom there is no time for is not asked."""
        p, arrests = self.parameters, arrests_so_far(today.truth)
        new = np.flatnonzero(arrests > self._arrests) if len(self._arrests) else np.zeros(0, dtype=np.int64)
        self._arrests = arrests
        new = new[: self._times(p.statement_min)]
        self._spend(hours, len(new) * p.statement_min)
        scene = scene_of(today.truth, today.cases, self._rule)
        told = question(today.seed, today.now_min, new, p.statement_tells, p.weight, scene)
        self.note(today.day, "named_by_the_arrested", told.named)
        self.note(today.day, "linked", told.linked)
        self.note(today.day, "reopened", told.reopened)

    def _files(self, today: Today) -> Array:
        """Return the cases that may be examined today, the latest first."""
        rows = today.cases.rows[: today.cases.used[ROWS]]
        age_days = (today.now_min - rows["opened_min"]) / MINUTES_PER_DAY
        due = (rows["known_min"] <= today.now_min) & (age_days <= self.parameters.within_days)
        due &= (rows["state"] != CaseState.CLEARED) & ~rows["named"] & (rows["type"] <= IncidentType.BRAWL)
        found = np.flatnonzero(due)
        latest: Array = found[np.argsort(-rows["opened_min"][found], kind="stable")]
        return latest

    def _examine(self, today: Today, hours: Hours, files: Array, number: int, name: str) -> None:
        """Examine the cases that a technology can do something with, the latest first."""
        p, chosen = self.parameters, getattr(self.parameters, name)
        files = self._due(today, files, number, name)[: self._times(chosen.minutes)]
        self._tried[number, files] = True
        self._spend(hours, len(files) * chosen.minutes)
        chances = Chances(chosen.right, chosen.wrong, name == "trace", p.weight, p.trust_loss)
        found: Names = examine(
            today.seed, today.now_min, files, number, chances, scene_of(today.truth, today.cases, self._rule)
        )
        self.note(today.day, "examined", len(files))
        self.note(today.day, "cost", len(files) * chosen.yuan)
        self.note(today.day, "named", found.named)
        self.note(today.day, "named_wrongly", found.wrongly)
        self.note(today.day, "linked", found.linked)
        self.note(today.day, "reopened", found.reopened)

    def _due(self, today: Today, files: Array, number: int, name: str) -> Array:
        """Return those of some files that nobody is named in, offer what a technology needs, and are new to it."""
        rows = today.cases.rows[files]
        due = ~self._tried[number, files] & (rows["suspect_id"] < 0)
        if name == "trace":
            due &= rows["trace"]
        elif name in ("face", "plate"):
            due &= rows["camera"]
        if name in ("plate", "phone"):
            due &= np.isin(rows["type"], BY_VEHICLE)
        found: Array = files[due]
        return found

    def _times(self, minutes: float) -> int:
        """Return how often there is time for work of so many minutes."""
        return int(self._left_min / minutes + 1e-9) if minutes > 0.0 else 1 << 31

    def _spend(self, hours: Hours, minutes: float) -> None:
        hours.spend(Work.CASE_WORK, minutes, sworn_only=True)
        self._left_min = max(0.0, self._left_min - minutes)
