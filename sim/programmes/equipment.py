"""Equipment.

Mobile terminals, digital radio and body cameras shorten handling and carry information faster, for money.
"""

from __future__ import annotations

from typing import Any

from sim.parameters import parameter
from sim.programmes.base import Programme, ProgrammeParameters, Today


class Equipment(Programme):
    """Every head has a terminal.

    Less time on scene and for paperwork, and files and news that do not wait for paper.
    """

    name = "equipment"
    totals = ("cost",)

    class Parameters(ProgrammeParameters):
        """What it saves, and what it costs."""

        scene_factor: float = parameter(
            0.95,
            unit="times",
            ge=0.01,
            le=1,
            source="assumption: registers are asked on the spot",
            doc="Time on scene, relative to that without it.",
        )
        paperwork_factor: float = parameter(
            0.8,
            unit="times",
            ge=0.01,
            le=1,
            source="assumption: written once, on the spot",
            doc="Time of paperwork after a call, relative to that without it.",
        )
        delay_factor: float = parameter(
            0.5,
            unit="times",
            ge=0.01,
            le=1,
            source="assumption: sent, not carried",
            doc="Delay of files and news along the lines of the organisation.",
        )
        yuan_per_head_year: float = parameter(
            3000.0,
            unit="yuan",
            ge=0,
            le=1e6,
            source="assumption",
            doc="Terminals, radio and upkeep, per person per year.",
        )

    def prepare(self, scenario: Any) -> Any:
        """Shorten the handling of calls and the delays of the organisation's lines."""
        chosen, dispatch, lines = self.parameters, scenario.dispatch, scenario.coordination
        factors = {
            "scene_factor": dispatch.scene_factor * chosen.scene_factor,
            "paperwork_factor": dispatch.paperwork_factor * chosen.paperwork_factor,
        }
        faster: dict[str, Any] = {
            name: line.model_copy(
                update={key: getattr(line, key) * chosen.delay_factor for key in ("delay_h", "file_delay_h")}
            )
            for name, line in ((name, getattr(lines, name)) for name in ("silos", "joint_room", "joint_centre"))
        }
        faster["edges"] = tuple(
            edge.model_copy(update={"delay_h": edge.delay_h * chosen.delay_factor}) for edge in lines.edges
        )
        return scenario.model_copy(
            update={"dispatch": dispatch.model_copy(update=factors), "coordination": lines.model_copy(update=faster)}
        )

    def day(self, today: Today) -> None:
        """Pay for the equipment of the personnel on the strength."""
        self.note(today.day, "cost", float(today.staff.strength.sum()) * self.parameters.yuan_per_head_year / 365)
