"""Joint strike (合成打击).

The cases of a series are put on one table, and detectives and analysts of all units work them together, before others.
"""

from __future__ import annotations

import numpy as np

from sim.parameters import parameter
from sim.police.cases.case_log import ROWS, CaseState, reopen
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today


class JointStrike(Programme):
    """Joint teams for known series, as far as there are hours to bring them together.

    A case that a joint team has taken on is worked before all others, its links are worth more
    (`investigation.joint_link_factor`: nothing of the evidence stays behind in a unit), and its file, which may still
    be on its way or stuck at a station, is there at once. A case that was filed without work is opened again if it
    seems worth working with what the series adds. The hours on the case itself are those of investigation.
    """

    name = "joint_strike"
    structures = ("joint_room", "joint_centre")
    totals = ("cases", "files_found", "reopened")

    class Parameters(ProgrammeParameters):
        """What it takes to bring a case in."""

        detectives_min: float = parameter(
            60.0,
            unit="officer-min per case",
            ge=0,
            le=10_000,
            source="assumption: half an hour of two",
            doc="Time of detectives to share what each unit has.",
        )
        analysts_min: float = parameter(
            30.0,
            unit="min per case",
            ge=0,
            le=10_000,
            source="assumption: twice a comparison",
            doc="Time of analysts to put its traces and pictures together.",
        )

    def begin(self, site: Site) -> None:
        """Learn by which rules detectives judge whether a case is worth working."""
        self._rule = site.bureau.rule

    def day(self, today: Today) -> None:
        """Take on cases of known series that are open, or were filed without work.

        Those of the longest series first, and of these the latest first.
        """
        p, detectives, analysts = self.parameters, today.hours[Post.DETECTIVES], today.hours[Post.INTELLIGENCE]
        rows = today.cases.rows[: today.cases.used[ROWS]]
        filed = (rows["state"] == CaseState.FILED) & (rows["begun_min"] < 0)
        due = np.flatnonzero((rows["series"] >= 0) & ((rows["state"] < CaseState.CLEARED) | filed) & ~rows["joint"])
        length = np.bincount(rows["series"][rows["series"] >= 0], minlength=1)[rows["series"][due]]
        for c in due[np.lexsort((-rows["opened_min"][due], -length))].tolist():
            if p.detectives_min > detectives.able(sworn_only=True) or p.analysts_min > analysts.able():
                return
            rows["joint"][c] = True
            if filed[c] and not reopen(today.cases, c, today.now_min, self._rule):
                rows["joint"][c] = False
                continue
            detectives.spend(Work.CASE_WORK, p.detectives_min, sworn_only=True)
            analysts.spend(Work.SERIES_ANALYSIS, p.analysts_min)
            self.note(today.day, "reopened", float(filed[c]))
            self.note(today.day, "cases", 1)
            self.note(today.day, "files_found", float(rows["known_min"][c] > today.now_min))
            rows["known_min"][c] = min(rows["known_min"][c], today.now_min)
